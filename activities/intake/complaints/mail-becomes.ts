/** What a mail becomes: a complaint, more of what an open complaint says, the same once more, or work for somebody who looks at it. */
import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import type { ReadMail } from '../../../adapters/mail/read-mail';
import { ENDED_STATES } from '../../../domain/complaints/complaint-words';
import { comparableContact, isSameContact } from '../../../domain/complaints/same-complainant';
import { BusinessError, type ErrorCode } from '../../../domain/errors';
import { SYSTEM_ACTOR } from '../../../domain/people/system-actor';
import { storable } from '../../../domain/texts/storable';
import type { JudgedAttachment } from '../../complaints/keep-attachment';
import { mailedAs, type MailedMessage } from '../../outbox/take-delivery-report';
import { supplementComplaint } from './act-of-people';
import { receiveComplaint } from './receive-complaint';

/** Who receives what comes in by itself. */
export const MAIL_ROLE = 'system';
export const WORDS_AT_MOST = 10_000;
const CUT = '\n（以下从略，全文见邮件原件 cut here: the whole stands in the mail）';

export interface Arrived {
  readonly raw: { readonly sha256: string; readonly byteCount: number; readonly mediaType: string };
  readonly mail: ReadMail | undefined;
  readonly attachments: readonly JudgedAttachment[];
  readonly receivedAt: string;
}

export type MailState = 'complaint' | 'supplement' | 'repeated' | 'delivery report' | 'to be looked at';

export interface Became {
  readonly state: MailState;
  readonly complaintNo?: string;
  /** Further complaints that the mail was added to. */
  readonly alsoTo?: readonly string[];
  /** Message of ours that it reports of. */
  readonly message?: MailedMessage;
  readonly faults?: readonly ErrorCode[];
}

export interface Words {
  readonly messageId: string | undefined;
  /** Digest of who wrote what, with which files. */
  readonly sha256: string | undefined;
  /** Digest of the address of who wrote. */
  readonly sender: string | undefined;
}

export function wordsOf({ mail, attachments }: Arrived): Words {
  if (mail === undefined) return { messageId: undefined, sha256: undefined, sender: undefined };
  const digest = createHash('sha256').update(JSON.stringify([mail.from?.address, mail.subject, mail.text]));
  for (const { bytes } of attachments) digest.update(createHash('sha256').update(bytes).digest());
  return {
    messageId: mail.messageId === undefined ? undefined : storable(mail.messageId, 500),
    sha256: digest.digest('hex'),
    sender: digestOfContact(mail.from?.address ?? null),
  };
}

/** Digest of a contact as contacts are compared; undefined where it reaches nobody. */
export function digestOfContact(contact: string | null): string | undefined {
  const comparable = comparableContact(contact);
  return comparable === undefined ? undefined : createHash('sha256').update(comparable).digest('hex');
}

/** Received or added with it, each once for the bytes. */
export async function whatMailBecomes(pool: Pool, arrived: Arrived, words: Words): Promise<Became> {
  const { mail, receivedAt } = arrived;
  const message = mail?.report && (await mailedAs(pool, mail.report.messageId));
  if (message !== undefined) return reportOf(message);
  const faults = faultsOf(mail);
  if (mail?.from === undefined || faults.length > 0) return { state: 'to be looked at', faults };
  const entered = await enteredBefore(pool, arrived);
  if (entered?.state === 'complaint') return entered;
  const before = entered === undefined ? await sameWords(pool, words) : undefined;
  if (before !== undefined) return { state: 'repeated', complaintNo: before };
  const text = storable([mail.subject, mail.text].filter((part) => part !== '').join('\n\n'), WORDS_AT_MOST, CUT);
  // Once more it would be another act where the clock was moved meanwhile: it comes now.
  const done = [entered?.complaintNo, ...(entered?.alsoTo ?? [])];
  for (const { no, key } of await answeredComplaints(pool, arrived)) {
    if (done.includes(no)) continue;
    const act = { complaintNo: no, key, by: SYSTEM_ACTOR, role: MAIL_ROLE };
    await isTaken(supplementComplaint(pool, { ...act, text, at: receivedAt }));
  }
  const added = await enteredBefore(pool, arrived);
  if (added !== undefined) return added;
  const { complaintNo } = await receiveComplaint(pool, {
    key: keyOfComplaint(arrived),
    channel: 'email',
    product: 'other',
    category: 'other',
    receivedAt,
    facts: text,
    complainant: { name: mail.from.name ?? mail.from.address.slice(0, 100), contact: mail.from.address },
    by: SYSTEM_ACTOR,
    role: MAIL_ROLE,
  });
  return { state: 'complaint', complaintNo };
}

/** What a server tells of a message of ours: nobody has to look at it, because the message goes on by itself. */
const reportOf = (message: MailedMessage): Became => ({
  state: 'delivery report',
  message,
  ...(message.complaintNo === null ? {} : { complaintNo: message.complaintNo }),
});

/** The keys are the mail's: entered by half, it is entered as the same acts again, and never as another one. */
const keyOfComplaint = ({ raw }: Arrived): string => `mail:${raw.sha256}`;

/** The complaints that the subject names, in its order, each with the key under which the mail is added to it. */
function namedIn({ raw, mail }: Arrived): readonly { readonly no: string; readonly key: string }[] {
  const key = `mail-supplement:${raw.sha256}`;
  const named = [...new Set(mail?.subject.match(/T\d{8}-\d{6}/g))];
  return named.map((no, place) => ({ no, key: place === 0 ? key : `${key}:${no}` }));
}

/** What its words were entered as, all of it or what was done before something failed. */
export async function enteredBefore(pool: Pool, arrived: Arrived): Promise<Became | undefined> {
  const supplements = namedIn(arrived).map(({ key }) => key);
  const { rows } = await pool.query<{ isReceipt: boolean; no: string }>(
    `select true as "isReceipt", complaint_no as no, 0 as place from complainants where receipt_key = $1
     union all select false, complaint_no, array_position($2::text[], act_key) from complaint_steps where act_key = any($2) order by place`,
    [keyOfComplaint(arrived), supplements],
  );
  const [first, ...others] = rows;
  if (first === undefined) return undefined;
  return {
    state: first.isReceipt ? 'complaint' : 'supplement',
    complaintNo: first.no,
    ...(others.length === 0 ? {} : { alsoTo: others.map(({ no }) => no) }),
  };
}

/** False where the complaint ended in the meantime: then it is one of its own. */
export const isTaken = (added: Promise<unknown>): Promise<boolean> =>
  added.then(
    () => true,
    (refusal: unknown) => {
      if (refusal instanceof BusinessError && refusal.code === 'COMPLAINT_ENDED') return false;
      throw refusal;
    },
  );

function faultsOf(mail: ReadMail | undefined): readonly ErrorCode[] {
  if (mail === undefined) return ['MAIL_UNREADABLE'];
  const faults: (ErrorCode | false)[] = [
    mail.from === undefined && 'MAIL_WITHOUT_SENDER',
    mail.text === '' && mail.subject === '' && 'MAIL_WITHOUT_WORDS',
    mail.isAutomatic && 'MAIL_IS_AUTOMATIC',
  ];
  return faults.filter((fault) => fault !== false);
}

/** The complaint that the same words came to before; a mailing list or a second server gives them other bytes. */
async function sameWords(pool: Pool, { messageId, sha256 }: Words): Promise<string | undefined> {
  const { rows } = await pool.query<{ no: string }>(
    `select complaint_no as no from received_mails where message_id = $1 and text_sha256 = $2 and complaint_no is not null limit 1`,
    [messageId ?? null, sha256 ?? null],
  );
  return rows[0]?.no;
}

/** Of the complaints that the subject names the open ones about which their own complainant writes. */
async function answeredComplaints(pool: Pool, arrived: Arrived): Promise<ReturnType<typeof namedIn>> {
  const named = namedIn(arrived);
  const { rows } = await pool.query<{ no: string; contact: string | null }>(
    `select complaint_no as no, w.contact from complaints c join complainants w using (complaint_no)
      where complaint_no = any($1) and c.state <> all($2)`,
    [named.map(({ no }) => no), ENDED_STATES],
  );
  const from = arrived.mail?.from?.address ?? null;
  return named.filter(({ no }) => rows.some((row) => row.no === no && isSameContact(row.contact, from)));
}
