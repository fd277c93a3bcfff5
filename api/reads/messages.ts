/** Messages as people see them: where each stands in lists, and one with all that proves what became of it. No text and no address. */
import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { SHOWN_RECIPIENT, TO_COMPLAINANT, TO_OTHERS } from '../../activities/intake/told-complainant';
import { textsOf, type OfTemplate, type ToldTexts } from '../../activities/intake/told-texts';
import { BusinessError } from '../../domain/errors';
import type { Role } from '../../domain/people/roles';
import { holdsAnyOf, READS_BOTH_SIDES, type Caller } from '../identity';
import { bilingual, instant, rowId, side } from '../schemas';
import { z } from '../zod';
import { requireSight } from './complaint-particulars';
import { processesKeptFrom } from './kept-from';
import { ofProcess, ofProcesses } from '../../activities/database/of-process';

export const messageChannel = z.enum(['sms', 'app', 'voice', 'email', 'in-app', 'webhook', 'task']);
export const messageState = z
  .enum(['queued', 'held', 'sent', 'delivered', 'failed over', 'task', 'not reached', 'blocked'])
  .openapi({
    description: '待发、暂缓、已发、已送达、转下一渠道、待电话、未能送达、缺少内容 where the message stands on its way',
  });

const lineFields = {
  messageId: rowId,
  purpose: z.string().nullable(),
  purposeName: bilingual.nullable(),
  template: z.string().nullable(),
  severity: z.enum(['info', 'warning', 'critical']),
  state: messageState,
  channel: messageChannel.nullable().openapi({ description: '最近一次所用渠道 the channel that was tried last' }),
  recipientRole: z.string().nullable(),
  recipientMark: z.string().nullable(),
  recipientRef: z
    .string()
    .nullable()
    .openapi({ description: '收件人代号 reference, never a name or an address', example: 'fund-account:6000000001' }),
  side: side.nullable(),
  branch: z.string().nullable(),
  caseKey: z.string().nullable(),
  businessKey: z.string().nullable(),
  createdAt: instant,
  sentAt: instant.nullable(),
  provedAt: instant
    .nullable()
    .openapi({ description: '送达、已读或已通话的时间 when it was delivered, read or told on the telephone' }),
};

export const messageLine = z.strictObject(lineFields).openapi('MessageLine');
export type MessageLine = z.input<typeof messageLine>;

const attempt = z
  .strictObject({
    at: instant,
    step: z.int(),
    channel: messageChannel,
    outcome: z.enum(['accepted', 'refused', 'unknown']),
    reference: z.string().nullable().openapi({ description: '对方回执号 what the other side named it' }),
    code: z.string().nullable(),
  })
  .openapi('MessageAttempt');

const receipt = z
  .strictObject({
    at: instant,
    gateway: z.string(),
    receipt: z.string(),
    channel: messageChannel,
    outcome: z.enum(['delivered', 'undelivered', 'read', 'reached', 'not reached']),
    code: z.string().nullable(),
    person: z.string().nullable().openapi({ description: '阅读者或致电者 who read it, or who telephoned' }),
  })
  .openapi('MessageReceipt');

const fallOver = z
  .strictObject({
    at: instant,
    from: messageChannel,
    to: messageChannel,
    code: z.string().openapi({ example: 'NO_PROOF_IN_TIME' }),
  })
  .openapi('MessageFallOver');

export const messageProof = z
  .strictObject({
    ...lineFields,
    templateVersion: z.int().nullable(),
    templateSha256: z.string().nullable().openapi({ description: '该版文本的摘要 digest of that version of the text' }),
    templateApprovedBy: z.string().nullable(),
    textSha256: z.string().nullable().openapi({
      description: '所发文本的摘要：中文主题、中文、英文主题、英文，以换行相连 of the text as it was told',
    }),
    missing: z.array(z.string()),
    dueAt: instant.nullable().openapi({ description: '下一次处理 when delivery looks at it next' }),
    telephone: z
      .string()
      .nullable()
      .openapi({ description: '电话通知流程 the process that asks somebody to telephone' }),
    attempts: z.array(attempt),
    fallOvers: z.array(fallOver),
    receipts: z.array(receipt),
  })
  .openapi('MessageProof');
export type MessageProof = z.input<typeof messageProof>;

/** Whoever serves clients reads what clients of the own side and branch were told. */
const SERVE_CLIENTS: readonly Role[] = ['branch', 'branch_risk', 'service', 'brokerage', 'operations'];

/** SQL: the message `m` is for the role, mark, side and branch of the grant `g`. Who approves is decided order by order, so all of the role may read it. */
export const TOLD_TO_ROLE = `(m.recipient_role = g.role and (m.recipient_mark is null or m.recipient_mark = 'approver' or m.recipient_mark = g.mark)
            and (m.side is null or g.side is null or m.side = g.side) and (m.branch is null or g.branch is null or m.branch = g.branch))`;

/**
 * Which messages `m` a caller may see: those to a role, mark, side and branch of the own; those to clients of the own side and branch, of
 * complaints only whoever is asked about complaints; who reads both sides sees all of them; nobody those of a case that one is kept out of.
 */
async function visibleMessages(pool: Pool, caller: Caller, value: (given: unknown) => string): Promise<string> {
  const kept = await processesKeptFrom(pool, caller);
  const notKept = kept.length === 0 ? 'true' : notOf(value(kept));
  if (holdsAnyOf(caller, READS_BOTH_SIDES)) return notKept;
  const grants = value(
    JSON.stringify(caller.grants.map((grant) => ({ ...grant, serves: SERVE_CLIENTS.includes(grant.role) }))),
  );
  return `${notKept} and exists (
    select from jsonb_to_recordset(${grants}::jsonb) as g(role text, side text, branch text, mark text, serves boolean)
     where ${TOLD_TO_ROLE}
        or (g.serves and m.recipient_role is null and m.purpose is distinct from 'case-event' and m.side = coalesce(g.side, 'client')
            and (g.branch is null or m.branch = g.branch) and not (g.role = 'branch_risk' and ${TO_COMPLAINANT}))
        or (g.role = 'admin' and m.purpose = 'case-event'))`;
}

/** Of no case among those given, neither about it nor from its process. */
const notOf = (kept: string): string =>
  `coalesce(m.case_key <> all (${kept}::text[]), true) and coalesce(m.workflow_id <> all (${kept}::text[]), true)`;

const PROOF = `('delivered', 'read', 'reached')`;

export const MESSAGE_COLUMNS = `m.message_id::text as "messageId", m.purpose,
  (select jsonb_build_object('zh', p.name_zh, 'en', p.name_en) from message_purposes p where p.purpose = m.purpose
    order by p.valid_from desc limit 1) as "purposeName",
  m.template, m.severity, m.state,
  (select a.channel from message_tries a where a.message_id = m.message_id order by a.attempt_id desc limit 1) as channel,
  m.recipient_role as "recipientRole", m.recipient_mark as "recipientMark", ${SHOWN_RECIPIENT} as "recipientRef", m.side, m.branch,
  m.case_key as "caseKey", (select business_key_of(p.workflow_id) from processes p where p.workflow_id = m.case_key) as "businessKey",
  m.created_at as "createdAt", m.sent_at as "sentAt",
  (select min(r.at) from message_proofs r where r.message_id = m.message_id and r.outcome in ${PROOF}) as "provedAt"`;

/** What is asked for of the list; nothing is no condition. */
export interface MessageFilter {
  readonly process?: string | undefined;
  readonly businessKey?: string | undefined;
  readonly recipientRole?: string | undefined;
  readonly recipientRef?: string | undefined;
  readonly channel?: string | undefined;
  readonly state?: string | undefined;
  readonly purpose?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * Text and addresses of a message to a complainant are for those who handle the complaint, and for whoever telephones: nobody who is kept out.
 * @throws BusinessError NOT_FOUND, PARTICULARS_CONFIDENTIAL
 */
export async function refuseConfidential(
  pool: Pool,
  caller: Caller,
  { messageId, requestId }: { readonly messageId: string; readonly requestId: string },
): Promise<void> {
  const { rows } = await pool.query<{ complaint: string; telephones: boolean }>(
    `select ${SHOWN_RECIPIENT} as complaint,
            exists (select from tasks t where ${ofProcess('t.workflow_id', `('telephone-notice:' || m.message_id)`)} and t.claimed_by = $2 and t.state = 'claimed')
              and not is_kept_out(m.case_key, array[$2]) as telephones
       from outbox m where m.message_id = $1 and ${TO_COMPLAINANT}`,
    [messageId, caller.person],
  );
  const [told] = rows;
  if (told === undefined || told.telephones) return;
  await requireSight(pool, caller, { no: told.complaint, requestId, shown: { message: messageId } });
}

/**
 * SQL: numbers of the messages from the process of a case or about it, each part by its index; `or` between the two would read all messages.
 * @param cases an array of workflow ids
 */
export const aboutCases = (cases: string): string =>
  `select m.message_id from outbox m where m.kind = 'notice' and ${ofProcesses('m.workflow_id', cases)}
   union all
   select m.message_id from outbox m where m.kind = 'notice' and m.case_key = any (${cases}) and m.case_key is distinct from m.workflow_id`;

/** Messages before a number, the latest first, at most so many. */
export async function listedMessages(
  pool: Pool,
  caller: Caller,
  asked: { readonly filter: MessageFilter; readonly before: string | undefined; readonly limit: number },
): Promise<readonly MessageLine[]> {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const conditions = [`m.kind = 'notice'`, await visibleMessages(pool, caller, value)];
  const where = (given: string | undefined, sql: (place: string) => string) => {
    if (given !== undefined) conditions.push(sql(value(given)));
  };
  const { filter } = asked;
  where(asked.before, (place) => `m.message_id < ${place}::bigint`);
  where(filter.process, (place) => `m.message_id in (${aboutCases(`array[${place}]`)})`);
  where(filter.businessKey, (place) => {
    const cases = `array(select workflow_id from processes where workflow_id = any (ids_of_key(${place})))`;
    return `m.message_id in (${aboutCases(cases)}) and m.case_key = any (${cases})`;
  });
  where(filter.recipientRole, (place) => `m.recipient_role = ${place}`);
  where(filter.recipientRef, (place) => {
    const complaint = `'complaint:' || ${place}`;
    return `m.message_id in (select m.message_id from outbox m where m.kind = 'notice' and m.recipient_ref = ${place} and ${TO_OTHERS}
                             union all ${aboutCases(`array[${complaint}]`)})
      and (m.recipient_ref = ${place} and ${TO_OTHERS} or m.case_key = ${complaint} and ${TO_COMPLAINANT})`;
  });
  where(
    filter.channel,
    (place) => `exists (select from message_tries a where a.message_id = m.message_id and a.channel = ${place}::text)`,
  );
  // Those that are queued are found by the index of what delivery looks at.
  where(filter.state, (place) => `m.state = ${place}${filter.state === 'queued' ? ' and m.due_at is not null' : ''}`);
  where(filter.purpose, (place) => `m.purpose = ${place}`);
  where(filter.from, (place) => `m.created_at >= ${place}::timestamptz`);
  where(filter.to, (place) => `m.created_at < ${place}::timestamptz`);
  const { rows } = await pool.query<MessageLine>(
    `select ${MESSAGE_COLUMNS} from outbox m where ${conditions.join(' and ')} order by m.message_id desc limit ${value(asked.limit)}`,
    values,
  );
  return rows;
}

/** One message with its attempts, receipts and fall-overs. @throws BusinessError NOT_FOUND also for one that the caller may not see */
export async function proofOfMessage(pool: Pool, caller: Caller, messageId: string): Promise<MessageProof> {
  const values: unknown[] = [messageId];
  const visible = await visibleMessages(pool, caller, (given) => `$${values.push(given)}`);
  const { rows } = await pool.query<Omit<MessageProof, 'textSha256'> & OfTemplate>(
    `select ${MESSAGE_COLUMNS}, m.template_version as "templateVersion", t.sha256 as "templateSha256", t.approved_by as "templateApprovedBy",
            m.template_version, m.facts, m.missing, m.due_at as "dueAt",
            (select p.workflow_id from processes p where p.workflow_id = 'telephone-notice:' || m.message_id) as telephone,
            ${listOf('message_tries a', 'a.attempt_id', ATTEMPT)} as attempts,
            ${listOf('message_fall_overs a', 'a.from_step', FALL_OVER)} as "fallOvers",
            ${listOf('message_proofs a', 'a.at, a.gateway, a.receipt', RECEIPT)} as receipts
       from outbox m left join message_templates t on t.template = m.template and t.version = m.template_version
      where m.message_id = $1 and m.kind = 'notice' and ${visible}`,
    values,
  );
  const [found] = rows;
  if (found === undefined) throw messageNotFound(messageId);
  const { template_version: _, facts: __, ...proof } = found;
  return { ...proof, textSha256: digestOf((await textsOf(pool, [found]))(found)) };
}

/** Of what was told, as the digest of a template is made; of no text there is none. */
function digestOf({ subject, text }: ToldTexts): string | null {
  const told = [subject.zh, text.zh, subject.en, text.en];
  return text.zh === '' ? null : createHash('sha256').update(told.join('\n')).digest('hex');
}

export const messageNotFound = (messageId: string): BusinessError =>
  new BusinessError('NOT_FOUND', { what: '消息 message', key: messageId });

const listOf = (from: string, order: string, shape: string): string =>
  `coalesce((select jsonb_agg(jsonb_build_object(${shape}) order by ${order}) from ${from} where a.message_id = m.message_id), '[]')`;

/** An instant within JSON, as the driver writes the others. */
const AT = `to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const ATTEMPT = `'at', ${AT}, 'step', a.step, 'channel', a.channel, 'outcome', a.outcome, 'reference', a.reference, 'code', a.code`;
const FALL_OVER = `'at', ${AT}, 'from', a.from_channel, 'to', a.to_channel, 'code', a.code`;
const RECEIPT = `'at', ${AT}, 'gateway', a.gateway, 'receipt', a.receipt, 'channel', a.channel, 'outcome', a.outcome, 'code', a.code,
  'person', a.person`;
