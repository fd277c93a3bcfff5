/** Every version of a row is kept, whatever its columns are called. */
import { Client } from 'pg';
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
  const { rows } = await book.pool.query(
    'select cause, version_from as valid_from, version_to as valid_to from history.day_steps order by version',
  );
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

test('a row is known by the primary key of its table, whichever migration made that', async () => {
  const owner = new Client({ connectionString: book.ownerUrl });
  await owner.connect();
  try {
    const { rows } = await owner.query(
      `select k.table_name, (select array_agg(name order by name) from unnest(k.key_columns) name) as kept,
              (select array_agg(a.attname::text order by a.attname::text) from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
                where i.indrelid = format('public.%I', k.table_name)::regclass and i.indisprimary) as primary
       from history.kept_tables k`,
    );
    expect(rows.length).toBeGreaterThan(8);
    for (const { table_name: table, kept, primary } of rows) expect([table, kept]).toEqual([table, primary]);
  } finally {
    await owner.end();
  }
});
