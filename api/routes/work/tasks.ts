/** Work that waits for a person: find it, count it, read it and what has happened to it. */
import { BusinessError } from '../../../domain/errors';
import { asOf, readAsOf } from '../../as-of';
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { actingCaller } from '../../four-eyes';
import { holdsAnyOf, READS_BOTH_SIDES, type Caller } from '../../identity';
import { filterFields } from '../../reads/task-filter';
import { countedTasks, dueKey, listedTasks, type ListedTask, type Place } from '../../reads/task-list';
import type { Scope } from '../../reads/task-query';
import { taskEvent, taskEvents } from '../../reads/task-events';
import { task, taskEtag, taskLine, taskOf, taskState, visibleTask } from '../../reads/tasks';
import { redSentenceShape, sentenceOfTask } from '../../reads/red-sentences';
import { route } from '../../route';
import { onBehalfOf, pageOf, pageQuery, rowId, side } from '../../schemas';
import { z } from '../../zod';

const taskPath = z.strictObject({ taskId: rowId });

export const scope = z
  .enum(['mine', 'all'])
  .default('mine')
  .openapi({ description: 'all: 可读的全部，仅限可读两侧者 everything, for those who read both sides' });

export const listTasks = route({
  id: 'listTasks',
  method: 'get',
  path: '/v1/tasks',
  tag: 'tasks',
  summary: { zh: '我的待办，按到期先后', en: 'Tasks that I may do, by due time' },
  query: z.strictObject({ ...filterFields, scope, onBehalfOf, ...pageQuery }),
  answer: pageOf(taskLine),
  refusals: ['DELEGATION_NOT_IN_FORCE'],
  respond: async ({ query, caller: asking }, { pool }) => {
    const { scope: asked, onBehalfOf: principal, limit, cursor, ...filter } = query;
    const caller = await actingCaller(pool, asking, principal);
    refuseScope(caller, asked);
    const after = placeOf(cursor);
    return {
      status: 200,
      body: linesOf(await listedTasks(pool, caller, { scope: asked, filter, after, limit: limit + 1 }), limit),
    };
  },
});

/** A place in a list of tasks from its cursor. */
export function placeOf(cursor: string | undefined): Place | undefined {
  const [due, taskId] = keyOfCursor(cursor, [dueKey, idKey]) ?? [];
  return due === undefined || taskId === undefined ? undefined : [due, taskId];
}

/** A page of a list that was read with one row more than asked. */
export const linesOf = (rows: readonly ListedTask[], limit: number) =>
  page(
    rows,
    limit,
    ({ place }) => place,
    ({ line }) => line,
  );

export const countTasks = route({
  id: 'countTasks',
  method: 'get',
  path: '/v1/task-counts',
  tag: 'tasks',
  summary: {
    zh: '待办数量：按角色、侧、状态，及逾期数',
    en: 'How many tasks wait, by role, side and state, and how many are overdue',
  },
  query: z.strictObject({ ...filterFields, scope, onBehalfOf }),
  answer: z
    .strictObject({
      count: z.number().int(),
      overdue: z.number().int(),
      groups: z.array(
        z.strictObject({
          role: z.string(),
          side: side.nullable(),
          state: taskState,
          count: z.number().int(),
          overdue: z.number().int(),
        }),
      ),
    })
    .openapi('TaskCounts'),
  refusals: ['DELEGATION_NOT_IN_FORCE'],
  respond: async ({ query, caller: asking }, { pool }) => {
    const { scope: asked, onBehalfOf: principal, ...filter } = query;
    const caller = await actingCaller(pool, asking, principal);
    refuseScope(caller, asked);
    const groups = await countedTasks(pool, caller, { scope: asked, filter });
    const sum = (of: 'count' | 'overdue') => groups.reduce((total, group) => total + group[of], 0);
    return { status: 200, body: { count: sum('count'), overdue: sum('overdue'), groups: [...groups] } };
  },
});

export function refuseScope(caller: Caller, asked: Scope): void {
  if (asked === 'all' && !holdsAnyOf(caller, READS_BOTH_SIDES))
    throw new BusinessError('ROLE_MISSING', { role: READS_BOTH_SIDES.join(' | ') });
}

export const readTask = route({
  id: 'readTask',
  method: 'get',
  path: '/v1/tasks/{taskId}',
  tag: 'tasks',
  summary: { zh: '一项任务：表单、事实、结果', en: 'One task: its form, the facts to decide on, its outcome' },
  params: taskPath,
  query: z.strictObject({ onBehalfOf, 'as-of': asOf }),
  answer: task
    .extend({
      why: redSentenceShape
        .nullable()
        .openapi({ description: '逾期的原因与下一步 why it is red; null while it is not' }),
    })
    .strict()
    .openapi('TaskNow'),
  etag: true,
  refusals: ['NOT_FOUND', 'ROLE_MISSING', 'WRONG_SIDE', 'WRONG_BRANCH', 'DELEGATION_NOT_IN_FORCE'],
  respond: async ({ params, query, caller }, services) => {
    const acting = await actingCaller(services.pool, caller, query.onBehalfOf);
    const row = await readAsOf(services, query['as-of'], (tables) => visibleTask(tables, acting, params.taskId));
    const read = taskOf(row);
    const isOpen = (read.state === 'open' || read.state === 'claimed') && query['as-of'] === undefined;
    const why = await sentenceOfTask(services.pool, { ...read, isOpen });
    return { status: 200, body: { ...read, why }, etag: taskEtag(row) };
  },
});

export const listTaskEvents = route({
  id: 'listTaskEvents',
  method: 'get',
  path: '/v1/tasks/{taskId}/events',
  tag: 'tasks',
  summary: {
    zh: '任务经过：何人何时做了什么，含备注',
    en: 'What has happened to a task: who did what when, comments included',
  },
  params: taskPath,
  query: z.strictObject({ onBehalfOf, ...pageQuery }),
  answer: pageOf(taskEvent),
  refusals: ['NOT_FOUND', 'ROLE_MISSING', 'WRONG_SIDE', 'WRONG_BRANCH', 'DELEGATION_NOT_IN_FORCE'],
  respond: async ({ params, query, caller }, { prisma, pool }) => {
    await visibleTask(prisma, await actingCaller(pool, caller, query.onBehalfOf), params.taskId);
    const [after = '-1'] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const events = await taskEvents(pool, params.taskId, after, query.limit + 1);
    return {
      status: 200,
      body: page(
        events,
        query.limit,
        ({ eventId }) => [eventId],
        (event) => event,
      ),
    };
  },
});
