/** What a task keeps of what it is asked with: neither of its key of business nor of its facts what follows from its kind and its process. */
import { loadReference } from '../../../activities/books/load-reference';
import { openTask } from '../../../activities/tasks/open-task';
import { asOwner } from '../../support/as-owner';
import { openDatabase, type TestDatabase } from '../../support/database';
import { openedTask } from '../../support/tasks';

let book: TestDatabase;
beforeAll(async () => {
  book = await openDatabase('open_task');
  await book.pool.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('open_task', 'test', 'manual', '2025-06-23T02:00:00Z')`,
  );
  await loadReference(book.pool);
});
afterAll(() => book.close());

const rowOf = async (taskId: string): Promise<Record<string, unknown>> =>
  (await book.pool.query<Record<string, unknown>>('select * from tasks where task_id = $1', [taskId])).rows[0]!;
const ONCE = 'tasks_are_asked_once';
let asked = 0;

it.each([
  // kind, process, key                                                              whole            tail    why
  ['register-complaint', 'complaint:T-1', 'complaint-register:T-1', null, '', 'all of it follows'],
  ['register-complaint', 'complaint:T-2', 'complaint-register:T-2:10', null, ':10', 'but for which time it is asked'],
  ['answer-complaint-request', 'x:T-3', 'complaint-request-answer:T-3:1', null, ':1', 'a thing of two words'],
  ['order', 'nobody', 'order-order:nobody', null, '', 'neither hyphen nor colon'],
  ['approve-order', 'day:SH:2025-06-23', 'order-approve:SH:2025-06-23:1', null, ':1', 'a number of two parts'],
  ['register-complaint', 'complaint:T-4', 'approve:T-4', 'approve:T-4', null, 'it begins otherwise'],
])('of %s in %s the key %s', async (kind, workflowId, businessKey, whole, tail, _) => {
  const asked = { kind, workflowId, businessKey, facts: { amount: '1.50', note: '“他说”\u000b"x"' } };
  const taskId = await openedTask(book.pool, asked);
  const asRead = { business_key: businessKey, facts: asked.facts };
  expect(await rowOf(taskId)).toMatchObject({ ...asRead, other_key: whole, key_tail: tail });
  // Asked again it is the same one, and takes what is newer.
  expect(await openedTask(book.pool, { ...asked, facts: {}, revision: 2 })).toBe(taskId);
  expect(await rowOf(taskId)).toMatchObject({ business_key: businessKey, facts: {}, other_key: whole, key_tail: tail });
  const { rows } = await book.pool.query('select business_key, facts from history.tasks where task_id = $1', [taskId]);
  expect(rows).toEqual([asRead]);
  await expect(
    book.pool.query(
      `insert into tasks (other_key, workflow_id, kind, title_id, role, form_id, form_version, facts_told, revision, state)
       select $1, workflow_id || 'x', kind, title_id, role, form_id, form_version, facts_told, revision, state from tasks where task_id = $2`,
      [businessKey, taskId],
    ),
  ).rejects.toThrow(ONCE);
});

it('keeps its key when a newer version of its process asks it as another kind, and nobody writes another one', async () => {
  const asked = { kind: 'look-at-mail', workflowId: 'mail:7', businessKey: 'at-mail-look:7:1' };
  const taskId = await openedTask(book.pool, asked);
  expect(await openedTask(book.pool, { ...asked, kind: 'read-mail' })).toBe(taskId);
  expect(await rowOf(taskId)).toMatchObject({ business_key: asked.businessKey, other_key: asked.businessKey });
  for (const change of [`other_key = 'other'`, `kind = 'x', other_key = null, key_tail = ':1'`])
    await expect(book.pool.query(`update tasks set ${change} where task_id = $1`, [taskId])).rejects.toThrow(
      /business_key of tasks is written once/,
    );
});

it.each([
  {
    why: 'of its case, and more',
    facts: { channel: 'letter', complaint: 'T-31' },
    kept: { names_its_case: true, facts_told: '{"channel":"letter"}' },
  },
  {
    why: 'of its case only',
    facts: { complaint: 'T-32' },
    kept: { names_its_case: true, facts_told: null },
  },
  {
    why: 'of another case',
    facts: { complaint: 'T-30', channel: 'letter' },
    kept: { names_its_case: false, facts_told: '{"complaint":"T-30","channel":"letter"}' },
  },
  {
    why: 'of a complaint that is told otherwise than as a number',
    facts: { complaint: ['T-34'] },
    kept: { names_its_case: false, facts_told: '{"complaint":["T-34"]}' },
  },
  { why: 'none', facts: {}, kept: { names_its_case: false, facts_told: null } },
])('facts $why read as they were told', async ({ facts, kept }) => {
  const no = `T-${31 + asked++}`;
  const task = { kind: 'look', workflowId: `complaint:${no}`, businessKey: `look:${no}`, facts };
  const taskId = await openedTask(book.pool, task);
  expect(await rowOf(taskId)).toMatchObject({ facts, ...kept });
  // A row of an earlier version keeps them whole, and they are the same: asked again it stays as it is.
  const whole = { names_its_case: false, facts_told: JSON.stringify(facts) };
  await asOwner(
    book.ownerUrl,
    `update tasks set names_its_case = false, facts_told = '${whole.facts_told}' where task_id = ${taskId}`,
  );
  expect(await openedTask(book.pool, task)).toBe(taskId);
  expect(await rowOf(taskId)).toMatchObject({ facts, ...whole });
  const newer = { ...facts, level: 2 };
  await openedTask(book.pool, { ...task, facts: newer, revision: 2 });
  expect(await rowOf(taskId)).toMatchObject({ facts: newer, names_its_case: kept.names_its_case });
  const { rows } = await book.pool.query('select facts from history.tasks where task_id = $1 order by version', [
    taskId,
  ]);
  expect(rows).toEqual([{ facts }, { facts }]);
});

it('takes no facts that nobody could read', async () => {
  const facts = { note: '\u0000' };
  await expect(
    openTask(book)({
      ...{
        kind: 'ask-bank',
        workflowId: 'day:1',
        businessKey: 'k',
        titleZh: '询问',
        titleEn: 'ask',
        role: 'operations',
      },
      ...{ form: {}, formVersion: 1, facts, revision: 1 },
    }),
  ).rejects.toThrow('unsupported Unicode escape sequence');
});
