/**
 * A head, a deputy or a supervisor gives a task to a named person, or to another one than before. Only who may do the task may be
 * given it: role, side, branch and four eyes are judged as of one who does it.
 */
import type { PoolClient } from 'pg';
import type { Side } from '../../domain/channel';
import { BusinessError } from '../../domain/errors';
import { mayAssign } from '../../domain/people/assignment';
import { isRole } from '../../domain/people/roles';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { businessDateNow, standingOf, type Sql } from '../people/standing';
import { substituteOf } from './holding';
import { recordAct } from '../tasks/record-act';
import { endRefusals, lockTask, type TaskRow } from '../tasks/task-row';
import { delegatedGrants, refuseFirst, refusalsOfActor, type ActingFor } from './judge-actor';
import { tagRefusals } from './task-tag';

export interface AssignTask {
  readonly taskId: string;
  readonly person: string;
  readonly onBehalfOf?: string | undefined;
  readonly to: string;
  readonly reason: string;
  readonly requestId: string;
  readonly ifMatch?: string | undefined;
}

export const assignTask =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (input: AssignTask): Promise<void> =>
    inTransaction(pool, (sql) => assignIn(sql, input));

/**
 * What is given to one who is away goes to the substitute, who is judged instead.
 * @throws SeveralRefusals ROLE_MISSING of who assigns; of whom it is given to, at the field `to`: NOT_FOUND and those of
 *         `refusalsOfActor`; TASK_NOT_OPEN, TASK_RECALLED, TASK_RETURNED, TASK_WITHDRAWN, REVISION_STALE
 */
export async function assignIn(sql: PoolClient, input: AssignTask): Promise<void> {
  const task = await lockTask(sql, input.taskId);
  const substitute = await substituteOf(sql, input.to);
  const givenTo = substitute ?? input.to;
  const isSame = task.state === 'claimed' && task.claimed_by === givenTo;
  refuseFirst([
    ...(await assignerRefusals(sql, input, task)),
    ...(await receiverRefusals(sql, givenTo, task)),
    ...endRefusals(task),
    ...(isSame ? [] : tagRefusals(task, input.ifMatch)),
  ]);
  if (isSame) return;
  await sql.query(`update tasks set state = 'claimed', claimed_by = $2, assigned_by = $3 where task_id = $1`, [
    input.taskId,
    givenTo,
    input.person,
  ]);
  await recordAct(sql, {
    kind: 'assigned',
    task,
    actor: input.person,
    onBehalfOf: input.onBehalfOf,
    role: task.role,
    givenTo,
    reason: input.reason,
    before: { state: task.state, ...(task.claimed_by === null ? {} : { claimedBy: task.claimed_by }) },
    after: { state: 'claimed', claimedBy: givenTo, ...(substitute === undefined ? {} : { insteadOf: input.to }) },
    requestId: input.requestId,
  });
}

/** Whether a person may give the task to anybody. */
export async function assignerRefusals(
  sql: Sql,
  { person, onBehalfOf }: ActingFor,
  { role, side, branch }: Pick<TaskRow, 'role' | 'side' | 'branch'>,
): Promise<readonly BusinessError[]> {
  if (!isRole(role)) throw new RangeError(`a task asks for the unknown role ${role}`);
  const grants =
    onBehalfOf === undefined
      ? (await standingOf(sql, person, await businessDateNow(sql))).grants
      : await delegatedGrants(sql, person, onBehalfOf);
  if (mayAssign(grants, { role, side: side as Side | null, branch })) return [];
  return [new BusinessError('ROLE_MISSING', { role: `${role} (head | deputy) | supervisor` })];
}

async function receiverRefusals(sql: Sql, to: string, task: TaskRow): Promise<readonly BusinessError[]> {
  const standing = await standingOf(sql, to, await businessDateNow(sql));
  if (!standing.active) return [new BusinessError('NOT_FOUND', { what: '人员 person', key: to, field: 'to' })];
  const refusals = await refusalsOfActor(sql, { person: to }, task);
  return refusals.map(({ code, details }) => new BusinessError(code, { ...details, field: 'to' } as never));
}
