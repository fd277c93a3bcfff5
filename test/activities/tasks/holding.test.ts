/** Who holds a task: claimed, released, assigned, taken over by a substitute, sent back; on the real database. */
import { randomUUID } from 'node:crypto';
import { loadReference } from '../../../activities/books/load-reference';
import { assignTask } from '../../../activities/intake/assign-task';
import { claimTask, releaseTask } from '../../../activities/intake/claim-task';
import { commentTask } from '../../../activities/intake/comment-task';
import { completeTask } from '../../../activities/tasks/complete-task';
import { returnTask } from '../../../activities/tasks/return-task';
import type { OpenTask } from '../../../activities/tasks/open-task';
import { withdrawTask } from '../../../activities/tasks/withdraw-task';
import { taskEvents } from '../../../api/reads/task-events';
import { openDatabase, type TestDatabase } from '../../support/database';
import { enterPeople } from '../../support/people';
import { codesOf, openedTask } from '../../support/tasks';

let book: TestDatabase;
beforeAll(async () => {
  book = await openDatabase('holding tasks');
  await book.pool.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('holding', 'test', 'manual', '2025-06-23T01:00:00Z')`,
  );
  await loadReference(book.pool);
  await enterPeople(book.pool, [
    ...['wang', 'li', 'zhao', 'qian'].map((person) => ({ person, role: 'operations', side: 'client' as const })),
    { person: 'head', role: 'operations', side: 'client', mark: 'head' },
    { person: 'deputy', role: 'operations', side: 'client', mark: 'deputy' },
    { person: 'other-head', role: 'operations', side: 'proprietary', mark: 'head' },
    { person: 'other', role: 'operations', side: 'proprietary' },
    { person: 'finance', role: 'finance', side: 'proprietary' },
    { person: 'over', role: 'supervisor' },
    { person: 'wang-too', role: 'operations', side: 'client', naturalPerson: 'wang' },
  ]);
});
afterAll(() => book.close());

const requestId = 'r';
const claim = (taskId: string, person: string, ifMatch?: string) =>
  claimTask({ pool: book.pool })({ taskId, person, requestId, ifMatch });
const release = (taskId: string, person: string) => releaseTask({ pool: book.pool })({ taskId, person, requestId });
const assign = (taskId: string, person: string, to: string, onBehalfOf?: string) =>
  assignTask({ pool: book.pool })({ taskId, person, to, reason: 'for the holidays', requestId, onBehalfOf });
const complete = (taskId: string, person: string, form: Record<string, unknown> = {}, revision = 1) =>
  completeTask({ pool: book.pool })({
    taskId,
    revision,
    form,
    actor: { person, role: 'operations' },
    requestId,
    at: '',
  });
const giveBack = (taskId: string, person: string) =>
  returnTask({ pool: book.pool })({
    taskId,
    revision: 1,
    reason: 'the amount is that of yesterday',
    actor: { person, role: 'operations' },
    requestId,
    at: '',
  });
const rowsOf = async (query: string, taskId: string): Promise<readonly Record<string, unknown>[]> =>
  (await book.pool.query<Record<string, unknown>>(query, [taskId])).rows;
const rowOf = async (taskId: string) =>
  (await rowsOf('select state, claimed_by, assigned_by from tasks where task_id = $1', taskId))[0];
/** As people read it. */
const eventsOf = async (taskId: string) =>
  (await taskEvents(book.pool, taskId, '-1', 100)).map(({ kind, actor, substituteFor, givenTo, revision }) => ({
    kind,
    actor,
    substituteFor,
    givenTo,
    revision,
  }));
const approvalOf = (made: Partial<OpenTask> = {}) => openedTask(book.pool, { madeBy: 'wang', approval: {}, ...made });
const away = (absent: string, substitute: string, first: string, last: string) =>
  book.pool.query(
    `insert into substitutions (absent, substitute, first_day, last_day, made_by) values ($1, $2, $3, $4, 'head')`,
    [absent, substitute, first, last],
  );

test('of those who claim at once exactly one gets it, and every other is told who; in many rounds', async () => {
  for (let round = 0; round < 50; round += 1) {
    const taskId = await openedTask(book.pool);
    const people = ['wang', 'li', 'zhao', 'qian'];
    const answers = await Promise.all(
      people.map((person) =>
        claim(taskId, person).then(
          () => 'got it',
          (error: Error) => error.message,
        ),
      ),
    );
    const winner = people[answers.indexOf('got it')] ?? 'nobody';
    expect(answers.filter((answer) => answer === 'got it')).toHaveLength(1);
    for (const [place, answer] of answers.entries()) {
      if (people[place] !== winner)
        expect(answer).toContain(`TASK_CLAIMED_BY_ANOTHER: Task ${taskId} is held by ${winner}`);
    }
    expect(await rowOf(taskId)).toEqual({ state: 'claimed', claimed_by: winner, assigned_by: null });
    const { rowCount } = await book.pool.query(`select from audit where object_id = $1 and action like 'claim%'`, [
      taskId,
    ]);
    expect(rowCount).toBe(1);
  }
});

test.each([
  { by: 'head', to: 'li', codes: 'done', why: 'the head of the department' },
  { by: 'deputy', to: 'li', codes: 'done', why: 'the deputy' },
  { by: 'over', to: 'li', codes: 'done', why: 'a supervisor' },
  { by: 'li', to: 'zhao', codes: 'ROLE_MISSING', why: 'a colleague assigns nothing' },
  { by: 'li', to: 'li', codes: 'ROLE_MISSING', why: 'whoever wants it claims it' },
  { by: 'other-head', to: 'li', codes: 'ROLE_MISSING', why: 'the head of the other side' },
  { by: 'finance', to: 'li', codes: 'ROLE_MISSING', why: 'another department' },
  { by: 'head', to: 'wang', codes: 'SAME_PERSON', why: 'never to the maker of what is decided' },
  { by: 'head', to: 'wang-too', codes: 'SAME_PERSON', why: 'nor to another account of the maker' },
  { by: 'over', to: 'other', codes: 'WRONG_SIDE CHECKER_WRONG_SIDE', why: 'somebody of the other side' },
  { by: 'head', to: 'finance', codes: 'ROLE_MISSING CHECKER_ROLE_MISSING', why: 'somebody of another department' },
  { by: 'head', to: 'nobody', codes: 'NOT_FOUND', why: 'whom the directory does not know' },
  { by: 'li', to: 'wang', codes: 'ROLE_MISSING SAME_PERSON', why: 'everything that is wrong at once' },
])('$by assigns an approval of what wang made to $to: $codes ($why)', async ({ by, to, codes }) => {
  const taskId = await approvalOf();
  expect(await codesOf(assign(taskId, by, to))).toBe(codes);
  expect(await rowOf(taskId)).toEqual(
    codes === 'done'
      ? { state: 'claimed', claimed_by: to, assigned_by: by }
      : { state: 'open', claimed_by: null, assigned_by: null },
  );
});

test('assigned anew it changes hands; the one before may not complete it, the one after may', async () => {
  const taskId = await openedTask(book.pool);
  await assign(taskId, 'head', 'li');
  await assign(taskId, 'over', 'zhao');
  expect(await codesOf(complete(taskId, 'li'))).toBe('TASK_CLAIMED_BY_ANOTHER');
  expect(await codesOf(release(taskId, 'li'))).toBe('TASK_CLAIMED_BY_ANOTHER');
  await complete(taskId, 'zhao');
  expect(await codesOf(assign(taskId, 'head', 'li'))).toBe('TASK_NOT_OPEN');
  expect((await eventsOf(taskId)).map(({ kind, actor, givenTo: to }) => [kind, actor, to])).toEqual([
    ['opened', 'southbound', null],
    ['assigned', 'head', 'li'],
    ['assigned', 'over', 'zhao'],
    ['completed', 'zhao', null],
  ]);
});

test('its timeline begins with how it was opened, whatever it has become since; opened again it has a line of its own', async () => {
  const businessKey = `opened-twice:${randomUUID()}`;
  const taskId = await openedTask(book.pool, { businessKey, holder: 'wang' });
  await openedTask(book.pool, { businessKey, revision: 2 });
  await assign(taskId, 'head', 'li');
  await withdrawTask({ pool: book.pool })({ taskId, cause: 'over' });
  await openedTask(book.pool, { businessKey, revision: 3, holder: 'zhao' });
  expect((await eventsOf(taskId)).map(({ kind, givenTo, revision }) => [kind, givenTo, revision])).toEqual([
    ['opened', 'wang', 1],
    ['assigned', 'li', 2],
    ['withdrawn', null, 2],
    ['opened', 'zhao', 3],
  ]);
  const [first, second] = await taskEvents(book.pool, taskId, '-1', 2);
  expect([first?.eventId, first?.actor]).toEqual(['0', 'southbound']);
  // A page further on begins with the line after the last one.
  expect((await taskEvents(book.pool, taskId, '0', 1))[0]).toEqual(second);
});

test('a claim of what was not shown is refused; the same claim again is not', async () => {
  const taskId = await openedTask(book.pool);
  const shown = `"task-${taskId}-1-open"`;
  expect(await codesOf(claim(taskId, 'li', `"task-${taskId}-0-open"`))).toBe('REVISION_STALE');
  expect(await codesOf(claim(taskId, 'li', shown))).toBe('done');
  expect(await codesOf(claim(taskId, 'li', shown))).toBe('done');
  await release(taskId, 'li');
  expect(await codesOf(claim(taskId, 'li', `"task-${taskId}-1-claimed-li"`))).toBe('REVISION_STALE');
});

describe('substitutes', () => {
  beforeAll(async () => {
    await away('qian', 'li', '2025-06-23', '2025-06-23');
    await away('zhao', 'wang', '2025-06-24', '2025-06-25');
  });

  test('complete what the one who is away holds, with both names in timeline and audit', async () => {
    const taskId = await openedTask(book.pool);
    await claim(taskId, 'qian');
    expect(await codesOf(complete(taskId, 'wang'))).toBe('TASK_CLAIMED_BY_ANOTHER');
    await complete(taskId, 'li');
    expect((await eventsOf(taskId)).at(-1)).toEqual({
      kind: 'completed',
      actor: 'li',
      substituteFor: 'qian',
      givenTo: null,
      revision: 1,
    });
    const { rows } = await book.pool.query(
      `select actor, on_behalf_of from audit where object_id = $1 and action like 'complete%'`,
      [taskId],
    );
    expect(rows).toEqual([{ actor: 'li', on_behalf_of: 'qian' }]);
  });

  test('are given what is assigned to the one who is away', async () => {
    const taskId = await openedTask(book.pool);
    await assign(taskId, 'head', 'qian');
    expect(await rowOf(taskId)).toEqual({ state: 'claimed', claimed_by: 'li', assigned_by: 'head' });
  });

  test('get no right by it: four eyes and role are asked of them as of anybody', async () => {
    const ownWork = await openedTask(book.pool, { madeBy: 'li', approval: {} });
    await claim(ownWork, 'qian');
    expect(await codesOf(complete(ownWork, 'li'))).toBe('SAME_PERSON');
    expect(await codesOf(assign(ownWork, 'head', 'qian'))).toBe('SAME_PERSON');
    const ofFinance = await openedTask(book.pool, { role: 'finance', side: 'proprietary' });
    expect(await codesOf(claim(ofFinance, 'li'))).toBe('ROLE_MISSING');
  });

  test.each([
    { day: '2025-06-23', codes: 'TASK_CLAIMED_BY_ANOTHER', why: 'the day before' },
    { day: '2025-06-24', codes: 'done', why: 'the first day' },
    { day: '2025-06-25', codes: 'done', why: 'the last day' },
    { day: '2025-06-26', codes: 'TASK_CLAIMED_BY_ANOTHER', why: 'the day after' },
  ])('stand in on the days of it: $day $codes ($why)', async ({ day, codes }) => {
    const taskId = await openedTask(book.pool);
    await claim(taskId, 'zhao');
    await book.pool.query('update business_clock set now = $1', [`${day}T01:00:00Z`]);
    expect(await codesOf(claim(taskId, 'wang'))).toBe(codes);
    await book.pool.query(`update business_clock set now = '2025-06-23T01:00:00Z'`);
    expect(await rowOf(taskId)).toMatchObject({ claimed_by: codes === 'done' ? 'wang' : 'zhao' });
  });
});

describe('sent back to the maker', () => {
  test.each([
    { by: 'wang', codes: 'SAME_PERSON', why: 'the maker recalls instead' },
    { by: 'other', codes: 'WRONG_SIDE CHECKER_WRONG_SIDE', why: 'who may not decide sends nothing back' },
    { by: 'li', codes: 'done', why: 'a second person' },
  ])('by $by: $codes ($why)', async ({ by, codes }) => {
    expect(await codesOf(giveBack(await approvalOf(), by))).toBe(codes);
  });

  test('ends the approval, once, without a row of approvals', async () => {
    const taskId = await approvalOf();
    const first = await giveBack(taskId, 'li');
    expect(first.outcome).toMatchObject({
      result: 'returned',
      // The process is told where the text stands.
      reason: expect.stringMatching(/^typed-text:\d+$/) as string,
      by: { person: 'li' },
    });
    expect(await giveBack(taskId, 'li')).toEqual(first);
    expect(await codesOf(complete(taskId, 'zhao', { decision: 'approve', reason: 'checked' }))).toBe('TASK_RETURNED');
    expect((await book.pool.query('select from approvals where task_id = $1', [taskId])).rowCount).toBe(0);
    expect((await eventsOf(taskId)).at(-1)).toMatchObject({ kind: 'returned', actor: 'li', givenTo: 'wang' });
  });

  test('is no way for what nobody made', async () => {
    expect(await codesOf(giveBack(await openedTask(book.pool), 'li'))).toBe('TASK_HAS_NO_MAKER');
  });
});

describe('forms', () => {
  const form = {
    type: 'object',
    required: ['amount', 'reason'],
    additionalProperties: false,
    properties: { amount: { type: 'string', pattern: '^\\d+\\.\\d{2}$' }, reason: { type: 'string', minLength: 5 } },
  };

  test('are asked by the verb too, every fault at once, whoever sends the completion', async () => {
    const taskId = await openedTask(book.pool, { form });
    expect(await codesOf(complete(taskId, 'li', { amount: '1', urgent: true }))).toBe(
      'INPUT_INVALID INPUT_INVALID FIELD_UNKNOWN',
    );
    await complete(taskId, 'li', { amount: '1.00', reason: 'checked' });
  });

  test('a task keeps the version with which it was opened when the next one is there', async () => {
    const second = {
      ...form,
      required: ['amount', 'reason', 'account'],
      properties: { ...form.properties, account: { type: 'string' } },
    };
    const old = await openedTask(book.pool, { kind: 'make-order', form, formVersion: 1 });
    const young = await openedTask(book.pool, { kind: 'make-order', form: second, formVersion: 2 });
    const filled = { amount: '1.00', reason: 'checked' };
    expect(await codesOf(complete(young, 'li', filled))).toBe('INPUT_INVALID');
    expect(await codesOf(complete(old, 'li', { ...filled, account: 'HKB0000001' }))).toBe('FIELD_UNKNOWN');
    await complete(old, 'li', filled);
    await complete(young, 'li', { ...filled, account: 'HKB0000001' });
  });
});

test('comments stay, name whom they are meant for, and leave their text out of the audit', async () => {
  const taskId = await openedTask(book.pool);
  const comment = (mentions: readonly string[], requestKey: string = randomUUID(), text = '银行回单已到') =>
    commentTask({ pool: book.pool })({
      taskId,
      person: 'li',
      role: 'operations',
      text,
      mentions,
      requestKey,
      requestId: randomUUID(),
    });
  expect(await codesOf(comment(['zhao', 'nobody', 'no-one']))).toBe('NOT_FOUND NOT_FOUND');
  const eventId = await comment(['zhao', 'zhao'], 'said-once');
  // An answer that was lost is asked for again: one comment.
  expect(await comment(['zhao'], 'said-once')).toBe(eventId);
  await expect(comment(['zhao'], 'said-once', '另一句')).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
  expect((await book.pool.query('select from task_comments')).rowCount).toBe(1);
  expect(
    (await book.pool.query('select text, mentions from task_comments where event_id = $1', [eventId])).rows,
  ).toEqual([{ text: '银行回单已到', mentions: ['zhao'] }]);
  const { rows } = await book.pool.query(`select after from audit where object_id = $1 and action like 'comment%'`, [
    taskId,
  ]);
  expect(rows).toEqual([{ after: { mentions: ['zhao'] } }]);
  for (const change of ['update task_comments set text = $1', 'delete from task_comments where text <> $1'])
    await expect(book.pool.query(change, ['x'])).rejects.toThrow('permission denied');
});
