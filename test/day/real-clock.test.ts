/**
 * A book on real time, with the product's own days: the schedule backfilled over two weeks by the operator's command, days
 * that hold because their files are not there, and go on, in the order of their dates, as the files come.
 *
 * `RECORD_HISTORIES=1 npx jest test/day/real-clock` records days of real time anew for test/workflows/histories; the day that
 * lies ahead is one of the newest calendar.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import type { Pool } from 'pg';
import { askParameterChange } from '../../activities/intake/ask-parameter-change';
import { askStepRequest } from '../../activities/intake/ask-step-request';
import { checkMissedStarts } from '../../activities/intake/check-missed-starts';
import { dayReport } from '../../api/reports/day-report';
import { parseBusinessDate, shanghaiInstant } from '../../domain/calendar/business-date';
import { openPool } from '../../prisma/pool';
import { startSimulator, type RunningSimulator } from '../../simulators/launch';
import type { StepAct } from '../../domain/settlement/step-acts';
import { filesArrived } from '../../workflows/messages/settlement-day';
import { completeTask } from '../../workflows/messages/tasks';
import { dropBook, makeBook } from '../../worker/book';
import { startWorker, type RunningWorker } from '../../worker/run';
import { workflowBundle } from '../../worker/workflow-bundle';
import { countFigures, differencesOf } from '../support/compare-figures';
import { isRecording, keepHistory } from '../support/kept-history';
import { enterPeople } from '../support/people';
import { migratedDatabase, testServers } from '../support/servers';
import { NOBODY } from '../support/story-stage';
import { TICK_SCHEDULE, ticksDone } from '../support/ticks';
import { formSent } from '../support/typed-texts';
import { toldMessages } from '../support/told';
import { eventually } from '../support/eventually';
import { untilWaiting, whileLocked } from '../support/waiting-for-locks';

const ROOT = path.join(__dirname, '../..');
const DATA = path.join(ROOT, 'samples/days-a');
/** 28 and 29 June are a weekend, 1 July is a holiday in Hong Kong. */
const DAYS = ['2025-06-23', '2025-06-24', '2025-06-25', '2025-06-26', '2025-06-27', '2025-06-30', '2025-07-02'];
const BOOK = `test_real_clock_${process.pid}_${randomBytes(3).toString('hex')}`;
const folder = mkdtempSync(path.join(tmpdir(), 'southbound-real-clock-'));
const inbox = path.join(folder, 'inbox');

jest.setTimeout(120_000);

let pool: Pool;
let connection: Connection;
let client: Client;
let worker: RunningWorker;
const simulators: RunningSimulator[] = [];

beforeAll(async () => {
  const { adminUrl, temporal } = testServers();
  // Nobody moves the clocks of the outside: what it answers is the state of the opening.
  const playing = { data: DATA, inbox: path.join(folder, 'unused'), stateDir: path.join(folder, 'state') };
  await migratedDatabase(BOOK);
  const [urls, messages, clearingHouse, counter] = await Promise.all([
    makeBook({
      adminUrl,
      temporalAddress: temporal,
      name: BOOK,
      kind: 'drill',
      clockMode: 'real',
      openingFolder: path.join(DATA, 'static'),
    }),
    startSimulator('messages', playing),
    startSimulator('clearing-house', playing),
    startSimulator('counter', playing),
  ]);
  simulators.push(messages, clearingHouse, counter);
  mkdirSync(inbox);
  pool = openPool(urls.appUrl, 4);
  await enterPeople(pool, [
    { person: 'supervisor-1', role: 'supervisor' },
    { person: 'ops-client-1', role: 'operations' },
    { person: 'compliance-1', role: 'compliance' },
    { person: 'general-manager', role: 'general_manager' },
  ]);
  // Of Tuesday on nobody has entered what an overdraft costs.
  const owner = openPool(urls.ownerUrl, 1);
  await owner.query(`update parameters set valid_to = '2025-06-24' where code = 'OVERDRAFT_INTEREST_PER_YEAR'`);
  await owner.end();
  connection = await Connection.connect({ address: temporal });
  client = new Client({ connection, namespace: BOOK });
  worker = await startWorker({
    databaseUrl: urls.appUrl,
    book: BOOK,
    temporalAddress: temporal,
    inbox,
    anchors: path.join(folder, 'anchors'),
    documents: path.join(folder, 'documents'),
    clearingHouseUrl: clearingHouse.url,
    bankUrl: NOBODY,
    counterUrl: counter.url,
    crmUrl: counter.url,
    messagesUrl: messages.url,
    queues: ['stories', 'database', 'bulk', 'outside'],
    databaseConnections: 24,
    metricsAddress: undefined,
    logLevel: 'error',
  });
});

afterAll(async () => {
  await worker?.stop();
  await Promise.all(simulators.map((simulator) => simulator.stop()));
  await connection?.close();
  await pool?.end();
  const { adminUrl, temporal } = testServers();
  await dropBook(adminUrl, temporal, BOOK);
  rmSync(folder, { recursive: true, force: true });
});

const handle = (date: string) => client.workflow.getHandle(`settlement-day:SH:${date}`);

/** The operator's command, as a process of its own. */
const backfill = async () => {
  const { adminUrl, temporal } = testServers();
  const words = ['ops', 'schedule', 'backfill', '--book', BOOK, '--from', '2025-06-23', '--to', '2025-07-02'];
  await promisify(execFile)(process.execPath, ['--import', 'tsx', path.join(ROOT, 'cli/main.ts'), ...words], {
    cwd: ROOT,
    env: { ...process.env, DATABASE_URL: adminUrl, TEMPORAL_ADDRESS: temporal },
  });
};

async function stages(): Promise<Record<string, string>> {
  const { rows } = await pool.query<{ business_date: string; stage: string }>(
    'select business_date, stage from settlement_days order by business_date',
  );
  return Object.fromEntries(rows.map((row) => [row.business_date, row.stage]));
}

const until = <Found>(look: () => Promise<Found>, suits: (found: Found) => boolean): Promise<Found> =>
  eventually(async () => {
    const found = await look();
    return suits(found) ? found : undefined;
  });

const reached = (date: string, stage: string) => until(stages, (found) => found[date] === stage);

/** As a sender does: under another name, renamed when the file is whole. */
function lay(date: string): void {
  const to = path.join(inbox, date);
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(path.join(DATA, date))) {
    if (['expected.json', 'arrivals.csv'].includes(name)) continue;
    copyFileSync(path.join(DATA, date, name), path.join(to, `.${name}`));
    renameSync(path.join(to, `.${name}`), path.join(to, name));
  }
}

test('backfilled twice by its command, the paused schedule starts the seven days once and says why 1 July is none', async () => {
  await client.schedule.getHandle(TICK_SCHEDULE).pause('maintenance');
  await backfill();
  await ticksDone(client, 8);
  const runs = () => Promise.all(DAYS.map(async (date) => (await handle(date).describe()).runId));
  const before = await runs();
  await backfill();
  await ticksDone(client, 16);
  expect(await runs()).toEqual(before);

  const { rows } = await pool.query(
    `select business_key_of(workflow_id) as business_key from processes where type = 'settlementDay' order by 1`,
  );
  expect(rows).toEqual(DAYS.map((date) => ({ business_key: `SH:${date}` })));
  const { rows: skipped } = await pool.query('select business_date, reason from skipped_days');
  expect(skipped).toEqual([{ business_date: '2025-07-01', reason: expect.stringContaining('SEHK') as string }]);
});

test('the next day does not start while the schedule is paused: an alarm, sent', async () => {
  const now = shanghaiInstant(parseBusinessDate('2025-07-03'), '08:02');
  expect(await checkMissedStarts({ pool, temporal: client }, 'SH', now)).toBe(2);
  const sent = await until(
    () => toldMessages(pool, `message_key like 'missed-start:SH:2025-07-03:%' and sent_at > created_at`),
    ({ length }) => length === 2,
  );
  expect(sent[0]?.text.en).toContain('the schedule is paused');
});

test('without files the first day holds, and the later ones wait for it', async () => {
  const [first = '', ...later] = DAYS;
  await reached(first, 'held by files');
  for (const date of later) await reached(date, 'waiting for the day before');
  const { rows } = await pool.query('select distinct business_date from batches where kind <> $1', ['opening']);
  expect(rows).toEqual([{ business_date: first }]);
  for (const date of DAYS) expect((await handle(date).describe()).status.name).toBe('RUNNING');
  // 20:00 and 21:00 of the first day, each told to operations.
  const { rows: alarms } = await pool.query(
    `select r.rung, r.due_at as due, r.state from ladder_rungs r where r.ladder = 'FILES' and r.workflow_id = 'settlement-day:SH:2025-06-23' order by 1`,
  );
  expect(alarms).toEqual([
    { rung: 1, due: '2025-06-23T12:00:00.000Z', state: 'acted' },
    { rung: 2, due: '2025-06-23T13:00:00.000Z', state: 'escalated' },
  ]);
});

test('files of a day that is not its turn are taken and wait', async () => {
  lay('2025-06-24');
  await until(
    async () =>
      (await pool.query(`select 1 from file_verdicts where business_date = '2025-06-24' and state = 'accepted'`))
        .rowCount,
    (taken) => taken === 17,
  );
  expect(await stages()).toMatchObject({ '2025-06-23': 'held by files', '2025-06-24': 'waiting for the day before' });
});

/** Asked for by operations, approved by a supervisor: the evening does it at its next round. */
async function byHand(act: StepAct, step: string): Promise<void> {
  const businessDate = parseBusinessDate('2025-06-23');
  const asked = { channel: 'SH', businessDate, step, act, reason: 'the bank asks for it', key: `${act} ${step}` };
  const { stepRequestId } = await askStepRequest(pool, {
    ...asked,
    ...{ by: 'ops-client-1', role: 'operations', requestId: 'test' },
  });
  const tasks = () =>
    pool.query<{ task_id: string }>(`select task_id::text from tasks where business_key = $1 and state = 'open'`, [
      `approve-step-request:${stepRequestId}`,
    ]);
  const { rows } = await until(tasks, ({ rowCount }) => rowCount === 1);
  await approve(rows[0]!.task_id, handle('2025-06-23'), { person: 'supervisor-1', role: 'supervisor' });
}

async function approve(
  taskId: string,
  process: WorkflowHandle,
  actor: { person: string; role: string },
): Promise<void> {
  const form = await formSent(pool, taskId, { decision: 'approve', reason: 'told by telephone' });
  const done = { taskId, revision: 1, form, actor, requestId: 'test', at: new Date().toISOString() };
  await process.executeUpdate(completeTask, { args: [done], updateId: randomUUID() });
}

const stepStands = (step: string, suits: (cause: string | undefined) => boolean) =>
  until(
    async () =>
      (
        await pool.query<{ cause: string }>(
          `select case state when 'done' then 'done' else cause end as cause from day_steps where business_date = '2025-06-23' and step = $1`,
          [step],
        )
      ).rows[0]?.cause,
    suits,
  );

/** How often the process has looked for new files, to the end. */
async function looksForFiles(date: string): Promise<number> {
  const { events = [] } = await handle(date).fetchHistory();
  const looks = new Set<string>();
  for (const { eventId, activityTaskScheduledEventAttributes: asked } of events ?? [])
    if (asked?.activityType?.name === 'listNewFiles') looks.add(String(eventId));
  return (events ?? []).filter(({ activityTaskCompletedEventAttributes: done }) =>
    looks.has(String(done?.scheduledEventId)),
  ).length;
}

test('held by hand, aborted and repeated, each approved: what was posted is taken back and posted again, both visible', async () => {
  await byHand('hold', 'repayments');
  lay('2025-06-23');
  await stepStands('portfolio fee', (cause) => cause === 'done');
  await stepStands('repayments', (cause) => cause === 'held by hand (1)');
  // Approved while a round is under way that has read what is asked: it is done by another round, also where nothing else comes.
  const aborted = await whileLocked(
    pool,
    `select 1 from day_steps where business_date = '2025-06-23'`,
    [],
    async (holding) => {
      await handle('2025-06-23').signal(filesArrived);
      await untilWaiting(holding, 1);
      const before = await looksForFiles('2025-06-23');
      await byHand('abort', 'portfolio fee');
      return {
        looks: await until(
          () => looksForFiles('2025-06-23'),
          (looks) => looks > before,
        ),
      };
    },
  );
  expect(aborted.looks).toBeGreaterThan(0);
  await stepStands('portfolio fee', (cause) => cause === 'aborted (2)');
  await byHand('repeat', 'portfolio fee');
  await stepStands('portfolio fee', (cause) => cause === 'done');
  const { rows } = await pool.query(
    `select kind, reverses is not null as reversal from batches where business_date = '2025-06-23' and kind = 'clear-portfolio-fee' order by batch_id`,
  );
  expect(rows.map(({ reversal }: { reversal: boolean }) => reversal)).toEqual([false, true, false]);
  await reached('2025-06-23', 'held by files');
  await byHand('repeat', 'repayments');
});

test('a day that lacks a rate holds that step alone and has it entered, for that date; approved by two, the day goes on', async () => {
  expect(await handle('2025-06-23').result()).toMatchObject({ businessDate: '2025-06-23' });
  const asked = () =>
    pool.query<{ facts: unknown; role: string; state: string; due: string }>(
      `select facts, role, state, due_at as due from tasks where kind = 'enter-term' order by task_id`,
    );
  const { rows } = await until(asked, ({ rowCount }) => rowCount === 1);
  expect(rows).toEqual([
    {
      facts: {
        businessDate: '2025-06-24',
        step: 'overdrafts',
        code: 'OVERDRAFT_INTEREST_PER_YEAR',
        date: '2025-06-24',
      },
      ...{ role: 'operations', state: 'open', due: '2025-06-24T16:00:00.000Z' },
    },
  ]);
  await reached('2025-06-24', 'held by files');
  const { rows: held } = await pool.query(
    `select step from day_steps where business_date = '2025-06-24' and state = 'held' order by 1`,
  );
  expect(held).toEqual([{ step: 'overdrafts' }]);

  const change = await askParameterChange({ pool })({
    ...{ kind: 'parameter', code: 'OVERDRAFT_INTEREST_PER_YEAR', part: '', values: { value: '0.18' } },
    ...{ effectiveOn: parseBusinessDate('2025-06-24'), reason: 'renewed', requestKey: 'renewed', requestId: 'test' },
    actor: { person: 'ops-client-1' },
  });
  const changing = `parameter-change:${(change as { changeId: string }).changeId}`;
  for (const actor of [
    { person: 'compliance-1', role: 'compliance' },
    { person: 'general-manager', role: 'general_manager' },
  ]) {
    const { rows: approvals } = await until(
      () =>
        pool.query<{ task_id: string }>(
          `select task_id::text from tasks where workflow_id = $1 and role = $2 and state = 'open'`,
          [changing, actor.role],
        ),
      ({ rowCount }) => rowCount === 1,
    );
    await approve(approvals[0]!.task_id, client.workflow.getHandle(changing), actor);
  }
  await until(asked, ({ rows: [task] }) => task?.state === 'withdrawn');
});

test('the first day posts and closes, and the next one on it', async () => {
  expect(await handle('2025-06-24').result()).toMatchObject({ businessDate: '2025-06-24' });
  await reached('2025-06-25', 'held by files');
  await reached('2025-06-26', 'waiting for the day before');
});

/** The morning was planned before the evening before it was known, and no money moved at a clearing house that stands still. */
const MORNING = ['funding', 'settlement', 'transfers'];

test.each(['2025-06-23', '2025-06-24'])('%s, months late, has every published figure of its evening', async (date) => {
  const expected = JSON.parse(readFileSync(path.join(DATA, date, 'expected.json'), 'utf8')) as Record<string, unknown>;
  const evening = Object.fromEntries(Object.entries(expected).filter(([section]) => !MORNING.includes(section)));
  const report = await dayReport(pool, 'SH', parseBusinessDate(date));
  const told = Object.fromEntries(Object.keys(evening).map((section) => [section, report?.[section]]));
  expect(differencesOf(evening, told)).toEqual([]);
  expect(countFigures(evening)).toBeGreaterThan(500);
});

test('no day has failed at anything, and each history replays', async () => {
  const histories = await Promise.all(
    DAYS.map(async (date) => ({ workflowId: date, history: await handle(date).fetchHistory() })),
  );
  const failures = histories.flatMap(({ workflowId, history }) =>
    (history.events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
      // A signal that came while the task was under way: the server asks for the task again.
      failed && failed.failure?.message !== 'UnhandledCommand' ? [[workflowId, failed.failure?.message]] : [],
    ),
  );
  expect(failures).toEqual([]);
  const replayed: unknown[] = [];
  const bundle = { workflowBundle: { codePath: await workflowBundle() } };
  for await (const { workflowId, error } of Worker.runReplayHistories(bundle, histories)) {
    replayed.push([workflowId, error]);
  }
  expect(replayed).toEqual(expect.arrayContaining(DAYS.map((date) => [date, undefined])));
  if (isRecording) await record();
});

/** A day whose instants had all passed, and the morning of one that lies ahead, on durable timers. */
async function record(): Promise<void> {
  await keepHistory(client, 'settlement-day:SH:2025-06-24', 'product/settlement-day-real.json');
  const ahead = parseBusinessDate('2026-12-15');
  await client.workflow.execute('settlementDayTick', {
    workflowId: `settlement-day-tick:SH:${ahead}`,
    taskQueue: `${BOOK}-stories`,
    args: [{ channel: 'SH', businessDate: ahead }],
  });
  const timers = async () =>
    ((await handle(ahead).fetchHistory()).events ?? []).filter((event) => event.timerStartedEventAttributes).length;
  await until(timers, (started) => started >= 3);
  await keepHistory(client, `settlement-day:SH:${ahead}`, 'product/settlement-day-real-ahead.json');
}
