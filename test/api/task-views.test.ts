/** Views of the list of tasks over HTTP: kept, shared by link, changed and removed; and what others see through them. */
import { openedTask } from '../support/tasks';
import { openApiStage, type ApiStage } from './stage';

let api: ApiStage;
beforeAll(async () => {
  api = await openApiStage('task views', { worker: false });
});
afterAll(() => api.close());

const save = (as: string, body: Record<string, unknown>) => api.call('POST', '/v1/task-views', { as, body });
const read = (as: string, path: string) => api.call('GET', path, { as });
const namesFor = async (as: string) =>
  ((await read(as, '/v1/task-views')).body.items as { name: string }[]).map(({ name }) => name);
const idsFor = async (as: string, path: string) =>
  ((await read(as, path)).body.items as { taskId: string }[]).map(({ taskId }) => taskId);

test('a link shows each reader the rows of it that this reader may see', async () => {
  const ours = await openedTask(api.pool, { kind: 'viewed' });
  const theirs = await openedTask(api.pool, { kind: 'viewed', side: 'proprietary' });
  await openedTask(api.pool, { kind: 'not viewed' });
  const saved = await save('ops-client-1', { name: 'link', filter: { kind: 'viewed' }, shared: true });
  expect([saved.status, saved.headers.get('location')]).toEqual([201, `/v1/task-views/${saved.body.viewId}`]);
  const link = String(saved.body.tasks);
  expect(await idsFor('ops-client-1', link)).toEqual([ours]);
  expect(await idsFor('ops-client-2', link)).toEqual([ours]);
  expect(await idsFor('ops-prop-1', link)).toEqual([theirs]);
  expect(await idsFor('audit-1', `${link}?scope=all`)).toEqual([ours, theirs]);
  expect((await read('ops-client-2', `${link}?scope=all`)).body.code).toBe('ROLE_MISSING');

  // The filter that was read freezes a bulk to the same list.
  const { filter } = (await read('ops-client-2', `/v1/task-views/${saved.body.viewId}`)).body as { filter: object };
  const bulk = { asked: { action: 'claim' }, filter, count: 1 };
  const made = await api.call('POST', '/v1/task-bulks', { as: 'ops-client-2', body: bulk });
  expect(made.status).toBe(202);
  const { rows } = await api.pool.query('select task_id::text from task_bulk_rows where bulk_id = $1', [
    made.body.bulkId,
  ]);
  expect(rows).toEqual([{ task_id: ours }]);
});

test('what is not shared is its owner’s; it is shared, renamed and removed by the owner only, and the audit tells it', async () => {
  const { body } = await save('ops-client-1', { name: 'mine', filter: { overdue: 'true' } });
  const at = `/v1/task-views/${body.viewId}`;
  const changed = { name: 'ours', filter: { overdue: 'true' }, shared: true, revision: 1 };
  const change = (as: string, more: object = {}) => api.call('PUT', at, { as, body: { ...changed, ...more } });
  expect(await namesFor('ops-client-1')).toContain('mine');
  expect(await namesFor('ops-client-2')).not.toContain('mine');
  for (const path of [at, `${at}/tasks`]) expect((await read('ops-client-2', path)).status).toBe(404);

  expect((await change('ops-client-1')).body).toMatchObject({ name: 'ours', shared: true, revision: 2 });
  expect(await namesFor('ops-client-2')).toContain('ours');
  const table: [string, string, object, number, string][] = [
    ['of another', 'ops-client-2', { revision: 2 }, 404, 'NOT_FOUND'],
    ['changed since it was shown', 'ops-client-1', { revision: 1 }, 412, 'REVISION_STALE'],
  ];
  for (const [why, as, more, status, code] of table) {
    const answer = await change(as, more);
    expect([why, answer.status, answer.body.code]).toEqual([why, status, code]);
  }
  expect((await change('ops-client-1', { shared: false, revision: 2 })).body.shared).toBe(false);
  expect((await read('ops-client-2', at)).status).toBe(404);

  const remove = (as: string) => api.call('POST', `${at}/removal`, { as });
  expect((await remove('ops-client-2')).status).toBe(404);
  expect((await remove('ops-client-1')).status).toBe(200);
  for (const path of [at, `${at}/tasks`]) expect((await read('ops-client-1', path)).status).toBe(404);
  expect((await remove('ops-client-1')).status).toBe(404);
  expect((await save('ops-client-1', { name: 'ours', filter: {} })).status).toBe(201);
  const { rows } = await api.pool.query(
    `select action, before ->> 'name' as before, after ->> 'name' as after from audit
      where object_type = 'task view' and object_id = $1 and outcome = 'done' order by 1`,
    [body.viewId],
  );
  expect(rows).toEqual([
    { action: 'change a view', before: 'mine', after: 'ours' },
    { action: 'change a view', before: 'ours', after: 'ours' },
    { action: 'remove a view', before: 'ours', after: null },
    { action: 'save a view', before: null, after: 'mine' },
  ]);
});

test('a view holds what the query of the list takes, and nothing else', async () => {
  await save('ops-client-1', { name: 'taken', filter: {} });
  const table: [string, Record<string, unknown>, number, string][] = [
    ['a member that no filter has', { name: 'a', filter: { '1=1; drop table tasks': 'x' } }, 400, 'FIELD_UNKNOWN'],
    ['a state that no task has', { name: 'b', filter: { state: "open' or '1'='1" } }, 400, 'INPUT_INVALID'],
    ['no object', { name: 'c', filter: ['open'] }, 400, 'INPUT_INVALID'],
    ['whose it is is not asked', { name: 'd', filter: {}, owner: 'ops-client-2' }, 400, 'FIELD_UNKNOWN'],
    ['no name', { name: ' ', filter: {} }, 400, 'INPUT_INVALID'],
    ['a name of one’s own twice', { name: 'taken', filter: {} }, 409, 'VIEW_NAME_TAKEN'],
  ];
  for (const [why, body, status, code] of table) {
    const answer = await save('ops-client-1', body);
    expect([why, answer.status, answer.body.code]).toEqual([why, status, code]);
  }
  expect((await save('ops-client-2', { name: 'taken', filter: {} })).status).toBe(201);
  const quoted = await save('ops-client-1', { name: 'quotes', filter: { text: "'; drop table tasks; --" } });
  expect(await idsFor('ops-client-1', String(quoted.body.tasks))).toEqual([]);
});
