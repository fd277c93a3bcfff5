/** The list of tasks over HTTP: what it shows and counts, its pages, views of it that are kept and shared, and the way of one task. */
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
    ['changed since it was shown', 'ops-client-1', { revision: 1, shared: false }, 412, 'REVISION_STALE'],
  ];
  for (const [why, as, more, status, code] of table) {
    const answer = await change(as, more);
    expect([why, answer.status, answer.body.code]).toEqual([why, status, code]);
  }
  // An answer may be lost: what was changed, or removed, and is asked again is as it is.
  expect((await change('ops-client-1')).body).toMatchObject({ name: 'ours', shared: true, revision: 2 });
  expect((await change('ops-client-1', { shared: false, revision: 2 })).body.shared).toBe(false);
  expect((await read('ops-client-2', at)).status).toBe(404);

  const remove = (as: string) => api.call('POST', `${at}/removal`, { as });
  expect((await remove('ops-client-2')).status).toBe(404);
  expect((await remove('ops-client-1')).status).toBe(200);
  for (const path of [at, `${at}/tasks`]) expect((await read('ops-client-1', path)).status).toBe(404);
  expect((await remove('ops-client-1')).status).toBe(200);
  expect((await remove('ops-client-2')).status).toBe(404);
  expect((await save('ops-client-1', { name: 'ours', filter: {} })).status).toBe(201);
  const { rows } = await api.pool.query(
    `select action, before ->> 'name' as before, after ->> 'name' as after from audit
      where object_type = 'task view' and object_id = $1 and outcome = 'done' order by action, seq`,
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
  const taken = { name: 'taken', filter: { state: 'open', kind: 'ask-bank' } };
  const { viewId } = (await save('ops-client-1', taken)).body as { viewId: string };
  expect((await save('ops-client-1', taken)).body.viewId).toBe(viewId);
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

describe('the inbox', () => {
  const NOW = '2025-06-23T00:05:00.000Z';
  /** Of every role, side, branch, mark, state and holder that matter, due before, at and after now, and at no time. */
  const TASKS = `insert into tasks (other_key, workflow_id, kind, title_id, role, side, branch, mark, due_at, form_id, form_version,
      facts_told, revision, state, claimed_by, opened_at, done_at)
    select 'inbox:' || n, case when n % 7 = 0 then 'settlement-day:SH:2025-06-26' else 'inbox:' || n % 5 end,
           (array['ask-bank', 'approve-order'])[n % 2 + 1], task_title((array['询问银行', '复核划付'])[n % 2 + 1], (array['ask the bank', 'Approve 100%_'])[n % 2 + 1]),
           (array['operations', 'finance', 'branch', 'operations'])[n % 4 + 1],
           (array['client', 'proprietary', null])[n % 3 + 1]::side_of_business, case when n % 4 = 2 then (array['1001', '1002', null])[n / 4 % 3 + 1] end,
           case when n % 11 = 0 then 'head' end,
           case when n % 6 > 0 then timestamptz '${NOW}' + make_interval(mins => (n % 6 - 3) * 10 + n % 2) end,
           task_form('{"type": "object"}'), 1, '{}', 1, (array['open', 'claimed', 'done', 'open', 'withdrawn'])[n % 5 + 1],
           case when n % 5 = 1 then (array['ops-client-1', 'ops-client-2'])[n / 5 % 2 + 1] end, '${NOW}',
           case when n % 5 in (2, 4) then timestamptz '${NOW}' - interval '5 minutes' end
      from generate_series(1, 600) n`;
  const WAITS = `state in ('open', 'claimed')`;
  const MINE = {
    'ops-client-1': `role = 'operations' and (side is null or side = 'client') and mark is null`,
    'ops-client-head': `role = 'operations' and (side is null or side = 'client') and (mark is null or mark = 'head')`,
    'branch-1001': `role = 'branch' and (branch is null or branch = '1001') and mark is null`,
  } as const;
  const OVERDUE = `coalesce(due_at < coalesce(done_at, business_now()), false)`;
  beforeAll(async () => {
    await api.pool.query(TASKS);
  });

  const TITLED = 'tasks join task_titles using (title_id)';
  const plain = async (where: string) => {
    const { rows } = await api.pool.query<{ id: string }>(
      `select task_id || ' of ' || workflow_id as id from ${TITLED} where ${where} order by coalesce(due_at, 'infinity'), tasks.task_id`,
    );
    return rows.map(({ id }) => id);
  };
  const paged = async (as: string, query: string, limit = 100, between?: () => Promise<unknown>) => {
    const found: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await read(as, `/v1/tasks?limit=${limit}${query}${cursor === '' ? '' : `&cursor=${cursor}`}`);
      const items = body.items as { taskId: string; workflowId: string }[];
      // Of which case a line is stands in it: titles of a kind are all alike.
      found.push(...items.map(({ taskId, workflowId }) => `${taskId} of ${workflowId}`));
      cursor = body.next as string | null;
      if (cursor !== null) await between?.();
    }
    return found;
  };

  test.each<[as: keyof typeof MINE | 'supervisor-1', query: string, where: string]>([
    ['ops-client-1', '', WAITS],
    ['ops-client-head', '', WAITS],
    ['branch-1001', '', WAITS],
    ['branch-1001', '&branch=1001', `${WAITS} and branch = '1001'`],
    ['ops-client-1', '&state=claimed', `state = 'claimed'`],
    ['ops-client-1', '&state=done', `state = 'done'`],
    ['ops-client-1', '&state=done&overdue=true', `state = 'done' and ${OVERDUE}`],
    ['ops-client-1', '&overdue=true', `${WAITS} and ${OVERDUE}`],
    ['ops-client-1', '&overdue=false', `${WAITS} and not ${OVERDUE}`],
    ['ops-client-1', '&role=operations&side=client', `${WAITS} and side = 'client'`],
    ['ops-client-1', '&side=proprietary', 'false'],
    ['ops-client-1', '&kind=approve-order', `${WAITS} and kind = 'approve-order'`],
    ['ops-client-1', '&process=inbox:3', `${WAITS} and workflow_id = 'inbox:3'`],
    ['ops-client-1', '&channel=SH&date=2025-06-26', `${WAITS} and workflow_id = 'settlement-day:SH:2025-06-26'`],
    ['ops-client-1', `&dueFrom=${NOW}`, `${WAITS} and coalesce(due_at, 'infinity') >= '${NOW}'`],
    ['ops-client-1', `&dueBefore=${NOW}`, `${WAITS} and due_at < '${NOW}'`],
    ['ops-client-1', '&holder=me', `state = 'claimed' and claimed_by = 'ops-client-1'`],
    ['ops-client-1', '&holder=ops-client-2', `state = 'claimed' and claimed_by = 'ops-client-2'`],
    ['ops-client-1', '&holder=nobody', `state = 'open'`],
    ['ops-client-1', '&text=%E5%88%92%E4%BB%98', `${WAITS} and zh like '%划付%'`],
    ['ops-client-1', '&text=approve%20100%25_', `${WAITS} and en = 'Approve 100%_'`],
    ['ops-client-1', '&text=NBOX:40', `${WAITS} and business_key like '%nbox:40%'`],
    ['ops-client-1', '&text=12&state=done', `state = 'done' and business_key like '%12%'`],
    ['ops-client-1', '&text=nothing+of+it', 'false'],
    ['supervisor-1', '&scope=all', WAITS],
    ['supervisor-1', '&scope=all&role=finance', `${WAITS} and role = 'finance'`],
    ['supervisor-1', '&scope=all&text=bank', `${WAITS} and en like '%bank%'`],
  ])('%s%s: rows, order and counts are those of plain SQL', async (as, query, where) => {
    const seen = `(${where}) and ${as === 'supervisor-1' ? 'true' : MINE[as]}`;
    const expected = await plain(seen);
    if (where !== 'false') expect(expected.length).toBeGreaterThan(0);
    expect(await paged(as, query)).toEqual(expected);
    const { body } = await read(as, `/v1/task-counts?${query.slice(1)}`);
    const { rows } = await api.pool.query(
      `select role, side, state, count(*)::int as count, (count(*) filter (where ${OVERDUE}))::int as overdue from ${TITLED} where ${seen}
        group by role, side, state order by role, side nulls first, state`,
    );
    expect(body.groups).toEqual(rows);
    expect([body.count, body.overdue]).toEqual([
      expected.length,
      (rows as { overdue: number }[]).reduce((sum, { overdue }) => sum + overdue, 0),
    ]);
  });

  test('pages stay whole while rows are inserted before and behind them, and while a text is looked for', async () => {
    for (const query of ['', '&text=ask+the']) {
      const before = await plain(
        `${WAITS} and ${MINE['ops-client-1']} and en ${query === '' ? 'is not null' : `like 'ask the%'`}`,
      );
      let nth = 0;
      const insert = () =>
        api.pool.query(
          `insert into tasks (other_key, workflow_id, kind, title_id, role, side, due_at, form_id, form_version, facts_told, revision, state)
           select 'while ${query}:' || $1::int || ':' || n, 'w', 'k', task_title('x', 'ask the others'), 'operations', 'client', case n when 1 then timestamptz '2025-06-01' when 2
                  then timestamptz '${NOW}' + make_interval(mins => $1::int) end, task_form('{}'), 1, '{}', 1, 'open' from generate_series(1, 3) n`,
          [(nth += 1)],
        );
      const found = await paged('ops-client-1', query, 10, insert);
      expect(nth).toBeGreaterThan(3);
      expect(new Set(found).size).toBe(found.length);
      // All that were there, in their order; of the new ones those that lie behind the page that was read.
      expect(found.filter((id) => before.includes(id))).toEqual(before);
      const now = await plain(`${WAITS} and ${MINE['ops-client-1']}`);
      expect(found).toEqual(now.filter((id) => found.includes(id)));
      const { rows } = await api.pool.query<{ id: string }>(
        `select task_id || ' of ' || workflow_id as id from tasks where business_key like 'while ${query}:%' and due_at is null`,
      );
      for (const { id } of rows) expect(found).toContain(id);
    }
  });
});

test('the way of a task: comments with their mentions once for their key, and who did what, page by page', async () => {
  const taskId = await openedTask(api.pool, { kind: 'told-of' });
  const at = `/v1/tasks/${taskId}`;
  const say = (as: string, body: object, key: string) => api.call('POST', `${at}/comments`, { as, body, key });
  await api.call('POST', `${at}/claim`, { as: 'ops-client-1' });
  const [first, again] = [
    await say('ops-client-1', { text: ' 已联系银行 asked the bank ', mentions: ['ops-client-2'] }, 'one'),
    await say('ops-client-1', { text: ' 已联系银行 asked the bank ', mentions: ['ops-client-2'] }, 'one'),
  ];
  expect([first.status, first.headers.get('location'), again.body]).toEqual([201, `${at}/events`, first.body]);
  const table: [why: string, as: string, body: object, status: number, code: string][] = [
    ['another text under the key', 'ops-client-1', { text: 'other' }, 422, 'IDEMPOTENCY_MISMATCH'],
    ['nothing', 'ops-client-1', { text: ' ' }, 400, 'INPUT_INVALID'],
    ['too long', 'ops-client-1', { text: 'x'.repeat(2_001) }, 400, 'INPUT_INVALID'],
    ['somebody there is not', 'ops-client-1', { text: 'look', mentions: ['nobody-known'] }, 404, 'NOT_FOUND'],
    ['the other side', 'ops-prop-1', { text: 'look' }, 403, 'WRONG_SIDE'],
    ['another role', 'service-1', { text: 'look' }, 403, 'ROLE_MISSING'],
  ];
  for (const [why, as, body, status, code] of table) {
    const answer = await say(as, body, why.startsWith('another text') ? 'one' : why.replaceAll(' ', '-'));
    expect([why, answer.status, answer.body.code]).toEqual([why, status, code]);
  }
  await api.call('POST', `${at}/release`, { as: 'ops-client-1' });
  await api.call('POST', `${at}/assignment`, {
    as: 'ops-client-head',
    body: { to: 'ops-client-2', reason: '休假 on leave' },
  });
  const way: Record<string, unknown>[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body } = await read('ops-client-2', `${at}/events?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
    way.push(...(body.items as Record<string, unknown>[]));
    cursor = body.next as string | null;
  }
  expect(way.map(({ kind, actor, givenTo, comment, mentions }) => [kind, actor, givenTo, comment, mentions])).toEqual([
    ['opened', 'southbound', null, null, []],
    ['claimed', 'ops-client-1', null, null, []],
    ['commented', 'ops-client-1', null, '已联系银行 asked the bank', ['ops-client-2']],
    ['released', 'ops-client-1', null, null, []],
    ['assigned', 'ops-client-head', 'ops-client-2', null, []],
  ]);
  expect((await read('ops-prop-1', `${at}/events`)).body.code).toBe('WRONG_SIDE');
  // What was written is told by number in the audit, not in words.
  const { rows } = await api.pool.query<{ told: string }>(
    `select string_agg(coalesce(after::text, '') || coalesce(reason, ''), ' ') as told from audit where action like '%comment%' and object_id = $1`,
    [taskId],
  );
  expect(rows[0]?.told).not.toContain('已联系银行');
});
