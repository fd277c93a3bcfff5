/** Views: filters of the list of tasks that people keep. The link of a shared one shows others its rows as far as they may see them. */
import {
  changeTaskView as change,
  removeTaskView as remove,
  saveTaskView as save,
} from '../../../activities/intake/task-views';
import { BusinessError } from '../../../domain/errors';
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { taskFilter } from '../../reads/task-filter';
import { listedTasks } from '../../reads/task-list';
import { taskLine } from '../../reads/tasks';
import { route } from '../../route';
import { instant, pageOf, pageQuery, rowId } from '../../schemas';
import type { Services } from '../../services';
import { z } from '../../zod';
import { linesOf, placeOf, refuseScope, scope } from './tasks';

const path = z.strictObject({ viewId: rowId });

const content = {
  name: z.string().trim().min(1).max(100),
  filter: taskFilter,
  shared: z.boolean().openapi({ description: '他人可凭链接查看 others may read it by its link' }),
};

const view = z
  .strictObject({
    viewId: rowId,
    owner: z.string(),
    ...content,
    revision: z.int(),
    changedAt: instant,
    tasks: z.string().openapi({ description: '链接 its link', example: '/v1/task-views/1/tasks' }),
  })
  .openapi('TaskView');
type View = z.input<typeof view>;

/** What a person may read: the own views and those that others share. */
const VIEWS = `select view_id::text as "viewId", owner, name, filter, shared, revision, changed_at as "changedAt",
    '/v1/task-views/' || view_id || '/tasks' as tasks
  from task_views where not removed and (shared or owner = $1)`;

async function viewOf({ pool }: Services, person: string, viewId: string): Promise<View> {
  const { rows } = await pool.query<View>(`${VIEWS} and view_id = $2`, [person, viewId]);
  const [row] = rows;
  if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '视图 view', key: viewId });
  return row;
}

export const saveTaskView = route({
  id: 'saveTaskView',
  method: 'post',
  path: '/v1/task-views',
  tag: 'tasks',
  summary: { zh: '保存待办视图', en: 'Keep a filter of the list of tasks' },
  body: z.strictObject({ ...content, shared: content.shared.default(false) }),
  answer: view,
  statuses: [201],
  refusals: ['VIEW_NAME_TAKEN'],
  respond: async ({ body, caller, requestId }, services) => {
    const viewId = await save(services)({ view: body, person: caller.person, requestId });
    return {
      status: 201,
      location: `/v1/task-views/${viewId}`,
      body: await viewOf(services, caller.person, viewId),
    };
  },
});

export const listTaskViews = route({
  id: 'listTaskViews',
  method: 'get',
  path: '/v1/task-views',
  tag: 'tasks',
  summary: { zh: '本人的及他人共享的视图', en: 'Views of my own and those that others share' },
  query: z.strictObject({ ...pageQuery }),
  answer: pageOf(view),
  respond: async ({ query, caller }, { pool }) => {
    const [after = '0'] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const { rows } = await pool.query<View>(`${VIEWS} and view_id > $2 order by task_views.view_id limit $3`, [
      caller.person,
      after,
      query.limit + 1,
    ]);
    return {
      status: 200,
      body: page(
        rows,
        query.limit,
        ({ viewId }) => [viewId],
        (row) => row,
      ),
    };
  },
});

export const readTaskView = route({
  id: 'readTaskView',
  method: 'get',
  path: '/v1/task-views/{viewId}',
  tag: 'tasks',
  summary: { zh: '一个视图', en: 'One view' },
  params: path,
  answer: view,
  refusals: ['NOT_FOUND'],
  respond: async ({ params, caller }, services) => ({
    status: 200,
    body: await viewOf(services, caller.person, params.viewId),
  }),
});

export const listTasksOfView = route({
  id: 'listTasksOfView',
  method: 'get',
  path: '/v1/task-views/{viewId}/tasks',
  tag: 'tasks',
  summary: {
    zh: '视图所筛待办，限于读者有权查看者',
    en: 'The tasks that a view finds, as far as whoever reads may see them',
  },
  params: path,
  query: z.strictObject({ scope, ...pageQuery }),
  answer: pageOf(taskLine),
  refusals: ['NOT_FOUND', 'ROLE_MISSING'],
  respond: async ({ params, query, caller }, services) => {
    const { filter } = await viewOf(services, caller.person, params.viewId);
    refuseScope(caller, query.scope);
    const after = placeOf(query.cursor);
    const asked = { scope: query.scope, filter: taskFilter.parse(filter), after, limit: query.limit + 1 };
    return { status: 200, body: linesOf(await listedTasks(services.pool, caller, asked), query.limit) };
  },
});

export const changeTaskView = route({
  id: 'changeTaskView',
  method: 'put',
  path: '/v1/task-views/{viewId}',
  tag: 'tasks',
  summary: { zh: '更名、改筛选、共享或取消共享', en: 'Rename a view, change its filter, share it or no longer' },
  params: path,
  body: z.strictObject({ ...content, revision: z.int().min(1) }),
  answer: view,
  refusals: ['NOT_FOUND', 'REVISION_STALE', 'VIEW_NAME_TAKEN'],
  respond: async ({ params, body, caller, requestId }, services) => {
    const { revision, ...changed } = body;
    await change(services)({ ...params, revision, view: changed, person: caller.person, requestId });
    return { status: 200, body: await viewOf(services, caller.person, params.viewId) };
  },
});

export const removeTaskView = route({
  id: 'removeTaskView',
  method: 'post',
  path: '/v1/task-views/{viewId}/removal',
  tag: 'tasks',
  summary: { zh: '删除本人的视图', en: 'Remove a view of my own; its link leads nowhere from then on' },
  params: path,
  answer: z.strictObject({ viewId: rowId }).openapi('RemovedTaskView'),
  refusals: ['NOT_FOUND'],
  respond: async ({ params, caller, requestId }, services) => {
    await remove(services)({ ...params, person: caller.person, requestId });
    return { status: 200, body: params };
  },
});
