/** Tasks as people see them, and which of them are whose. */
import type { task_forms as FormRow, task_titles as TitleRow, tasks as Columns } from '../../generated/prisma/client';
import { ofProcess } from '../../activities/database/of-process';
import { taskTag } from '../../activities/intake/task-tag';
import { BusinessError } from '../../domain/errors';
import type { Tables } from '../as-of';
import { grantFor, type Demand } from '../../domain/people/grants';
import { isRole } from '../../domain/people/roles';
import { holdsAnyOf, READS_BOTH_SIDES, type Caller } from '../identity';
import { anyJson, anyJsonOrNull, bilingual, instant, rowId, side } from '../schemas';
import { z } from '../zod';
import { instantText } from './columns';
import { accountsOf } from './kept-from';

/** A task with its title. */
type LineRow = Columns & { readonly task_titles: Pick<TitleRow, 'zh' | 'en'> };

/** A task with its title and its form. */
export type TaskRow = LineRow & { readonly task_forms: Pick<FormRow, 'form'> };

export const taskState = z.enum(['open', 'claimed', 'done', 'withdrawn']);

/** A task without what is decided on: enough to say who waits for whom. */
export const taskLine = z
  .strictObject({
    taskId: rowId,
    workflowId: z.string().openapi({ description: '所属流程：是哪一件事 the process it is of: which case' }),
    kind: z.string(),
    title: bilingual,
    role: z.string(),
    mark: z.string().nullable(),
    side: side.nullable(),
    branch: z.string().nullable(),
    dueAt: instant.nullable(),
    state: taskState,
    claimedBy: z.string().nullable().openapi({ description: '持有人 who claimed it or was given it' }),
    assignedBy: z.string().nullable().openapi({ description: '指派人 who gave it to the holder' }),
    revision: z.number().int(),
    openedAt: instant,
  })
  .openapi('TaskLine');

export const task = taskLine
  .extend({
    form: anyJson.openapi({ type: 'object', description: '表单的 JSON Schema; JSON Schema of the form to fill in' }),
    formVersion: z.number().int(),
    facts: anyJson,
    madeBy: z.string().nullable(),
    doneAt: instant.nullable(),
    outcome: anyJsonOrNull,
  })
  .strict()
  .openapi('Task');

export const taskLineOf = (row: LineRow): z.input<typeof taskLine> => ({
  taskId: String(row.task_id),
  workflowId: row.workflow_id,
  kind: row.kind,
  title: { zh: row.task_titles.zh, en: row.task_titles.en },
  role: row.role,
  mark: row.mark,
  side: sideOf(row),
  branch: row.branch,
  dueAt: instantText(row.due_at),
  state: taskState.parse(row.state),
  claimedBy: row.claimed_by,
  assignedBy: row.assigned_by,
  revision: row.revision,
  openedAt: row.opened_at.toISOString(),
});

export const taskOf = (row: TaskRow): z.input<typeof task> => ({
  ...taskLineOf(row),
  form: row.task_forms.form,
  formVersion: row.form_version,
  facts: row.facts,
  madeBy: row.made_by,
  doneAt: instantText(row.done_at),
  outcome: row.outcome,
});

export const taskEtag = (row: LineRow): string => taskTag(row);

/** What a task asks of the person who does it. */
function demandOf(row: LineRow): Demand {
  if (!isRole(row.role)) throw new RangeError(`task ${row.task_id} asks for the unknown role ${row.role}`);
  return { role: row.role, side: sideOf(row), branch: row.branch, mark: row.mark };
}

/**
 * A task that the caller may see: one's own, one's own making, or any for those who read both sides. Of a case that the caller is kept
 * out of now there is none.
 * @throws BusinessError NOT_FOUND, ROLE_MISSING, WRONG_BRANCH, WRONG_SIDE
 */
export async function visibleTask(prisma: Tables, caller: Caller, taskId: string): Promise<TaskRow> {
  const row = await prisma.tasks.findUnique({
    where: { task_id: BigInt(taskId) },
    include: { task_forms: true, task_titles: true },
  });
  if (row === null || (await isKeptFrom(prisma, caller, row.workflow_id)))
    throw new BusinessError('NOT_FOUND', { what: '任务 task', key: taskId });
  if (row.made_by === caller.person || holdsAnyOf(caller, READS_BOTH_SIDES)) return row;
  const refusal = notDoable(caller, row);
  if (refusal !== undefined) throw refusal;
  return row;
}

/** Condition: tasks of the process, now or as it was. None ever goes, so they are among those that there are by now. */
export async function ofItsTasks(
  tables: Tables,
  workflowId: string,
): Promise<{ readonly workflow_id: string; readonly task_id: { readonly in: bigint[] } }> {
  const found = await tables.$queryRawUnsafe<{ task_id: bigint }[]>(
    `select task_id from public.tasks where ${ofProcess('workflow_id', '$1')}`,
    workflowId,
  );
  return { workflow_id: workflowId, task_id: { in: found.map(({ task_id: id }) => id) } };
}

async function isKeptFrom(prisma: Tables, caller: Caller, workflow: string): Promise<boolean> {
  const [found] = await prisma.$queryRaw<
    { kept: boolean }[]
  >`select public.is_kept_out(${workflow}, ${accountsOf(caller)}) as kept`;
  return found?.kept ?? false;
}

/** Why the caller may not do the task: the role is missing, or it is that of another branch or of the other side. */
function notDoable(caller: Caller, row: LineRow): BusinessError | undefined {
  const grant = grantFor(caller.grants, demandOf(row));
  if (grant === 'ROLE_MISSING') {
    return new BusinessError('ROLE_MISSING', { role: row.mark === null ? row.role : `${row.role} (${row.mark})` });
  }
  if (grant === 'WRONG_BRANCH') return new BusinessError('WRONG_BRANCH', { branch: row.branch ?? '' });
  return grant === 'WRONG_SIDE' ? new BusinessError('WRONG_SIDE', { side: row.side ?? '' }) : undefined;
}

const sideOf = ({ side: value }: LineRow) => (value === null ? null : side.parse(value));
