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

describe('what follows from a row follows from its versions, and stands in none', () => {
  let owner: Client;
  beforeAll(async () => {
    owner = new Client({ connectionString: book.ownerUrl });
    await owner.connect();
  });
  afterAll(() => owner.end());
  const clockAt = (now: string) => book.pool.query('update business_clock set now = $1', [now]);
  const follow = async (table: string, expression: string) => {
    await owner.query(`alter table ${table} drop column if exists told cascade`);
    await owner.query(`alter table ${table} add column told text generated always as (${expression}) virtual`);
    await owner.query('select history.keep_versions()');
  };
  const toldAt = async (table: string, at: string) => {
    await owner.query('begin');
    await owner.query(`select set_config('southbound.as_of', $1, true)`, [at]);
    const { rows } = await owner.query<{ told: string }>(`select told from as_of.${table}`);
    await owner.query('rollback');
    return rows.map(({ told }) => told);
  };
  const [EARLY, LATE] = ['2025-06-26T14:30:00Z', '2025-06-26T15:30:00Z'];

  test.each([
    [
      'day_steps, each version a row',
      'day_steps',
      `insert into day_steps (channel, business_date, step, state, cause) values ('SH', '2025-06-26', 'trades', 'held', 'missing')`,
      `update day_steps set state = 'done'`,
      { of: `step || ' ' || state`, told: ['trades held', 'trades done'] },
      { of: `state || ': ' || cause`, told: ['held: missing', 'done: missing'] },
    ],
    [
      'processes, the row its last version, some columns only counted',
      'processes',
      `insert into processes (workflow_id) values ('callback:1')`,
      `update processes set closed = true, ended = 'completed'`,
      { of: `closed::text || coalesce(' ' || ended, '')`, told: ['false', 'true completed'] },
      { of: `workflow_id || coalesce(' ' || ended, '')`, told: ['callback:1', 'callback:1 completed'] },
    ],
  ])('%s', async (_, table, begin, change, first, otherwise) => {
    await follow(table, first.of);
    await clockAt('2025-06-26T14:00:00Z');
    await book.pool.query(begin);
    await clockAt('2025-06-26T15:00:00Z');
    await book.pool.query(change);
    expect([...(await toldAt(table, EARLY)), ...(await toldAt(table, LATE))]).toEqual(first.told);
    await follow(table, otherwise.of);
    expect([...(await toldAt(table, EARLY)), ...(await toldAt(table, LATE))]).toEqual(otherwise.told);
  });
});
