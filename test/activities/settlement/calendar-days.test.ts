/** Days around holidays: half days, one-sided holidays, several trade days that fall due at once. */
import { inTransaction } from '../../../activities/database/transaction';
import { bookingDay } from '../../../activities/ledger/booking-day';
import { openDay } from '../../../activities/settlement/open-day';
import { planFunding } from '../../../activities/settlement/plan-funding';
import type { Dependencies } from '../../../activities/dependencies';
import { parseBusinessDate } from '../../../domain/calendar/business-date';
import { dayOf, DAYS_A, openBookOf } from '../../support/days-of-verbs';
import { openDatabase, type TestDatabase } from '../../support/database';

let book: TestDatabase;
let deps: Dependencies;
beforeAll(async () => {
  book = await openDatabase('calendar-days');
  await openBookOf(book.pool, DAYS_A);
  deps = { pool: book.pool } as Dependencies;
});
afterAll(() => book.close());

const open = (date: string) => openDay(deps)({ ...dayOf(date), workflowId: `settlement-day:SH:${date}` });

test.each([
  [
    '2024-12-20',
    'full',
    true,
    '2024-12-19',
    '2024-12-23',
    '2024-12-27',
    '2024-12-23',
    '2024-12-23',
    'the half day of 24 December is no settlement day of its trades',
  ],
  [
    '2024-12-23',
    'full',
    true,
    '2024-12-20',
    '2024-12-24',
    '2024-12-30',
    '2024-12-27',
    '2024-12-24',
    'risk money moves on the half day, the fee waits for the next full one',
  ],
  [
    '2024-12-24',
    'half',
    false,
    '2024-12-23',
    '2024-12-27',
    '2024-12-30',
    '2024-12-27',
    '2024-12-27',
    'Christmas Eve: its trades settle with those of the day before',
  ],
  [
    '2024-12-27',
    'full',
    true,
    '2024-12-24',
    '2024-12-30',
    '2025-01-02',
    '2024-12-30',
    '2024-12-30',
    'New Year: 31 December is a half day, 1 January a holiday',
  ],
  [
    '2025-12-29',
    'full',
    true,
    '2025-12-24',
    '2025-12-30',
    '2026-01-05',
    '2025-12-30',
    '2025-12-30',
    '2 January settles in Hong Kong only',
  ],
  [
    '2025-12-30',
    'full',
    true,
    '2025-12-29',
    '2025-12-31',
    '2026-01-05',
    '2026-01-05',
    '2025-12-31',
    'the year end: three trade days fall due on one',
  ],
  [
    '2025-12-31',
    'half',
    false,
    '2025-12-30',
    '2026-01-05',
    '2026-01-05',
    '2026-01-05',
    '2026-01-05',
    'the third of them',
  ],
  [
    '2025-01-24',
    'full',
    true,
    '2025-01-23',
    '2025-01-27',
    '2025-02-05',
    '2025-01-27',
    '2025-01-27',
    'Chinese New Year: Hong Kong settles on 3 February, the mainland not before the 5th',
  ],
  [
    '2025-01-27',
    'full',
    true,
    '2025-01-24',
    '2025-02-05',
    '2025-02-05',
    '2025-02-05',
    '2025-02-05',
    'the last day before it: two trade days fall due on the first day after it',
  ],
])('%s is a %s day', async (date, kind, settlementDay, previous, next, trades, fee, risk, _why) => {
  await open(date);
  const { rows } = await book.pool.query(
    `select day_kind, settlement_day, previous_trading_day, next_trading_day, trades_settle, fee_settles, risk_settles
     from settlement_days where business_date = $1`,
    [date],
  );
  expect(rows).toEqual([
    {
      day_kind: kind,
      settlement_day: settlementDay,
      previous_trading_day: previous,
      next_trading_day: next,
      trades_settle: trades,
      fee_settles: fee,
      risk_settles: risk,
    },
  ]);
});

test('a day is opened once: again gives the same answer and no second row of audit', async () => {
  expect(await open('2024-12-24')).toEqual(await open('2024-12-24'));
  const { rows } = await book.pool.query(
    `select count(*) from audit where action = 'open settlement day' and object_id = 'SH:2024-12-24'`,
  );
  expect(rows).toEqual([{ count: 1n }]);
});

test.each([
  ['2025-07-01', 'NOT_A_TRADING_DAY', 'a holiday of Hong Kong'],
  ['2025-10-02', 'NOT_A_TRADING_DAY', 'a holiday of the mainland'],
  ['2025-06-28', 'NOT_A_TRADING_DAY', 'a Saturday'],
  ['2027-01-04', 'CALENDAR_OUT_OF_RANGE', 'after every calendar'],
  ['2023-12-29', 'CALENDAR_OUT_OF_RANGE', 'before every calendar'],
  ['2026-12-31', 'CALENDAR_OUT_OF_RANGE', 'the day after it is not known'],
])('%s is refused: %s', async (date, code, _why) => {
  await expect(open(date)).rejects.toMatchObject({ code });
  const { rows } = await book.pool.query('select 1 from settlement_days where business_date = $1', [date]);
  expect(rows).toEqual([]);
  const { rows: partitions } = await book.pool.query('select to_regclass($1) as made', [
    `entries_${date.replaceAll('-', '')}`,
  ]);
  expect(partitions).toEqual([{ made: null }]);
});

test.each([
  ['its evening is not posted', '2025-09-08', '2025-09-08', '2025-09-08', ''],
  ['the clearing of the day is posted', '2025-09-09', '2025-09-09', '2025-09-10', 'posted'],
  ['it is closed', '2025-09-11', '2025-09-11', '2025-09-12', 'closed'],
  ['closed, a Friday', '2025-09-19', '2025-09-19', '2025-09-22', 'closed'],
  ['a Saturday, nothing opened', '2025-09-27', '2025-09-26', '2025-09-29', ''],
  ['the next day is over too', '2025-10-14', '2025-10-15', '2025-10-16', 'posted'],
  ['taken back, it is not posted', '2025-10-22', '2025-10-22', '2025-10-22', 'reversed'],
  ['not opened yet', '2025-11-10', '2025-11-07', '2025-11-10', ''],
  ['outside the calendar', '2027-03-06', '2025-11-12', '2027-03-06', ''],
])(
  'booked beside an evening, %s: what happens on %s stands on the day told',
  async (_why, on, opened, booked, state) => {
    for (const date of new Set([on < opened ? on : opened, opened])) {
      await open(date);
      await book.pool.query(
        state === 'closed'
          ? `update settlement_days set closed_at = business_now() where business_date = $1`
          : `insert into batches (batch_key, channel, business_date, kind, content_sha256, cause)
           select 'posted ' || $1, 'SH', $1::date, 'repay-advances', 'x', 'x' where ${state !== ''}`,
        [date],
      );
      if (state === 'reversed')
        await book.pool.query(
          `insert into batches (batch_key, channel, business_date, kind, content_sha256, cause, reverses)
         select 'reverse ' || batch_key, channel, business_date, kind, 'x', 'x', batch_id from batches where batch_key = 'posted ' || $1`,
          [date],
        );
    }
    const day = await inTransaction(book.pool, (sql) => bookingDay(sql, 'SH', parseBusinessDate(on)));
    expect(day).toBe(booked);
    const { rows } = await book.pool.query(
      `select to_regclass('entries_' || replace($1, '-', '')) is not null as open`,
      [booked],
    );
    expect(rows).toEqual([{ open: true }]);
  },
);

describe('the funding of a side', () => {
  /** An evening as the clearing house tells it: what settles when, what the accounts hold, what risk money is payable. */
  async function evening(
    date: string,
    told: {
      readonly lines: readonly (readonly [business: string, settles: string, fen: number])[];
      readonly reserveFen: number;
      readonly riskFundFen: number;
      readonly riskPayableFen: number;
      readonly riskSettles: string;
    },
  ): Promise<void> {
    const { pool } = book;
    await pool.query('select open_business_date($1)', [date]);
    const file = async (kind: string) => {
      const { rows } = await pool.query<{ file_id: bigint }>(
        `insert into files (channel, business_date, kind, version, name, path, sha256, byte_count, arrived_at)
         values ('SH', $1, $2, 1, $3, 'x', 'x', 1, business_now()) returning file_id`,
        [date, kind, `${kind} of ${date}`],
      );
      await pool.query(`insert into file_states (file_id, state_no, state, cause) values ($1, 1, 'accepted', 'x')`, [
        rows[0]!.file_id,
      ]);
      return rows[0]!.file_id;
    };
    const details = await file('hk_jsmx');
    for (const [index, [business, settles, fen]] of told.lines.entries()) {
      await pool.query(
        `insert into clearing_lines values ($1, $2, $3, 'SH', $4, $4, 'HKB0000001', $1, $5, '21000', 'A900000001', '08001', 'B', 'o', 't',
           1, 1, 'HKD', 1, 1, 0, 0, 0, 0, 0, 0, 0, $6, 0)`,
        [date, details, index + 1, business, settles, fen],
      );
    }
    const balances = await file('hk_zjye');
    for (const [row, account, kind, fen] of [
      [1, 'HKB0000001', '1', told.reserveFen],
      [2, 'HKF0000001', '2', told.riskFundFen],
    ]) {
      await pool.query(`insert into money_balances values ($1, $2, $3, 'SH', $4, $5, 0, 0, 0, $6, 0, 0)`, [
        date,
        balances,
        row,
        account,
        kind,
        fen,
      ]);
    }
    await pool.query(`insert into risk_money values ('SH', $1, 'client', $2, 0, 'rpf', 0, $2, $3, 0, 0, 0)`, [
      date,
      told.riskPayableFen,
      told.riskSettles,
    ]);
  }

  const plan = async (date: string) => {
    await open(date);
    const { amountFen, uncertain, revision, figureId } = await planFunding(deps)({ ...dayOf(date), side: 'client' });
    const { rows } = await book.pool.query<{ term: string; amount_fen: bigint }>(
      'select term, amount_fen from figure_terms where figure_id = $1 and amount_fen <> 0 order by term_no',
      [figureId],
    );
    return { amountFen, uncertain, revision, terms: Object.fromEntries(rows.map((row) => [row.term, row.amount_fen])) };
  };

  beforeAll(async () => {
    await evening('2025-12-29', {
      lines: [
        ['H01', '2026-01-05', -100_000_000],
        ['H60', '2025-12-30', -100],
      ],
      reserveFen: 0,
      riskFundFen: 0,
      riskPayableFen: 30_000_000,
      riskSettles: '2025-12-30',
    });
    await evening('2025-12-30', {
      // A line that says it settles on the half day, on which nothing of its kind does: it moves to the next settlement day (decision 0058).
      lines: [
        ['H01', '2026-01-05', 40_000_000],
        ['H60', '2026-01-05', -250],
        ['H60', '2025-12-31', -9_999],
      ],
      reserveFen: 1_000,
      riskFundFen: 30_000_000,
      riskPayableFen: 50_000_000,
      riskSettles: '2025-12-31',
    });
    await evening('2025-12-31', {
      lines: [
        ['H01', '2026-01-05', -20_000_000],
        ['H60', '2026-01-05', -111],
        ['H54', '2026-01-05', 7_777],
      ],
      reserveFen: 1_000,
      riskFundFen: 50_000_000,
      riskPayableFen: 10_000_000,
      riskSettles: '2026-01-05',
    });
  });

  test('on the half day only risk money moves: 10.00 - 500,000.00 + 300,000.00', async () => {
    expect(await plan('2025-12-31')).toEqual({
      amountFen: '-19999000',
      uncertain: false,
      revision: 1,
      terms: {
        reserveBalancePreviousFen: 1_000n,
        riskMoneyPayableFen: -50_000_000n,
        riskMoneyReturnedFen: 30_000_000n,
      },
    });
  });

  test('three trade days and three fees that fall due on 5 January are one figure each', async () => {
    // Trades -1,000,000.00 + 400,000.00 - 200,000.00 = -800,000.00; fees 2.50 + 1.11 + 99.99 = 103.60; dividend 77.77.
    expect(await plan('2026-01-05')).toEqual({
      amountFen: String(1_000 - 80_000_000 - 10_000_000 + 50_000_000 - 10_360 + 7_777),
      uncertain: false,
      revision: 1,
      terms: {
        reserveBalancePreviousFen: 1_000n,
        tradeNetFen: -80_000_000n,
        riskMoneyPayableFen: -10_000_000n,
        riskMoneyReturnedFen: 50_000_000n,
        portfolioFeePayableFen: -10_360n,
        corporateActionReceivableFen: 7_777n,
      },
    });
  });

  test('the same figures again are the same plan; newer ones are its next revision', async () => {
    const before = await plan('2026-01-05');
    expect(await plan('2026-01-05')).toEqual(before);
    await book.pool.query(
      `update risk_money set payable_fen = payable_fen + 1 where business_date = '2025-12-31' and side = 'client'`,
    );
    const after = await plan('2026-01-05');
    expect(after.revision).toBe(before.revision + 1);
    expect(BigInt(after.amountFen)).toBe(BigInt(before.amountFen) - 1n);
  });

  test('an evening that is not in yet does not hold the plan back: the newest figures known, marked as uncertain', async () => {
    await open('2026-01-06');
    // 5 January was opened, and nothing of its evening has come.
    const early = await plan('2026-01-06');
    expect(early).toMatchObject({ uncertain: true, terms: { reserveBalancePreviousFen: 1_000n } });
  });
});
