/** Where a message goes by e-mail or as an event, read at the moment of sending and kept nowhere else. */
import { IS_MAIL_CONTACT } from '../intake/told-complainant';
import type { Sql } from '../people/standing';
import type { DueMessage } from './due-messages';

export async function addressesOf(
  sql: Sql,
  {
    recipient_role: role,
    recipient_mark: mark,
    recipient_ref: ref,
    side,
    branch,
    purpose,
    case_key: about,
  }: Pick<
    DueMessage,
    'recipient_role' | 'recipient_mark' | 'recipient_ref' | 'side' | 'branch' | 'purpose' | 'case_key'
  >,
  channel: 'email' | 'webhook',
): Promise<readonly string[]> {
  const today = `(business_now() at time zone 'Asia/Shanghai')::date`;
  const inForce = `valid_from <= ${today} and (valid_to is null or ${today} < valid_to)`;
  if (channel === 'webhook') {
    const { rows } = await sql.query<{ url: string }>(
      `select url from webhook_receivers where receiver = $1 and switched_off_at is null and ${inForce}`,
      [ref],
    );
    return rows.map(({ url }) => url);
  }
  const { rows } = await sql.query<{ address: string }>(
    `select distinct address from contact_addresses a
     where kind = 'email' and (recipient_ref = $1 or recipient_ref in (
       select 'person:' || person from grants
       where role = $2 and ($3::text is null or $3 = 'approver' or mark = $3) and ($4::text is null or side is null or side = $4)
         and ($5::text is null or branch is null or branch = $5) and ${inForce}
       -- Of a case nothing goes to whoever is kept out of it.
       except select 'person:' || p.person from kept_out_of($7) k join people p on p.natural_person = k.human where k.keeps_from = 'all work'
       except select p.recipient_ref from message_preferences p join message_purposes o using (purpose)
        where o.may_be_switched_off and p.purpose = $6 and p.channel = 'email' and not p.wanted))
     -- Whoever complains and is no client of ours is known by the complaint alone.
     union select btrim(w.contact) from complainants w where w.complaint_no = $1 and ${IS_MAIL_CONTACT}
     order by address`,
    [ref, role, mark, side, branch, purpose, about],
  );
  return rows.map(({ address }) => address);
}

/** Numbers of the keys under which events to a receiver are signed now, the newest first; one that was replaced signs until it ends. */
export async function keyNosOf(sql: Sql, receiver: string): Promise<readonly number[]> {
  const { rows } = await sql.query<{ key_no: number }>(
    `select key_no from webhook_keys where receiver = $1 and (ends_at is null or business_now() < ends_at) order by key_no desc`,
    [receiver],
  );
  // A receiver of before the keys had numbers has its first one.
  return rows.length === 0 ? [1] : rows.map(({ key_no: keyNo }) => keyNo);
}
