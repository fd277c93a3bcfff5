/**
 * A day in trouble: PostgreSQL and the Temporal server are taken away and come back while it runs. It ends with the same books: every
 * figure equals what the published day expects. On servers of its own, since it takes them away. (The worker killed in the middle of
 * steps, late files, money that does not come: test/day/courses.test.ts.)
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startChild, type RunningChild } from '../../cli/processes/child';
import { clockBefore, readDaysFolder } from '../../cli/rehearsal/days-folder';
import { runDays, type DaysOutcome } from '../../cli/rehearsal/run-days';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { startPostgres, stopPostgres } from '../../prisma/embedded';
import { openPool } from '../../prisma/pool';
import { launchSimulators, type LaunchedSimulators } from '../../simulators/launch';
import { makeBook } from '../../worker/book';
import { startTemporal, type TemporalServer } from '../../worker/temporal-server';
import { independentCheck } from '../../cli/rehearsal/courses/independent-check';
import { ownPort } from '../support/own-port';
import { quietJournal } from '../support/quiet-journal';
import { untilTrue } from '../support/eventually';

const DAY = '2025-06-23';
const BOOK = 'trouble';

const dir = mkdtempSync(path.join(tmpdir(), 'southbound-trouble-'));
const folder = readDaysFolder(path.join(__dirname, '../../samples/days-a'));
let adminUrl: string;
let temporal: TemporalServer;
let appUrl: string;
let simulators: LaunchedSimulators;
let api: RunningChild;
let worker: RunningChild;
let environment: Record<string, string>;

beforeAll(async () => {
  const given = process.env['DATABASE_URL'];
  delete process.env['DATABASE_URL'];
  mkdirSync(path.join(dir, 'postgres'));
  writeFileSync(path.join(dir, 'postgres', 'port'), String(ownPort() + 10));
  [adminUrl, temporal] = await Promise.all([
    startPostgres(dir),
    startTemporal({ dir, headless: true, port: ownPort() }),
  ]);
  if (given !== undefined) process.env['DATABASE_URL'] = given;
  ({ appUrl } = await makeBook({
    adminUrl,
    temporalAddress: temporal.address,
    name: BOOK,
    kind: 'rehearsal',
    clockMode: 'manual',
    clockAt: clockBefore(folder.days[0]!),
    openingFolder: folder.opening,
    people: true,
  }));
  const inbox = path.join(dir, 'inbox');
  simulators = await launchSimulators({
    data: folder.folder,
    inbox,
    stateDir: path.join(dir, 'simulators'),
    from: DAY,
  });
  environment = {
    BOOK_DATABASE_URL: appUrl,
    BOOK_NAME: BOOK,
    TEMPORAL_ADDRESS: temporal.address,
    INBOX_DIR: inbox,
    CLEARING_HOUSE_URL: simulators.urls.clearingHouse,
    BANK_URL: simulators.urls.bank,
    COUNTER_URL: simulators.urls.counter,
    MESSAGES_URL: simulators.urls.messages,
    API_PORT: '0',
    REHEARSAL_ISSUER: '1',
    MOVER_TICKS: '',
    API_REQUESTS_PER_MINUTE: '1000000',
    API_PERSON_REQUESTS_PER_MINUTE: '1000000',
    LOG_LEVEL: 'warn',
  };
  api = await startChild({ name: 'api', module: 'api/main.ts', folder: dir, environment, endsWithinMs: 20_000 });
  worker = await startWorker();
});

afterAll(async () => {
  await Promise.allSettled([api?.stop(), worker?.stop(), simulators?.stop()]);
  await Promise.allSettled([temporal?.stop(), stopPostgres(dir)]);
  rmSync(dir, { recursive: true, force: true });
});

const startWorker = () =>
  startChild({ name: 'worker', module: 'worker/main.ts', folder: dir, environment, endsWithinMs: 20_000 });

/** A day goes on where it was, also after its driver gave up: for as long as a slow machine may take to start a server again. */
async function runUntilClosed(): Promise<DaysOutcome> {
  for (const until = performance.now() + 300_000; ;) {
    try {
      return await runDays({
        processes: {
          apiUrl: (api.said as { readonly url: string }).url,
          simulators: simulators.urls,
          failed: new Promise<string>(() => undefined),
        },
        folder,
        days: [DAY as BusinessDate],
        isCompared: () => true,
        out: path.join(dir, 'results'),
        journal: quietJournal(),
        stopping: () => false,
      });
    } catch (error) {
      if (performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}

test('PostgreSQL and Temporal restarted while a day runs: the day goes on by itself', async () => {
  const running = runUntilClosed();
  const pool = openPool(adminUrl.replace(/postgres$/, BOOK), 1);
  // By the versions that were kept: on a busy machine a stage may be over before anybody looks.
  const reached = (stage: string) =>
    untilTrue(async () => {
      const { rowCount } = await pool
        .query('select from history.settlement_days where business_date = $1 and stage = $2', [DAY, stage])
        .catch(() => ({ rowCount: 0 }));
      return rowCount !== 0;
    });
  await reached('after the 10:30 batch');
  await stopPostgres(dir);
  await startPostgres(dir);
  await reached('waiting for the evening files');
  await temporal.stop();
  temporal = await startTemporal({ dir, headless: true, port: ownPort() });

  const outcome = await running;
  await pool.end();
  expect(outcome.differences).toEqual([]);
  expect(outcome.compared).toBeGreaterThan(1500);
  expect(outcome.summaries.at(-1)?.closedAt).toBe('2025-06-23T12:00:00.000Z');
  await booksAreSound();
}, 420_000);

/** Asked in plain SQL, not by the product's code. */
async function booksAreSound(): Promise<void> {
  const pool = openPool(appUrl, 1);
  try {
    expect(await independentCheck(pool)).toEqual([]);
    const { rows: uneven } = await pool.query(
      'select batch_id, asset from entries group by 1, 2 having sum(amount) <> 0',
    );
    const { rows: twice } = await pool.query(
      `select kind, business_date from batches b where reverses is null and not exists (select 1 from batches r where r.reverses = b.batch_id)
       group by 1, 2 having count(*) > 1`,
    );
    const { rows: orders } = await pool.query(
      'select business_date, side, kind from orders group by 1, 2, 3 having count(*) > 1',
    );
    const { rows: unsent } = await pool.query(
      `select message_key from outbox where sent_at is null and kind = 'notice' and due_at <= business_now()
       union all select workflow_id from waiting_messages`,
    );
    expect({ uneven, twice, orders, unsent }).toEqual({ uneven: [], twice: [], orders: [], unsent: [] });
  } finally {
    await pool.end();
  }
}
