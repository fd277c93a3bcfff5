/** Promises of processes: rungs ring at shares of the span, clocks stand, time is extended, calendars are corrected. */
import { randomUUID } from 'node:crypto';
import { loadCalendarVersion } from '../../../activities/calendar/correct-calendar';
import { inTransaction } from '../../../activities/database/transaction';
import type { CalendarDay } from '../../../activities/calendar/calendar-versions';
import { planFunding } from '../../../activities/settlement/plan-funding';
import { openPool } from '../../../prisma/pool';
import { planChanged } from '../../../workflows/messages/settlement-day';
import { closeProcesses } from '../../../activities/intake/close-processes';
import { loadReference } from '../../../activities/books/load-reference';
import { parseBusinessDate as d } from '../../../domain/calendar/business-date';
import { completeTask } from '../../../workflows/messages/tasks';
import { queueNotice } from '../../../activities/outbox/queue-notice';
import { dispatchSignals } from '../../../activities/intake/dispatch-signals';
import { untilAtRest } from '../../../activities/intake/clock/until-at-rest';
import { isRecording, keepHistory } from '../../support/kept-history';
import { enterPeople } from '../../support/people';
import { httpBank } from '../../../adapters/bank/http-bank';
import { onStage, type OnStage } from '../../simulators/stage';
import { wayOfProduct } from '../../support/message-plans';
import { loadTexts, openStoryStage, type StoryStage } from '../../support/story-stage';
import {
  answered,
  batchesOver,
  extend,
  fundedAs,
  orderApproved,
  over,
  resume,
  stop,
  type Promised,
} from './promised-story';
import { formSent, readable } from '../../support/typed-texts';
import { toldMessages } from '../../support/told';
import { eventually, untilTrue } from '../../support/eventually';
import { untilWaiting } from '../../support/waiting-for-locks';

const at = (wall: string) => new Date(`${wall}:00+08:00`).toISOString();
const wall = (instant: string) =>
  new Date(Date.parse(instant) + 8 * 3_600_000).toISOString().slice(5, 16).replace('T', ' ');

let stage: StoryStage;
let banks: { readonly first: OnStage; readonly second: OnStage };
let week = 0;
beforeAll(async () => {
  const [first, second, clearingHouse] = await Promise.all([
    onStage('bank', { from: '2025-06-26' }),
    onStage('emergency-bank', { from: '2025-06-26' }),
    onStage('clearing-house', { from: '2025-06-26' }),
  ]);
  banks = { first, second };
  stage = await openStoryStage({
    bankUrl: first.url(),
    emergencyBankUrl: second.url(),
    ccnetUrl: clearingHouse.url(),
    name: 'promises',
    workflowsPath: require.resolve('./promised-story'),
    mode: 'manual',
    now: at('2026-03-09T10:00'),
    prepare: async (pool) => {
      // By the product's plans each alarm of these ladders would end as a task of its own.
      await loadTexts(pool);
      await loadReference(pool);
      await enterPeople(pool, [
        { person: 'wang', role: 'operations', side: 'client', mark: 'head' },
        { person: 'li', role: 'operations', side: 'client' },
        { person: 'zhao', role: 'operations', side: 'client' },
        { person: 'chen', role: 'service' },
      ]);
    },
  });
});
afterAll(() => stage.close());

/** The week of a test, so that tests share one book: its Monday 10:00 is receipt. No holiday lies in weeks 0 to 3. */
const inWeek = (day: number, time: string) => {
  const date = new Date(Date.UTC(2026, 2, 9 + 7 * week + day)).toISOString().slice(0, 10);
  return at(`${date}T${time}`);
};
const handle = (id: string) => stage.client.workflow.getHandle(id);

/** A promise of three working days from receipt; the clock stands there unless it is later already. */
async function given(change: Partial<Promised> = {}): Promise<string> {
  const key = `answer:${week}:${randomUUID().slice(0, 8)}`;
  const promise = { key, receivedAt: inWeek(0, '10:00'), limit: { kind: 'BUSINESS_DAYS' as const, n: 3 }, ...change };
  const { rows } = await stage.pool.query<{ now: string }>('select now from business_clock');
  if ((rows[0]?.now ?? '') < inWeek(0, '10:00')) await stage.advance(inWeek(0, '10:00'));
  await stage.start('promised', key, promise);
  return key;
}

const rungsOf = async (key: string) => {
  const { rows } = await stage.pool.query<{
    rung: number;
    round: number;
    state: string;
    done_at: string;
    done_by: string;
  }>('select rung, round, state, done_at, done_by from ladder_rungs where workflow_id = $1 order by done_at, rung', [
    key,
  ]);
  return rows.map((row) => `${row.rung} ${row.state} ${wall(row.done_at)} ${row.done_by}`);
};
const stateOf = async (key: string) => {
  const { rows } = await stage.pool.query<{ state: string; due_at: string }>(
    'select state, due_at from deadlines where business_key = $1',
    [key],
  );
  return `${rows[0]?.state} ${wall(rows[0]?.due_at ?? '')}`;
};
const noticesOf = async (key: string) => {
  const { rows } = await stage.pool.query<{ severity: string; role: string; mark: string | null }>(
    `select severity, recipient_role as role, recipient_mark as mark from outbox
      where workflow_id = $1 and kind = 'notice' order by message_id`,
    [key],
  );
  return rows.map(({ severity, role, mark }) => [severity, role, ...(mark === null ? [] : [mark])].join(' '));
};

test('nothing done: half, four fifths and the end ring; it is breached, goes on, and is met late', async () => {
  const key = await given();
  await stage.advance(inWeek(3, '17:30'));
  expect(await rungsOf(key)).toEqual([
    '1 acted 03-11 09:30 southbound',
    '2 acted 03-12 10:54 southbound',
    '3 escalated 03-12 17:30 southbound',
  ]);
  expect(await noticesOf(key)).toEqual([
    'info operations',
    'warning operations head',
    'critical operations',
    'critical compliance',
  ]);
  expect(await stateOf(key)).toBe('breached 03-12 17:30');
  const { status, typedSearchAttributes } = await handle(key).describe();
  const breached = typedSearchAttributes.getAll().find((pair) => pair.key.name === 'Breached')?.value;
  expect([status.name, breached]).toEqual(['RUNNING', true]);
  await handle(key).signal(answered, 'li', inWeek(4, '09:00'));
  expect(await handle(key).result()).toEqual(['met late']);
  expect(await stateOf(key)).toBe('met late 03-12 17:30');
});

test('done between the rungs: the rest is met, nobody else is told', async () => {
  week = 1;
  const key = await given();
  await stage.advance(inWeek(2, '12:00'));
  await handle(key).signal(answered, 'li', inWeek(2, '12:00'));
  expect(await handle(key).result()).toEqual(['met']);
  expect(await rungsOf(key)).toEqual([
    '1 acted 03-18 09:30 southbound',
    '2 met 03-18 12:00 li',
    '3 met 03-18 12:00 li',
  ]);
  expect(await noticesOf(key)).toEqual(['info operations']);
  expect(await stateOf(key)).toBe('met 03-19 17:30');
});

test('its purpose gone, it is withdrawn and rings no more', async () => {
  const key = await given({ receivedAt: inWeek(2, '12:00') });
  await handle(key).signal(over, 'the complaint was taken back');
  expect(await handle(key).result()).toEqual(['withdrawn']);
  expect(await rungsOf(key)).toEqual([]);
});

test('a stopped clock: nothing rings while it stands, then everything later by what it stood (case 13)', async () => {
  week = 2;
  const key = await given();
  await stage.advance(inWeek(1, '16:00'));
  await handle(key).signal(stop, '等待客户补充材料');
  await stage.advance(inWeek(4, '10:00'));
  expect(await rungsOf(key)).toEqual([]);
  await handle(key).signal(resume);
  await stage.advance(inWeek(8, '11:30'));
  // Case 13 of the published table, a week later: 20 March 12:00, 23 March 13:24, 24 March 11:30.
  expect(await rungsOf(key)).toEqual([
    '1 acted 03-27 12:00 southbound',
    '2 acted 03-30 13:24 southbound',
    '3 escalated 03-31 11:30 southbound',
  ]);
  await handle(key).signal(answered, 'li', inWeek(8, '12:00'));
  expect(await handle(key).result()).toEqual(['met late']);
});

test('more time: approved by a second person it moves the end; undecided it lapses at the limit', async () => {
  week = 5; // Monday 13 April 2026
  const [extended, lapsed] = [await given(), await given()];
  await stage.advance(inWeek(2, '15:00'));
  for (const key of [extended, lapsed]) await handle(key).signal(extend, 2);
  await stage.advance(inWeek(2, '15:00'));
  const { rows } = await stage.pool.query<{ task_id: string; workflow_id: string }>(
    `select t.task_id::text, t.workflow_id from tasks t join deadline_extensions e on t.subject_id = e.extension_id::text
       join deadlines d using (deadline_id) where t.subject_kind = 'deadline extension' and d.business_key = $1`,
    [extended],
  );
  const decide = async (person: string) =>
    handle(rows[0]?.workflow_id ?? '').executeUpdate(completeTask, {
      args: [
        {
          taskId: rows[0]?.task_id ?? 'none',
          revision: 1,
          form: await formSent(stage.pool, rows[0]?.task_id ?? '', { decision: 'approve', reason: '同意延期' }),
          actor: { person, role: 'operations' },
          requestId: 'r',
          at: inWeek(2, '15:00'),
        },
      ],
      updateId: randomUUID(),
    });
  await expect(decide('li')).rejects.toMatchObject({ cause: { type: 'SAME_PERSON' } });
  // By the terms it is for the head of those who owe it.
  await expect(decide('zhao')).rejects.toMatchObject({ cause: { type: 'ROLE_MISSING' } });
  await decide('wang');
  await stage.advance(inWeek(3, '17:30'));
  expect([await stateOf(extended), await stateOf(lapsed)]).toEqual(['running 04-20 17:30', 'breached 04-16 17:30']);
  // After the limit it is refused by its code.
  await handle(lapsed).signal(extend, 1);
  await stage.advance(inWeek(7, '17:30'));
  expect(await rungsOf(extended)).toEqual([
    '1 acted 04-15 09:30 southbound',
    // Half of the longer span lies ahead again: 25 of 50 hours of the desk.
    '1 acted 04-16 09:30 southbound',
    '2 acted 04-17 16:00 southbound',
    '3 escalated 04-20 17:30 southbound',
  ]);
  for (const key of [extended, lapsed]) await handle(key).signal(answered, 'li', inWeek(7, '18:00'));
  expect(await handle(extended).result()).toEqual(['met late']);
  expect(await handle(lapsed).result()).toEqual(['met late', 'EXTENSION_AFTER_LIMIT']);
  const { rows: extensions } = await stage.pool.query(
    `select e.state, e.asked_by, e.decided_by, t.state as task
       from deadline_extensions e join tasks t on t.subject_id = e.extension_id::text order by e.state`,
  );
  expect(extensions).toEqual([
    { state: 'approved', asked_by: 'li', decided_by: 'wang', task: 'done' },
    { state: 'lapsed', asked_by: 'li', decided_by: null, task: 'withdrawn' },
  ]);
});

test('a promise that ends while its process is about to ask for more time: nobody is asked any more', async () => {
  week = 7; // Monday 27 April 2026
  const key = await given();
  const owner = openPool(stage.book.ownerUrl, 1);
  const holding = await owner.connect();
  await holding.query('begin');
  // What is asked for is read, and whom it is asked of is not known yet.
  await holding.query('lock table approval_terms in access exclusive mode');
  await handle(key).signal(extend, 2);
  const extensionId = await eventually(async () => {
    const { rows } = await stage.pool.query<{ id: string }>(
      `select extension_id::text as id from deadline_extensions join deadlines using (deadline_id) where business_key = $1`,
      [key],
    );
    return rows[0]?.id;
  });
  await dispatchSignals(stage.intake);
  await untilWaiting(holding, 1);
  await handle(key).signal(answered, 'li', inWeek(0, '10:00'));
  expect(await handle(key).result()).toEqual(['met']);
  await dispatchSignals(stage.intake);
  await holding.query('rollback');
  holding.release();
  await owner.end();
  const asked = await eventually(async () => {
    const { rows } = await stage.pool.query<{ state: string }>('select state from tasks where workflow_id = $1', [
      `deadline-extension:${extensionId}`,
    ]);
    return rows[0]?.state === 'withdrawn' ? rows : undefined;
  }, 15);
  expect(asked).toEqual([{ state: 'withdrawn' }]);
});

test('a corrected calendar: the process is told and rings at the new instants; a breach that moved away was none', async () => {
  week = 10; // Monday 18 May 2026
  const [running, breached] = [await given(), await given({ receivedAt: inWeek(-4, '10:00') })];
  await stage.advance(inWeek(1, '17:30'));
  // Received on Thursday 14 May: due on Tuesday 19 May.
  expect(await stateOf(breached)).toBe('breached 05-19 17:30');
  const { rows } = await stage.pool.query<CalendarDay>(
    `select day as date, kind, reason, source from calendar_days where calendar = 'CIVIL' and version = 1`,
  );
  const typhoon = { date: d('2026-05-19'), kind: 'CLOSED' as const, reason: '台风 typhoon', source: 'notice' };
  const corrected = await inTransaction(stage.pool, (sql) =>
    loadCalendarVersion(sql, {
      calendar: 'CIVIL',
      knownFrom: d('2024-01-01'),
      knownTo: d('2026-12-31'),
      days: [...rows, typhoon],
      source: 'notice',
      by: 'supervisor-1',
      reason: '临时放假',
    }),
  );
  expect(corrected).toEqual({ version: 2, open: 2, moved: 2 });
  await stage.advance(inWeek(4, '17:30'));
  expect(await rungsOf(running)).toEqual([
    '1 acted 05-21 09:30 southbound',
    '2 acted 05-22 10:54 southbound',
    '3 escalated 05-22 17:30 southbound',
  ]);
  const again = (await rungsOf(breached)).filter((line) => line.startsWith('3'));
  expect(again).toEqual(['3 escalated 05-19 17:30 southbound', '3 escalated 05-20 17:30 southbound']);
  for (const key of [running, breached]) await handle(key).signal(answered, 'li', inWeek(4, '18:00'));
  expect(await handle(breached).result()).toEqual(['met late']);
});

test('a process that is terminated leaves nothing behind in silence; started again it takes both up', async () => {
  week = 11; // Monday 25 May 2026
  const key = await given({ asks: true });
  await handle(key).signal(extend, 1);
  await stage.advance(inWeek(0, '11:00'));
  await handle(key).terminate('by hand');
  await stage.advance(inWeek(0, '11:30'));
  const read = async () => {
    const { rows } = await stage.pool.query<Record<string, unknown>>(
      `select p.closed, p.ended, p.runs, d.state, t.state as task, t.outcome ->> 'cause' as cause,
              (select e.state from deadline_extensions e where e.deadline_id = d.deadline_id) as extension
         from processes p join deadlines d using (workflow_id) join tasks t using (workflow_id) where workflow_id = $1`,
      [key],
    );
    return rows[0];
  };
  expect(await read()).toEqual({
    closed: true,
    ended: 'terminated',
    runs: 1,
    state: 'abandoned',
    task: 'withdrawn',
    cause: '流程已被终止 the process was terminated',
    extension: 'lapsed',
  });
  const told = await toldMessages(stage.pool, `workflow_id = $1 and template = 'PROCESS_ENDED'`, key);
  expect(told.map(({ severity, recipient_role: to, text }) => ({ severity, to, text: text.en }))).toEqual([
    {
      severity: 'critical',
      to: 'supervisor',
      text: `The process ${key} was terminated: 1 tasks were taken off the lists, 1 promises are owed by nobody. Decide whether to start it again.`,
    },
  ]);
  const { rows: audit } = await stage.pool.query(
    `select action, reason from audit where object_type = 'deadline' and object_id = $1 order by seq desc limit 1`,
    [key],
  );
  expect(audit).toEqual([{ action: 'deadline abandoned', reason: '流程已被终止 the process was terminated' }]);

  await stage.start('promised', key, {
    key,
    receivedAt: inWeek(0, '10:00'),
    limit: { kind: 'BUSINESS_DAYS', n: 3 },
    asks: true,
  });
  await stage.advance(inWeek(2, '12:00'));
  expect(await read()).toMatchObject({ closed: false, ended: null, runs: 2, state: 'running', task: 'open' });
  expect(await rungsOf(key)).toEqual(['1 acted 05-27 09:30 southbound']);
  // Whoever saw the first run end closes no other.
  await closeProcesses(stage.pool, [{ workflowId: key, runs: 1, how: 'terminated' }]);
  expect(await read()).toMatchObject({ closed: false, state: 'running' });
  await handle(key).signal(answered, 'li', inWeek(2, '12:00'));
  expect(await handle(key).result()).toEqual(['met']);
});

test('many due in the same minute: none is lost, none rings twice', async () => {
  week = 12; // Monday 1 June 2026
  const COUNT = 60;
  await stage.advance(inWeek(0, '10:00'));
  const keys = Array.from({ length: COUNT }, (_, place) => `crowd:${place}`);
  for (let from = 0; from < COUNT; from += 30) {
    await Promise.all(
      keys.slice(from, from + 30).map((key) =>
        stage.start('promised', key, {
          key,
          receivedAt: inWeek(0, '10:00'),
          limit: { kind: 'BUSINESS_HOURS', n: 1 },
        }),
      ),
    );
  }
  await stage.advance(inWeek(0, '11:00'));
  const { rows } = await stage.pool.query<Record<string, number>>(
    `select count(*)::int as rungs, count(distinct (subject, rung))::int as distinct_rungs, count(distinct subject)::int as promises,
            count(*) filter (where state = 'escalated')::int as escalated, count(*) filter (where done_at < due_at)::int as early
       from ladder_rungs where subject like 'crowd:%'`,
  );
  expect(rows[0]).toEqual({ rungs: 3 * COUNT, distinct_rungs: 3 * COUNT, promises: COUNT, escalated: COUNT, early: 0 });
  const { rows: told } = await stage.pool.query<{ notices: number }>(
    `select count(*)::int as notices from outbox where kind = 'notice' and workflow_id like 'crowd:%'`,
  );
  // The owner, its head, the owner and compliance.
  expect(told[0]?.notices).toBe(4 * COUNT);
});

test.each<
  [
    string,
    readonly [string, 'plan ready' | 'order approved' | 'money in reserve' | 'over'][],
    readonly string[],
    string,
  ]
>([
  [
    'in time: rungs that were reached are met by who reached them',
    [
      ['08:20', 'plan ready'],
      ['09:20', 'order approved'],
      ['09:50', 'money in reserve'],
    ],
    ['1 met southbound', '2 acted southbound', '3 met wang', '4 met wang', '5 met wang'],
    'met, ended 09:50, withdrawn tasks 0',
  ],
  [
    'late: the alarm, the emergency channel offered, then the money',
    [
      ['08:20', 'plan ready'],
      ['09:10', 'order approved'],
      ['10:20', 'money in reserve'],
    ],
    ['1 met southbound', '2 met wang', '3 met wang', '4 met wang', '5 escalated southbound'],
    'met late, breached 10:00, ended 10:20, withdrawn tasks 1',
  ],
  [
    'never: the breach stays a breach',
    [['18:00', 'over']],
    ['1 acted southbound', '2 acted southbound', '3 acted southbound', '4 acted southbound', '5 escalated southbound'],
    'withdrawn, breached 10:00, ended 18:00, withdrawn tasks 1',
  ],
])('the funding of a settlement day, %s', async (_why, happens, rungs, ended) => {
  week += 1;
  const date = inWeek(0, '08:00').slice(0, 10);
  const workflowId = `funding:${date}`;
  await stage.advance(inWeek(0, '08:00'));
  await stage.start('funding', workflowId, { businessDate: date });
  for (const [time, what] of happens) {
    await stage.advance(inWeek(0, time));
    if (what === 'over') await handle(workflowId).signal(batchesOver);
    else await handle(workflowId).signal(fundedAs, what);
  }
  await handle(workflowId).result();
  const { rows: rung } = await stage.pool.query<{ told: string }>(
    `select rung || ' ' || state || ' ' || done_by as told from ladder_rungs where workflow_id = $1 order by rung`,
    [workflowId],
  );
  expect(rung.map(({ told }) => told)).toEqual(rungs);
  const { rows } = await stage.pool.query<{ told: string }>(
    `select concat_ws(', ', d.state, 'breached ' || to_char(d.breached_at at time zone 'Asia/Shanghai', 'HH24:MI'),
                      'ended ' || to_char(d.ended_at at time zone 'Asia/Shanghai', 'HH24:MI'),
                      'withdrawn tasks ' || (select count(*) from tasks t where t.workflow_id = $1 and t.state = 'withdrawn')) as told
       from deadlines d where d.workflow_id = $1`,
    [workflowId],
  );
  expect(rows).toEqual([{ told: ended }]);
});

test('the emergency channel of a settlement day: the first bank is asked, stopped by the word of the head; the second refuses, then its answer is lost', async () => {
  week += 1;
  const date = inWeek(0, '08:00').slice(0, 10);
  const workflowId = `funding:${date}`;
  const orders = [1, 2].map((nth) => ({
    ...{ orderKey: `fund:SH:${date}:client:${nth}`, kind: 'FUND' as const, revision: nth, amountFen: '100000' },
    ...{ fromAccount: '6200000000000000001', toAccount: 'HKB0000001' },
  }));
  await stage.pool.query(
    `insert into broker_accounts values ('6200000000000000001', 'SH', 'bank', 'client'), ('HKB0000001', 'SH', 'reserve', 'client') on conflict do nothing`,
  );
  const { rows: drafted } = await stage.pool.query<{ orderId: string }>(
    `insert into orders (business_key, channel, business_date, side, kind, revision, amount_fen, from_account, to_account, state, made_by, approved_by, approved_at)
     select o ->> 'orderKey', 'SH', $2, 'client', 'FUND', (o ->> 'revision')::int, 100000, o ->> 'fromAccount', o ->> 'toAccount', 'approved', 'li', 'zhao',
            business_now() from jsonb_array_elements($1::jsonb) o returning order_id::text as "orderId"`,
    [JSON.stringify(orders), date],
  );
  const [first, second] = orders.map((order, nth) => ({ ...order, orderId: drafted[nth]!.orderId }));
  const rowsOf = async (text: string) => (await stage.pool.query<Record<string, unknown>>(text, [workflowId])).rows;
  const until = (text: string) =>
    eventually(async () => {
      const found = await rowsOf(text);
      return found.length > 0 ? found : undefined;
    });
  const offered = async (nth: string) =>
    (
      await until(
        `select task_id::text as id, facts ->> 'atFirstBank' as says from tasks
       where workflow_id = $1 and kind = 'emergency-channel' and state = 'open' and business_key like '%client${nth}'`,
      )
    )[0] as { id: string; says: string | null };
  const click = async (taskId: string, more: object = {}) =>
    handle(workflowId).executeUpdate(completeTask, {
      args: [
        {
          ...{
            taskId,
            revision: 1,
            actor: { person: 'wang', role: 'operations' },
            requestId: 'r',
            at: inWeek(0, '10:00'),
          },
          form: await formSent(stage.pool, taskId, { decision: 'approve', reason: 'the bank says so', ...more }),
        },
      ],
      updateId: randomUUID(),
    });
  const knows = async (bank: OnStage, orderKey: string) => (await bank.get(`/transfers/${orderKey}`)).body['state'];

  // The first bank has taken the order, and nothing comes.
  const { orderKey, fromAccount, toAccount } = first!;
  const sent = { orderKey, fromAccount, toAccount, amount: '1000.00', purpose: '划入备付金' };
  expect(await httpBank(banks.first.url()).sendTransfer(sent)).toMatchObject({ outcome: 'accepted' });
  await stage.advance(inWeek(0, '08:00'));
  await stage.start('funding', workflowId, { businessDate: date });
  await handle(workflowId).signal(orderApproved, first!);
  await stage.advance(inWeek(0, '10:00'));
  expect((await offered('')).says).toBeNull();
  await click((await offered('')).id);
  const again = await offered(':2');
  expect(again.says).toBe('已受理未执行 taken and not carried out');
  expect(await knows(banks.second, first!.orderKey)).toBe('unknown');

  // Told by the bank that it is stopped there, it goes to the second, which turns it away.
  await banks.second.post('/faults', { kind: 'refuse' });
  await click(again.id, { stoppedAtFirstBank: true });
  await until(
    `select 1 from orders where state = 'rejected outside' and business_key = 'fund:SH:' || split_part($1, ':', 2) || ':client:1'`,
  );
  // The next order that two people approved goes there by the same click; the answer is lost, the bank is asked, not sent it again.
  await banks.second.post('/faults', { kind: 'twice' });
  await handle(workflowId).signal(orderApproved, second!);
  await until(
    `select 1 from orders where state = 'sent' and business_key = 'fund:SH:' || split_part($1, ':', 2) || ':client:2'`,
  );
  expect([await knows(banks.first, second!.orderKey), await knows(banks.second, second!.orderKey)]).toEqual([
    'unknown',
    'pending',
  ]);
  expect(
    await rowsOf(`select object_id, after ->> 'atFirstBank' as first from audit where action = 'open the emergency channel'
                  and object_id like 'fund:SH:' || split_part($1, ':', 2) || '%' order by seq`),
  ).toEqual([
    { object_id: first!.orderKey, first: 'stopped' },
    { object_id: second!.orderKey, first: 'unknown' },
  ]);
  await handle(workflowId).signal(fundedAs, 'money in reserve');
  await handle(workflowId).result();
});

describe('telling by telephone what no channel brought', () => {
  const NOTE = '客户王某某请周一再致电 call again on Monday';
  const telephoned = (id: string, outcome: string, wallTime: string) =>
    stage.pool
      .query<{ task_id: string }>('select task_id::text from tasks where workflow_id = $1', [id])
      .then(async ({ rows }) =>
        handle(id).executeUpdate(completeTask, {
          args: [
            {
              taskId: rows[0]?.task_id ?? 'none',
              revision: 1,
              form: await formSent(stage.pool, rows[0]?.task_id ?? '', { outcome, note: NOTE }),
              actor: { person: 'chen', role: 'service' },
              requestId: 'r',
              at: inWeek(0, wallTime),
            },
          ],
          updateId: randomUUID(),
        }),
      );
  const messageOf = async (id: string) => {
    const { rows } = await stage.pool.query<Record<string, unknown>>(
      `select m.state, r.outcome, r.person, r.at from outbox m left join message_receipts r using (message_id)
        where message_id = $1`,
      [id.split(':')[1]],
    );
    return rows[0];
  };
  const record = async (id: string, name: string): Promise<void> => {
    if (isRecording) await keepHistory(stage.client, id, `product/${name}.json`);
  };

  /** Two notices that a client must get: SMS for half an hour, the app for half an hour, then a person. */
  let reached: string;
  let late: string;
  beforeAll(async () => {
    week = 17; // Monday 6 July 2026
    await wayOfProduct(stage.pool, 'client-notice', '2026-07-06');
    await stage.advance(inWeek(0, '10:00'));
    for (const account of ['6000000001', '6000000002']) {
      await queueNotice(stage.pool, {
        key: `overdraft:${account}`,
        severity: 'warning',
        side: 'client',
        branch: '1001',
        recipientRef: `fund-account:${account}`,
        template: 'OVERDRAFT',
        facts: { date: '2026-07-06' },
      });
    }
    await untilAtRest(stage.intake, { seconds: 150 });
    for (const time of ['10:30', '11:00']) await stage.advance(inWeek(0, time));
    const { rows } = await stage.pool.query<{ workflow_id: string }>(
      `select workflow_id from processes where type = 'telephoneNotice' order by workflow_id`,
    );
    [reached = '', late = ''] = rows.map(({ workflow_id: id }) => id);
    expect(rows).toHaveLength(2);
  });

  test('is promised within four working hours from the moment it was handed over, and says so on the task', async () => {
    const { rows } = await stage.pool.query(
      `select t.role, t.side, t.branch, t.due_at as due, t.facts, d.received_at as received, d.state, d.owner_role as owner
         from tasks t join deadlines d using (workflow_id) where t.workflow_id = $1`,
      [reached],
    );
    // 11:00 and four hours of a desk that is open from 9:00 to 17:30.
    expect(rows).toEqual([
      {
        role: 'service',
        side: 'client',
        branch: '1001',
        due: inWeek(0, '15:00'),
        received: inWeek(0, '11:00'),
        state: 'running',
        owner: 'service',
        facts: {
          message: reached.split(':')[1],
          recipient: 'fund-account:6000000001',
          text: `/v1/messages/${reached.split(':')[1]}/content`,
        },
      },
    ]);
  });

  test('reached in time: proof of notice, the rest of the ladder is met', async () => {
    await stage.advance(inWeek(0, '14:00'));
    await telephoned(reached, 'reached', '14:00');
    await handle(reached).result();
    expect(await rungsOf(reached)).toEqual([
      '1 acted 07-06 13:00 southbound',
      '2 met 07-06 14:00 chen',
      '3 met 07-06 14:00 chen',
    ]);
    expect(await noticesOf(reached)).toEqual(['info service']);
    expect(await stateOf(reached)).toBe('met 07-06 15:00');
    expect(await messageOf(reached)).toEqual({
      state: 'delivered',
      outcome: 'reached',
      person: 'chen',
      at: inWeek(0, '14:00'),
    });
    await record(reached, 'telephone-notice-reached');
  });

  test('nobody telephones: compliance is told when it is due, the task stays, and what comes later is late', async () => {
    await stage.advance(inWeek(0, '16:00'));
    expect(await noticesOf(late)).toEqual([
      'info service',
      'warning service head',
      'critical service',
      'critical compliance',
    ]);
    expect(await stateOf(late)).toBe('breached 07-06 15:00');
    expect((await handle(late).describe()).status.name).toBe('RUNNING');
    await telephoned(late, 'not reached', '16:00');
    await handle(late).result();
    expect(await stateOf(late)).toBe('met late 07-06 15:00');
    expect(await messageOf(late)).toEqual({
      state: 'not reached',
      outcome: 'not reached',
      person: 'chen',
      at: inWeek(0, '16:00'),
    });
    await record(late, 'telephone-notice-late');
  });

  test('the history holds neither the text of the message nor anything else of the client', async () => {
    const [told] = await toldMessages(stage.pool, 'message_id = $1', reached.split(':')[1]);
    expect(told?.text.zh).toContain('2026-07-06');
    const history = readable(await handle(reached).fetchHistory());
    expect(history).not.toContain(told?.text.zh);
    // Nor what was noted about the call, which is kept with the task.
    expect(history).not.toContain(NOTE);
    const { rows: kept } = await stage.pool.query<{ note: string }>(
      `select outcome -> 'form' ->> 'note' as note from tasks where workflow_id = $1`,
      [reached],
    );
    expect(kept).toEqual([{ note: NOTE }]);
  });
});

describe('the plan of a morning changes', () => {
  /** A Monday whose plan asks for what the risk money of the Friday before comes to, and its story; answers its id. */
  async function begun(payableFen: number): Promise<{ readonly workflowId: string; readonly date: string }> {
    week += 1;
    const date = inWeek(0, '08:00').slice(0, 10);
    const workflowId = `morning:${date}`;
    await stage.advance(inWeek(0, '08:00'));
    await stage.pool.query(
      `insert into broker_accounts values ('6200000000000000001', 'SH', 'bank', 'client'), ('HKB0000001', 'SH', 'reserve', 'client') on conflict do nothing`,
    );
    await stage.pool.query(
      `insert into settlement_days values ('SH', $1::date, $2, 'full', true, $1::date - 3, $1::date + 1, $1::date + 2, $1::date + 1, $1::date + 1, 1, 'x')`,
      [date, workflowId],
    );
    await stage.pool.query(
      `insert into risk_money values ('SH', $1::date - 3, 'client', 0, $2, 'rpf', 0, $2, $1::date, 0, 0, 0)`,
      [date, payableFen],
    );
    await stage.start('morning', workflowId, { businessDate: date });
    return { workflowId, date };
  }
  const nowPayable = (date: string, fen: number) =>
    stage.pool.query(`update risk_money set payable_fen = $2 where business_date = $1::date - 3`, [date, fen]);
  /** The open task of a kind, once there is one. */
  const taskOf = (workflowId: string, kind: string) =>
    eventually(async () => {
      const { rows } = await stage.pool.query<{ id: string; amount: string; revision: number }>(
        `select task_id::text as id, facts ->> 'amount' as amount, revision from tasks where workflow_id = $1 and kind = $2 and state = 'open'`,
        [workflowId, kind],
      );
      return rows[0];
    });
  const done = async (
    workflowId: string,
    taskId: string,
    person: string,
    form: Record<string, unknown>,
    revision = 1,
  ) =>
    handle(workflowId).executeUpdate(completeTask, {
      args: [
        {
          ...{ taskId, revision, actor: { person, role: 'operations' }, requestId: 'r', at: inWeek(0, '08:00') },
          form: await formSent(stage.pool, taskId, form),
        },
      ],
      updateId: randomUUID(),
    });

  test('nothing is needed any more: the draft goes, nobody is told, and no emergency channel is offered', async () => {
    const { workflowId, date } = await begun(100_000);
    expect((await taskOf(workflowId, 'make-funding-order')).amount).toBe('1000.00');
    await nowPayable(date, 0);
    await planFunding(stage)({ channel: 'SH', businessDate: d(date), side: 'client' });
    await stage.advance(inWeek(0, '10:05'));
    const { rows } = await stage.pool.query<{ told: string }>(
      `select 'rung ' || state as told from ladder_rungs where workflow_id = $1
       union select 'promise ' || state from deadlines where workflow_id = $1
       union select 'task ' || kind || ' ' || state from tasks where workflow_id = $1 order by 1`,
      [workflowId],
    );
    expect(rows.map(({ told }) => told)).toEqual(['promise met', 'rung met', 'task make-funding-order withdrawn']);
    await handle(workflowId).signal(batchesOver);
    await handle(workflowId).result();
  });

  test('made and taken back by a smaller plan, and needed again: ordered under the next number, and approved', async () => {
    const { workflowId, date } = await begun(100_000);
    const ordered = async (amount: string) => {
      const made = await taskOf(workflowId, 'make-funding-order');
      expect(made.amount).toBe(amount);
      await done(workflowId, made.id, 'li', { amount }, made.revision);
      return taskOf(workflowId, 'approve-order');
    };
    const approved = ({ id, revision }: { readonly id: string; readonly revision: number }) =>
      done(workflowId, id, 'zhao', { decision: 'approve', reason: 'checked' }, revision);
    const payable = async (fen: number) => {
      await nowPayable(date, fen);
      await handle(workflowId).signal(planChanged, 'client');
    };
    const ordersOf = async () =>
      (
        await stage.pool.query<{ told: string }>(
          `select amount_fen || ' ' || case state when 'withdrawn' then state else 'approved' end as told from orders
           where business_date = $1 and approved_at is not null or business_date = $1 and state = 'withdrawn' order by order_id`,
          [date],
        )
      ).rows.map(({ told }) => told);
    await approved(await ordered('1000.00'));
    await payable(150_000);
    await ordered('500.00');
    await payable(100_000);
    // The rest is not owed any more: nobody makes an order for it.
    await untilTrue(async () => {
      const met = `select from deadlines where workflow_id = $1 and state = 'met'`;
      return (await stage.pool.query(met, [workflowId])).rowCount === 1;
    });
    await payable(150_000);
    const again = await ordered('500.00');
    // Owed anew, by a ladder of its own.
    const { rows: owed } = await stage.pool.query<{ state: string }>(
      'select state from deadlines where workflow_id = $1 order by deadline_id',
      [workflowId],
    );
    expect(owed.map(({ state }) => state)).toEqual(['running', 'met', 'running']);
    await approved(again);
    expect(await ordersOf()).toEqual(['100000 approved', '50000 withdrawn', '50000 approved']);
    await handle(workflowId).signal(batchesOver);
    await handle(workflowId).result();
  });

  test('while its order is being approved: the order goes out as it is, and the rest is ordered beside it; refused by the bank it is made anew after that', async () => {
    const { workflowId, date } = await begun(100_000);
    await banks.first.post('/faults', { kind: 'refuse', status: 503 });
    await done(workflowId, (await taskOf(workflowId, 'make-funding-order')).id, 'li', { amount: '1000.00' });
    const toApprove = await taskOf(workflowId, 'approve-order');
    const owner = openPool(stage.book.ownerUrl, 1);
    const holding = await owner.connect();
    await holding.query('begin');
    await holding.query(`select 1 from orders where business_key = $1 for update`, [`fund:SH:${date}:client:1`]);
    const approved = done(workflowId, toApprove.id, 'zhao', { decision: 'approve', reason: 'checked' });
    await untilWaiting(holding, 1);
    // The plan by the newest lines is another one; the day is told before it knows of the approval.
    await nowPayable(date, 150_000);
    await handle(workflowId).signal(planChanged, 'client');
    await untilWaiting(holding, 2);
    await holding.query('commit');
    holding.release();
    await owner.end();
    expect((await approved).outcome.result).toBe('completed');
    const rest = await taskOf(workflowId, 'make-funding-order');
    expect(rest.amount).toBe('500.00');
    await banks.first.post('/faults', { kind: 'refuse' });
    await untilTrue(async () => {
      const refused = `select from orders where business_key = $1 and state = 'rejected outside'`;
      return (await stage.pool.query(refused, [`fund:SH:${date}:client:1`])).rowCount === 1;
    });
    await banks.first.post('/faults', { kind: 'none' });
    await done(workflowId, rest.id, 'li', { amount: '500.00' }, 2);
    const second = (await taskOf(workflowId, 'approve-order')).id;
    await done(workflowId, second, 'zhao', { decision: 'approve', reason: 'checked' }, 2);
    expect((await taskOf(workflowId, 'make-funding-order')).amount).toBe('1000.00');
    await handle(workflowId).signal(batchesOver);
    await handle(workflowId).result();
  });
});

test('an order that covers a default and stays silent: the emergency channel is offered once the bank was asked again, until the money is in', async () => {
  week += 1;
  const date = inWeek(0, '08:00').slice(0, 10);
  const workflowId = `covering:${date}`;
  await stage.advance(inWeek(0, '08:00'));
  await stage.start('covering', workflowId, { businessDate: date });
  const offers = async () =>
    (
      await stage.pool.query(
        `select facts ->> 'order' as order, mark, state from tasks where workflow_id = $1 and kind = 'emergency-channel'`,
        [workflowId],
      )
    ).rows as unknown[];
  await stage.advance(inWeek(0, '10:40'));
  await handle(workflowId).signal(orderApproved, {
    ...{ orderId: '1', orderKey: `fund:SH:${date}:client:2`, kind: 'FUND', revision: 2, amountFen: '100000' },
    ...{ fromAccount: '6200000000000000001', toAccount: 'HKB0000001' },
  });
  await stage.advance(inWeek(0, '10:59'));
  expect(await offers()).toEqual([]);
  await stage.advance(inWeek(0, '11:00'));
  expect(await offers()).toEqual([{ order: `fund:SH:${date}:client:2`, mark: 'head', state: 'open' }]);
  await handle(workflowId).signal(fundedAs, 'money in reserve');
  await handle(workflowId).result();
  expect(await offers()).toMatchObject([{ state: 'withdrawn' }]);
});
