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
  if (entered !== undefined) return entered;
  const before = await sameWords(pool, words);
  if (before !== undefined) return { state: 'repeated', complaintNo: before };
  const text = storable([mail.subject, mail.text].filter((part) => part !== '').join('\n\n'), WORDS_AT_MOST, CUT);
  const { supplement, complaint } = keysOf(arrived);
  const answered = await answeredComplaint(pool, mail);
  const isAdded =
    answered !== undefined &&
    (await isTaken(
      supplementComplaint(pool, {
        ...{ complaintNo: answered, key: supplement, by: SYSTEM_ACTOR, role: MAIL_ROLE },
        ...{ text, at: receivedAt },
      }),
    ));
  if (isAdded) return { state: 'supplement', complaintNo: answered };
  const { complaintNo } = await receiveComplaint(pool, {
    key: complaint,
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

/** The keys are the mail's: entered by half, it is entered as the same act again, and never as the other one. */
const keysOf = ({ raw }: Arrived) => ({ complaint: `mail:${raw.sha256}`, supplement: `mail-supplement:${raw.sha256}` });

/** What its words were entered as before something failed. */
export async function enteredBefore(
  pool: Pool,
  arrived: Arrived,
): Promise<{ readonly state: 'complaint' | 'supplement'; readonly complaintNo: string } | undefined> {
  const { complaint, supplement } = keysOf(arrived);
  const { rows } = await pool.query<{ key: string; no: string }>(
    `select receipt_key as key, complaint_no as no from complainants where receipt_key = $1
     union all select act_key, complaint_no from complaint_steps where act_key = $2`,
    [complaint, supplement],
  );
  const [act] = rows;
  return act && { state: act.key === complaint ? 'complaint' : 'supplement', complaintNo: act.no };
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

/** An open complaint that the subject names and that its own complainant writes about. */
async function answeredComplaint(pool: Pool, { subject, from }: ReadMail): Promise<string | undefined> {
  const [named] = /T\d{8}-\d{6}/.exec(subject) ?? [];
  if (named === undefined) return undefined;
  const { rows } = await pool.query<{ contact: string | null }>(
    `select w.contact from complaints c join complainants w using (complaint_no) where c.complaint_no = $1 and c.state <> all($2)`,
    [named, ENDED_STATES],
  );
  return isSameContact(rows[0]?.contact ?? null, from?.address ?? null) ? named : undefined;
}
