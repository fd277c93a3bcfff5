/** What the database itself holds of the ledger and of four eyes, whoever writes: every statement as the application's role. */
import { bookOf } from '../../prisma/book-of';
import { openPool } from '../../prisma/pool';
import type { Pool, PoolClient } from 'pg';
import { loadReference } from '../../activities/books/load-reference';
import { openDatabase, type TestDatabase } from '../support/database';

let book: TestDatabase;
let owner: Pool;
beforeAll(async () => {
  book = await openDatabase('ledger');
  owner = openPool(book.ownerUrl, 2);
  await book.pool.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('ledger', 'test', 'manual', '2025-06-23T00:00:00Z')`,
  );
  await loadReference(book.pool);
  await book.pool.query(`select open_business_date('2025-06-23'), open_business_date('2025-06-24')`);
});
afterAll(async () => {
  await owner.end();
  await book.close();
});

/** One transaction as the application; what it throws comes out, and nothing of it stays. */
async function inOneTransaction<Result>(work: (sql: PoolClient) => Promise<Result>): Promise<Result> {
  const sql = await book.pool.connect();
  try {
    await sql.query('begin');
    const result = await work(sql);
    await sql.query('commit');
    return result;
  } catch (error) {
    await sql.query('rollback');
    throw error;
  } finally {
    sql.release();
  }
}

async function batch(sql: PoolClient, key: string, date = '2025-06-23'): Promise<bigint> {
  const { rows } = await sql.query<{ batch_id: bigint }>(
    `insert into batches (batch_key, channel, business_date, kind, content_sha256, cause)
     values ($1, 'SH', $2, 'test', 'x', 'a test') returning batch_id`,
    [key, date],
  );
  return rows[0]!.batch_id;
}

type Leg = readonly [ledger: string, asset: string, amount: number];
async function entries(
  sql: PoolClient,
  batchId: bigint,
  legs: readonly Leg[],
  table = 'entries',
  date = '2025-06-23',
  firstLine = 1,
) {
  for (const [index, [ledger, asset, amount]] of legs.entries()) {
    await sql.query(
      `insert into ${table} (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause)
       values ($1, $2, $3, $4, 'somebody', $5, $6, $1, 'a test')`,
      [date, batchId, index + firstLine, ledger, asset, amount],
    );
  }
}

const even: readonly Leg[] = [
  ['bank', 'CNY', 100],
  ['client_money', 'CNY', -100],
  ['custody', '08001', 7],
  ['client_shares', '08001', -7],
];

test('a batch that is even in each asset is posted', async () => {
  await inOneTransaction(async (sql) => entries(sql, await batch(sql, 'even'), even));
  const { rows } = await book.pool.query(
    `select count(*) from entries join batches using (batch_id) where batch_key = 'even'`,
  );
  expect(rows).toEqual([{ count: 4n }]);
});

test.each<[why: string, legs: readonly Leg[], said: string]>([
  [
    'money that is not even',
    [
      ['bank', 'CNY', 100],
      ['client_money', 'CNY', -99],
    ],
    'does not sum to zero: CNY 1',
  ],
  [
    'shares of two securities that only offset one another',
    [
      ['custody', '08001', 7],
      ['client_shares', '08002', -7],
    ],
    'does not sum to zero',
  ],
  [
    'money against shares',
    [
      ['bank', 'CNY', 7],
      ['client_shares', '08001', -7],
    ],
    'does not sum to zero',
  ],
  ['one leg', [['bank', 'CNY', 100]], 'does not sum to zero: CNY 100'],
])('refused at commit: %s', async (_why, legs, said) => {
  const posting = inOneTransaction(async (sql) => entries(sql, await batch(sql, `odd ${said} ${_why}`), legs));
  await expect(posting).rejects.toThrow(said);
  const { rows } = await book.pool.query(`select 1 from batches where batch_key like 'odd%'`);
  expect(rows).toEqual([]);
});

test('the sum is taken at commit and not before: legs may come one after the other', async () => {
  await inOneTransaction(async (sql) => {
    const id = await batch(sql, 'in pieces');
    await entries(sql, id, [['bank', 'CNY', 100]]);
    await sql.query(
      `insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause)
       values ('2025-06-23', $1, 2, 'client_money', 'somebody', 'CNY', -100, '2025-06-23', 'a test')`,
      [id],
    );
  });
});

test('a batch cannot be called even early: the trigger looks again at commit', async () => {
  const posting = inOneTransaction(async (sql) => {
    const id = await batch(sql, 'early');
    await sql.query('set constraints all immediate');
    await sql.query('set constraints all deferred');
    await entries(sql, id, [['bank', 'CNY', 100]]);
  });
  await expect(posting).rejects.toThrow('entries enter only a batch opened in the same transaction');
});

test('a temporary table cannot stand in for what the triggers read', async () => {
  const hidden = (table: string, columns: string) =>
    inOneTransaction(async (sql) => {
      const id = await batch(sql, `behind a temporary ${table}`);
      await sql.query(`create temporary table ${table} (${columns}) on commit drop`);
      await entries(sql, id, [['bank', 'CNY', 100]], 'public.entries');
    });
  await expect(hidden('entries', 'business_date date, batch_id bigint, asset text, amount bigint')).rejects.toThrow(
    'does not sum to zero',
  );
  await expect(
    inOneTransaction(async (sql) => {
      await sql.query('create temporary table ledgers (ledger text) on commit drop');
      await sql.query(`insert into pg_temp.ledgers values ('pocket')`);
      await entries(sql, await batch(sql, 'a chart of its own'), [
        ['pocket', 'CNY', 1],
        ['pocket', 'CNY', -1],
      ]);
    }),
  ).rejects.toThrow('unknown ledger');
});

describe('entries enter only a batch opened in the same transaction', () => {
  let closed: bigint;
  beforeAll(async () => {
    closed = await inOneTransaction(async (sql) => {
      const id = await batch(sql, 'closed');
      await entries(sql, id, even);
      return id;
    });
  });
  const only = 'entries enter only a batch opened in the same transaction';
  const late: readonly Leg[] = [['advance', 'CNY', 5]];

  test('not one that was posted before, even where the sum stays zero', async () => {
    const nothing: readonly Leg[] = [['advance', 'CNY', 0]];
    await expect(inOneTransaction((sql) => entries(sql, closed, nothing, 'entries', '2025-06-23', 5))).rejects.toThrow(
      only,
    );
  });
  test('not one that does not exist', async () => {
    await expect(inOneTransaction((sql) => entries(sql, 999_999n, late))).rejects.toThrow(only);
  });
  test('not on another business date than the batch', async () => {
    const posting = inOneTransaction(async (sql) =>
      entries(sql, await batch(sql, 'other date'), even, 'entries', '2025-06-24'),
    );
    await expect(posting).rejects.toThrow(only);
  });
  test('not of a ledger that the chart of accounts does not know', async () => {
    const posting = inOneTransaction(async (sql) =>
      entries(sql, await batch(sql, 'unknown ledger'), [
        ['pocket', 'CNY', 1],
        ['bank', 'CNY', -1],
      ]),
    );
    await expect(posting).rejects.toThrow('unknown ledger');
  });
  test('not directly into the partition of the day', async () => {
    const posting = inOneTransaction(async (sql) => {
      const id = await batch(sql, 'past the parent');
      await entries(sql, id, even, 'entries_20250623');
    });
    await expect(posting).rejects.toThrow('permission denied for table entries_20250623');
  });
  test('not by saying that an earlier batch was opened now, or that this one was opened earlier', async () => {
    await expect(
      book.pool.query(`update batches set opened_in = pg_current_xact_id() where batch_id = $1`, [closed]),
    ).rejects.toThrow('permission denied');
    const id = await inOneTransaction(async (sql) => {
      const { rows } = await sql.query<{ batch_id: bigint; stamped: boolean }>(
        `insert into batches (batch_key, channel, business_date, kind, content_sha256, cause, opened_in)
         values ('stamped', 'SH', '2025-06-23', 'test', 'x', 'a test', '99999999'::xid8)
         returning batch_id, opened_in = pg_current_xact_id() as stamped`,
      );
      expect(rows[0]?.stamped).toBe(true);
      return rows[0]!.batch_id;
    });
    await expect(inOneTransaction((sql) => entries(sql, id, late))).rejects.toThrow(only);
  });
  test('not by a savepoint that was rolled back with the batch', async () => {
    const posting = inOneTransaction(async (sql) => {
      await sql.query('savepoint before');
      const id = await batch(sql, 'rolled back');
      await sql.query('rollback to savepoint before');
      await entries(sql, id, even);
    });
    await expect(posting).rejects.toThrow(only);
  });
});

test('a batch key stands once, and a batch is reversed once', async () => {
  const id = await inOneTransaction((sql) => batch(sql, 'once'));
  await expect(inOneTransaction((sql) => batch(sql, 'once'))).rejects.toThrow('batches_batch_key_key');
  const reverse = (key: string) =>
    book.pool.query(
      `insert into batches (batch_key, channel, business_date, kind, content_sha256, reverses, cause)
       values ($1, 'SH', '2025-06-23', 'test', 'x', $2, 'a test')`,
      [key, id],
    );
  await reverse('reverse once');
  await expect(reverse('reverse twice')).rejects.toThrow('batches_reverses_key');
});

const KEPT = [
  'batches',
  'entries',
  'entries_20250623',
  'audit',
  'audit_seals',
  'files',
  'file_states',
  'findings',
  'finding_withdrawals',
  'break_decisions',
  'approvals',
  'ladder_rungs',
  'figures',
  'figure_terms',
  'checkpoints',
  'clearing_lines',
  'clearing_lines_20250623',
  'money_movements',
  'bank_lines',
  'calendar_days',
  'calendar_versions',
  'skipped_days',
  'ledgers',
];
test.each(KEPT)('%s is kept as it was written', async (table) => {
  const { rows: columns } = await owner.query<{ column_name: string }>(
    `select column_name from information_schema.columns
     where table_schema = 'public' and table_name = $1 and is_identity = 'NO' limit 1`,
    [table],
  );
  const column = columns[0]!.column_name;
  for (const statement of [
    `update ${table} set ${column} = ${column}`,
    `delete from ${table}`,
    `truncate ${table}`,
    `truncate ${table} cascade`,
    `drop table ${table}`,
    `alter table ${table} disable trigger all`,
    `create trigger mine before insert on ${table} for each row execute function stamp_batch()`,
  ]) {
    await expect(book.pool.query(statement)).rejects.toThrow(/permission denied|must be owner/);
  }
});

test.each([
  ['create table mine (n int)', 'a table'],
  [
    'create temporary table mine (n int); create function pg_temp.mine() returns void language sql as $$ drop table audit $$; select pg_temp.mine()',
    'a drop behind a function of its own',
  ],
  ['create schema mine', 'a schema'],
  ['alter function batch_sums_to_zero() rename to nothing', 'a trigger function'],
  [`set session_replication_role = replica`, 'triggers switched off'],
  ['set role southbound_owner', "the owner's role"],
  [`select set_config('role', 'southbound_owner', false)`, "the owner's role by another door"],
  [`insert into partitioned_by_day values ('audit', 'seq', null)`, 'what the partition maker makes'],
])('no DDL for the application: %s', async (statement, _why) => {
  const sql = await book.pool.connect();
  try {
    await expect(sql.query(statement)).rejects.toThrow(/permission denied|must be owner|must be able/);
  } finally {
    sql.release(true);
  }
});

test('the application cannot give itself a right', async () => {
  await book.pool.query('grant update, delete on entries, audit to southbound_app');
  await expect(book.pool.query('update entries set amount = 0')).rejects.toThrow('permission denied');
  await expect(book.pool.query('delete from audit')).rejects.toThrow('permission denied');
});

test.each([
  ['2013-12-31', 'before the business began'],
  ['2100-01-02', 'after every calendar'],
  ['infinity', 'no date at all'],
  ['-infinity', 'no date at all'],
  [null, 'nothing'],
])('no partitions for %s', async (date, _why) => {
  await expect(book.pool.query('select open_business_date($1)', [date])).rejects.toThrow('no business date');
});

test('opening a date twice, or in two sessions at once, makes its partitions once', async () => {
  await Promise.all([1, 2, 3].map(() => book.pool.query(`select open_business_date('2025-06-25')`)));
  const { rows } = await owner.query(
    `select count(*) as partitions, count(distinct relname) as names from pg_class where relname ~ '_20250625$' and relkind = 'r'`,
  );
  const { rows: kept } = await owner.query<{ count: bigint }>('select count(*) from partitioned_by_day');
  expect(rows).toEqual([{ partitions: kept[0]?.count, names: kept[0]?.count }]);
});

test('a temporary table cannot stand in for what the partition maker reads', async () => {
  const sql = await book.pool.connect();
  try {
    await sql.query(`create temporary table partitioned_by_day (parent text, key_columns text, further_index text)`);
    await sql.query(`insert into pg_temp.partitioned_by_day values ('audit', 'seq', null)`);
    await sql.query(`set search_path = pg_temp, public`);
    await sql.query(`select public.open_business_date('2025-06-26')`);
  } finally {
    sql.release(true);
  }
  const { rows } = await owner.query(`select relname from pg_class where relname = 'audit_20250626'`);
  expect(rows).toEqual([]);
  const { rows: made } = await owner.query(`select relname from pg_class where relname = 'entries_20250626'`);
  expect(made).toHaveLength(1);
});

describe('the clock of a book', () => {
  test('never becomes another kind, mode or name', async () => {
    for (const change of [`book_name = 'other'`, `book_kind = 'rehearsal'`, `mode = 'real', now = null`]) {
      await expect(book.pool.query(`update business_clock set ${change}`)).rejects.toThrow('written once');
    }
    await expect(book.pool.query('delete from business_clock')).rejects.toThrow();
    await expect(owner.query('delete from business_clock')).rejects.toThrow('never removed');
  });
  test.each([
    [
      'production',
      'manual',
      '2025-06-23T00:00:00Z',
      'production_runs_on_real_time',
      'a production day is never moved by hand',
    ],
    ['rehearsal', 'manual', null, 'manual_clock_stands_somewhere', 'a clock moved by hand stands somewhere'],
    ['rehearsal', 'real', '2025-06-23T00:00:00Z', 'manual_clock_stands_somewhere', 'a real clock stands nowhere'],
  ])('%s, %s, at %s is refused', async (kind, mode, now, constraint, _why) => {
    const empty = await openDatabase('clock');
    try {
      const making = empty.pool.query(
        `insert into business_clock (book_name, book_kind, mode, now) values ('x', $1, $2, $3)`,
        [kind, mode, now],
      );
      await expect(making).rejects.toThrow(constraint);
    } finally {
      await empty.close();
    }
  });
  test('says whose book it is, and a database of another one is refused', async () => {
    await expect(bookOf(book.pool, 'ledger')).resolves.toEqual({ kind: 'test', mode: 'manual' });
    await expect(bookOf(book.pool, 'other')).rejects.toThrow('BOOK_NAME is other, but the database is that of ledger');
  });
  test('there is one of it', async () => {
    await expect(
      book.pool.query(
        `insert into business_clock (one, book_name, book_kind, mode) values (false, 'x', 'test', 'real')`,
      ),
    ).rejects.toThrow('business_clock_one_check');
  });
});

test.each([
  [
    'parameters',
    `(code, channel, value, unit, valid_from, source) values ('FUNDING_DEADLINE', 'SH', '1', 'x', $1, 'x')`,
    'parameters',
  ],
  [
    'fee_rates',
    `(code, rate, flat_hkd, rounding, valid_from, source) values ('STAMP_DUTY', 0, 0, 'HALF_AWAY_CENT', $1, 'x')`,
    'fee_rates',
  ],
  ['margin_models', `(model, valid_from, source) values ('rpf', $1, 'x')`, 'margin_models_do_not_overlap'],
  [
    'risk_rates',
    `(channel, code, tier, rate, valid_from, source) values ('SH', '08001', 'A', 0.1, $1, 'x')`,
    'risk_rates',
  ],
  [
    'ladder_terms',
    `(ladder, rung, at_time, audience, severity, condition, action_zh, action_en, valid_from, source) values ('X', 1, '09:00', 'x', 'info', 'x', 'x', 'x', $1, 'x')`,
    'ladder_terms',
  ],
])('%s in force at the same time are refused', async (table, row, constraint) => {
  const refused = inOneTransaction(async (sql) => {
    await sql.query(`insert into ${table} ${row}`, ['2025-07-01']);
    await sql.query(`insert into ${table} ${row}`, ['2025-08-01']);
  });
  await expect(refused).rejects.toThrow(new RegExp(`exclusion constraint "${constraint}`));
});

test('a term that ends on the day on which the next begins does not overlap it', async () => {
  await inOneTransaction(async (sql) => {
    for (const [from, to] of [
      ['2025-07-01', '2025-08-01'],
      ['2025-08-01', null],
    ]) {
      await sql.query(
        `insert into parameters (code, channel, value, unit, valid_from, valid_to, source) values ('X', 'SH', '1', 'x', $1, $2, 'x')`,
        [from, to],
      );
    }
  });
});

describe('whoever makes does not check', () => {
  beforeAll(() =>
    book.pool.query(
      `insert into broker_accounts (account, channel, kind, side) values ('B', 'SH', 'bank', 'client'), ('R', 'SH', 'reserve', 'client')`,
    ),
  );
  const order = (columns: string, values: string) =>
    book.pool.query(
      `insert into orders (business_key, channel, business_date, side, kind, revision, amount_fen, from_account, to_account, made_by, ${columns})
       values ('k', 'SH', '2025-06-23', 'client', 'FUND', 1, 100, 'B', 'R', 'ling', ${values})`,
    );
  test.each([
    ['state, approved_by', `'approved', 'ling'`, 'maker_never_approves', 'the maker approves'],
    ['state', `'approved'`, 'sent_only_when_approved', 'nobody approves'],
    ['state', `'sent'`, 'sent_only_when_approved', 'sent without approval'],
    ['state', `'executed'`, 'sent_only_when_approved', 'executed without approval'],
    ['state', `'lost'`, 'orders_state_check', 'a state that does not exist'],
  ])('an order with %s = %s is refused', async (columns, values, constraint, _why) => {
    await expect(order(columns, values)).rejects.toThrow(constraint);
  });
  test('an order of no money is refused', async () => {
    await expect(
      book.pool.query(
        `insert into orders (business_key, channel, business_date, side, kind, revision, amount_fen, from_account, to_account, made_by, state)
         values ('k', 'SH', '2025-06-23', 'client', 'FUND', 1, 0, 'B', 'R', 'ling', 'awaiting approval')`,
      ),
    ).rejects.toThrow('orders_amount_fen_check');
  });
  test('an approval by the maker is refused, and a second decision of one task', async () => {
    await book.pool.query(
      `insert into tasks (other_key, workflow_id, kind, title_id, role, form_id, form_version, facts_told, revision, made_by, state)
       values ('t', 'w', 'approve-order', task_title('x', 'x'), 'operations', task_form('{}'), 1, '{}', 1, 'ling', 'open')`,
    );
    const approve = (checker: string) =>
      book.pool.query(
        `insert into approvals (task_id, first_task, revision, maker, checker, decision, reason, decided_at)
         select task_id, task_id, 1, 'ling', $1, 'approved', 'x', now() from tasks where business_key = 't'`,
        [checker],
      );
    await expect(approve('ling')).rejects.toThrow('maker_never_checks');
    await approve('wei');
    await expect(approve('hua')).rejects.toThrow('approvals_pkey');
  });
  test('a grant needs three hands', async () => {
    await book.pool.query(
      `insert into people (person, subject, department) values ('ling', 's1', 'd'), ('wei', 's2', 'd'), ('hua', 's3', 'd')`,
    );
    const grant = (requested: string, granted: string, approved: string) =>
      book.pool.query(
        `insert into grants (person, role, valid_from, requested_by, granted_by, approved_by) values ('ling', 'operations', '2025-01-01', $1, $2, $3)`,
        [requested, granted, approved],
      );
    for (const [requested, granted, approved] of [
      ['x', 'wei', 'wei'],
      ['x', 'ling', 'wei'],
      ['x', 'wei', 'ling'],
      ['ling', 'wei', 'hua'],
      ['wei', 'wei', 'hua'],
      ['hua', 'wei', 'hua'],
    ] as const) {
      await expect(grant(requested, granted, approved)).rejects.toMatchObject({ code: '23514' });
    }
    await grant('x', 'wei', 'hua');
    // What was granted stands; it only ends.
    await expect(book.pool.query(`update grants set role = 'admin'`)).rejects.toThrow('permission denied');
    await book.pool.query(`update grants set valid_to = '2025-01-02'`);
  });
});
