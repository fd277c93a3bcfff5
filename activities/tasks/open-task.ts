/** Opens a task: the row that people see. The same key again is the same task. */
import type { PoolClient } from 'pg';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import type { TaskEnd } from './task-row';

export interface OpenTask {
  readonly workflowId: string;
  readonly businessKey: string;
  readonly kind: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly role: string;
  readonly mark?: string;
  readonly side?: string;
  readonly branch?: string;
  readonly dueAt?: string;
  /** JSON Schema of the filled form. */
  readonly form: Readonly<Record<string, unknown>>;
  readonly formVersion: number;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly revision: number;
  readonly madeBy?: string;
}

export interface OpenedTask {
  readonly taskId: string;
  /** Set where the task had been completed or recalled before, by an earlier run. */
  readonly outcome?: TaskEnd;
}

/**
 * A task that was completed or recalled under this key is answered as it ended. One that is open takes the new content
 * (a later run knows newer facts), one that the process had withdrawn is opened again.
 */
export const openTask =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (input: OpenTask): Promise<OpenedTask> =>
    inTransaction(pool, async (sql) => {
      const inserted = await insertTask(sql, input);
      if (inserted !== undefined) {
        await auditOpening(sql, inserted, input);
        return { taskId: inserted };
      }
      const { rows } = await sql.query<{ task_id: string; outcome: TaskEnd | null }>(
        'select task_id::text, outcome from tasks where business_key = $1 for update',
        [input.businessKey],
      );
      const [known] = rows;
      if (known === undefined) throw new Error(`task ${input.businessKey} was there and is not`);
      if (known.outcome?.result === 'completed' || known.outcome?.result === 'recalled') {
        return { taskId: known.task_id, outcome: known.outcome };
      }
      await renewTask(sql, known.task_id, input);
      if (known.outcome !== null) await auditOpening(sql, known.task_id, input);
      return { taskId: known.task_id };
    });

const columns = (input: OpenTask) => [
  input.workflowId,
  input.kind,
  input.titleZh,
  input.titleEn,
  input.role,
  input.mark ?? null,
  input.side ?? null,
  input.branch ?? null,
  input.dueAt ?? null,
  JSON.stringify(input.form),
  input.formVersion,
  JSON.stringify(input.facts),
  input.revision,
  input.madeBy ?? null,
];

async function insertTask(sql: PoolClient, input: OpenTask): Promise<string | undefined> {
  const { rows } = await sql.query<{ task_id: string }>(
    `insert into tasks (workflow_id, kind, title_zh, title_en, role, mark, side, branch, due_at, form, form_version, facts,
                        revision, made_by, business_key, state)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'open')
     on conflict (business_key) do nothing returning task_id::text`,
    [...columns(input), input.businessKey],
  );
  return rows[0]?.task_id;
}

async function renewTask(sql: PoolClient, taskId: string, input: OpenTask): Promise<void> {
  await sql.query(
    `update tasks set workflow_id = $1, kind = $2, title_zh = $3, title_en = $4, role = $5, mark = $6, side = $7,
                      branch = $8, due_at = $9, form = $10, form_version = $11, facts = $12, revision = $13, made_by = $14,
                      state = case state when 'claimed' then 'claimed' else 'open' end, done_at = null, outcome = null
     where task_id = $15`,
    [...columns(input), taskId],
  );
}

async function auditOpening(sql: PoolClient, taskId: string, input: OpenTask): Promise<void> {
  await recordAudit(sql, {
    actor: SYSTEM_ACTOR,
    action: 'open task',
    outcome: 'done',
    objectType: 'task',
    objectId: taskId,
    after: { businessKey: input.businessKey, kind: input.kind, role: input.role, revision: input.revision },
  });
}
