/** Work that waits for people: approvals with four eyes, recalls, two at once, the same request again. */
import { randomUUID } from 'node:crypto';
import { completeTask, recallTask, taskPassedUp } from '../../../workflows/messages/tasks';
import { openStoryStage, refusalOf, type StoryStage } from '../../support/story-stage';
import { enterPeople } from '../../support/people';
import { formSent, readable, reasonSent } from '../../support/typed-texts';

const START = '2025-06-23T00:00:00.000Z';
let stage: StoryStage;
beforeAll(async () => {
  stage = await openStoryStage({
    name: 'tasks',
    workflowsPath: require.resolve('./stories'),
    mode: 'manual',
    now: START,
  });
  await stage.pool.query(
    `insert into delegations (principal, delegate, role, first_day, last_day, reason, made_by, state)
     values ('zhang', 'li', 'operations', '2025-06-23', '2025-06-23', 'on leave', 'zhang', 'given')`,
  );
});
afterAll(() => stage.close());

const operator = (person: string, onBehalfOf?: string) => ({
  person,
  role: 'operations',
  ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
});
const approve = { decision: 'approve', reason: 'figures checked' };
const handle = (workflowId: string) => stage.client.workflow.getHandle(workflowId);

/** Starts a process that asks for approval of what Wang made, and answers the number of its task. */
async function asked(key: string): Promise<{ workflowId: string; taskId: string }> {
  const workflowId = `approved:${key}`;
  await stage.start('approved', workflowId, { key, maker: 'wang' });
  await stage.advance(START);
  const { rows } = await stage.pool.query<{ task_id: string }>(
    'select task_id::text from tasks where workflow_id = $1',
    [workflowId],
  );
  return { workflowId, taskId: rows[0]?.task_id ?? 'none' };
}

const complete = async (
  { workflowId, taskId }: { workflowId: string; taskId: string },
  actor: { person: string; role: string; onBehalfOf?: string },
  rest: {
    form?: Record<string, unknown>;
    typed?: Record<string, unknown>;
    revision?: number;
    updateId?: string;
    requestId?: string;
  } = {},
) =>
  handle(workflowId).executeUpdate(completeTask, {
    args: [
      {
        ...{ taskId, actor, revision: rest.revision ?? 2, requestId: rest.requestId ?? 'r-1', at: START },
        form: rest.typed ?? (await formSent(stage.pool, taskId, rest.form ?? approve)),
      },
    ],
    updateId: rest.updateId ?? randomUUID(),
  });
const recall = async (
  { workflowId, taskId }: { workflowId: string; taskId: string },
  person: string,
  typed?: string,
) => {
  const reason = typed ?? (await reasonSent(stage.pool, taskId, 'wrong amount'));
  return handle(workflowId).executeUpdate(recallTask, {
    args: [{ taskId, actor: operator(person), reason, requestId: 'r-2', at: START }],
  });
};

const TYPED_REASON = 'wrong amount';
const TYPED = expect.stringMatching(/^typed-text:\d+$/) as string;

test('what a second person cannot do is refused with its code and leaves no event', async () => {
  const task = await asked('refusals');
  const before = (await handle(task.workflowId).describe()).historyLength;
  const refusals: [string, string, Promise<unknown>][] = [
    // why, code, attempt
    ['the maker', 'SAME_PERSON', complete(task, operator('wang'))],
    ['somebody in the name of the maker', 'CHECKER_ACTS_FOR_MAKER', complete(task, operator('li', 'wang'))],
    ['a revision before', 'REVISION_STALE', complete(task, operator('li'), { revision: 1 })],
    ['a revision after', 'REVISION_STALE', complete(task, operator('li'), { revision: 3 })],
    ['another role', 'ROLE_MISSING', complete(task, { person: 'li', role: 'finance' })],
    ['no decision', 'INPUT_INVALID', complete(task, operator('li'), { form: { decision: 'maybe', reason: 'x' } })],
    ['no reason', 'INPUT_INVALID', complete(task, operator('li'), { form: { decision: 'approve', reason: '' } })],
    ['a task of nobody', 'TASK_NOT_OPEN', complete({ ...task, taskId: '0' }, operator('li'))],
    ['a recall by another', 'ONLY_MAKER_RECALLS', recall(task, 'li')],
    // Past the API with the text itself: it would stand in the history for ever. A request of its own: of one request one row is kept.
    [
      'a text that was typed',
      'TEXT_NOT_BY_REFERENCE',
      complete(task, operator('li'), { typed: approve, requestId: 'r-3' }),
    ],
    ['a recall with its text', 'TEXT_NOT_BY_REFERENCE', recall(task, 'wang', TYPED_REASON)],
  ];
  for (const [why, code, attempt] of refusals) expect([why, await refusalOf(attempt)]).toEqual([why, code]);
  await stage.advance(START);
  const after = (await handle(task.workflowId).describe()).historyLength;
  // Validators need workflow tasks of their own; what is refused leaves no accepted update.
  const { events } = await handle(task.workflowId).fetchHistory();
  expect((events ?? []).filter((event) => Boolean(event.workflowExecutionUpdateAcceptedEventAttributes))).toEqual([]);
  expect(after).toBe(before);
  expect(readable(await handle(task.workflowId).fetchHistory())).not.toMatch(/figures checked|wrong amount/);
  const { rows: kept } = await stage.pool.query(
    `select distinct actor, action, reason from audit where outcome = 'refused' and workflow_id = $1 and reason like '%TEXT_NOT_BY_REFERENCE%'
      order by actor`,
    [task.workflowId],
  );
  expect(kept).toEqual([
    { actor: 'li', action: 'completeTask', reason: 'TEXT_NOT_BY_REFERENCE' },
    { actor: 'wang', action: 'recallTask', reason: 'TEXT_NOT_BY_REFERENCE' },
  ]);

  await complete(task, operator('li'));
  expect(await handle(task.workflowId).result()).toMatchObject({ decision: 'approved', by: { person: 'li' } });
});

test('an approval leaves task, approval and audit together, at business time', async () => {
  const task = await asked('rows');
  const answer = await complete(task, operator('li', 'zhang'));
  const outcome = { result: 'completed', form: approve, by: operator('li', 'zhang'), at: START };
  // What was typed stands in the rows; the process is told where.
  expect(answer).toEqual({ outcome: { ...outcome, form: { ...approve, reason: TYPED } } });
  const { rows } = await stage.pool.query(
    `select t.state, t.done_at, t.outcome, a.maker, a.checker, a.decision, a.reason, a.revision,
            u.actor, u.on_behalf_of, u.action, u.request_id
     from tasks t join approvals a using (task_id)
     join audit u on u.object_type = 'task' and u.object_id = t.task_id::text and u.action like 'complete%'
     where t.task_id = $1`,
    [task.taskId],
  );
  expect(rows).toEqual([
    {
      state: 'done',
      done_at: START,
      outcome,
      maker: 'wang',
      checker: 'li',
      decision: 'approved',
      reason: 'figures checked',
      revision: 2,
      actor: 'li',
      on_behalf_of: 'zhang',
      action: 'complete task approve-order',
      request_id: 'r-1',
    },
  ]);
});

test('the same update again is the same answer, also after the process has ended', async () => {
  const task = await asked('twice');
  const updateId = randomUUID();
  const first = await complete(task, operator('li'), { updateId });
  expect(await complete(task, operator('li'), { updateId })).toEqual(first);
  await handle(task.workflowId).result();
  expect(await complete(task, operator('li'), { updateId })).toEqual(first);
});

test('of two approvers at once one decides and the other is refused', async () => {
  const task = await asked('race');
  const people = ['li', 'zhao'];
  const answers = await Promise.all(people.map((person) => refusalOf(complete(task, operator(person)))));
  expect([...answers].sort()).toEqual(['TASK_NOT_OPEN', 'accepted']);
  const decided = (await handle(task.workflowId).result()) as { by: { person: string } };
  expect(decided.by.person).toBe(people[answers.indexOf('accepted')]);
  const { rowCount } = await stage.pool.query('select 1 from approvals where task_id = $1', [task.taskId]);
  expect(rowCount).toBe(1);
});

test('what the maker recalled cannot be approved any more', async () => {
  const task = await asked('recall');
  expect(await recall(task, 'wang')).toMatchObject({ outcome: { result: 'recalled', reason: TYPED } });
  expect(await handle(task.workflowId).result()).toMatchObject({ decision: 'recalled', by: { person: 'wang' } });
  const again = await asked('recall');
  // The same key is the same task for ever: a later run is answered with the recall.
  expect(again.taskId).toBe(task.taskId);
});

test('one desk holds many tasks, and a withdrawn one says so', async () => {
  await stage.start('manyTasks', 'manyTasks:1', { key: 'many', count: 4 });
  await stage.advance(START);
  const { rows } = await stage.pool.query<{ task_id: string }>(
    `select task_id::text from tasks where workflow_id = 'manyTasks:1' order by tasks.task_id`,
  );
  const ids = rows.map(({ task_id: id }) => id);
  expect(ids).toHaveLength(4);
  for (const taskId of ids.slice(0, 3)) {
    const answer = await complete({ workflowId: 'manyTasks:1', taskId }, operator('li'), {
      revision: 1,
      form: { answer: taskId },
    });
    expect(answer.outcome).toMatchObject({ result: 'completed', form: { answer: TYPED } });
    if (taskId !== ids[2]) {
      expect(await refusalOf(complete({ workflowId: 'manyTasks:1', taskId }, operator('li'), { revision: 1 }))).toBe(
        'TASK_NOT_OPEN',
      );
    }
  }
  expect(await handle('manyTasks:1').result()).toEqual(['completed', 'completed', 'completed', 'withdrawn']);
});

test('a task that others do now is answered by them, and by nobody of those before', async () => {
  const workflowId = 'manyTasks:passed-up';
  await stage.start('manyTasks', workflowId, { key: 'passed-up', count: 2 });
  await stage.advance(START);
  const { rows } = await stage.pool.query<{ task_id: string }>(
    `select task_id::text from tasks where workflow_id = $1 order by tasks.task_id`,
    [workflowId],
  );
  const taskId = rows[0]?.task_id ?? 'none';
  await enterPeople(stage.pool, [{ person: 'qian', role: 'finance', side: 'client' }]);
  await stage.pool.query(`update tasks set role = 'finance' where task_id = $1`, [taskId]);
  await handle(workflowId).signal(taskPassedUp, taskId, 'finance');
  const given = { revision: 1, form: { answer: 'done' } };
  const task = { workflowId, taskId };
  expect(await refusalOf(complete(task, operator('li'), given))).toBe('ROLE_MISSING');
  const { outcome } = await complete(task, { person: 'qian', role: 'finance' }, given);
  expect(outcome).toMatchObject({ result: 'completed', by: { person: 'qian', role: 'finance' } });
  expect(await handle(workflowId).result()).toEqual(['completed', 'withdrawn']);
});

test('supervisors see what is waited for: details, stage, role and due time', async () => {
  const task = await asked('seen');
  const { searchAttributes } = await handle(task.workflowId).describe();
  expect(searchAttributes).toMatchObject({
    Stage: ['awaiting approval'],
    AssigneeRole: ['operations'],
    DueAt: [new Date('2025-06-23T01:15:00.000Z')],
  });
  const details = await handle(task.workflowId).query<{ currentDetails: string }>('__temporal_workflow_metadata');
  expect(details.currentDetails).toContain(
    '| operations (client) | 复核划付指令 approve the funding order |  | 06-23 09:15 |',
  );
  await complete(task, operator('li'));
});

test('a task whose time is over while it is being opened is withdrawn as soon as it is there', async () => {
  await stage.start('overtaken', 'overtaken', { key: 'overtaken' });
  expect(await handle('overtaken').result()).toBe('withdrawn');
  const { events } = await handle('overtaken').fetchHistory();
  expect((events ?? []).filter((event) => Boolean(event.workflowTaskFailedEventAttributes))).toEqual([]);
});
