/**
 * A notice of the clearing house is entered: what is due on one day settles on another one (A4 §40). A supervisor approves. Taken back the same way,
 * by two people, a notice moves everything back, as long as nothing of the first day is over.
 */
import type { Pool, PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { Channel } from '../../domain/channel';
import { BusinessError } from '../../domain/errors';
import { dueDate } from '../../domain/settlement/due-date';
import { recordAudit } from '../audit/record-audit';
import { loadMarketCalendar } from '../calendar/load-market-calendar';
import { inTransaction } from '../database/transaction';
import { queueSignal } from '../outbox/queue-message';
import { businessDateNow } from '../people/standing';
import { refuseFirst } from './judge-actor';
import { lockDueDates } from '../postponements/due-dates';
import { followNotice, noticeProcess, type ByPerson } from './settlement-notice';

export const POSTPONEMENT_CAUSES = ['typhoon', 'one-sided holiday', 'half day', 'closure'] as const;
export type PostponementCause = (typeof POSTPONEMENT_CAUSES)[number];

export interface AskedPostponement extends ByPerson {
  readonly channel: string;
  readonly from: BusinessDate;
  readonly to: BusinessDate;
  readonly cause: PostponementCause;
  /** Number and words of the notice. */
  readonly notice: string;
}

/**
 * Enters the notice and has it approved.
 * @throws SeveralRefusals POSTPONEMENT_BACKWARDS, POSTPONED_TO_NO_SETTLEMENT_DAY, POSTPONEMENT_TOO_LATE, POSTPONEMENT_AFTER_BATCH,
 *         POSTPONEMENT_OVERLAPS, all that apply; CALENDAR_OUT_OF_RANGE
 */
export const askPostponement = (pool: Pool, asked: AskedPostponement): Promise<{ readonly postponementId: string }> =>
  inTransaction(pool, (sql) => postponementWithin(sql, asked));

/** The same within the transaction of what it was read from. */
export async function postponementWithin(
  sql: PoolClient,
  asked: AskedPostponement,
): Promise<{ readonly postponementId: string }> {
  await sql.query(`select pg_advisory_xact_lock(hashtextextended('settlement postponements', 0))`);
  const { rows: kept } = await sql.query<{ id: string }>(
    'select postponement_id::text as id from settlement_postponements where request_key = $1',
    [asked.key],
  );
  if (kept[0] !== undefined) return { postponementId: kept[0].id };
  refuseFirst(await refusalsOf(sql, asked));
  return enter(sql, asked);
}

async function refusalsOf(
  sql: PoolClient,
  { channel, from, to }: AskedPostponement,
): Promise<readonly BusinessError[]> {
  const { calendar } = await loadMarketCalendar(sql, channel as Channel);
  const { rows: others } = await sql.query<{ other: string; from: string; to: string }>(
    `select postponement_id::text as other, postponed_from::text as from, postponed_to::text as to from settlement_postponements
     where channel = $1 and state in ('awaiting approval', 'approved')
       and daterange(postponed_from, postponed_to) && daterange($2::date, greatest($3::date, $2::date + 1))`,
    [channel, from, to],
  );
  const next = dueDate(to, [], calendar.isSettlementDay);
  return [
    ...(from < to ? [] : [new BusinessError('POSTPONEMENT_BACKWARDS', { from, to, field: 'to' })]),
    ...(next === to ? [] : [new BusinessError('POSTPONED_TO_NO_SETTLEMENT_DAY', { to, next, field: 'to' })]),
    ...((await isOver(sql, channel, from))
      ? [new BusinessError('POSTPONEMENT_TOO_LATE', { from, field: 'from' })]
      : []),
    ...((await isBatchBooked(sql, channel, from))
      ? [new BusinessError('POSTPONEMENT_AFTER_BATCH', { from, field: 'from' })]
      : []),
    ...others.map((other) => new BusinessError('POSTPONEMENT_OVERLAPS', other)),
  ];
}

/** Whether the day has passed, or something of what is due on it is cleared to clients. */
export async function isOver(sql: PoolClient, channel: string, date: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    `select 1 from batches b where b.channel = $1 and b.business_date = $2 and b.kind in ('clear-trades', 'clear-portfolio-fee') and b.reverses is null
       and not exists (select 1 from batches r where r.reverses = b.batch_id)`,
    [channel, date],
  );
  return date < (await businessDateNow(sql)) || (rowCount ?? 0) > 0;
}

/**
 * For whoever decides that due dates of the day move: nobody posts until the transaction ends, and nothing of the day is over.
 * @throws BusinessError POSTPONEMENT_TOO_LATE
 */
export async function lockDayAhead(
  sql: PoolClient,
  { channel, from }: { readonly channel: string; readonly from: string },
) {
  await lockDueDates(sql, { channel, businessDate: from });
  if (await isOver(sql, channel, from)) throw new BusinessError('POSTPONEMENT_TOO_LATE', { from });
}

/** Whether a batch of the day, of 10:30 or 18:00, has settled something that a notice moves: risk money moves on trading days as always. */
export async function isBatchBooked(sql: PoolClient, channel: string, date: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    `select 1 from checkpoints where channel = $1 and business_date = $2 and (trades_fen <> 0 or corporate_fen <> 0 or fee_fen <> 0)`,
    [channel, date],
  );
  return (rowCount ?? 0) > 0;
}

async function enter(sql: PoolClient, asked: AskedPostponement): Promise<{ readonly postponementId: string }> {
  const { channel, from, to, cause, notice, by, key } = asked;
  const workflowId = noticeProcess('settlement-postponement', channel, from, asked);
  const { rows } = await sql.query<{ id: string }>(
    `insert into settlement_postponements (channel, postponed_from, postponed_to, cause, notice, workflow_id, request_key, made_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning postponement_id::text as id`,
    [channel, from, to, cause, notice, workflowId, key, by],
  );
  const [row] = rows;
  if (row === undefined) throw new RangeError('a postponement was entered and is not there');
  await followNotice(
    sql,
    {
      ...{ workflowId, channel, date: from, notice },
      type: 'settlementPostponement',
      args: [{ postponementId: row.id }],
      summary: `交收推迟 ${from} → ${to} postponed settlement`,
    },
    asked,
    {
      action: 'ask for postponement of settlement',
      objectType: 'settlement postponement',
      objectId: row.id,
      after: { channel, from, to, cause },
    },
  );
  return { postponementId: row.id };
}

/**
 * The clearing house takes its notice back: asked for by operations, decided by a supervisor. With the approval everything is due again when the
 * files said.
 * @throws SeveralRefusals NOT_FOUND, POSTPONEMENT_NOT_IN_FORCE, POSTPONEMENT_WITHDRAWAL_PENDING, POSTPONEMENT_TOO_LATE
 */
export const askPostponementWithdrawal = (
  pool: Pool,
  act: AskedWithdrawal,
): Promise<{ readonly withdrawalId: string }> => inTransaction(pool, (sql) => withdrawalWithin(sql, act));

export type AskedWithdrawal = ByPerson & { readonly postponementId: string; readonly reason: string };

/** The same within the transaction of what it was read from. */
export async function withdrawalWithin(
  sql: PoolClient,
  act: AskedWithdrawal,
): Promise<{ readonly withdrawalId: string }> {
  const { postponementId } = act;
  const { rows } = await sql.query<{ channel: string; from: string; state: string; workflow_id: string }>(
    `select channel, postponed_from::text as from, state, workflow_id from settlement_postponements where postponement_id = $1 for update`,
    [postponementId],
  );
  const [found] = rows;
  if (found === undefined) throw new BusinessError('NOT_FOUND', { what: '交收推迟 postponement', key: postponementId });
  const { rows: asked } = await sql.query<{ id: string; key: string }>(
    `select withdrawal_id::text as id, request_key as key from postponement_withdrawals
       where postponement_id = $1 and (state = 'awaiting approval' or request_key = $2)`,
    [postponementId, act.key],
  );
  const kept = asked.find(({ key }) => key === act.key);
  if (kept !== undefined) return { withdrawalId: kept.id };
  const { channel, from, state } = found;
  refuseFirst([
    ...(state === 'approved'
      ? []
      : [new BusinessError('POSTPONEMENT_NOT_IN_FORCE', { postponement: postponementId, state })]),
    ...(asked.length === 0
      ? []
      : [new BusinessError('POSTPONEMENT_WITHDRAWAL_PENDING', { postponement: postponementId })]),
    ...((await isOver(sql, channel, from)) ? [new BusinessError('POSTPONEMENT_TOO_LATE', { from })] : []),
  ]);
  return enterWithdrawal(sql, act, found.workflow_id);
}

async function enterWithdrawal(
  sql: PoolClient,
  act: AskedWithdrawal,
  workflowId: string,
): Promise<{ readonly withdrawalId: string }> {
  const { rows } = await sql.query<{ id: string }>(
    `insert into postponement_withdrawals (postponement_id, reason, request_key, made_by) values ($1, $2, $3, $4)
     returning withdrawal_id::text as id`,
    [act.postponementId, act.reason, act.key, act.by],
  );
  const withdrawalId = rows[0]?.id ?? '';
  await recordAudit(sql, {
    actor: act.by,
    role: act.role,
    action: 'ask for withdrawal of a postponement',
    outcome: 'done',
    objectType: 'settlement postponement',
    objectId: act.postponementId,
    reason: act.reason,
    after: { withdrawal: withdrawalId },
    requestId: act.requestId,
    workflowId,
  });
  await queueSignal(sql, {
    key: `postponement-withdrawal:${withdrawalId}`,
    workflowId,
    signal: 'withdrawalAsked',
    args: [withdrawalId],
  });
  return { withdrawalId };
}
