/**
 * Takes the mails of the mailbox of complaints: each becomes a complaint, more of what an open complaint says, or work for somebody who
 * looks at it. The bytes are kept before anything else, and a mail leaves `new/` only when it is entered, so nothing is lost by whatever
 * fails in between; the same mail again changes nothing. Nothing here needs the process engine.
 */
import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { DocumentsPort } from '../../../adapters/documents/documents-port';
import { bytesOfMail, markSeen, waitingMails, type WaitingMail } from '../../../adapters/mail/maildir';
import { readMail, type ReadMail } from '../../../adapters/mail/read-mail';
import { ENDED_STATES } from '../../../domain/complaints/complaint-words';
import type { ErrorCode } from '../../../domain/errors';
import { SYSTEM_ACTOR } from '../../../domain/people/system-actor';
import { recordAudit } from '../../audit/record-audit';
import {
  enterAttachment,
  enterComplaintDocument,
  enterDocument,
  judgedAttachment,
  keptBytes,
  type JudgedAttachment,
} from '../../complaints/keep-attachment';
import { inTransaction } from '../../database/transaction';
import { queueNotice } from '../../outbox/queue-notice';
import { queueStart } from '../../outbox/queue-message';
import { loadParameters } from '../../terms/load-terms';
import { businessDateNow } from '../../people/standing';
import { supplementComplaint } from './act-of-people';
import { receiveComplaint } from './receive-complaint';

export interface MailIntake {
  /** A maildir. */
  readonly folder: string;
  readonly documents: DocumentsPort;
}

/** Who receives what comes in by itself. */
const ROLE = 'system';
const WORDS_AT_MOST = 10_000;
const CUT = '\n（以下从略，全文见邮件原件 cut here: the whole stands in the mail）';

/** @returns how many mails were new */
export async function noteMails({
  pool,
  mails,
}: {
  readonly pool: Pool;
  readonly mails?: MailIntake;
}): Promise<number> {
  if (mails === undefined) return 0;
  const waiting = await waitingMails(mails.folder);
  if (waiting.length === 0) return 0;
  const terms = await mailTerms(pool);
  let taken = 0;
  for (const mail of waiting) {
    if (mail.byteCount === 0 || mail.byteCount > terms.mailBytes) await tellStray(pool, mail, terms);
    else if (await take(pool, mails, mail, terms)) taken += 1;
  }
  return taken;
}

interface MailTerms {
  readonly mailBytes: number;
  readonly attachmentBytes: number;
  readonly now: string;
  /** The time stamp of a file is that of the receipt where the book's clock is the real one. */
  readonly isReal: boolean;
}

async function mailTerms(pool: Pool): Promise<MailTerms> {
  return inTransaction(pool, async (sql) => {
    const parameter = await loadParameters(sql, 'SH', await businessDateNow(sql));
    const { rows } = await sql.query<{ now: string; real: boolean }>(
      `select business_now() as now, mode = 'real' as real from business_clock`,
    );
    return {
      mailBytes: Number.parseInt(parameter('COMPLAINT_MAIL_BYTES'), 10),
      attachmentBytes: Number.parseInt(parameter('COMPLAINT_ATTACHMENT_BYTES'), 10),
      now: rows[0]?.now ?? '',
      isReal: rows[0]?.real === true,
    };
  });
}

/** It stays where it lies: nothing of it can be kept as it is. */
async function tellStray(pool: Pool, { name, byteCount }: WaitingMail, { mailBytes }: MailTerms): Promise<void> {
  const reason =
    byteCount === 0
      ? { zh: '没有内容', en: 'is empty' }
      : { zh: `超过 ${mailBytes} 字节`, en: `has more than ${mailBytes} bytes` };
  await inTransaction(pool, (sql) =>
    queueNotice(sql, {
      key: `mail-stray:${name}`,
      severity: 'warning',
      recipientRole: 'service',
      template: 'MAIL_STRAY',
      facts: { place: name, reason },
    }),
  );
}

async function take(
  pool: Pool,
  { folder, documents }: MailIntake,
  waiting: WaitingMail,
  terms: MailTerms,
): Promise<boolean> {
  const bytes = await bytesOfMail(folder, waiting);
  if (bytes === undefined) return false;
  const raw = await keptBytes(documents, bytes);
  const isNew = !(await isKnown(pool, raw.sha256));
  if (isNew) {
    const mail = await readMail(bytes);
    const attachments = await Promise.all(
      (mail?.attachments ?? []).map((one) => judgedAttachment(one, terms.attachmentBytes)),
    );
    const receivedAt = terms.isReal && waiting.deliveredAt < terms.now ? waiting.deliveredAt : terms.now;
    await enter(pool, documents, { raw: { ...raw, mediaType: 'message/rfc822' }, mail, attachments, receivedAt });
  }
  await markSeen(folder, waiting);
  return isNew;
}

async function isKnown(pool: Pool, sha256: string): Promise<boolean> {
  const { rowCount } = await pool.query('select from received_mails where sha256 = $1', [sha256]);
  return rowCount !== 0;
}

interface Arrived {
  readonly raw: { readonly sha256: string; readonly byteCount: number; readonly mediaType: string };
  readonly mail: ReadMail | undefined;
  readonly attachments: readonly JudgedAttachment[];
  readonly receivedAt: string;
}

type MailState = 'complaint' | 'supplement' | 'repeated' | 'to be looked at';

interface Became {
  readonly state: MailState;
  readonly complaintNo?: string;
  readonly faults?: readonly ErrorCode[];
}

async function enter(pool: Pool, documents: DocumentsPort, arrived: Arrived): Promise<void> {
  const words = wordsOf(arrived);
  const became = await whatItBecomes(pool, arrived, words);
  const kept = await Promise.all(
    arrived.attachments.map(async ({ bytes, faults }) =>
      faults.length === 0 ? await keptBytes(documents, bytes) : undefined,
    ),
  );
  await inTransaction(pool, async (sql) => {
    await enterDocument(sql, arrived.raw);
    const mailId = await enterMail(sql, arrived, words, became);
    if (mailId === undefined) return;
    const { complaintNo } = became;
    if (complaintNo !== undefined && became.state !== 'repeated') {
      const of = { complaintNo, by: SYSTEM_ACTOR };
      await enterComplaintDocument(sql, { ...of, kind: 'mail', sha256: arrived.raw.sha256 });
      for (const [place, attachment] of arrived.attachments.entries())
        await enterAttachment(sql, { ...of, mailId }, attachment, kept[place]);
    }
    if (became.state === 'to be looked at') await askSomebody(sql, mailId, arrived.receivedAt);
    await recordAudit(sql, {
      actor: SYSTEM_ACTOR,
      role: ROLE,
      action: 'receive mail',
      outcome: 'done',
      objectType: 'mail',
      objectId: mailId,
      after: { ...became, attachments: arrived.attachments.map(({ mediaType, faults }) => ({ mediaType, faults })) },
      ...(complaintNo === undefined ? {} : { workflowId: `complaint:${complaintNo}` }),
    });
  });
}

interface Words {
  readonly messageId: string | undefined;
  /** Digest of who wrote what, with which files. */
  readonly sha256: string | undefined;
}

function wordsOf({ mail, attachments }: Arrived): Words {
  if (mail === undefined) return { messageId: undefined, sha256: undefined };
  const digest = createHash('sha256').update(JSON.stringify([mail.from?.address, mail.subject, mail.text]));
  for (const { bytes } of attachments) digest.update(createHash('sha256').update(bytes).digest());
  return {
    messageId: mail.messageId === undefined ? undefined : storable(mail.messageId, 500),
    sha256: digest.digest('hex'),
  };
}

async function whatItBecomes(pool: Pool, { raw, mail, receivedAt }: Arrived, words: Words): Promise<Became> {
  const faults = faultsOf(mail);
  if (mail?.from === undefined || faults.length > 0) return { state: 'to be looked at', faults };
  const before = await sameWords(pool, words);
  if (before !== undefined) return { state: 'repeated', complaintNo: before };
  const text = storable([mail.subject, mail.text].filter((part) => part !== '').join('\n\n'), WORDS_AT_MOST, CUT);
  // The key is the mail's: entered by half, it is entered as the same act again.
  const key = `mail:${raw.sha256}`;
  const answered = await answeredComplaint(pool, mail);
  if (answered !== undefined) {
    await supplementComplaint(pool, { complaintNo: answered, key, by: SYSTEM_ACTOR, role: ROLE, text });
    return { state: 'supplement', complaintNo: answered };
  }
  const { complaintNo } = await receiveComplaint(pool, {
    key,
    channel: 'email',
    product: 'other',
    category: 'other',
    receivedAt,
    facts: text,
    complainant: {
      name: storable(mail.from.name ?? mail.from.address, 100),
      contact: storable(mail.from.address, 200),
    },
    by: SYSTEM_ACTOR,
    role: ROLE,
  });
  return { state: 'complaint', complaintNo };
}

function faultsOf(mail: ReadMail | undefined): readonly ErrorCode[] {
  if (mail === undefined) return ['MAIL_UNREADABLE'];
  const faults: (ErrorCode | false)[] = [
    mail.from === undefined && 'MAIL_WITHOUT_SENDER',
    mail.text === '' && mail.subject === '' && 'MAIL_WITHOUT_WORDS',
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
  const { rowCount } = await pool.query(
    `select from complaints c join complainants w using (complaint_no)
      where c.complaint_no = $1 and c.state <> all($2) and lower(w.contact) = lower($3)`,
    [named, ENDED_STATES, from?.address],
  );
  return rowCount === 0 ? undefined : named;
}

/** Undefined where another worker has entered it meanwhile. */
async function enterMail(
  sql: PoolClient,
  { raw, receivedAt }: Arrived,
  words: Words,
  { state, complaintNo, faults = [] }: Became,
): Promise<string | undefined> {
  const { rows } = await sql.query<{ id: string }>(
    `insert into received_mails (sha256, message_id, text_sha256, received_at, state, complaint_no, faults, workflow_id)
     values ($1, $2, $3, $4, $5, $6, $7, case when $5 = 'to be looked at' then 'received-mail:' || $1 end)
     on conflict (sha256) do nothing returning mail_id::text as id`,
    [raw.sha256, words.messageId ?? null, words.sha256 ?? null, receivedAt, state, complaintNo ?? null, faults],
  );
  return rows[0]?.id;
}

/** Starts the process that has somebody look at it. */
async function askSomebody(sql: PoolClient, mailId: string, receivedAt: string): Promise<void> {
  const { rows } = await sql.query<{ workflow_id: string; date: string }>(
    `select workflow_id, ($2::timestamptz at time zone 'Asia/Shanghai')::date::text as date from received_mails where mail_id = $1`,
    [mailId, receivedAt],
  );
  const { workflow_id: workflowId = '', date = '' } = rows[0] ?? {};
  await queueStart(sql, {
    key: `start:${workflowId}`,
    workflowId,
    type: 'receivedMail',
    args: [{ mailId }],
    summary: '查看无法登记的邮件 look at a mail',
    attributes: { ProcessType: 'receivedMail', BusinessKey: mailId, BusinessDate: date },
  });
}

/** Text as the database keeps it: whole characters, no NUL, cut where it is too long. */
function storable(text: string, most: number, cut = ''): string {
  const clean = wellFormed(text).replaceAll('\0', '');
  return clean.length <= most ? clean : `${wellFormed(clean.slice(0, most - cut.length))}${cut}`;
}

/** Half a character becomes the mark of one that is not known. */
const wellFormed = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');
