/**
 * Takes the mails of the mailbox of complaints: each becomes a complaint, more of what an open complaint says, or work for somebody who
 * looks at it, or tells what became of a mail of ours. The bytes are kept before anything else, and a mail leaves `new/` only when it is entered, so nothing is lost by whatever
 * fails in between; the same mail again changes nothing. Nothing here needs the process engine.
 */
import type { Pool, PoolClient } from 'pg';
import type { DocumentsPort } from '../../../adapters/documents/documents-port';
import { bytesOfMail, markSeen, waitingMails, type WaitingMail } from '../../../adapters/mail/maildir';
import { readMail, type ReadMail } from '../../../adapters/mail/read-mail';
import { SYSTEM_ACTOR } from '../../../domain/people/system-actor';
import { oneLine, storable } from '../../../domain/texts/storable';
import { recordAudit } from '../../audit/record-audit';
import {
  enterAttachment,
  enterComplaintDocument,
  enterDocument,
  judgedAttachment,
  keptBytes,
} from '../../complaints/keep-attachment';
import { inTransaction } from '../../database/transaction';
import { isOutage } from '../../files/receiving-failures';
import { takeDeliveryReport } from '../../outbox/take-delivery-report';
import { queueNotice } from '../../outbox/queue-notice';
import { queueStart } from '../../outbox/queue-message';
import { loadParameters } from '../../terms/load-terms';
import { businessDateNow } from '../../people/standing';
import type { MailIntake } from '../dependencies';
import {
  enteredBefore,
  MAIL_ROLE,
  whatMailBecomes,
  WORDS_AT_MOST,
  wordsOf,
  type Arrived,
  type Became,
  type Words,
} from './mail-becomes';

/**
 * A mail that cannot be taken holds up no other one.
 * @returns how many mails were new
 * @throws what the world refused last, after every other mail was taken: those mails lie where they lay, for the next time
 */
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
  const failures: unknown[] = [];
  for (const mail of waiting) {
    try {
      if (mail.byteCount === 0 || mail.byteCount > terms.mailBytes) await noteStray(pool, mails, mail, terms);
      else if (await take(pool, mails, mail, terms)) taken += 1;
    } catch (failure) {
      failures.push(failure);
    }
  }
  if (failures.length > 0) throw failures.at(-1);
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

/** It stays where it lies, because nothing of it can be kept as it is; a note that names the place stands for it, and somebody looks at it. */
async function noteStray(
  pool: Pool,
  { documents }: MailIntake,
  { name, byteCount }: WaitingMail,
  { mailBytes, now }: MailTerms,
): Promise<void> {
  const reason =
    byteCount === 0
      ? { zh: '没有内容', en: 'is empty' }
      : { zh: `超过 ${mailBytes} 字节`, en: `has more than ${mailBytes} bytes` };
  const note = `${name}\n${byteCount} bytes\n${reason.zh} ${reason.en}\n`;
  const raw = { ...(await keptBytes(documents, Buffer.from(note))), mediaType: 'text/plain' };
  if (await isKnown(pool, raw.sha256)) return;
  const became: Became = { state: 'to be looked at', faults: [byteCount === 0 ? 'MAIL_EMPTY' : 'MAIL_TOO_LARGE'] };
  const arrived = { raw, mail: undefined, attachments: [], receivedAt: now };
  await inTransaction(pool, async (sql) => {
    await enterMailAs(sql, arrived, { words: wordsOf(arrived), became });
    await queueNotice(sql, {
      key: `mail-stray:${name}`,
      severity: 'warning',
      recipientRole: 'service',
      template: 'MAIL_STRAY',
      facts: { place: name, reason },
    });
  });
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
    const mail = await readMail(bytes).then((read) => read && storableMail(read));
    const attachments = await Promise.all(
      (mail?.attachments ?? []).map((one) => judgedAttachment(one, terms.attachmentBytes)),
    );
    const receivedAt = terms.isReal && waiting.deliveredAt < terms.now ? waiting.deliveredAt : terms.now;
    await enterOrAsk(pool, documents, { raw: { ...raw, mediaType: 'message/rfc822' }, mail, attachments, receivedAt });
  }
  await markSeen(folder, waiting);
  return isNew;
}

async function isKnown(pool: Pool, sha256: string): Promise<boolean> {
  const { rowCount } = await pool.query('select from received_mails where sha256 = $1', [sha256]);
  return rowCount !== 0;
}

/** Its words as they can be kept: what is left of them is what is judged. */
const storableMail = ({ from, subject, text, ...mail }: ReadMail): ReadMail => ({
  ...mail,
  from: from && {
    name: storable(oneLine(from.name ?? ''), 100).trim() || undefined,
    address: storable(from.address, 200),
  },
  subject: storable(oneLine(subject), WORDS_AT_MOST).trim(),
  text: storable(text, WORDS_AT_MOST + 1).trim(),
});

/** What no rule and no column takes would be refused for ever: somebody looks at it. Where the world is away, it is tried again. */
async function enterOrAsk(pool: Pool, documents: DocumentsPort, arrived: Arrived): Promise<void> {
  const words = wordsOf(arrived);
  try {
    await enter(pool, documents, arrived, { words, became: await whatMailBecomes(pool, arrived, words) });
  } catch (failure) {
    if (isOutage(failure)) throw failure;
    const entered = await enteredBefore(pool, arrived);
    const became: Became = { ...entered, state: 'to be looked at', faults: ['MAIL_NOT_ENTERED'] };
    await enter(pool, documents, { ...arrived, attachments: [] }, { words, became });
  }
}

async function enter(
  pool: Pool,
  documents: DocumentsPort,
  arrived: Arrived,
  { words, became }: { readonly words: Words; readonly became: Became },
): Promise<void> {
  // The parts of a report are those of a mail of ours.
  const attachments = became.message === undefined ? arrived.attachments : [];
  const kept = await Promise.all(
    attachments.map(async ({ bytes, faults }) => (faults.length === 0 ? await keptBytes(documents, bytes) : undefined)),
  );
  await inTransaction(pool, async (sql) => {
    const mailId = await enterMailAs(sql, arrived, { words, became });
    const { complaintNo, alsoTo = [] } = became;
    if (mailId === undefined || complaintNo === undefined || became.state === 'repeated') return;
    for (const no of [complaintNo, ...alsoTo]) {
      const of = { complaintNo: no, by: SYSTEM_ACTOR };
      await enterComplaintDocument(sql, { ...of, kind: 'mail', sha256: arrived.raw.sha256 });
      for (const [place, attachment] of attachments.entries())
        await enterAttachment(sql, { ...of, mailId }, attachment, kept[place]);
    }
  });
}

/** The row of a mail with its document and its audit row; what is to be looked at is given to somebody. Undefined where it was entered before. */
async function enterMailAs(
  sql: PoolClient,
  arrived: Arrived,
  { words, became }: { readonly words: Words; readonly became: Became },
): Promise<string | undefined> {
  await enterDocument(sql, arrived.raw);
  const mailId = await enterMail(sql, arrived, words, became);
  if (mailId === undefined) return undefined;
  const { receivedAt, mail } = arrived;
  if (became.message !== undefined)
    await takeDeliveryReport(sql, became.message, { failed: mail?.report?.failed ?? [], at: receivedAt });
  if (became.state === 'to be looked at') await askSomebody(sql, mailId, receivedAt);
  await recordAudit(sql, {
    actor: SYSTEM_ACTOR,
    role: MAIL_ROLE,
    action: 'receive mail',
    outcome: 'done',
    objectType: 'mail',
    objectId: mailId,
    after: { ...became, attachments: arrived.attachments.map(({ mediaType, faults }) => ({ mediaType, faults })) },
    ...(became.complaintNo === undefined ? {} : { workflowId: `complaint:${became.complaintNo}` }),
  });
  return mailId;
}

/** Undefined where another worker has entered it meanwhile. */
async function enterMail(
  sql: PoolClient,
  { raw, receivedAt }: Arrived,
  words: Words,
  { state, complaintNo, message, faults = [] }: Became,
): Promise<string | undefined> {
  const { rows } = await sql.query<{ id: string }>(
    `insert into received_mails (sha256, message_id, text_sha256, received_at, state, complaint_no, faults, sender_sha256, reported_message, workflow_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, case when $5 = 'to be looked at' then 'received-mail:' || $1 end)
     on conflict (sha256) do nothing returning mail_id::text as id`,
    [
      ...[raw.sha256, words.messageId ?? null, words.sha256 ?? null, receivedAt, state, complaintNo ?? null, faults],
      ...[words.sender ?? null, message?.messageId ?? null],
    ],
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
