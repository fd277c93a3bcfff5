/** How a promise ends: met in time, met late, or withdrawn because nothing is owed any more. */
import type { PoolClient } from 'pg';
import { isInTime } from '../../domain/deadlines/deadline';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import { businessNow } from '../clock/business-now';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { tellExtensions } from './change-deadline';
import { lockDeadline, type DeadlineRow, type DeadlineState } from './deadline-row';
import { owedByProcess } from '../database/promises-found';

export interface EndedDeadline {
  readonly state: DeadlineState;
}

/**
 * What was promised is done. Safe to repeat: a promise that has ended stays as it ended.
 * @param at business time at which it was done, where a person's act says so; otherwise now
 */
export const meetDeadline =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({
    businessKey,
    by,
    at,
  }: {
    readonly businessKey: string;
    readonly by: string;
    readonly at?: string;
  }): Promise<EndedDeadline> =>
    inTransaction(pool, async (sql) => {
      const row = await lockDeadline(sql, businessKey);
      return { state: await endAsMet(sql, row, by, at ?? (await businessNow(sql))) };
    });

/** Nothing is owed any more. A breach until then stays a breach. */
export const withdrawDeadline =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ businessKey, cause }: { readonly businessKey: string; readonly cause: string }): Promise<EndedDeadline> =>
    inTransaction(pool, async (sql) => {
      const row = await lockDeadline(sql, businessKey);
      if (row.endedAt !== null) return { state: row.state };
      await end(sql, row, { state: 'withdrawn', by: SYSTEM_ACTOR, at: await businessNow(sql), reason: cause });
      return { state: 'withdrawn' };
    });

/** Within the transaction of the reason. */
export async function endAsMet(sql: PoolClient, row: DeadlineRow, by: string, at: string): Promise<DeadlineState> {
  if (row.endedAt !== null) return row.state;
  const state = isInTime(at, row.dueAt) ? 'met' : 'met late';
  await end(sql, row, { state, by, at });
  return state;
}

/** Their process has ended without them: they are still owed, and nobody follows them. Answers how many. */
export async function abandonDeadlinesOf(sql: PoolClient, workflowId: string, cause: string): Promise<number> {
  const { rows } = await sql.query<{ key: string }>(
    `select business_key as key from deadlines d where ${owedByProcess('d', '$1')} and ended_at is null order by deadline_id`,
    [workflowId],
  );
  let ended = 0;
  for (const { key } of rows) {
    const row = await lockDeadline(sql, key);
    if (row.endedAt !== null) continue;
    await end(sql, row, { state: 'abandoned', by: SYSTEM_ACTOR, at: await businessNow(sql), reason: cause });
    ended += 1;
  }
  return ended;
}

async function end(
  sql: PoolClient,
  row: DeadlineRow,
  {
    state,
    by,
    at,
    reason,
  }: { readonly state: DeadlineState; readonly by: string; readonly at: string; readonly reason?: string },
): Promise<void> {
  await sql.query(
    `update deadlines set ended_as = $2, ended_at = $3, ended_by = $4, breached_at = case when $2 = 'met' then null else breached_at end
      where deadline_id = $1`,
    [row.deadlineId, state, at, by],
  );
  await lapseExtension(sql, row, at);
  await recordAudit(sql, {
    actor: by,
    action: `deadline ${state}`,
    outcome: 'done',
    objectType: 'deadline',
    objectId: row.businessKey,
    reason,
    before: { state: row.state, dueAt: row.dueAt },
    after: { state, at },
  });
}

/** Nobody needs more time for what has ended: the process that asks for the decision is told. */
async function lapseExtension(sql: PoolClient, row: DeadlineRow, at: string): Promise<void> {
  await tellExtensions(sql, [row], 'ended');
  await sql.query(
    `update deadline_extensions set state = 'lapsed', decided_at = greatest($2::timestamptz, asked_at)
      where deadline_id = $1 and state = 'asked'`,
    [row.deadlineId, at],
  );
}
