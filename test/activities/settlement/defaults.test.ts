/** Checkpoints, defaults and what they cost, across days; what may be drawn back. */
import type { Dependencies } from '../../../activities/dependencies';
import { coverDefaults } from '../../../activities/settlement/cover-defaults';
import { drawBackAmount } from '../../../activities/settlement/draw-back-amount';
import type { ReserveReading } from '../../../activities/settlement/read-reserve-account';
import { recordCheckpoint } from '../../../activities/settlement/record-checkpoint';
import { shanghaiInstant } from '../../../domain/calendar/business-date';
import type { Side } from '../../../domain/channel';
import { openPool } from '../../../prisma/pool';
import { clockAt, dayOf, DAYS_A, openBookOf } from '../../support/days-of-verbs';
import { openDatabase, type TestDatabase } from '../../support/database';

let book: TestDatabase;
let deps: Dependencies;
beforeAll(async () => {
  book = await openDatabase('defaults');
  await openBookOf(book.pool, DAYS_A);
  deps = { pool: book.pool } as Dependencies;
  const dates = ['2025-06-26', '2025-06-27', '2025-06-30', '2025-07-02', '2025-07-03', '2025-07-04'];
  for (const date of [
    ...dates,
    '2025-07-10',
    '2025-07-11',
    '2025-07-14',
    '2025-07-15',
    '2025-07-16',
    '2025-07-18',
    '2025-07-21',
  ])
    await book.pool.query('select open_business_date($1)', [date]);
});
afterAll(() => book.close());

type Movement = readonly [business: string, time: string, fen: number, balance: number];

/** What CCNET answers: these movements, the account as the last of them leaves it. */
const reading = (date: string, side: Side, movements: readonly Movement[]): ReserveReading => ({
  side,
  balanceFen: String(movements.at(-1)?.[3] ?? 0),
  withdrawableFen: '0',
  movements: movements.map(([business, time, fen, balance]) => ({
    business,
    amountFen: String(fen),
    balanceFen: String(balance),
    at: shanghaiInstant(dayOf(date).businessDate, time),
  })),
});

const checkpoint = async (
  date: string,
  side: Side,
  at: '10:00' | '10:30' | '18:00',
  movements: readonly Movement[],
) => {
  const day = dayOf(date);
  await clockAt(book.pool, day, at);
  return recordCheckpoint(deps)({
    ...day,
    workflowId: `settlement-day:SH:${date}`,
    side,
    checkpoint: at,
    fundingDeadline: shanghaiInstant(day.businessDate, '10:00'),
    endOfDayAt: shanghaiInstant(day.businessDate, '18:00'),
    dueAt: shanghaiInstant(day.businessDate, at),
    lastLookAt: shanghaiInstant(day.businessDate, at === '10:30' ? '18:00' : at),
    patienceMinutes: 10,
    reading: reading(date, side, movements),
  });
};

const cover = (date: string, side: Side, balanceFen: number) =>
  coverDefaults(deps)({ ...dayOf(date), side, balanceFen: String(balanceFen) });

async function defaultOf(date: string, side: Side): Promise<unknown> {
  const { rows } = await book.pool.query(
    `select intraday_fen, end_of_day_fen, days, penalty_fen, interest_fen, covered_on, cause from settlement_defaults
     where business_date = $1 and side = $2`,
    [date, side],
  );
  return rows[0];
}

/** Cost of the own funds for the defaults of a side, and what is owed to the clearing house for them. */
async function booked(side: Side, until = '2025-12-31'): Promise<unknown> {
  const { rows } = await book.pool.query<{ ledger: string; fen: bigint }>(
    `select ledger, sum(amount)::bigint as fen from entries
     where ledger in ('default_cost', 'default_payable') and owner = $1 and business_date <= $2 group by 1 order by 1`,
    [side, until],
  );
  return Object.fromEntries(rows.map(({ ledger, fen }) => [ledger, fen]));
}

const short = (fen: number, time = '10:30'): readonly Movement[] => [['JY', time, -fen, -fen]];

describe('the published example: 1,000,000.00 at 10:30, 400,000.00 at 18:00, covered the next day', () => {
  test('both checkpoints record what is missing and raise the alarm to three roles', async () => {
    expect(await checkpoint('2025-06-26', 'client', '10:30', short(100_000_000))).toEqual({
      awaited: [],
      missingFen: '100000000',
      balanceFen: '-100000000',
    });
    const evening: readonly Movement[] = [...short(100_000_000), ['JY', '18:00', 60_000_000, -40_000_000]];
    expect(await checkpoint('2025-06-26', 'client', '18:00', evening)).toMatchObject({ missingFen: '40000000' });
    const { rows } = await book.pool.query<{ recipient_role: string; at: string }>(
      `select recipient_role, split_part(message_key, ':', 5) || ':' || split_part(message_key, ':', 6) as at from outbox
       where message_key like 'default:SH:2025-06-26:client:%' and severity = 'critical' order by message_id`,
    );
    expect(rows.map(({ recipient_role, at }) => `${at} ${recipient_role}`)).toEqual([
      '10:30 operations',
      '10:30 finance',
      '10:30 compliance',
      '18:00 operations',
      '18:00 finance',
      '18:00 compliance',
    ]);
  });
  test('an account still below zero covers nothing', async () => {
    expect(await cover('2025-06-26', 'client', -1)).toEqual({ open: 1 });
    expect(await defaultOf('2025-06-26', 'client')).toMatchObject({ covered_on: null, penalty_fen: null });
    expect(await booked('client')).toEqual({});
  });
  test('the other side does not cover it', async () => {
    expect(await cover('2025-06-27', 'proprietary', 1)).toEqual({ open: 0 });
    expect(await defaultOf('2025-06-26', 'client')).toMatchObject({ covered_on: null });
  });
  test('covered: penalty 1,000.00, interest 3.89, both booked', async () => {
    expect(await cover('2025-06-27', 'client', 0)).toEqual({ open: 0 });
    expect(await defaultOf('2025-06-26', 'client')).toEqual({
      intraday_fen: 100_000_000n,
      end_of_day_fen: 40_000_000n,
      days: 1,
      penalty_fen: 100_000n,
      interest_fen: 389n,
      covered_on: '2025-06-27',
      cause: 'not yet found',
    });
    expect(await booked('client')).toEqual({ default_cost: 100_389n, default_payable: -100_389n });
  });
  test('asked again, nothing is charged twice', async () => {
    await cover('2025-06-27', 'client', 5);
    await cover('2025-06-30', 'client', 5);
    expect(await booked('client')).toEqual({ default_cost: 100_389n, default_payable: -100_389n });
  });
});

test('what the clearing house takes from the own funds for clients is no default, and is told to three roles', async () => {
  const covered: readonly Movement[] = [...short(100_000, '10:30:00'), ['GL', '10:30:01', 100_000, 0]];
  expect(await checkpoint('2025-07-14', 'client', '10:30', covered)).toMatchObject({
    missingFen: '0',
    balanceFen: '0',
  });
  expect(await defaultOf('2025-07-14', 'client')).toBeUndefined();
  const { rows } = await book.pool.query(
    `select c.trades_fen, c.cross_cover_fen, c.total_fen,
            (select array_agg(o.recipient_role order by o.message_id) from outbox o where o.message_key like 'cross-cover:SH:2025-07-14:%') as told
     from checkpoints c where c.business_date = '2025-07-14'`,
  );
  expect(rows).toEqual([
    { trades_fen: -100_000n, cross_cover_fen: 100_000n, total_fen: 0n, told: ['operations', 'finance', 'compliance'] },
  ]);
});

test('a default of Monday covered on Wednesday costs two days: 2,000.00 and 7.78', async () => {
  await checkpoint('2025-06-30', 'client', '10:30', short(100_000_000));
  await checkpoint('2025-06-30', 'client', '18:00', [...short(100_000_000), ['ZF', '18:00', 60_000_000, -40_000_000]]);
  expect(await cover('2025-07-02', 'client', -40_000_000)).toEqual({ open: 1 });
  expect(await cover('2025-07-02', 'client', 0)).toEqual({ open: 0 });
  // 400,000.00 x 0.35 % x 2 / 360 = 7.777...
  expect(await defaultOf('2025-06-30', 'client')).toMatchObject({ days: 2, penalty_fen: 200_000n, interest_fen: 778n });
});

test('covered the same day: one day, no interest', async () => {
  await checkpoint('2025-06-30', 'proprietary', '10:30', short(236_046_691));
  await cover('2025-06-30', 'proprietary', 518);
  await checkpoint('2025-06-30', 'proprietary', '18:00', [['ZF', '18:00', -518, 0]]);
  expect(await defaultOf('2025-06-30', 'proprietary')).toMatchObject({
    end_of_day_fen: 0n,
    days: 1,
    penalty_fen: 236_047n,
    interest_fen: 0n,
  });
});

test('only 18:00 failed: 250,000.00, one day: 250.00 and 2.43', async () => {
  await checkpoint('2025-07-02', 'client', '10:30', [['JY', '10:30', -5, 0]]);
  expect(await defaultOf('2025-07-02', 'client')).toBeUndefined();
  await checkpoint('2025-07-02', 'client', '18:00', [['ZF', '18:00', -25_000_000, -25_000_000]]);
  await cover('2025-07-03', 'client', 0);
  expect(await defaultOf('2025-07-02', 'client')).toMatchObject({
    intraday_fen: 0n,
    end_of_day_fen: 25_000_000n,
    penalty_fen: 25_000n,
    interest_fen: 243n,
  });
});

test('covered at noon, short again at 18:00, covered two days later: the whole default is charged, once', async () => {
  const before = (await booked('proprietary')) as { default_cost?: bigint };
  await checkpoint('2025-07-02', 'proprietary', '10:30', short(100_000_000));
  await cover('2025-07-02', 'proprietary', 0);
  expect(await defaultOf('2025-07-02', 'proprietary')).toMatchObject({ days: 1, penalty_fen: 100_000n });
  await checkpoint('2025-07-02', 'proprietary', '18:00', [['ZF', '18:00', -40_000_000, -40_000_000]]);
  expect(await defaultOf('2025-07-02', 'proprietary')).toMatchObject({ covered_on: null, penalty_fen: null });
  await cover('2025-07-04', 'proprietary', 0);
  expect(await defaultOf('2025-07-02', 'proprietary')).toMatchObject({
    days: 2,
    penalty_fen: 200_000n,
    interest_fen: 778n,
    covered_on: '2025-07-04',
  });
  const total = (before.default_cost ?? 0n) + 200_778n;
  expect(await booked('proprietary')).toEqual({ default_cost: total, default_payable: -total });
  // What stood in the books of the day on which it was first charged still stands there.
  expect(await booked('proprietary', '2025-07-02')).toMatchObject({ default_cost: total - 200_778n + 100_000n });
});

test('a checkpoint is read once: a later reading does not change it', async () => {
  await checkpoint('2025-07-03', 'client', '10:30', [['JY', '10:30', -100, 0]]);
  await checkpoint('2025-07-03', 'client', '10:30', short(999));
  const { rows } = await book.pool.query(
    `select trades_fen, balance_fen, missing_fen from checkpoints where business_date = '2025-07-03' and side = 'client'`,
  );
  expect(rows).toEqual([{ trades_fen: -100n, balance_fen: 0n, missing_fen: 0n }]);
  expect(await defaultOf('2025-07-03', 'client')).toBeUndefined();
});

test('a default that goes on is charged once: of Thursday, short on Friday and on Monday at 10:30, covered on Monday at 11:00', async () => {
  const of = async (date: string, at: '10:30' | '18:00', fen: number) => {
    await checkpoint(date, 'proprietary', at, [['FK', at, -1, -fen]]);
    await cover(date, 'proprietary', -fen);
  };
  const before = ((await booked('proprietary')) as { default_cost?: bigint }).default_cost ?? 0n;
  await of('2025-07-10', '10:30', 100_000_000);
  await of('2025-07-10', '18:00', 40_000_000);
  for (const at of ['10:30', '18:00'] as const) await of('2025-07-11', at, 40_000_000);
  await of('2025-07-14', '10:30', 40_000_000);
  await cover('2025-07-14', 'proprietary', 0);
  // 1,000,000.00 x 0.001 x 4 days; 400,000.00 x 0.35 % x 4 / 360 = 15.555...
  expect(await defaultOf('2025-07-10', 'proprietary')).toMatchObject({
    days: 4,
    penalty_fen: 400_000n,
    interest_fen: 1_556n,
    covered_on: '2025-07-14',
  });
  expect([await defaultOf('2025-07-11', 'proprietary'), await defaultOf('2025-07-14', 'proprietary')]).toEqual([
    undefined,
    undefined,
  ]);
  const total = before + 401_556n;
  expect(await booked('proprietary')).toEqual({ default_cost: total, default_payable: -total });
  // What is short is told every time, whether it is new or not.
  const { rows } = await book.pool.query(
    `select count(*)::int as told from outbox where message_key like 'default:SH:2025-07-11:proprietary:%'`,
  );
  expect(rows).toEqual([{ told: 6 }]);
});

test('covered before the batch takes more than was sent in: the old one ends, a new one begins', async () => {
  const days = ['2025-07-15', '2025-07-16'] as const;
  await checkpoint(days[0], 'proprietary', '18:00', [['ZF', '18:00', -40_000_000, -40_000_000]]);
  await checkpoint(days[1], 'proprietary', '10:30', [
    ['ZR', '09:30', 40_000_000, 0],
    ['JY', '10:30', -700, -700],
  ]);
  expect(await defaultOf(days[0], 'proprietary')).toMatchObject({ days: 1, penalty_fen: 40_000n, covered_on: days[1] });
  expect(await defaultOf(days[1], 'proprietary')).toMatchObject({ intraday_fen: 700n, covered_on: null });
});

test('money that comes after the batch is none of the morning: the older default goes on until then, and no second one begins', async () => {
  const days = ['2025-07-17', '2025-07-18'] as const;
  await checkpoint(days[0], 'client', '18:00', [['ZF', '18:00', -40_000_000, -40_000_000]]);
  // Read at 10:31: the batch took 7.00 more, then 400,007.00 came.
  await checkpoint(days[1], 'client', '10:30', [
    ['JY', '10:30', -700, -40_000_700],
    ['ZR', '10:31', 40_000_700, 0],
  ]);
  expect(await defaultOf(days[0], 'client')).toMatchObject({ covered_on: null });
  await cover(days[1], 'client', 0);
  expect(await defaultOf(days[0], 'client')).toMatchObject({ days: 1, penalty_fen: 40_000n, covered_on: days[1] });
  expect(await defaultOf(days[1], 'client')).toBeUndefined();
});

test.each(['PENALTY_PER_DAY', 'RESERVE_INTEREST_PER_YEAR', 'INTEREST_DAY_BASE'])(
  'without %s for the date a default is not half covered: refused by its name',
  async (code) => {
    const before = [await defaultOf('2025-07-16', 'proprietary'), await booked('proprietary')];
    await asOwner(`update parameters set valid_to = '2025-07-16' where code = '${code}' and valid_to is null`);
    await expect(cover('2025-07-16', 'proprietary', 0)).rejects.toMatchObject({
      code: 'NO_PARAMETER_FOR_DATE',
      details: { code, date: '2025-07-16' },
    });
    expect([await defaultOf('2025-07-16', 'proprietary'), await booked('proprietary')]).toEqual(before);
    await asOwner(`update parameters set valid_to = null where code = '${code}' and valid_to = '2025-07-16'`);
  },
);

test('entered: one day, 7.00 x 0.001 = 0.007, rounded to 0.01', async () => {
  expect(await cover('2025-07-16', 'proprietary', 0)).toEqual({ open: 0 });
  expect(await defaultOf('2025-07-16', 'proprietary')).toMatchObject({ days: 1, penalty_fen: 1n, interest_fen: 0n });
});

test('covered on Friday, charged on Monday when the rate is there: until the movement of Friday, 1,000,000.00 x 0.001 x 1', async () => {
  await checkpoint('2025-07-17', 'proprietary', '10:30', short(100_000_000));
  const before = ((await booked('proprietary')) as { default_cost: bigint }).default_cost;
  await asOwner(`update parameters set valid_to = '2025-07-17' where code = 'PENALTY_PER_DAY' and valid_to is null`);
  await expect(cover('2025-07-18', 'proprietary', 0)).rejects.toMatchObject({ code: 'NO_PARAMETER_FOR_DATE' });
  await asOwner(
    `with filed as (insert into files (channel, business_date, kind, version, name, path, sha256, byte_count, arrived_at)
       values ('SH', '2025-07-18', 'hk_zjbd', 1, 'hk_zjbd20250718_1.dbf', '/x', md5('x'), 1, business_now()) returning file_id, business_date),
     decided as (insert into file_states (file_id, state_no, state, cause) select file_id, 1, 'accepted', '' from filed)
     insert into money_movements (business_date, file_id, row_no, channel, account, part, running_no, business, amount_fen, balance_fen, at_time, counter_account)
       select business_date, file_id, 1, 'SH', a.account, '1', 1, 'ZR', 100000000, 0, '09:30:00', ''
       from filed, broker_accounts a where (a.channel, a.side, a.kind) = ('SH', 'proprietary', 'reserve')`,
  );
  await asOwner(`update parameters set valid_to = null where code = 'PENALTY_PER_DAY' and valid_to = '2025-07-17'`);
  await cover('2025-07-21', 'proprietary', 0);
  expect(await defaultOf('2025-07-17', 'proprietary')).toMatchObject({
    days: 1,
    penalty_fen: 100_000n,
    covered_on: '2025-07-18',
  });
  // Booked on the day that is open.
  expect([await booked('proprietary', '2025-07-18'), await booked('proprietary')]).toMatchObject([
    { default_cost: before },
    { default_cost: before + 100_000n },
  ]);
});

async function asOwner(text: string): Promise<void> {
  const owner = openPool(book.ownerUrl, 1);
  await owner.query(text);
  await owner.end();
}

describe('plans', () => {
  let revision = 0;
  const plan = (fen: number) =>
    book.pool.query(
      `insert into figures (channel, business_date, side, code, revision, amount_fen, rule, terms_version)
       values ('SH', '2025-07-04', 'client', 'FUNDING', $1, $2, 'x', 'x')`,
      [(revision += 1), fen],
    );

  test.each<[why: string, plan: number, movements: readonly Movement[], missing: string]>([
    ['in a second before 10:00', -100, [['ZR', '09:59:59', 100, 100]], '0'],
    ['10:00:00 is late', -100, [['ZR', '10:00:00', 100, 100]], '100'],
    [
      'in two parts, one of them late',
      -100,
      [
        ['ZR', '09:30:00', 60, 60],
        ['ZR', '10:00:01', 40, 100],
      ],
      '40',
    ],
    ['more than asked', -100, [['ZR', '09:30:00', 150, 150]], '0'],
    ['other movements are no funding', -100, [['FKTH', '09:30:00', 100, 100]], '100'],
    ['nothing was asked', 100, [], '0'],
  ])('money in by 10:00: %s', async (_why, planned, movements, missing) => {
    await plan(planned);
    // A checkpoint is read once a day: the next case reads its own.
    await asOwner(`delete from checkpoints where business_date = '2025-07-04'`);
    expect(await checkpoint('2025-07-04', 'client', '10:00', movements)).toMatchObject({ missingFen: missing });
  });

  test.each([
    ['less may be withdrawn than planned', 500, 300, '300'],
    ['more may be withdrawn than planned', 500, 900, '500'],
    ['nothing may be withdrawn', 500, 0, '0'],
    ['the account is below zero', 500, -1, '0'],
    ['the plan is zero', 0, 900, '0'],
    ['the plan is to fund', -500, 900, '0'],
  ])('drawn back: %s', async (_why, planned, withdrawable, amountFen) => {
    await plan(planned);
    const drawn = await drawBackAmount(deps)({
      ...dayOf('2025-07-04'),
      side: 'client',
      withdrawableFen: String(withdrawable),
    });
    expect(drawn.amountFen).toBe(amountFen);
  });

  test('who draws back by a plan that rests on what is not known yet is told so', async () => {
    await plan(500);
    await book.pool.query(
      `insert into figure_terms (figure_id, term_no, term, amount_fen, uncertain, source) select max(figure_id), 1, 'x', 500, true, '{}' from figures`,
    );
    const asked = { ...dayOf('2025-07-04'), side: 'client', withdrawableFen: '900' } as const;
    expect(await drawBackAmount(deps)(asked)).toMatchObject({ amountFen: '500', uncertain: true });
  });

  // 5.00 asked for, by the plan; 5.00 + 5.00 - 5.00 = 5.00 too much where both banks paid.
  test.each<[why: string, movements: readonly Movement[], withdrawable: number, amountFen: string]>([
    ['as much as was asked', [['ZR', '09:30:00', 500, 500]], 900, '0'],
    [
      'both banks paid',
      [
        ['ZR', '09:30:00', 500, 500],
        ['ZR', '10:05:00', 500, 1_000],
      ],
      900,
      '500',
    ],
    [
      'both banks paid, less may be withdrawn',
      [
        ['ZR', '09:30:00', 500, 500],
        ['ZR', '10:05:00', 500, 1_000],
      ],
      300,
      '300',
    ],
    [
      'other movements came from no bank',
      [
        ['ZR', '09:30:00', 500, 500],
        ['FKTH', '10:30:00', 500, 1_000],
      ],
      900,
      '0',
    ],
  ])('a plan to fund, and what came of it is drawn back: %s', async (_why, movements, withdrawable, amountFen) => {
    await plan(-500);
    const { movements: told } = reading('2025-07-04', 'client', movements);
    const drawn = await drawBackAmount(deps)({
      ...dayOf('2025-07-04'),
      side: 'client',
      withdrawableFen: String(withdrawable),
      movements: told,
    });
    expect(drawn.amountFen).toBe(amountFen);
  });

  test('without a plan nothing is drawn back', async () => {
    const drawn = await drawBackAmount(deps)({ ...dayOf('2025-07-04'), side: 'proprietary', withdrawableFen: '900' });
    expect(drawn).toEqual({ amountFen: '0', figureId: '' });
  });
});
