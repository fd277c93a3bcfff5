/** Days close in their order, over nothing that is held, waits or is undecided. */
import path from 'node:path';
import { closeDay } from '../../../activities/settlement/close-day';
import { openDatabase, type TestDatabase } from '../../support/database';
import {
  arrive,
  clockAt,
  dayOf,
  DAYS_A,
  filesOf,
  openBookOf,
  receive,
  verbsOf,
  workflowOf,
} from '../../support/days-of-verbs';

const [MONDAY, TUESDAY] = [dayOf('2025-06-23'), dayOf('2025-06-24')];
let book: TestDatabase;
beforeAll(async () => {
  book = await openDatabase('close day');
  await openBookOf(book.pool, DAYS_A);
  await clockAt(book.pool, MONDAY, '20:00');
  for (const day of [MONDAY, TUESDAY]) await verbsOf(book.pool).openDay({ ...day, workflowId: workflowOf(day) });
});
afterAll(() => book.close());

const close = (day: typeof MONDAY, verdicts?: number) =>
  closeDay({ pool: book.pool })({ ...day, workflowId: workflowOf(day), verdicts });
const hold = (day: typeof MONDAY) =>
  verbsOf(book.pool).holdStep({ ...day, workflowId: workflowOf(day), step: 'trades', cause: 'test' });
const signals = async () => {
  const { rows } = await book.pool.query<{ workflow_id: string }>(
    `select workflow_id from outbox where kind = 'signal' and message_key like 'day-before-closed:%'`,
  );
  return rows.map((row) => row.workflow_id);
};

test('a day with a held step stays open, and the next one waits for it', async () => {
  await hold(MONDAY);
  expect(await close(MONDAY)).toEqual({ openBreaks: 0 });
  expect(await close(TUESDAY)).toEqual({ openBreaks: 0, after: '2025-06-23' });
  expect(await signals()).toEqual([]);
});

test('what was held in the morning is still seen in the evening, and keeps no day open', async () => {
  const held = async () => {
    const { rows } = await book.pool.query<{ step: string }>(
      `select step from day_steps where business_date = '2025-06-24' and state = 'held' and step in ('advances', 'comparison') order by 1`,
    );
    return rows.map(({ step }) => step);
  };
  for (const [step, cause] of [
    ['advances', 'the cushion is too small'],
    ['comparison', 'no parameter'],
  ] as const)
    await verbsOf(book.pool).holdStep({ ...TUESDAY, workflowId: workflowOf(TUESDAY), step, cause });
  const { rows: told } = await book.pool.query<{ to: string }>(
    `select recipient_role as to from outbox where template = 'STEP_HELD' and facts ->> 'step' = 'advances' order by 1`,
  );
  expect(told.map(({ to }) => to)).toEqual(['finance', 'operations']);
  expect(await held()).toEqual(['advances', 'comparison']);
  await verbsOf(book.pool).holdSteps(TUESDAY);
  expect(await held()).toEqual(['advances']);
  await book.pool.query(
    `delete from day_steps where business_date = '2025-06-24' and step <> 'advances' and state = 'held'`,
  );
  expect(await close(TUESDAY)).toEqual({ openBreaks: 0, after: '2025-06-23' });
});

test('once it is closed the next one is told, and closes', async () => {
  await book.pool.query(`delete from day_steps where business_date = '2025-06-23'`);
  const { closedAt } = await close(MONDAY);
  expect(closedAt).toBeDefined();
  expect(await signals()).toEqual([workflowOf(TUESDAY)]);
  expect((await close(MONDAY)).closedAt).toBe(closedAt);
});

test('a file that got its verdict while the evening was posted keeps the day open for another round; one after the close opens nothing', async () => {
  const files = [...filesOf(path.join(DAYS_A, TUESDAY.businessDate))];
  const roundBegins = async () => (await verbsOf(book.pool).listMissingFiles(TUESDAY)).verdicts;
  const before = await roundBegins();
  await receive(book.pool, TUESDAY, files.slice(0, 1));
  expect(await close(TUESDAY, before)).toEqual({ openBreaks: 0 });
  const seen = await roundBegins();
  const { closedAt } = await close(TUESDAY, seen);
  expect(closedAt).toBeDefined();
  // The answer was lost, and is asked for again.
  await arrive(book.pool, TUESDAY, files.slice(1, 2));
  expect(await close(TUESDAY, seen)).toEqual({ closedAt, openBreaks: 0 });
});
