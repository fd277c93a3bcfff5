/**
 * Who holds a task, and who may do what somebody else holds: a substitute while the holder is away, and whoever acts by delegation of
 * the holder. Holding gives no right; role, side and four eyes are judged by themselves.
 */
import { BusinessError } from '../../domain/errors';
import type { Sql } from '../people/standing';
import type { ActingFor } from './judge-actor';
import type { TaskRow } from '../tasks/task-row';

export interface Holding {
  /** Set where the actor stands in for the holder. */
  readonly substituteFor: string | undefined;
  /** Set where another holds the task. */
  readonly refusals: readonly BusinessError[];
}

/** How a person stands to the one who holds the task. */
export async function holdingOf(
  sql: Sql,
  { task_id: task, state, claimed_by: holder }: Pick<TaskRow, 'task_id' | 'state' | 'claimed_by'>,
  { person, onBehalfOf }: ActingFor,
): Promise<Holding> {
  if (state !== 'claimed' || holder === null || holder === person || holder === onBehalfOf)
    return { substituteFor: undefined, refusals: [] };
  const { rowCount } = await sql.query('select from holders_for($1) holder where holder = $2', [person, holder]);
  if (rowCount === 1) return { substituteFor: holder, refusals: [] };
  return {
    substituteFor: undefined,
    refusals: [new BusinessError('TASK_CLAIMED_BY_ANOTHER', { task, person: holder })],
  };
}

/** Who stands in today for somebody who is away. */
export async function substituteOf(sql: Sql, absent: string): Promise<string | undefined> {
  const { rows } = await sql.query<{ substitute: string }>(
    `select substitute from substitutions
      where absent = $1 and ended_at is null and (business_now() at time zone 'Asia/Shanghai')::date between first_day and last_day`,
    [absent],
  );
  return rows[0]?.substitute;
}
