/** Messages to whoever complains: who that is, is known to those who handle the complaint only, and must not show from a message about it. */

/** SQL: the message `m` goes to whoever made the complaint that is its case. */
export const TO_COMPLAINANT = `(m.recipient_role is null and m.purpose is distinct from 'case-event'
  and coalesce(m.case_key, '') like 'complaint:%')`;

/** SQL: the message `m` goes to anybody else, in the words of the index by recipient. */
export const TO_OTHERS = `(m.recipient_role is not null or m.purpose = 'case-event' or coalesce(m.case_key, '') not like 'complaint:%')`;

/** SQL: the recipient of the message `m` as a reference that may be shown: of a complaint its number instead of that of the client. */
export const SHOWN_RECIPIENT = `case when ${TO_COMPLAINANT} then substr(m.case_key, length('complaint:') + 1) else m.recipient_ref end`;

/** SQL: the contact of the complainant `w` is one address of e-mail, and nothing that a mail program would take for several. */
export const IS_MAIL_CONTACT = `btrim(w.contact) ~ '^[^[:space:]@,;:，；()<>"]+@[^[:space:]@,;:，；()<>"]+$'`;
