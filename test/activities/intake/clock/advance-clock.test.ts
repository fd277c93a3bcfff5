/** The mover with the outside beside it: files dropped at their own time are noted at that time and told to their day. */
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { advanceClock } from '../../../../activities/intake/clock/advance-clock';
import type { IntakeDependencies } from '../../../../activities/intake/dependencies';
import { untilAtRest } from '../../../../activities/intake/clock/until-at-rest';
import { noteArrivals } from '../../../../activities/intake/note-arrivals';
import { loadReference } from '../../../../activities/books/load-reference';
import { httpOutsideClock } from '../../../../adapters/outside-clock/outside-clock';
import { startSimulator, type RunningSimulator } from '../../../../simulators/launch';
import { openStoryStage, type StoryStage } from '../../../support/story-stage';

const DAYS = path.join(__dirname, '..', '..', '..', '..', 'samples', 'days-a');
const at = (time: string) => new Date(`2025-06-23T${time}+08:00`).toISOString();

let stage: StoryStage;
let folder: string;
let clearingHouse: RunningSimulator;
let intake: IntakeDependencies;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'southbound-mover-'));
  const inbox = path.join(folder, 'inbox');
  clearingHouse = await startSimulator('clearing-house', {
    data: DAYS,
    from: '2025-06-23',
    inbox,
    stateDir: path.join(folder, 'state'),
  });
  stage = await openStoryStage({
    name: 'advance clock',
    workflowsPath: require.resolve('../../../worker/days'),
    mode: 'manual',
    now: at('07:00:00'),
    ticks: ['SH'],
    prepare: loadReference,
  });
  intake = { ...stage.intake, inbox, outsideClocks: [httpOutsideClock('clearing house', clearingHouse.url)] };
});
afterAll(async () => {
  await stage.close();
  await clearingHouse.stop();
  rmSync(folder, { recursive: true, force: true });
});

const noted = async () => {
  const { rows } = await stage.pool.query<{ name: string; kind: string; version: number; arrived_at: string }>(
    `select name, kind, version, arrived_at from files where business_date = '2025-06-23' order by file_id`,
  );
  return rows;
};

test('stops at the tick and at each drop of files; every file is noted at the instant of its arrival', async () => {
  const moved = await advanceClock(intake, at('12:00:00'));
  expect(moved.now).toBe(at('12:00:00'));
  const { rows } = await stage.pool.query(`select 1 from processes where workflow_id = 'settlement-day:SH:2025-06-23'`);
  expect(rows).toHaveLength(1);

  const before = (await noted()).length;
  const next = moved.next ?? '';
  expect(next > moved.now).toBe(true);
  await advanceClock(intake, at('23:30:00'));
  const files = await noted();
  expect(files.length).toBeGreaterThan(before);
  expect(files.map(({ name }) => name).sort()).toEqual(readdirSync(path.join(folder, 'inbox', '2025-06-23')).sort());
  expect(files.filter(({ kind }) => kind === 'UNKNOWN')).toEqual([]);
  // In the evening more than one instant brought files, and the first of them is the one that was foretold.
  const instants = [...new Set(files.slice(before).map(({ arrived_at: arrived }) => arrived))];
  expect(instants.length).toBeGreaterThan(1);
  expect(instants[0]).toBe(next);
});

test('the same files again change nothing; the same name with other content is another file', async () => {
  const before = await noted();
  expect(await noteArrivals({ pool: stage.pool, inbox: intake.inbox ?? '' })).toBe(0);
  const [first] = before;
  appendFileSync(path.join(folder, 'inbox', '2025-06-23', first?.name ?? ''), 'x');
  expect(await noteArrivals({ pool: stage.pool, inbox: intake.inbox ?? '' })).toBe(1);
  expect(await noted()).toHaveLength(before.length + 1);
});

test('a day that is under way is told once of what has come', async () => {
  await stage.pool.query(
    `insert into settlement_days (channel, business_date, workflow_id, day_kind, settlement_day, previous_trading_day,
       next_trading_day, trades_settle, fee_settles, risk_settles, calendar_version, stage)
     values ('SH', '2025-06-23', 'settlement-day:SH:2025-06-23', 'full', true, '2025-06-20', '2025-06-24', '2025-06-25',
             '2025-06-24', '2025-06-24', 1, 'test')`,
  );
  const [first] = await noted();
  for (const content of ['y', 'z']) {
    appendFileSync(path.join(folder, 'inbox', '2025-06-23', first?.name ?? ''), content);
  }
  await advanceClock(intake, at('23:40:00'));
  const { events } = await stage.client.workflow.getHandle('settlement-day:SH:2025-06-23').fetchHistory();
  const signals = (events ?? []).flatMap((event) => event.workflowExecutionSignaledEventAttributes?.signalName ?? []);
  expect(signals).toEqual(['filesArrived']);
});

test('a move with nothing to do has two instants: where it stood, and the new one', async () => {
  expect((await advanceClock(intake, at('23:41:00'))).instants).toBe(2);
});

test('what was asked of many tasks at once has its results before the clock moves on', async () => {
  await stage.stopWorker(); // whose own loop would be at it too
  await stage.pool.query(`insert into people (person, subject, department) values ('asker', 'asker', 'operations')`);
  await stage.pool.query(
    `with asked as (
       insert into tasks (other_key, workflow_id, kind, title_id, role, form_id, form_version, facts_told, revision, state)
       select 'bulk:' || n, 'nobody', 'call-bank', task_title('致电银行', 'call the bank'), 'operations', task_form('{}'), 1, '{}', 1, 'open' from generate_series(1, 3) n
       returning task_id),
     bulk as (
       insert into task_bulks (made_by, request_key, request_id, action, row_count) values ('asker', 'k', 'r', 'claim', 3) returning bulk_id)
     insert into task_bulk_rows (bulk_id, place, task_id, revision)
     select bulk_id, row_number() over (order by task_id), task_id, 1 from asked, bulk`,
  );
  await untilAtRest(stage.intake, { seconds: 90 });
  const { rows } = await stage.pool.query('select distinct state, code from task_bulk_rows');
  // The asker holds no role: each row is judged by itself, and refused.
  expect(rows).toEqual([{ state: 'refused', code: 'ROLE_MISSING' }]);
});
