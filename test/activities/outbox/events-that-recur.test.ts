/** Events that may come again: each time has a number of its own in its case, for each system that is told. */
import { queueEvent, queueEvents } from '../../../activities/outbox/queue-event';
import { openDatabase, type TestDatabase } from '../../support/database';

let book: TestDatabase;
beforeAll(async () => {
  book = await openDatabase('events_that_recur');
  await book.pool.query(`insert into business_clock (book_name, book_kind, mode) values ('recur', 'test', 'real')`);
  await book.pool.query(
    `insert into webhook_receivers (receiver, url, events, valid_from, source, registered_by)
     select receiver, 'http://127.0.0.1:9/' || receiver, array['settlement-day.stage'], '2025-01-01', 'test', 'admin-1'
       from unnest(array['crm', 'desk']) receiver`,
  );
});
afterAll(() => book.close());

const once = (day: string, key: string) => ({
  key: `${day}:${key}`,
  type: 'settlement-day.stage' as const,
  caseKey: day,
  facts: { channel: 'SH', date: day.slice(-10), stage: 'funding' },
});
const stage = (day: string) => ({ ...once(day, 'stage'), recurs: true as const });
const keysOf = async (day: string) => {
  const { rows } = await book.pool.query<{ key: string }>(
    'select message_key as key from outbox where case_key = $1 order by message_id',
    [day],
  );
  return rows.map(({ key }) => key);
};

it('counts the times of each case by itself, for each system', async () => {
  const monday = 'settlement-day:SH:2025-06-23';
  const tuesday = 'settlement-day:SH:2025-06-24';
  expect(await queueEvents(book.pool, [stage(monday), stage(tuesday)])).toBe(4);
  expect(await queueEvent(book.pool, stage(monday))).toBe(2);
  expect(await queueEvent(book.pool, stage(monday))).toBe(2);
  expect(await keysOf(monday)).toEqual(
    [1, 2, 3].flatMap((time) => [`${monday}:stage:${time}:crm`, `${monday}:stage:${time}:desk`]),
  );
  expect(await keysOf(tuesday)).toEqual([`${tuesday}:stage:1:crm`, `${tuesday}:stage:1:desk`]);
});

it('counts only those of the same kind, and tells what comes once but once', async () => {
  const day = 'settlement-day:SZ:2025-06-23';
  const closed = once(day, 'closed');
  expect([await queueEvent(book.pool, closed), await queueEvent(book.pool, closed)]).toEqual([2, 0]);
  await queueEvent(book.pool, stage(day));
  expect((await keysOf(day)).slice(2)).toEqual([`${day}:stage:1:crm`, `${day}:stage:1:desk`]);
});
