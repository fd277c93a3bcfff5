/** Which day an evening waits for, and when it is told that it waits no more. */
import { registerProcess } from '../../../activities/clock/register-process';
import { inTransaction } from '../../../activities/database/transaction';
import { openBatch } from '../../../activities/ledger/open-batch';
import { reverseBatchesOf } from '../../../activities/ledger/reverse-batches';
import { eveningBefore, tellDayAfter } from '../../../activities/settlement/evening-before';
import { EVENING_BATCHES } from '../../../activities/settlement/reverse-evening';
import { openDatabase, type TestDatabase } from '../../support/database';
import { dayOf, DAYS_A, openBookOf, verbsOf, workflowOf } from '../../support/days-of-verbs';

const [MONDAY, TUESDAY, THURSDAY] = [dayOf('2025-06-23'), dayOf('2025-06-24'), dayOf('2025-06-26')];
let book: TestDatabase;
beforeEach(async () => {
  book = await openDatabase('evening before');
  await openBookOf(book.pool, DAYS_A);
});
afterEach(() => book.close());

const begin = (date: string) =>
  registerProcess(book.pool, { workflowId: workflowOf(dayOf(date)), type: 'settlementDay' });
const post = (date: string, kinds: readonly string[]) =>
  inTransaction(book.pool, async (sql) => {
    await sql.query('select open_business_date($1)', [date]);
    for (const kind of kinds) {
      await openBatch(sql, {
        ...dayOf(date),
        key: `test:${date}:${kind}`,
        kind,
        restsOn: [],
        cause: 'nothing to book',
      });
    }
  });
const waitsFor = async (day: typeof MONDAY) => (await eveningBefore({ pool: book.pool })(day)).unposted;

test('the first day of a book waits for none, also where an earlier date than the opening was begun', async () => {
  await begin('2025-06-20');
  await begin('2025-06-23');
  expect(await waitsFor(MONDAY)).toBeUndefined();
});

test('an evening waits for the newest day begun before it, until each of its batches stands', async () => {
  for (const date of ['2025-06-23', '2025-06-24', '2025-06-26', '2025-06-27']) await begin(date);
  expect(await waitsFor(TUESDAY)).toBe('2025-06-23');
  await post('2025-06-23', EVENING_BATCHES.slice(1));
  expect(await waitsFor(TUESDAY)).toBe('2025-06-23');
  await post('2025-06-23', EVENING_BATCHES.slice(0, 1));
  expect(await waitsFor(TUESDAY)).toBeUndefined();
  // Wednesday was never begun: Thursday rests on Tuesday.
  expect(await waitsFor(THURSDAY)).toBe('2025-06-24');
});

test('an evening that was taken back is waited for again, until it is posted anew', async () => {
  await begin('2025-06-23');
  await post('2025-06-23', EVENING_BATCHES);
  const [kind = ''] = EVENING_BATCHES;
  await inTransaction(book.pool, (sql) => reverseBatchesOf(sql, { ...MONDAY, kinds: [kind], cause: 'file replaced' }));
  expect(await waitsFor(TUESDAY)).toBe('2025-06-23');
  await post('2025-06-23', [kind]);
  expect(await waitsFor(TUESDAY)).toBeUndefined();
});

test('the next day of the book is told once a posting, and nobody where there is none', async () => {
  const tell = () => inTransaction(book.pool, (sql) => tellDayAfter(sql, MONDAY));
  const told = async () => {
    const { rows } = await book.pool.query<{ workflow_id: string }>(
      `select workflow_id from outbox where kind = 'signal' and payload->>'signal' = 'eveningBeforePosted' order by message_id`,
    );
    return rows.map((row) => row.workflow_id);
  };
  await post('2025-06-23', EVENING_BATCHES);
  await tell();
  expect(await told()).toEqual([]);
  for (const day of [THURSDAY, TUESDAY]) await verbsOf(book.pool).openDay({ ...day, workflowId: workflowOf(day) });
  await tell();
  await tell();
  expect(await told()).toEqual([workflowOf(TUESDAY)]);
});
