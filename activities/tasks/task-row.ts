/** A task as the verbs that end it read it, under its row lock: of two people at once the second sees what the first did. */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import type { Sql } from '../people/standing';
import { aboutTask, byReference, formByReference } from '../intake/typed-texts';
import type { ApprovalSubject } from './subject-kind';

/** Who acts, by key; the form in which it crosses Temporal. */
export interface TaskActor {
  readonly person: string;
  readonly role: string;
  readonly onBehalfOf?: string;
}

export type TaskEnd =
  | {
      readonly result: 'completed';
      readonly form: Readonly<Record<string, unknown>>;
      readonly by: TaskActor;
      readonly at: string;
    }
  | { readonly result: 'recalled' | 'returned'; readonly reason: string; readonly by: TaskActor; readonly at: string }
  | { readonly result: 'withdrawn'; readonly cause: string; readonly at: string };

export interface TaskRow {
  readonly task_id: string;
  readonly workflow_id: string;
  readonly kind: string;
  readonly role: string;
  readonly mark: string | null;
  readonly side: string | null;
  readonly branch: string | null;
  readonly revision: number;
  readonly facts: unknown;
  readonly made_by: string | null;
  /** Principal for whom the maker acted. */
  readonly made_for: string | null;
  /** Of the task of a second checker: the task of the first. */
  readonly first_task: string | null;
  /** How many people check; the decision of the last one counts. */
  readonly checkers: number;
  readonly amount_fen: bigint | null;
  readonly subject_kind: ApprovalSubject['kind'] | null;
  readonly subject_id: string | null;
  /** Digest of what is shown for approval; none where the task is no approval. */
  readonly content_sha256: string | null;
  readonly state: 'open' | 'claimed' | 'done' | 'withdrawn';
  /** Who holds it. */
  readonly claimed_by: string | null;
  readonly assigned_by: string | null;
  /** JSON Schema of the filled form, frozen with its version when the task was opened. */
  readonly form: Readonly<Record<string, unknown>>;
  readonly form_version: number;
  readonly outcome: TaskEnd | null;
}

/** @throws BusinessError NOT_FOUND */
export async function lockTask(sql: PoolClient, taskId: string): Promise<TaskRow> {
  const { rows } = await sql.query<TaskRow>(
    `select task_id::text, workflow_id, kind, role, mark, side, branch, revision, facts, made_by, made_for, first_task::text, checkers,
            amount_fen, subject_kind, subject_id, content_sha256, state, claimed_by, assigned_by,
            (select form from task_forms f where f.form_id = t.form_id) as form, form_version, outcome
     from tasks t where task_id = $1 for update`,
    [taskId],
  );
  const [task] = rows;
  if (task === undefined) throw new BusinessError('NOT_FOUND', { what: '任务 task', key: taskId });
  return task;
}

/** The row that an approval decides about. */
export const subjectOf = ({ subject_kind: kind, subject_id: id }: TaskRow): ApprovalSubject | undefined =>
  kind === null || id === null ? undefined : { kind, id };

/** Refuses unless the task is open: another decision was first, or it was recalled or withdrawn. */
export function requireOpen({ task_id: task, state, outcome }: TaskRow): void {
  if (state === 'open' || state === 'claimed') return;
  if (outcome?.result === 'recalled') throw new BusinessError('TASK_RECALLED', { task });
  if (outcome?.result === 'returned') throw new BusinessError('TASK_RETURNED', { task });
  if (outcome?.result === 'withdrawn') throw new BusinessError('TASK_WITHDRAWN', { task });
  throw new BusinessError('TASK_NOT_OPEN', { task });
}

/** Why nothing can be done with the task any more, as a list of none or one. */
export function endRefusals(task: TaskRow): readonly BusinessError[] {
  try {
    requireOpen(task);
    return [];
  } catch (error) {
    if (error instanceof BusinessError) return [error];
    throw error;
  }
}

/** Nobody decides on what was not shown. */
export const revisionRefusals = (task: TaskRow, shown: number): readonly BusinessError[] =>
  shown === task.revision ? [] : [new BusinessError('REVISION_STALE', { shown, current: task.revision })];

/** Ends the task; the time is business time. */
export async function endTask(
  sql: PoolClient,
  taskId: string,
  state: 'done' | 'withdrawn',
  end: TaskEnd,
): Promise<void> {
  await sql.query('update tasks set state = $2, done_at = $3, outcome = $4 where task_id = $1', [
    taskId,
    state,
    end.at,
    JSON.stringify(end),
  ]);
}

/** How a task ended, as its process is told: what people typed by reference. */
export async function toldOutcome<End extends TaskEnd>(
  sql: Sql,
  task: { readonly task_id: string; readonly form: unknown },
  outcome: End,
): Promise<End> {
  const about = aboutTask(task.task_id);
  switch (outcome.result) {
    case 'completed':
      return { ...outcome, form: await formByReference(sql, about, task.form, outcome.form) };
    case 'recalled':
    case 'returned':
      return { ...outcome, reason: await byReference(sql, about, 'reason', outcome.reason) };
    case 'withdrawn':
      // Given by the process itself.
      return outcome;
  }
}
