/** A person takes a task off the common list, or puts it back. Whoever may do the task may claim it; of two at once one gets it. */
import type { PoolClient } from 'pg';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { holdingOf } from './holding';
import { recordAct } from '../tasks/record-act';
import { endRefusals, lockTask } from '../tasks/task-row';
import { refuseFirst, refusalsOfActor } from './judge-actor';
import { tagRefusals } from './task-tag';

export interface ClaimTask {
  readonly taskId: string;
  readonly person: string;
  /** Principal for whom the person acts by delegation. */
  readonly onBehalfOf?: string | undefined;
  readonly requestId: string;
  /** Tag of the task as it was shown. */
  readonly ifMatch?: string | undefined;
}

type Pooled = Pick<Dependencies, 'pool'>;

export const claimTask =
  ({ pool }: Pooled) =>
  (claim: ClaimTask): Promise<void> =>
    inTransaction(pool, (sql) => claimIn(sql, claim));

/**
 * What a substitute claims goes over from the one who is away.
 * @throws SeveralRefusals TASK_NOT_OPEN, TASK_RECALLED, TASK_RETURNED, TASK_WITHDRAWN, TASK_CLAIMED_BY_ANOTHER, REVISION_STALE, those of
 *         `refusalsOfActor`
 */
export async function claimIn(sql: PoolClient, claim: ClaimTask): Promise<void> {
  const task = await lockTask(sql, claim.taskId);
  const { refusals, substituteFor } = await holdingOf(sql, task, claim);
  const isMine = task.state === 'claimed' && task.claimed_by === claim.person;
  refuseFirst([
    ...(await refusalsOfActor(sql, claim, task)),
    ...endRefusals(task),
    ...refusals,
    // The same claim again is no change that anybody could have missed.
    ...(isMine || refusals.length > 0 ? [] : tagRefusals(task, claim.ifMatch)),
  ]);
  if (isMine) return;
  await sql.query(`update tasks set state = 'claimed', claimed_by = $2, assigned_by = null where task_id = $1`, [
    claim.taskId,
    claim.person,
  ]);
  await recordAct(sql, {
    kind: 'claimed',
    task,
    actor: claim.person,
    onBehalfOf: claim.onBehalfOf,
    substituteFor,
    role: task.role,
    before: { state: task.state, ...(task.claimed_by === null ? {} : { claimedBy: task.claimed_by }) },
    after: { state: 'claimed', claimedBy: claim.person },
    requestId: claim.requestId,
  });
}

export const releaseTask =
  ({ pool }: Pooled) =>
  (claim: ClaimTask): Promise<void> =>
    inTransaction(pool, (sql) => releaseIn(sql, claim));

/**
 * One that nobody holds stays as it is.
 * @throws SeveralRefusals as `claimIn`
 */
export async function releaseIn(sql: PoolClient, claim: ClaimTask): Promise<void> {
  const task = await lockTask(sql, claim.taskId);
  const { refusals, substituteFor } = await holdingOf(sql, task, claim);
  const isFree = task.state === 'open';
  refuseFirst([
    ...(await refusalsOfActor(sql, claim, task)),
    ...endRefusals(task),
    ...refusals,
    ...(isFree || refusals.length > 0 ? [] : tagRefusals(task, claim.ifMatch)),
  ]);
  if (isFree) return;
  await sql.query(`update tasks set state = 'open', claimed_by = null, assigned_by = null where task_id = $1`, [
    claim.taskId,
  ]);
  await recordAct(sql, {
    kind: 'released',
    task,
    actor: claim.person,
    onBehalfOf: claim.onBehalfOf,
    substituteFor,
    role: task.role,
    before: { state: task.state, claimedBy: task.claimed_by },
    after: { state: 'open' },
    requestId: claim.requestId,
  });
}
