/** Work that waits for a person: find it, take it, do it, take back what one made. */
import type { Prisma } from '../../generated/prisma/client';
import { claimTask as claim, releaseTask as release } from '../../activities/intake/claim-task';
import { BusinessError, byPlace } from '../../domain/errors';
import { FOUR_EYES_CODES } from '../../domain/people/four-eyes';
import { businessNow } from '../business-now';
import { idKey, keyOfCursor, pageOf as page } from '../cursors';
import { holds } from '../etag';
import { formFaults } from '../forms';
import { actingCaller, actorFaults } from '../four-eyes';
import { holdsAnyOf, READS_BOTH_SIDES, sidesReadBy, type Caller } from '../identity';
import { fault, refuseIfAny, type Fault } from '../problems';
import { instantText } from '../reads/columns';
import {
  mine,
  refuseUnlessDoable,
  task,
  taskEtag,
  taskLine,
  taskLineOf,
  taskOf,
  taskState,
  visibleTask,
  type TaskRow,
} from '../reads/tasks';
import { route, type Answer } from '../route';
import { businessDate, channel, onBehalfOf, pageOf, pageQuery, reason, rowId } from '../schemas';
import type { UpdateState } from '../temporal-gateway';
import { settlementDayId } from '../../workflows/messages/settlement-day';
import { z } from '../zod';

const taskPath = z.strictObject({ taskId: rowId });
const pathOf = (taskId: string) => `/v1/tasks/${taskId}`;

export const listTasks = route({
  id: 'listTasks',
  method: 'get',
  path: '/v1/tasks',
  tag: 'tasks',
  summary: { zh: '我的待办', en: 'Tasks that I may do' },
  query: z.strictObject({
    state: taskState.optional().openapi({ description: '缺省为未完成 open and claimed where absent' }),
    scope: z
      .enum(['mine', 'all'])
      .default('mine')
      .openapi({ description: 'all: 可读的全部，仅限可读两侧者 everything, for those who read both sides' }),
    channel: channel.optional(),
    date: businessDate
      .optional()
      .openapi({ description: '与 channel 同用：某日的任务 with channel: tasks of that day' }),
    onBehalfOf,
    ...pageQuery,
  }),
  answer: pageOf(taskLine),
  refusals: ['DELEGATION_NOT_IN_FORCE'],
  respond: async ({ query, caller: asking }, { prisma, pool }) => {
    const caller = await actingCaller(pool, asking, query.onBehalfOf);
    const all = query.scope === 'all';
    if (all && !holdsAnyOf(caller, READS_BOTH_SIDES)) {
      throw new BusinessError('ROLE_MISSING', { role: READS_BOTH_SIDES.join(' | ') });
    }
    const [after = '0'] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const ofDay: Prisma.tasksWhereInput =
      query.date === undefined
        ? {}
        : { workflow_id: settlementDayId({ channel: query.channel ?? 'SH', businessDate: query.date }) };
    const rows = await prisma.tasks.findMany({
      where: {
        AND: [
          all ? { OR: [{ side: null }, { side: { in: [...sidesReadBy(caller)] } }] } : mine(caller),
          { state: query.state === undefined ? { in: ['open', 'claimed'] } : query.state },
          { task_id: { gt: BigInt(after) } },
          ofDay,
        ],
      },
      orderBy: { task_id: 'asc' },
      take: query.limit + 1,
    });
    return { status: 200, body: page(rows, query.limit, (row) => [String(row.task_id)], taskLineOf) };
  },
});

export const readTask = route({
  id: 'readTask',
  method: 'get',
  path: '/v1/tasks/{taskId}',
  tag: 'tasks',
  summary: { zh: '一项任务：表单、事实、结果', en: 'One task: its form, the facts to decide on, its outcome' },
  params: taskPath,
  query: z.strictObject({ onBehalfOf }),
  answer: task,
  refusals: ['NOT_FOUND', 'ROLE_MISSING', 'WRONG_SIDE', 'DELEGATION_NOT_IN_FORCE'],
  respond: async ({ params, query, caller }, { prisma, pool }) => {
    const row = await visibleTask(prisma, await actingCaller(pool, caller, query.onBehalfOf), params.taskId);
    return { status: 200, body: taskOf(row), etag: taskEtag(row) };
  },
});

export const completeTask = route({
  id: 'completeTask',
  method: 'post',
  path: '/v1/tasks/{taskId}/completion',
  tag: 'tasks',
  summary: { zh: '完成任务（含复核）', en: 'Complete a task, approvals included' },
  params: taskPath,
  body: z.strictObject({
    revision: z.int().min(0).openapi({ description: '所见的版本 the revision that was shown' }),
    form: z.record(z.string(), z.unknown()).openapi({ type: 'object', additionalProperties: true }),
    onBehalfOf,
  }),
  answer: task,
  statuses: [200, 202],
  ifMatch: true,
  refusals: [
    'NOT_FOUND',
    'ROLE_MISSING',
    'WRONG_SIDE',
    ...FOUR_EYES_CODES,
    'TASK_NOT_OPEN',
    'TASK_RECALLED',
    'TASK_WITHDRAWN',
    'TASK_CLAIMED_BY_ANOTHER',
    'REVISION_STALE',
    'APPROVAL_STALE',
    'DELEGATION_NOT_IN_FORCE',
    'DELEGATION_OUT_OF_SCOPE',
    'CHECKERS_ARE_ONE_PERSON',
    'AMOUNT_NOT_TEXT',
    'TEMPORAL_UNAVAILABLE',
  ],
  respond: async ({ params, body, caller, requestId, idempotencyKey, ifMatch }, services) => {
    const { prisma, pool, temporal } = services;
    const acting = await actingCaller(pool, caller, body.onBehalfOf);
    const row = await visibleTask(prisma, acting, params.taskId);
    const { now } = await businessNow(pool);
    refuseIfAny(
      [
        ...formFaults(row.form, body.form),
        ...shownFaults(row, { revision: body.revision, ifMatch }),
        ...faultOf(notOpen(row)),
        ...faultOf(claimedByAnother(row, caller.person)),
        ...(await actorFaults(pool, acting, row)),
      ].sort((a, b) => byPlace(a.code, b.code)),
    );
    const state = await temporal.completeTask(row.workflow_id, `${caller.person}:${idempotencyKey}`, {
      taskId: params.taskId,
      revision: body.revision,
      form: body.form,
      actor: { person: caller.person, role: row.role, ...principalOf(acting) },
      requestId,
      at: now,
    });
    return answerOf(await visibleTask(prisma, acting, params.taskId), state);
  },
});

export const recallTask = route({
  id: 'recallTask',
  method: 'post',
  path: '/v1/tasks/{taskId}/recall',
  tag: 'tasks',
  summary: { zh: '经办人撤回待复核事项', en: 'The maker recalls what waits for approval' },
  params: taskPath,
  body: z.strictObject({ reason }),
  answer: task,
  statuses: [200, 202],
  refusals: [
    'NOT_FOUND',
    'ONLY_MAKER_RECALLS',
    'TASK_NOT_OPEN',
    'TASK_RECALLED',
    'TASK_WITHDRAWN',
    'TEMPORAL_UNAVAILABLE',
  ],
  respond: async ({ params, body, caller, requestId, idempotencyKey }, { prisma, pool, temporal }) => {
    const row = await visibleTask(prisma, caller, params.taskId);
    if (row.made_by !== caller.person) throw new BusinessError('ONLY_MAKER_RECALLS', { task: params.taskId });
    const ended = notOpen(row);
    if (ended !== undefined) throw ended;
    const { now } = await businessNow(pool);
    const state = await temporal.recallTask(row.workflow_id, `${caller.person}:${idempotencyKey}`, {
      taskId: params.taskId,
      // Of several roles that a person holds it is the one in which the work was made.
      actor: { person: caller.person, role: row.role },
      reason: body.reason,
      requestId,
      at: now,
    });
    return answerOf(await visibleTask(prisma, caller, params.taskId), state);
  },
});

export const takeTask = route({
  id: 'claimTask',
  method: 'post',
  path: '/v1/tasks/{taskId}/claim',
  tag: 'tasks',
  summary: { zh: '认领任务', en: 'Claim a task' },
  params: taskPath,
  answer: task,
  refusals: ['NOT_FOUND', 'ROLE_MISSING', 'WRONG_SIDE', 'SAME_PERSON', 'TASK_NOT_OPEN', 'TASK_CLAIMED_BY_ANOTHER'],
  respond: async ({ params, caller, requestId }, { prisma, pool }) => {
    const role = refuseUnlessDoable(caller, await visibleTask(prisma, caller, params.taskId));
    await claim({ pool })({ taskId: params.taskId, person: caller.person, role, requestId });
    return answerOf(await visibleTask(prisma, caller, params.taskId), 'done');
  },
});

export const releaseTask = route({
  id: 'releaseTask',
  method: 'post',
  path: '/v1/tasks/{taskId}/release',
  tag: 'tasks',
  summary: { zh: '放回任务', en: 'Put a claimed task back' },
  params: taskPath,
  answer: task,
  refusals: ['NOT_FOUND', 'ROLE_MISSING', 'WRONG_SIDE', 'TASK_NOT_OPEN', 'TASK_CLAIMED_BY_ANOTHER'],
  respond: async ({ params, caller, requestId }, { prisma, pool }) => {
    const role = refuseUnlessDoable(caller, await visibleTask(prisma, caller, params.taskId));
    await release({ pool })({ taskId: params.taskId, person: caller.person, role, requestId });
    return answerOf(await visibleTask(prisma, caller, params.taskId), 'done');
  },
});

const principalOf = ({ onBehalfOf: principal }: Caller) => (principal === undefined ? {} : { onBehalfOf: principal });

/** The task as it stands now; where the process has not answered in time, with the place to ask again. */
function answerOf(row: TaskRow, state: UpdateState): Answer<z.input<typeof task>> {
  const taskId = String(row.task_id);
  if (state === 'gone') throw new BusinessError('TASK_NOT_OPEN', { task: taskId });
  const late = state === 'under way';
  return {
    status: late ? 202 : 200,
    tentative: late,
    location: pathOf(taskId),
    etag: taskEtag(row),
    body: taskOf(row),
  };
}

/** Two people may have looked at different revisions: nobody decides on what was not shown. */
function shownFaults(
  row: TaskRow,
  shown: { readonly revision: number; readonly ifMatch: string | undefined },
): readonly Fault[] {
  const stale = shown.ifMatch !== undefined && !holds(shown.ifMatch, taskEtag(row));
  if (shown.revision === row.revision && !stale) return [];
  const details = { shown: shown.revision, current: row.revision };
  return [fault('REVISION_STALE', details, shown.revision === row.revision ? 'If-Match' : 'revision')];
}

const ended = z.object({ result: z.string() });

function notOpen(row: TaskRow): BusinessError | undefined {
  if (row.state === 'open' || row.state === 'claimed') return undefined;
  const outcome = ended.safeParse(row.outcome).data?.result;
  const details = { task: String(row.task_id), endedAt: instantText(row.done_at) };
  if (outcome === 'recalled') return new BusinessError('TASK_RECALLED', details);
  if (outcome === 'withdrawn') return new BusinessError('TASK_WITHDRAWN', details);
  return new BusinessError('TASK_NOT_OPEN', details);
}

/** Of a task that has ended it does not matter any more who had taken it. */
const claimedByAnother = (row: TaskRow, person: string): BusinessError | undefined =>
  row.state !== 'claimed' || row.claimed_by === null || row.claimed_by === person
    ? undefined
    : new BusinessError('TASK_CLAIMED_BY_ANOTHER', { task: String(row.task_id) });

const faultOf = (refusal: BusinessError | undefined): readonly Fault[] =>
  refusal === undefined ? [] : [fault(refusal.code, refusal.details)];
