/** Clients below zero: causes with their parts, advances, repayment, penalty interest over a weekend. */
import { advanceOverdrafts } from '../../../activities/settlement/advance-overdrafts';
import { listOverdrafts } from '../../../activities/settlement/list-overdrafts';
import { repayAdvances } from '../../../activities/settlement/repay-advances';
import { inTransaction } from '../../../activities/database/transaction';
import { rowsOfSubject } from '../../../activities/complaints/rows-of-subject';
import { lockCase } from '../../../activities/overdrafts/case-row';
import { draftWriteOff, postWriteOff } from '../../../activities/overdrafts/write-off';
import type { Dependencies } from '../../../activities/dependencies';
import { advances } from '../../../api/reports/client-sections';
import type { ReportedDay } from '../../../api/reports/reported-day';
import { clockAt, dayOf, DAYS_A, openBookOf, verbsOf, workflowOf } from '../../support/days-of-verbs';
import { openPool } from '../../../prisma/pool';
import { openDatabase, type TestDatabase } from '../../support/database';

const FRIDAY = dayOf('2025-06-27');
const MONDAY = dayOf('2025-06-30');
let book: TestDatabase;
let deps: Dependencies;

/** What happens to a client on Friday evening, fen: what was booked, and what had been frozen for it. */
interface Client {
  readonly account: string;
  readonly why: string;
  /** Below zero: overdrawn by that. */
  readonly endsAt: number;
  readonly payable?: number;
  readonly frozen?: number;
  readonly fee?: number;
  readonly cause: string;
}
const CLIENTS: readonly Client[] = [
  {
    account: '6000000001',
    why: 'FX explains half of it to the fen',
    endsAt: -1_000,
    payable: 5_500,
    frozen: 5_000,
    cause: 'fx',
  },
  {
    account: '6000000002',
    why: 'FX explains a fen less than half',
    endsAt: -1_001,
    payable: 5_500,
    frozen: 5_000,
    cause: 'other',
  },
  { account: '6000000003', why: 'the fee explains it', endsAt: -10, fee: 15, cause: 'portfolioFee' },
  {
    account: '6000000004',
    why: 'FX and fee alike: FX first',
    endsAt: -100,
    payable: 560,
    frozen: 500,
    fee: 60,
    cause: 'fx',
  },
  {
    account: '6000000005',
    why: 'the fee is the larger part',
    endsAt: -100,
    payable: 549,
    frozen: 500,
    fee: 50,
    cause: 'portfolioFee',
  },
  {
    account: '6000000006',
    why: 'a payable below its freeze is no part',
    endsAt: -100,
    payable: 400,
    frozen: 500,
    cause: 'other',
  },
  { account: '6000000007', why: 'nothing was booked', endsAt: -1, cause: 'other' },
  { account: '6000000008', why: 'not below zero: not listed', endsAt: 0, fee: 60, cause: '' },
];

beforeAll(async () => {
  book = await openDatabase('overdrafts');
  await openBookOf(book.pool, DAYS_A);
  deps = { pool: book.pool } as Dependencies;
  for (const day of [FRIDAY, MONDAY]) await verbsOf(book.pool).openDay({ ...day, workflowId: workflowOf(day) });
  await book.pool.query(`select open_business_date('2025-06-25')`);
  await bringTo(FRIDAY.businessDate, Object.fromEntries(CLIENTS.map(({ account, endsAt }) => [account, endsAt])));
  const lines = await file('hk_jsmx', '2025-06-25');
  const counter = await file('counter_trades', '2025-06-25');
  for (const [index, client] of CLIENTS.entries()) {
    const trade = `t${index}`;
    if (client.payable !== undefined) await line(lines, index * 2 + 1, client, 'H01', trade, -client.payable);
    if (client.fee !== undefined) await line(lines, index * 2 + 2, client, 'H60', `f${index}`, -client.fee);
    if (client.frozen !== undefined)
      await book.pool.query(
        `insert into counter_trades select '2025-06-25', $1, $2, 'SH', fund_account, securities_account, '08001', 'B', 1, 1, 'o', $3, '100000', $4
         from clients where fund_account = $5`,
        [counter, index + 1, trade, client.frozen, client.account],
      );
  }
});
afterAll(() => book.close());

async function file(kind: string, date: string): Promise<bigint> {
  const { rows } = await book.pool.query<{ file_id: bigint }>(
    `insert into files (channel, business_date, kind, version, name, path, sha256, byte_count, arrived_at)
     values ('SH', $1, $2, 1, $2, 'x', 'x', 1, business_now()) returning file_id`,
    [date, kind],
  );
  await book.pool.query(`insert into file_states (file_id, state_no, state, cause) values ($1, 1, 'accepted', 'x')`, [
    rows[0]!.file_id,
  ]);
  return rows[0]!.file_id;
}

const line = (fileId: bigint, row: number, { account }: Client, business: string, tradeNo: string, fen: number) =>
  book.pool.query(
    `insert into clearing_lines select '2025-06-25', $1, $2, 'SH', $3, $3, 'HKB0000001', '2025-06-25', '2025-06-27', '21000', securities_account, '08001', 'B',
       'o', $4, 1, 1, 'HKD', 1, 1, 0, 0, 0, 0, 0, 0, 0, $5, 0 from clients where fund_account = $6`,
    [fileId, row, business, tradeNo, fen, account],
  );

let batches = 0;
/** Posts what brings fund accounts to these balances. */
async function bringTo(date: string, balances: Readonly<Record<string, number>>): Promise<void> {
  const sql = await book.pool.connect();
  try {
    await sql.query('begin');
    const { rows } = await sql.query<{ batch_id: bigint }>(
      `insert into batches (batch_key, channel, business_date, kind, content_sha256, cause) values ($1, 'SH', $2, 'test', 'x', 'x') returning batch_id`,
      [`test ${(batches += 1)}`, date],
    );
    for (const [index, [account, balance]] of Object.entries(balances).entries()) {
      await sql.query(
        `with moved as (select sum(amount) + $4::bigint as fen from entries where ledger = 'client_money' and owner = $3)
         insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause)
         select $1, $2, $5 * 2 + n, case n when 1 then 'client_money' else 'bank' end, case n when 1 then $3 else 'B' end, 'CNY',
                case n when 1 then -fen else fen end, $1, 'x' from moved cross join generate_series(1, 2) n`,
        [date, rows[0]?.batch_id, account, balance, index],
      );
    }
    await sql.query('commit');
  } finally {
    sql.release();
  }
}

const overdrafts = async (date: string): Promise<readonly unknown[]> => {
  const { rows } = await book.pool.query<object>(
    'select fund_account, amount_fen, cause from overdrafts where business_date = $1 order by fund_account',
    [date],
  );
  return rows;
};

const advancesOf = async (account: string, date: string): Promise<unknown> => {
  const { rows } = await book.pool.query(
    `select advanced_fen, repaid_fen, outstanding_fen, overdraft_fen, interest_numerator from advances where fund_account = $1 and business_date = $2`,
    [account, date],
  );
  return rows[0];
};

test('each overdraft is listed with its cause, and its client is told once', async () => {
  for (const _again of [1, 2])
    expect(await listOverdrafts(deps)({ ...FRIDAY, workflowId: workflowOf(FRIDAY) })).toEqual({
      overdrafts: 7,
      owing: 7,
    });
  expect(await overdrafts(FRIDAY.businessDate)).toEqual(
    CLIENTS.filter(({ endsAt }) => endsAt < 0).map(({ account, endsAt, cause }) => ({
      fund_account: account,
      amount_fen: BigInt(-endsAt),
      cause,
    })),
  );
  const { rows } = await book.pool.query(
    `select count(*), count(distinct recipient_ref) as clients from outbox where message_key like 'overdraft:SH:2025-06-27:%'`,
  );
  expect(rows).toEqual([{ count: 7n, clients: 7n }]);
});

test('penalty interest runs from Friday evening to Monday: three calendar days', async () => {
  // 10.01 x 3 days x 18 % a year, in fen x E12.
  expect(await advancesOf('6000000002', FRIDAY.businessDate)).toEqual({
    advanced_fen: 0n,
    repaid_fen: 0n,
    outstanding_fen: 0n,
    overdraft_fen: 1_001n,
    interest_numerator: String(1_001n * 3n * 180_000_000_000n),
  });
});

test('on Monday morning the cushion advances every overdraft in full, once', async () => {
  expect(await advanceOverdrafts(deps)(MONDAY)).toEqual({ entries: 16, advancedFen: '2312' });
  expect(await advanceOverdrafts(deps)(MONDAY)).toEqual({ entries: 16, advancedFen: '2312' });
  const { rows } = await book.pool.query(
    `select ledger, sum(amount)::bigint as fen from entries where ledger in ('advance', 'advance_contra') group by 1 order by 1`,
  );
  expect(rows).toEqual([
    { ledger: 'advance', fen: 2_312n },
    { ledger: 'advance_contra', fen: -2_312n },
  ]);
});

test('money that comes repays the advance first, as far as it goes, and interest is never reset', async () => {
  // One pays in less than was advanced, one more, one exactly; the others nothing.
  await bringTo(MONDAY.businessDate, { '6000000001': 400, '6000000002': 5_000, '6000000004': 100 });
  await repayAdvances(deps)(MONDAY);
  await listOverdrafts(deps)({ ...MONDAY, workflowId: workflowOf(MONDAY) });
  const friday = (fen: bigint) => fen * 3n * 180_000_000_000n;
  // From Monday evening to Wednesday, 2 July: two calendar days.
  const monday = (fen: bigint) => fen * 2n * 180_000_000_000n;
  expect(await advancesOf('6000000001', MONDAY.businessDate)).toEqual({
    advanced_fen: 1_000n,
    repaid_fen: 400n,
    outstanding_fen: 600n,
    overdraft_fen: 0n,
    interest_numerator: String(friday(1_000n) + monday(600n)),
  });
  expect(await advancesOf('6000000002', MONDAY.businessDate)).toMatchObject({
    repaid_fen: 1_001n,
    outstanding_fen: 0n,
    interest_numerator: String(friday(1_001n)),
  });
  expect(await advancesOf('6000000004', MONDAY.businessDate)).toMatchObject({ repaid_fen: 100n, outstanding_fen: 0n });
  expect(await advancesOf('6000000007', MONDAY.businessDate)).toMatchObject({
    advanced_fen: 1n,
    outstanding_fen: 1n,
    interest_numerator: String(friday(1n) + monday(1n)),
  });
  expect(await overdrafts(MONDAY.businessDate)).toEqual([]);
  const { rows } = await book.pool.query(
    `select owner, -sum(amount)::bigint as balance from entries where ledger = 'client_money' and owner in ('6000000001', '6000000002') group by 1 order by 1`,
  );
  expect(rows).toEqual([
    { owner: '6000000001', balance: 0n },
    { owner: '6000000002', balance: 3_999n },
  ]);
});

test('interest is shown rounded: 10.00 over three days and 6.00 over two at 18 % are 0.02', async () => {
  // (1,000 x 3 + 600 x 2) fen x 0.18 / 360 = 2.1 fen.
  const reported = { channel: 'SH', business_date: MONDAY.businessDate, trades_settle: '' } as unknown as ReportedDay;
  const shown = await advances(book.pool, reported);
  expect(shown.find(({ fundAccount }) => fundAccount === '6000000001')).toEqual({
    fundAccount: '6000000001',
    advancedThisMorning: '10.00',
    repaidToday: '4.00',
    outstanding: '6.00',
    penaltyInterestAccrued: '0.02',
  });
});

/** History is not the application's to change: the owner of the tables does it here. */
async function asOwner(text: string): Promise<void> {
  const owner = openPool(book.ownerUrl, 1);
  await owner.query(text);
  await owner.end();
}
const WEDNESDAY = dayOf('2025-07-02');
const cases = async () =>
  (await book.pool.query('select fund_account, owed_since, opened_on, state from overdraft_cases order by 1'))
    .rows as unknown[];

test('who owes for three days is followed by a case, once; who has paid is not', async () => {
  // Since Friday; on Monday evening three calendar days have passed.
  const [first] = await cases();
  expect(await cases()).toHaveLength(5);
  expect(first).toEqual({
    fund_account: '6000000001',
    owed_since: '2025-06-27',
    opened_on: '2025-06-30',
    state: 'open',
  });
  await listOverdrafts(deps)({ ...MONDAY, workflowId: workflowOf(MONDAY) });
  expect(await cases()).toHaveLength(5);
});

/** A client of the register to whom fund accounts belong. */
async function registerClient(clientNo: string, accounts: readonly string[]): Promise<void> {
  await book.pool.query(`insert into archives (client_no, opened_on) values ($1, '2025-06-01')`, [clientNo]);
  await book.pool.query(
    `insert into registered_clients (client_no, kind, branch, account_manager, registered_on)
     values ($1, 'natural', '1001', 'manager-1', '2025-06-01')`,
    [clientNo],
  );
  await book.pool.query(
    'insert into client_fund_accounts (fund_account, client_no) select unnest($2::text[]), $1 on conflict do nothing',
    [clientNo, accounts],
  );
}

test('of a complaint about a case the debt of its days is evidence, to the client whose it is and of that account alone', async () => {
  // The second account of the same client has a case of its own; the third is of somebody else.
  await registerClient('C90000001', ['6000000001', '6000000004']);
  await registerClient('C90000002', ['6000000007']);
  const workflowOfCase = async (account: string) => {
    const { rows } = await book.pool.query<{ id: string }>(
      'select workflow_id as id from overdraft_cases where fund_account = $1',
      [account],
    );
    return rows[0]?.id ?? '';
  };
  const evidence = (workflowId: string, client: string | null) =>
    inTransaction(book.pool, (sql) => rowsOfSubject(sql, workflowId, client));
  const own = await evidence(await workflowOfCase('6000000001'), 'C90000001');
  expect(own.overdraftCase).toMatchObject([
    { fund_account: '6000000001', owed_since: '2025-06-27', opened_on: '2025-06-30', state: 'open', ended_on: null },
  ]);
  expect(own.overdrafts).toEqual([
    {
      ...{ business_date: '2025-06-27', amount_fen: '1000', cause: 'fx' },
      ...{ fx_fen: '500', fee_fen: '0', delayed_fen: '0' },
    },
  ]);
  const none = { advanced_fen: '0', repaid_fen: '0' };
  expect(own.advances).toEqual([
    // 1,000 fen over three days at 18 %, kept to the last digit.
    {
      ...{ ...none, business_date: '2025-06-27', outstanding_fen: '0', overdraft_fen: '1000' },
      ...{ interest_numerator: String(1_000n * 3n * 180_000_000_000n), owed_since: '2025-06-27' },
    },
    // Then 600 over two.
    {
      ...{ business_date: '2025-06-30', advanced_fen: '1000', repaid_fen: '400', outstanding_fen: '600' },
      ...{ overdraft_fen: '0', owed_since: '2025-06-27' },
      interest_numerator: String((1_000n * 3n + 600n * 2n) * 180_000_000_000n),
    },
  ]);
  const shown = ({ overdraftCase, overdrafts: found, advances: lent, writeOffs }: typeof own) =>
    [overdraftCase, found, lent, writeOffs].map((part) => part.length);
  expect(shown(own)).toEqual([1, 1, 2, 0]);
  for (const stranger of ['C90000002', null])
    expect([stranger, shown(await evidence(await workflowOfCase('6000000001'), stranger))]).toEqual([
      stranger,
      [0, 0, 0, 0],
    ]);
});

test('a calendar day without a rate: nothing is listed, and nothing is half done', async () => {
  await book.pool.query('select open_business_date($1)', [WEDNESDAY.businessDate]);
  await verbsOf(book.pool).openDay({ ...WEDNESDAY, workflowId: workflowOf(WEDNESDAY) });
  await asOwner(
    `update parameters set valid_to = '2025-07-02' where code = 'OVERDRAFT_INTEREST_PER_YEAR' and valid_to is null`,
  );
  await expect(listOverdrafts(deps)({ ...WEDNESDAY, workflowId: workflowOf(WEDNESDAY) })).rejects.toMatchObject({
    code: 'NO_PARAMETER_FOR_DATE',
    details: { code: 'OVERDRAFT_INTEREST_PER_YEAR', date: '2025-07-02' },
  });
  expect(await advancesOf('6000000001', WEDNESDAY.businessDate)).toBeUndefined();
});

test('another rate from Wednesday on, and interest is collected: after the advance, of the days until today', async () => {
  await asOwner(
    `insert into parameters (code, channel, value, unit, valid_from, source) values
       ('OVERDRAFT_INTEREST_PER_YEAR', 'SH', '0.24', 'fraction a year', '2025-07-02', 'test'),
       ('OVERDRAFT_REPAYMENT_ORDER', 'SH', 'ADVANCE_THEN_INTEREST', 'repayment order', '2025-07-02', 'test')`,
  );
  // (1,000 x 3 + 600 x 2) fen x 0.18 / 360 = 2.1 fen until Wednesday: 600 of the advance and 2 of interest are due; 5,000 come.
  await bringTo(WEDNESDAY.businessDate, { '6000000001': 5_000 });
  await repayAdvances(deps)(WEDNESDAY);
  await repayAdvances(deps)(WEDNESDAY);
  const { rows } = await book.pool.query(
    `select ledger, owner, sum(amount)::bigint as fen from entries e join batches b using (batch_id)
     where b.kind = 'repay-advances' and e.business_date = '2025-07-02' group by 1, 2 order by 1, 2`,
  );
  // 6000000002 has 39.99 left since Monday; it owes 1,001 x 3 x 0.0005 = 1.5 fen, 2 shown.
  expect(rows).toEqual([
    { ledger: 'advance', owner: '6000000001', fen: -600n },
    { ledger: 'advance_contra', owner: 'CUSHION', fen: 600n },
    { ledger: 'client_money', owner: '6000000001', fen: 602n },
    { ledger: 'client_money', owner: '6000000002', fen: 2n },
    { ledger: 'cushion', owner: 'CUSHION', fen: -604n },
    { ledger: 'overdraft_interest', owner: '6000000001', fen: -2n },
    { ledger: 'overdraft_interest', owner: '6000000002', fen: -2n },
    { ledger: 'overdraft_interest_contra', owner: 'CUSHION', fen: 4n },
  ]);
  await listOverdrafts(deps)({ ...WEDNESDAY, workflowId: workflowOf(WEDNESDAY) });
  // Still 1 fen: three days and two at 18 %, then one day at 24 %.
  expect(await advancesOf('6000000007', WEDNESDAY.businessDate)).toMatchObject({
    interest_numerator: String(5n * 180_000_000_000n + 240_000_000_000n),
  });
  const told = async () =>
    (
      await book.pool.query<{ account: string }>(
        `select c.fund_account as account from outbox o join overdraft_cases c using (workflow_id) where o.message_key like 'overdraft-covered:%'`,
      )
    ).rows.map(({ account }) => account);
  expect(await told()).toEqual(['6000000001']);
  // Listed again the process is told no more; once the evening was posted anew it is.
  await listOverdrafts(deps)({ ...WEDNESDAY, workflowId: workflowOf(WEDNESDAY) });
  expect(await told()).toEqual(['6000000001']);
  await book.pool.query(
    `insert into batches (batch_key, channel, business_date, kind, content_sha256, cause) values ('anew', 'SH', '2025-07-02', 'test', 'x', 'x')`,
  );
  await listOverdrafts(deps)({ ...WEDNESDAY, workflowId: workflowOf(WEDNESDAY) });
  expect(await told()).toEqual(['6000000001', '6000000001']);
});

test('the cushion raises an alarm before it is used up; what it cannot lend is refused, and nothing is advanced', async () => {
  const THURSDAY = dayOf('2025-07-03');
  await verbsOf(book.pool).openDay({ ...THURSDAY, workflowId: workflowOf(THURSDAY) });
  const { rows } = await book.pool.query<{ left: bigint }>(
    `select -sum(amount)::bigint as left from entries where ledger = 'cushion'`,
  );
  const { left } = rows[0]!;
  const lent = async () =>
    (await book.pool.query<{ fen: bigint }>(`select sum(amount)::bigint as fen from entries where ledger = 'advance'`))
      .rows[0]!.fen;
  await bringTo(WEDNESDAY.businessDate, { '6000000009': -Number(left) - 1 });
  await expect(advanceOverdrafts(deps)(THURSDAY)).rejects.toMatchObject({ code: 'CUSHION_TOO_SMALL' });
  const counted = async (text: string) => Number((await book.pool.query<{ count: bigint }>(text)).rows[0]?.count);
  const advancedOnThursday = `select count(*) from batches where business_date = '2025-07-03'`;
  const alarms = `select count(*) from outbox where template = 'CUSHION_LOW'`;
  expect([await counted(advancedOnThursday), await counted(alarms)]).toEqual([0, 0]);
  // On the evening that finds it finance is told, before anything is refused.
  await asOwner(`update parameters set valid_to = null where code = 'OVERDRAFT_INTEREST_PER_YEAR' and channel is null`);
  await listOverdrafts(deps)({ ...WEDNESDAY, workflowId: workflowOf(WEDNESDAY) });
  expect(
    await counted(`select count(*) from outbox where template = 'CUSHION_SHORT' and recipient_role = 'finance'`),
  ).toBe(1);
  // Finance is asked for the least that raises no alarm: what is lent is less than four fifths of the whole then.
  const asked = async () =>
    (await book.pool.query('select origin, amount_fen, state from cushion_top_ups order by top_up_id'))
      .rows as unknown[];
  const lentAtAll = await lent();
  const least = (toLend: bigint) => ((lentAtAll + toLend) * 10n) / 8n + 1n - left - lentAtAll;
  expect(await asked()).toEqual([{ origin: 'alarm', amount_fen: least(left + 1n), state: 'open' }]);
  // A cent less: exactly what is left.
  await bringTo(WEDNESDAY.businessDate, { '6000000009': -Number(left) });
  await listOverdrafts(deps)({ ...WEDNESDAY, workflowId: workflowOf(WEDNESDAY) });
  expect(await counted(alarms)).toBe(2);
  expect(await asked()).toEqual([{ origin: 'alarm', amount_fen: least(left), state: 'open' }]);
  // The evening computed anew finds that the client has paid in: nothing is to be raised any more, and its process is told.
  await bringTo(WEDNESDAY.businessDate, { '6000000009': 0 });
  await listOverdrafts(deps)({ ...WEDNESDAY, workflowId: workflowOf(WEDNESDAY) });
  expect(await asked()).toMatchObject([{ state: 'not needed' }]);
  expect(
    await counted(`select count(*) from outbox where kind = 'signal' and message_key like 'cushion-not-needed:%'`),
  ).toBe(1);
  await bringTo(WEDNESDAY.businessDate, { '6000000009': -Number(left) });
  await listOverdrafts(deps)({ ...WEDNESDAY, workflowId: workflowOf(WEDNESDAY) });
  expect(await asked()).toMatchObject([{ state: 'not needed' }, { state: 'open', amount_fen: least(left) }]);
  expect(await advanceOverdrafts(deps)(THURSDAY)).toMatchObject({ advancedFen: String(left) });
  expect(await counted(alarms)).toBe(4);
});

test('each calendar day counts once, also where the calendar was corrected after the evening that counted until the next day', async () => {
  // Thursday and Friday have no evening: closed since. What is below zero since Wednesday is owed until Monday, five days, and paid then.
  const NEXT_MONDAY = dayOf('2025-07-07');
  await verbsOf(book.pool).openDay({ ...NEXT_MONDAY, workflowId: workflowOf(NEXT_MONDAY) });
  const { rows: owed } = await book.pool.query<{ fen: bigint }>(
    `select overdraft_fen as fen from advances where fund_account = '6000000009' and business_date = '2025-07-02'`,
  );
  const { fen } = owed[0]!;
  await bringTo(NEXT_MONDAY.businessDate, { '6000000009': Number(fen) * 2 });
  await repayAdvances(deps)(NEXT_MONDAY);
  const { rows: collected } = await book.pool.query(
    `select -sum(amount)::bigint as fen from entries where ledger = 'overdraft_interest' and owner = '6000000009'`,
  );
  // 24 % of a year of 360 days, half a fen up.
  expect(collected).toEqual([{ fen: (fen * 5n * 24n * 2n + 36_000n) / 72_000n }]);
  // 1 fen at 18 % from Friday to Wednesday, at 24 % from Wednesday to Sunday and on Monday, whatever Wednesday evening had counted.
  const once = String(5n * 180_000_000_000n + 6n * 240_000_000_000n);
  for (const [next, further] of [
    ['2025-07-03', 0],
    ['2025-07-04', 1],
    ['2025-07-07', 4],
    ['2025-07-09', 6],
  ] as const) {
    const rate = further * 240_000_000_000;
    await asOwner(`update settlement_days set next_trading_day = '${next}' where business_date = '2025-07-02';
      update advances set interest_numerator = interest_numerator + ${rate} where business_date = '2025-07-02' and fund_account = '6000000007'`);
    await listOverdrafts(deps)({ ...NEXT_MONDAY, workflowId: workflowOf(NEXT_MONDAY) });
    expect([next, await advancesOf('6000000007', NEXT_MONDAY.businessDate)]).toMatchObject([
      next,
      { interest_numerator: once },
    ]);
    await asOwner(
      `update advances set interest_numerator = interest_numerator - ${rate} where business_date = '2025-07-02' and fund_account = '6000000007'`,
    );
  }
});

test('interest that is collected between the draft of a write-off and its booking is not given up once more', async () => {
  const account = '6000000010';
  await clockAt(book.pool, dayOf('2025-07-07'), '09:00');
  // 100.00 advanced and 5.00 of interest accrued.
  await asOwner(
    `with b as (insert into batches (batch_key, channel, business_date, kind, content_sha256, cause) values ('lent', 'SH', '2025-07-02', 'test', 'x', 'x') returning batch_id)
     insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause)
     select '2025-07-02', batch_id, n, case n when 1 then 'advance' else 'advance_contra' end, case n when 1 then '${account}' else 'CUSHION' end, 'CNY',
            case n when 1 then 10000 else -10000 end, '2025-07-02', 'x' from b, generate_series(1, 2) n;
     insert into advances values ('SH', '2025-07-07', '${account}', 0, 0, 10000, 0, 500 * 360 * 1000000000000, '2025-06-27');
     insert into overdraft_cases values ('V20250630-000099', 'SH', '${account}', '1001', '2025-06-27', '2025-06-30', 'w', 3, 10, 30)`,
  );
  const caseNo = 'V20250630-000099';
  const drafted = await draftWriteOff(deps)({ caseNo, nth: 1, madeBy: 'brokerage-1' });
  expect(drafted).toMatchObject({ amount: '100.00', interest: '5.00' });
  // 2.00 of it come.
  await asOwner(
    `with b as (insert into batches (batch_key, channel, business_date, kind, content_sha256, cause) values ('collected', 'SH', '2025-07-07', 'test', 'x', 'x') returning batch_id)
     insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause)
     select '2025-07-07', batch_id, n, case n when 1 then 'overdraft_interest' else 'client_money' end, '${account}', 'CNY', case n when 1 then -200 else 200 end,
            '2025-07-07', 'x' from b, generate_series(1, 2) n`,
  );
  await book.pool.query(
    `update overdraft_write_offs set state = 'approved', approved_by = 'fin-prop-1', approved_at = business_now() where write_off_id = $1`,
    [drafted!.writeOffId],
  );
  await postWriteOff(deps)({ caseNo, writeOffId: drafted!.writeOffId });
  const { rows } = await book.pool.query(
    `select interest_waived_fen as decided, interest_given_up_fen as given_up from overdraft_write_offs where case_no = $1`,
    [caseNo],
  );
  expect(rows).toEqual([{ decided: 500n, given_up: 300n }]);
  expect((await inTransaction(book.pool, (sql) => lockCase(sql, caseNo))).interestFen).toBe(0n);
  // Whoever complains of what was asked for is shown what was given up; of the days after the end nothing is.
  await registerClient('C90000010', [account]);
  await asOwner(`insert into advances values ('SH', '2025-07-08', '${account}', 0, 0, 1, 0, 1, '2025-07-08')`);
  const frozen = await inTransaction(book.pool, (sql) => rowsOfSubject(sql, 'w', 'C90000010'));
  expect(frozen.overdraftCase).toMatchObject([{ state: 'written off', ended_on: '2025-07-07' }]);
  expect(frozen.writeOffs).toMatchObject([
    { nth: 1, amount_fen: '10000', interest_waived_fen: '500', interest_given_up_fen: '300', state: 'approved' },
  ]);
  expect(frozen.advances).toMatchObject([{ business_date: '2025-07-07', outstanding_fen: '10000' }]);
});

test('the report counts with the day base of the channel, not with the general one', async () => {
  await asOwner(
    `update parameters set value = '180' where code = 'INTEREST_DAY_BASE' and channel = 'SH' and valid_to is null`,
  );
  const reported = { channel: 'SH', business_date: MONDAY.businessDate, trades_settle: '' } as unknown as ReportedDay;
  const shown = await advances(book.pool, reported);
  // (1,000 x 3 + 600 x 2) fen x 0.18 / 180 = 4.2 fen.
  expect(shown.find(({ fundAccount }) => fundAccount === '6000000001')).toMatchObject({
    penaltyInterestAccrued: '0.04',
  });
});
