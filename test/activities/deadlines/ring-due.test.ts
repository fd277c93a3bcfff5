/** Rungs that nobody's process has rung in its time are rung beside them: each once, whoever comes first, and none too early. */
import { loadReference } from '../../../activities/books/load-reference';
import { inTransaction } from '../../../activities/database/transaction';
import { meetDeadline } from '../../../activities/deadlines/end-deadline';
import { openDeadline } from '../../../activities/deadlines/open-deadline';
import { recordRungs } from '../../../activities/ladders/record-rungs';
import { ringDue } from '../../../activities/ladders/ring-due';
import { queueSignal } from '../../../activities/outbox/queue-message';
import { openTask } from '../../../activities/tasks/open-task';
import { openDatabase, type TestDatabase } from '../../support/database';

const at = (wall: string) => new Date(`${wall}+08:00`).toISOString();
/** Received at 10:00, to be done by 12:00 of the same day: half of it has run at 11:00, four fifths at 11:36. */
const RECEIVED = at('2026-03-16T10:00:00');
const MINUTES = 60;

let book: TestDatabase;
let count = 0;
beforeAll(async () => {
  book = await openDatabase('ring-due');
  await book.pool.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('ring-due', 'test', 'manual', $1)`,
    [RECEIVED],
  );
  await loadReference(book.pool);
});
afterAll(() => book.close());
/** What an earlier test left open is not rung in the next. */
beforeEach(async () => {
  await clockTo('10:00:00');
  await book.pool.query(
    `update deadlines set ended_as = 'withdrawn', ended_at = now(), ended_by = 'x' where ended_at is null`,
  );
});

const clockTo = (time: string) => book.pool.query('update business_clock set now = $1', [at(`2026-03-16T${time}`)]);
const ring = () => ringDue(book, MINUTES);

async function given() {
  const key = `due:${(count += 1)}`;
  const climbed = await openDeadline(book)({
    businessKey: key,
    workflowId: `complaint:${count}`,
    process: 'complaint',
    step: 'answer',
    subject: `C-${count}`,
    side: 'client',
    owner: { role: 'service' },
    ladder: 'PROMISE',
    limit: { kind: 'CLOCK_TIME', n: 0, time: '12:00' },
    receivedAt: RECEIVED,
  });
  return { key, workflowId: `complaint:${count}`, climbed };
}

const rungsOf = async (key: string): Promise<readonly unknown[]> => {
  const { rows } = await book.pool.query<{ rung: number; state: string; done_by: string; late: string }>(
    `select rung, state, done_by, extract(epoch from done_at - due_at)::int::text as late from ladder_rungs where subject = $1 order by rung`,
    [key],
  );
  return rows.map(({ rung, state, done_by, late }) => `${rung} ${state} by ${done_by} after ${late} s`);
};
const stateOf = async (key: string) => {
  const { rows } = await book.pool.query(
    'select state, breached_at is not null as breached from deadlines where business_key = $1',
    [key],
  );
  return rows[0] as unknown;
};
const toldOf = async (workflowId: string) => {
  const { rows } = await book.pool.query<{ told: string }>(
    `select concat_ws(' ', facts ->> 'rung', recipient_role, recipient_mark, side) as told from outbox
      where workflow_id = $1 and kind = 'notice' order by message_id`,
    [workflowId],
  );
  return rows.map(({ told }) => told);
};

it('rings each rung five seconds after it was due, tells its audience, breaches with the last, and leaves an audit row of each', async () => {
  const { key, workflowId } = await given();
  await clockTo('11:00:04');
  expect(await ring()).toBe(0);
  await clockTo('11:00:05');
  expect(await ring()).toBe(1);
  expect(await ring()).toBe(0);
  expect(await toldOf(workflowId)).toEqual(['1 service client']);
  await clockTo('12:00:07');
  expect(await ring()).toBe(2);
  expect(await rungsOf(key)).toEqual([
    '1 acted by southbound after 5 s',
    `2 acted by southbound after ${24 * 60 + 7} s`,
    '3 escalated by southbound after 7 s',
  ]);
  expect(await toldOf(workflowId)).toEqual([
    '1 service client',
    '2 service head client',
    '3 service client',
    '3 compliance client',
  ]);
  expect(await stateOf(key)).toEqual({ state: 'breached', breached: true });
  const { rows } = await book.pool.query(
    `select action, object_id from audit where workflow_id = $1 and object_type = 'ladder rung' order by seq`,
    [workflowId],
  );
  expect(rows).toEqual([
    { action: 'ladder rung acted', object_id: `PROMISE:${key}:1` },
    { action: 'ladder rung acted', object_id: `PROMISE:${key}:2` },
    { action: 'ladder rung escalated', object_id: `PROMISE:${key}:3` },
  ]);
});

it('a process that comes later finds its rungs recorded, and goes on: nobody is told twice', async () => {
  const { key, workflowId, climbed } = await given();
  await clockTo('12:00:05');
  expect(await ring()).toBe(3);
  const late = { workflowId, ladder: 'PROMISE', subject: key, promise: { businessKey: key, revision: 1 } };
  for (const { condition: _, ...rung } of climbed.rungs) {
    const state = rung.rung === 3 ? ('escalated' as const) : ('acted' as const);
    expect(await recordRungs(book)({ ...late, rungs: [{ ...rung, state, doneBy: 'southbound' }] })).toEqual({
      recorded: 0,
    });
  }
  expect(await toldOf(workflowId)).toHaveLength(4);
});

it('what was done in time is met, also where the process says so only after the last rung rang: no breach', async () => {
  const { key } = await given();
  await clockTo('12:00:05');
  await ring();
  await meetDeadline(book)({ businessKey: key, by: 'li', at: at('2026-03-16T11:59:59') });
  expect(await stateOf(key)).toEqual({ state: 'met', breached: false });
});

it.each<[string, (workflowId: string) => Promise<unknown>]>([
  [
    'a message to it is under way',
    (workflowId) =>
      inTransaction(book.pool, (sql) => queueSignal(sql, { key: `x:${workflowId}`, workflowId, signal: 'looked' })),
  ],
  [
    'a task of it was decided a moment ago',
    async (workflowId) => {
      const { taskId } = await openTask(book)({
        businessKey: `t:${workflowId}`,
        workflowId,
        kind: 'look-at-it',
        titleZh: '查看',
        titleEn: 'look at it',
        role: 'service',
        form: { type: 'object' },
        formVersion: 1,
        facts: {},
        revision: 1,
      });
      await book.pool.query(`update tasks set state = 'done', done_at = $2 where task_id = $1`, [
        taskId,
        at('2026-03-16T11:00:01'),
      ]);
    },
  ],
])('leaves the process half a minute where %s', async (_, happens) => {
  const { workflowId } = await given();
  await clockTo('11:00:00');
  await happens(workflowId);
  await clockTo('11:00:29');
  expect(await ring()).toBe(0);
  await clockTo('11:00:30');
  expect(await ring()).toBe(1);
});

it('rings nothing of a promise that has ended, or that was due before it looks', async () => {
  const ended = await given();
  await meetDeadline(book)({ businessKey: ended.key, by: 'li', at: RECEIVED });
  await clockTo('11:30:00');
  const before = await ring();
  await given();
  // Half of the time had run thirty minutes ago: whoever looks back ten does not see it.
  expect([before, await ringDue(book, 10)]).toEqual([0, 0]);
});

it('two at once over sixty promises: each rung once', async () => {
  for (let promise = 0; promise < 60; promise += 1) await given();
  await clockTo('12:00:05');
  const rung = await Promise.all([ring(), ring(), ring()]);
  expect(rung.reduce((sum, of) => sum + of, 0)).toBe(180);
  const { rows } = await book.pool.query<{ rungs: number; told: number }>(
    `select (select count(*)::int from ladder_rungs l where l.workflow_id = any($1)) as rungs,
            (select count(*)::int from outbox o where o.workflow_id = any($1)) as told`,
    [Array.from({ length: 60 }, (_, place) => `complaint:${count - place}`)],
  );
  expect(rows).toEqual([{ rungs: 180, told: 240 }]);
});
