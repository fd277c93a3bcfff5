/**
 * Whatever is done with a complaint is done the same way: the row is locked, the act runs once for its key, leaves a line of the register
 * and an audit row, moves the complaint on; what people did at once is signalled to the process. All of it in one transaction.
 */
import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { canonicalJson } from '../../domain/canonical-json';
import { BusinessError } from '../../domain/errors';
import { ENDED_STATES, type ComplaintState } from '../../domain/complaints/complaint-words';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import { requireShown } from '../intake/complaint-tag';
import { lockComplaint, lockInOrder, type ComplaintRow } from './complaint-row';
import { sinceAnswer } from './said-since';
import { signalChanged } from './signal-changed';
import { tellEnd } from './tell-end';

export interface ComplaintAct {
  readonly complaintNo: string;
  /** Unique for ever: the same key is the same act. */
  readonly key: string;
  readonly by: string;
  readonly role?: string;
  readonly requestId?: string;
  /** Tags of the complaint as it was shown to whoever acts. */
  readonly ifMatch?: string | undefined;
  /** The other complaint that it is linked to: both are locked, in the order of their numbers. */
  readonly linkedTo?: string;
}

/** What an act did. */
export interface DidOnComplaint<Answer> {
  readonly answer: Answer;
  /** For the register and the audit; no personal data. */
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly reason?: string;
  readonly state?: ComplaintState;
  /**
   * Whether the process must be told: it was done past it; and what of it is named, about which it does something at once. Of what is `added`, as
   * often as somebody likes, the process is told the first in a row: it reads the others with them, and no process takes signals without end.
   */
  readonly signal?: boolean | 'subject' | 'payee' | 'added';
}

/** Acts by which more is added to a complaint. */
export const ADDING = { words: 'supplement complaint', file: 'add attachment' } as const;

/**
 * Runs an act; one with the same key is answered as the first time.
 * @throws BusinessError IDEMPOTENCY_MISMATCH where the key stands for another act, another complaint or other content; REVISION_STALE
 */
export const actOnComplaint = <Answer>(
  pool: Pool,
  act: ComplaintAct,
  name: string,
  work: (sql: PoolClient, complaint: ComplaintRow) => Promise<DidOnComplaint<Answer>>,
): Promise<Answer> =>
  inTransaction(pool, async (sql) => {
    if (act.linkedTo !== undefined) await lockInOrder(sql, [act.complaintNo, act.linkedTo]);
    const complaint = await lockComplaint(sql, act.complaintNo);
    const before = await actBefore<Answer>(sql, act, name);
    if (before !== undefined) return before.answer;
    requireShown(complaint, act.ifMatch);
    const did = await work(sql, complaint);
    const isHeardOf = did.signal === 'added' && (await isHeardInARow(sql, complaint));
    await writeLine(sql, act, name, { detail: did.detail ?? {}, answer: did.answer, content: contentOf(act, name) });
    await recordAudit(sql, {
      actor: act.by,
      role: act.role,
      action: name,
      outcome: 'done',
      objectType: 'complaint',
      objectId: act.complaintNo,
      reason: did.reason,
      before: { state: complaint.state },
      after: { state: did.state ?? complaint.state, ...did.detail },
      requestId: act.requestId,
      workflowId: complaint.workflowId,
    });
    await moveOn(sql, complaint, did, isHeardOf);
    return did.answer;
  });

/**
 * What was answered under the key.
 * @param asKeptBefore the same act as an earlier version kept its content
 * @throws BusinessError IDEMPOTENCY_MISMATCH
 */
export async function actBefore<Answer>(
  sql: PoolClient,
  act: { readonly key: string },
  name: string,
  asKeptBefore = act,
): Promise<{ readonly answer: Answer } | undefined> {
  const { rows } = await sql.query<{ answer: Answer; content: string | null }>(
    `select answer, encode(content, 'hex') as content from complaint_steps where act_key = $1
     union all
     select jsonb_build_object('complaintNo', complaint_no), encode(receipt_content, 'hex') from complainants where receipt_key = $1`,
    [act.key],
  );
  const [kept] = rows;
  if (kept === undefined) return undefined;
  // Of a receipt sixteen of its 32 bytes are kept.
  const isSame = [act, asKeptBefore].some((one) => contentOf(one, name).startsWith(kept.content ?? ''));
  if (!isSame) throw new BusinessError('IDEMPOTENCY_MISMATCH');
  return { answer: kept.answer };
}

/** Digest of what is done to which complaint, whichever request it came with, and whatever was shown before. */
export function contentOf(act: { readonly key: string }, name: string): string {
  const { key: _, requestId: __, role: ___, ifMatch: ____, ...content } = act as ComplaintAct;
  return createHash('sha256').update(canonicalJson({ name, content })).digest('hex');
}

/** The line of the register, and the answer under its key. */
export async function writeLine(
  sql: PoolClient,
  act: ComplaintAct,
  name: string,
  {
    detail,
    answer,
    content,
  }: { readonly detail: Readonly<Record<string, unknown>>; readonly answer: unknown; readonly content: string },
): Promise<void> {
  await sql.query(
    `insert into complaint_steps (complaint_no, act, detail, by, role, act_key, content, answer)
     values ($1, $2, $3, $4, $5, $6, decode($7, 'hex'), $8)`,
    [
      act.complaintNo,
      name,
      JSON.stringify(detail),
      act.by,
      act.role ?? null,
      act.key,
      content,
      answer === undefined || answer === null ? null : JSON.stringify(answer),
    ],
  );
}

/** More than one, because the first may come as the process looks; few, because each is an event of a history that is bounded. */
const HEARD_IN_A_ROW = 10;

/**
 * Whether so much was added in a row that the process has heard of it. Whatever it waits for it began with a line of its own, and what was added
 * after that line has woken it: it needs to hear of no more until the next line. But what came before the answer, and is entered after it, is no
 * disagreement: the first that is one is heard however much was entered before.
 */
async function isHeardInARow(sql: PoolClient, { complaintNo, state }: ComplaintRow): Promise<boolean> {
  if (state === 'answered' && (await sinceAnswer(sql, complaintNo)).times === 1) return false;
  const { rows } = await sql.query<{ act: string }>(
    'select act from complaint_steps where complaint_no = $1 order by step_id desc limit $2',
    [complaintNo, HEARD_IN_A_ROW],
  );
  return rows.length === HEARD_IN_A_ROW && rows.every(({ act }) => act === ADDING.words || act === ADDING.file);
}

async function moveOn(
  sql: PoolClient,
  { complaintNo, workflowId, revision, state: before }: ComplaintRow,
  { state = before, signal = false }: Pick<DidOnComplaint<unknown>, 'state' | 'signal'>,
  isHeardOf: boolean,
): Promise<void> {
  if (signal === false && state === before) return;
  const next = signal === false ? revision : revision + 1;
  await sql.query(
    `update complaints set other_state = nullif($2, 'received'), revision = $3, ended_at = case when $4 then coalesce(ended_at, business_now()) end
      where complaint_no = $1`,
    [complaintNo, state, next, ENDED_STATES.includes(state)],
  );
  if (ENDED_STATES.includes(state) && state !== before) await tellEnd(sql, complaintNo);
  if (signal === false || isHeardOf) return;
  const named = signal === 'subject' || signal === 'payee' ? { named: signal } : {};
  await signalChanged(sql, [{ workflowId, revision: next, ...named }]);
}

/** Who did the task that the step follows from. */
export interface StepActor {
  readonly person: string;
  readonly role: string;
}

/** An act of the process, once for its name; `by` is whoever did the task that it follows from. */
export const actOfProcess = (complaintNo: string, name: string, by?: StepActor) => ({
  complaintNo,
  key: `${SYSTEM_ACTOR}:${complaintNo}:${name}`,
  by: by?.person ?? SYSTEM_ACTOR,
  ...(by === undefined ? {} : { role: by.role }),
});
