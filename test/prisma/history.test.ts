/** Every version of a row is kept, whatever its columns are called. */
import { openDatabase, type TestDatabase } from '../support/database';

let book: TestDatabase;
beforeAll(async () => {
  book = await openDatabase('history');
  await book.pool.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('history', 'test', 'manual', '2025-06-26T12:00:00Z')`,
  );
});
afterAll(() => book.close());

test('a step that is held, held otherwise, and taken away: each version from when to when', async () => {
  const write = (cause: string) =>
    book.pool.query(
      `insert into day_steps (channel, business_date, step, state, cause) values ('SH', '2025-06-26', 'trades', 'held', $1)
       on conflict (channel, business_date, step) do update set cause = excluded.cause, at = business_now()`,
      [cause],
    );
  const clockAt = (now: string) => book.pool.query('update business_clock set now = $1', [now]);
  await write('hk_jsmx is missing');
  await clockAt('2025-06-26T12:30:00Z');
  await write('hk_jsmx was refused');
  await clockAt('2025-06-26T13:00:00Z');
  await book.pool.query('delete from day_steps');
  const { rows } = await book.pool.query('select cause, valid_from, valid_to from history.day_steps order by version');
  expect(rows).toEqual([
    {
      cause: 'hk_jsmx is missing',
      valid_from: '2025-06-26T12:00:00.000Z',
      valid_to: '2025-06-26T12:30:00.000Z',
    },
    {
      cause: 'hk_jsmx was refused',
      valid_from: '2025-06-26T12:30:00.000Z',
      valid_to: '2025-06-26T13:00:00.000Z',
    },
  ]);
});
