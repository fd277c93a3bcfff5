/**
 * Trades that are cancelled by notice on 25 June, the day on which those of the 23rd settle; and one that a newer file lacks. By the sample days' own
 * figures less the trade:
 *
 *   A  2025062300000001  6000000034 buys 16,000 of 08010: 37,009.16, commission 40,000.00 x 0.92418 x 0.0005 = 18.48
 *   B  2025062400000002  6000000038 buys 3,700 of 08007: 401,578.92, commission 419,580.00 x 0.95604 x 0.0008 = 320.91; not due before the 26th
 *   C  2025062300000005  6000000022 buys 4,400 of 08002: 336,866.60, commission 364,100.00 x 0.92418 x 0.00025 = 84.12
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Pool } from 'pg';
import { dayReport } from '../../../api/reports/day-report';
import { tradeCancellationSubject } from '../../../activities/cancellations/cancellation-subject';
import { tellCancellation } from '../../../activities/cancellations/tell-cancelled';
import { inTransaction } from '../../../activities/database/transaction';
import { askTradeCancellation } from '../../../activities/intake/cancel-trade';
import { orderSubject } from '../../../activities/orders/order-subject';
import {
  checkpoints,
  clockAt,
  dayOf,
  DAYS_A,
  evening,
  filesOf,
  morning,
  receive,
  verbsOf,
  workflowOf,
} from '../../support/days-of-verbs';
import type { TestDatabase } from '../../support/database';
import { eveningOf, onEveningOf } from '../../support/evenings';
import { unexplainedEntries, unexplainedFigures } from '../../support/explained';
import { FaultyDay } from '../../support/faulty-day';
import { openDatabase } from '../../support/database';
import { codesOf } from '../../support/tasks';

const MONDAY = '2025-06-23';
const TUESDAY = '2025-06-24';
const WEDNESDAY = dayOf('2025-06-25');
const [A, B, C] = ['2025062300000001', '2025062400000002', '2025062300000005'] as const;
const folder = mkdtempSync(path.join(os.tmpdir(), 'cancelled-trades-'));
let book: TestDatabase;
beforeAll(async () => {
  book = await openDatabase('cancelled', await eveningOf(TUESDAY));
  await clockAt(book.pool, WEDNESDAY, '07:30');
});
afterAll(async () => {
  await book.close();
  rmSync(folder, { recursive: true });
});

const ask = (date: string, tradeNo: string, key = tradeNo) =>
  askTradeCancellation(book.pool, {
    ...{ channel: 'SH', tradeDate: dayOf(date).businessDate, tradeNo, notice: 'notice 2025-31 of the exchange', key },
    ...{ by: 'operations-maker', role: 'operations', requestId: 'r' },
  });
const approve = (id: string, by = 'operations-checker') =>
  inTransaction(book.pool, async (sql) => {
    const end = { state: 'approved', by, at: '2025-06-25T00:00:00Z' } as const;
    await tradeCancellationSubject.end(sql, id, end, await tradeCancellationSubject.lock(sql, id));
  });
const cancel = async (date: string, tradeNo: string) => {
  const { cancellationId } = await ask(date, tradeNo);
  await approve(cancellationId);
  return cancellationId;
};
const rowsOf = async (text: string, pool: Pool = book.pool): Promise<unknown[]> =>
  (await pool.query(text)).rows as unknown[];
const report = async (pool: Pool, date: string) => (await dayReport(pool, 'SH', dayOf(date).businessDate))!;
const ofAccount = async (section: string, account: string) =>
  ((await report(book.pool, '2025-06-25'))[section] as { fundAccount: string }[]).find(
    ({ fundAccount }) => fundAccount === account,
  );
const planned = async () => verbsOf(book.pool).planFunding({ ...WEDNESDAY, side: 'client' });
const breaks = () =>
  rowsOf(
    `select class, file_value as told, computed from findings_in_force
     where business_date = '2025-06-25' and class in ('MOVEMENT_MISMATCH', 'SETTLED_DIFFERENT', 'CLEARING_NOT_EVEN', 'CONTROL_TOTAL_MISMATCH')
     order by class`,
  );

/** The files of the 25th of a clearing house that has cancelled A and B: neither money nor shares of A moved, B is not announced for the 26th. */
async function settledWithout() {
  const day = await FaultyDay.read(path.join(DAYS_A, '2025-06-25'));
  const fen = 3_700_916n;
  const [sentIn, returned, trades] = [1, 2, 4].map((row) => day.row('hk_zjbd20250625_1', row));
  sentIn!['FSJE'] = (sentIn!['FSJE'] as bigint) - fen;
  trades!['FSJE'] = (trades!['FSJE'] as bigint) + fen;
  for (const row of [sentIn!, returned!]) row['YE'] = (row['YE'] as bigint) - fen;
  const reserve = day.rows('hk_zjye').find(({ ZJZH }) => ZJZH === 'HKB0000001')!;
  reserve['SRJE'] = (reserve['SRJE'] as bigint) - fen;
  reserve['ZCJE'] = (reserve['ZCJE'] as bigint) + fen;
  for (const file of ['hk_zqbd', 'hk_zqye']) {
    const rows = day.rows(file);
    rows.splice(day.rowWith(file, { ZQZH: 'A900000034', ZQDM: '08010' }) - 1, 1);
  }
  for (const YWLB of ['JY', 'HJ']) {
    const due = day.row('hk_zjhz', day.rowWith('hk_zjhz', { ZJZH: 'HKB0000001', HZLB: 'J', YWLB, PCH: '1' }));
    for (const field of ['YFJE', 'JSJE']) due[field] = (due[field] as bigint) + 40_157_892n;
  }
  return day.write(path.join(folder, 'without A and B'));
}

test('before it is posted: neither due nor frozen, in no margin, told to client and counter; the plan is made anew and its order refused', async () => {
  expect(await codesOf(ask(MONDAY, '2025062300009999'))).toBe('TRADE_NOT_CLEARED');
  await verbsOf(book.pool).openDay({ ...WEDNESDAY, workflowId: workflowOf(WEDNESDAY) });
  // As published: 0.00 - 6,398,298.72 - 6,272,727.25 + 2,498,171.82 - 29.82.
  const plan = await planned();
  expect(plan.amountFen).toBe('-1017288397');
  const draft = await verbsOf(book.pool).draftOrder({
    ...{ ...WEDNESDAY, side: 'client', kind: 'FUND', attempt: 9, madeBy: 'operations-maker' },
    ...{ amountFen: '1017288397', figureId: plan.figureId },
  });
  const asked = await ask(MONDAY, A);
  expect(await ask(MONDAY, A)).toEqual(asked);
  expect(await codesOf(ask(MONDAY, A, 'again'))).toBe('TRADE_CANCELLATION_PENDING');
  expect((await planned()).amountFen).toBe('-1017288397');
  await expect(approve(asked.cancellationId, 'operations-maker')).rejects.toThrow('maker');
  await approve(asked.cancellationId);
  expect(await codesOf(ask(MONDAY, A, 'again'))).toBe('TRADE_CANCELLED_ALREADY');
  // + 37,009.16
  expect((await planned()).amountFen).toBe('-1013587481');
  const approveOrder = inTransaction(book.pool, async (sql) => {
    const end = { state: 'approved', by: 'operations-checker', at: '2025-06-25T00:00:00Z' } as const;
    await orderSubject.end(sql, draft.orderId, end, await orderSubject.lock(sql, draft.orderId));
  });
  await expect(approveOrder).rejects.toMatchObject({ code: 'ORDER_PLAN_CHANGED' });
  await cancel(TUESDAY, B);
  // B is not due today.
  expect((await planned()).amountFen).toBe('-1013587481');

  await tellCancellation({ pool: book.pool })({ cancellationId: asked.cancellationId });
  await tellCancellation({ pool: book.pool })({ cancellationId: asked.cancellationId });
  expect(
    await rowsOf(
      `select template, coalesce(recipient_ref, recipient_role) as told, facts #>> '{amount,amount}' as amount from outbox
       where template like 'TRADE_CANCELLED%' order by 1, 2`,
    ),
  ).toEqual([
    { template: 'TRADE_CANCELLED', told: 'fund-account:6000000034', amount: null },
    { template: 'TRADE_CANCELLED_TOTALS', told: 'finance', amount: '-37009.16' },
    { template: 'TRADE_CANCELLED_TOTALS', told: 'operations', amount: '-37009.16' },
  ]);

  const orders = await morning(book.pool, WEDNESDAY);
  await receive(book.pool, WEDNESDAY, await settledWithout());
  await checkpoints(book.pool, WEDNESDAY, orders);
  expect(await evening(book.pool, WEDNESDAY)).toEqual({});
  expect(await breaks()).toEqual([]);
  // 1,412,310.96 + 37,009.16 + 18.48.
  expect(await ofAccount('cash', '6000000034')).toMatchObject({ balance: '1449338.60' });
  // Frozen 1,104,573.90 - 401,899.83, available as much more; the counter is told to release it: -8,271.32 - 401,899.83.
  expect(await ofAccount('cash', '6000000038')).toMatchObject({ frozenTrades: '702674.07', available: '4736451.39' });
  expect(await ofAccount('preClearing', '6000000038')).toMatchObject({ trades: 6, correction: '-410171.15' });
  expect(
    await rowsOf(
      `select sum(amount_fen)::int as fen from freeze_correction_lines where business_date = '2025-06-25' and fund_account = '6000000038'`,
    ),
  ).toEqual([{ fen: -41_017_115 }]);
  // Of 11,200 of 08007 net 7,500 are left. Marks: (3,700 x 113.40 - 3,700 x 108.10) x 0.95885 = 18,803.05 less; margin 3,700 x 108.10 x 0.032 x
  // 0.95885 = 12,272.36 less, each rounded with all others: a cent either way. 253,485.75 and 3,220,371.38 were published.
  const { client } = (await report(book.pool, '2025-06-25'))['riskMoney'] as {
    client: Record<'markToMarket' | 'margin', string>;
  };
  expect(Math.abs(Math.round(Number(client.markToMarket) * 100) - (25_348_575 - 1_880_305))).toBeLessThanOrEqual(1);
  expect(Math.abs(Math.round(Number(client.margin) * 100) - (322_037_138 - 1_227_236))).toBeLessThanOrEqual(1);
  expect(await unexplainedFigures(book.pool, '2025-06-25', await report(book.pool, '2025-06-25'))).toEqual([]);
  expect(await unexplainedEntries(book.pool)).toEqual([]);
});

test('after it is posted: taken back and posted again, both to be seen; what the clearing house settled all the same is two breaks', async () => {
  await cancel(MONDAY, C);
  expect(await verbsOf(book.pool).closeDay({ ...WEDNESDAY, workflowId: workflowOf(WEDNESDAY) })).not.toHaveProperty(
    'closedAt',
  );
  expect(await evening(book.pool, WEDNESDAY)).toEqual({});
  expect(
    await rowsOf(
      `select batch_key, reverses is not null as is_reversal from batches where business_date = '2025-06-25' and kind = 'clear-trades' order by batch_id`,
    ),
  ).toEqual([
    { batch_key: 'settle:SH:2025-06-25:clear-trades', is_reversal: false },
    { batch_key: 'reverse:settle:SH:2025-06-25:clear-trades', is_reversal: true },
    { batch_key: 'settle:SH:2025-06-25:clear-trades#2', is_reversal: false },
  ]);
  // 1,334,078.36 + 336,866.60 + 84.12.
  expect(await ofAccount('cash', '6000000022')).toMatchObject({ balance: '1671029.08' });
  // -6,361,289.56 + 336,866.60 = -6,024,422.96; that clearing is not even by 336,866.60 is explained by it.
  expect(await breaks()).toEqual([
    { class: 'MOVEMENT_MISMATCH', told: '4400', computed: '0' },
    { class: 'SETTLED_DIFFERENT', told: '-6361289.56', computed: '-6024422.96' },
  ]);
  expect(await unexplainedEntries(book.pool)).toEqual([]);
  // Looked at once more, nothing is taken back a second time.
  expect(await verbsOf(book.pool).holdSteps(WEDNESDAY)).toEqual({ held: {} });
  expect(await rowsOf(`select 1 from batches where batch_key like '%clear-trades#3'`)).toEqual([]);
});

test('once the day on which it settles is closed it is refused by name, asked for before or after', async () => {
  const before = await ask(MONDAY, '2025062300000009');
  await book.pool.query(`update settlement_days set closed_at = business_now() where business_date = '2025-06-25'`);
  await expect(approve(before.cancellationId)).rejects.toMatchObject({ code: 'TRADE_SETTLEMENT_CLOSED' });
  expect(await codesOf(ask(MONDAY, '2025062300000009', 'again'))).toBe(
    'TRADE_SETTLEMENT_CLOSED TRADE_CANCELLATION_PENDING',
  );
  // Those of the 24th settle on the 26th, which is not over: they count no more from that day on.
  await cancel(TUESDAY, '2025062400000001');
  expect(
    await rowsOf(`select effective_on::text as on from trade_cancellations where trade_no = '2025062400000001'`),
  ).toEqual([{ on: '2025-06-26' }]);
});

test('gone from a newer file: the counter that still has it is a break with its cause, the client is told once, the freeze released', () =>
  onEveningOf(MONDAY, async ({ pool }) => {
    const tuesday = dayOf(TUESDAY);
    const orders = await morning(pool, tuesday);
    await receive(pool, tuesday, filesOf(path.join(DAYS_A, TUESDAY)));
    await checkpoints(pool, tuesday, orders);
    await evening(pool, tuesday);
    const counted = () =>
      rowsOf(
        `select correction_fen from pre_clearings where business_date = '2025-06-24' and fund_account = '6000000038'`,
        pool,
      );
    const [before] = (await counted()) as { correction_fen: bigint }[];
    const day = await FaultyDay.read(path.join(DAYS_A, TUESDAY));
    day.rows('hk_jsmx').splice(day.rowWith('hk_jsmx', { CJBH: B }) - 1, 1);
    const summed = day.row('hk_zjhz', 1);
    for (const field of ['YFJE', 'JSJE']) summed[field] = (summed[field] as bigint) + 40_157_892n;
    summed['BS'] = 195n;
    const files = await day.write(path.join(folder, 'without B'));
    await receive(pool, tuesday, [
      ['hk_jsmx20250624_v2.dbf', files.get('hk_jsmx20250624.dbf')!],
      ['hk_zjhz20250624_v2.dbf', files.get('hk_zjhz20250624.dbf')!],
    ]);
    await verbsOf(pool).reverseEvening(tuesday);
    await evening(pool, tuesday);
    await evening(pool, tuesday);
    expect(
      await rowsOf(
        `select recipient_ref, facts ->> 'quantity' as quantity from outbox where template = 'TRADE_CANCELLED'`,
        pool,
      ),
    ).toEqual([{ recipient_ref: 'fund-account:6000000038', quantity: '3700' }]);
    // 401,578.92 + 320.91 are not to be paid any more.
    const [after] = (await counted()) as { correction_fen: bigint }[];
    expect(after!.correction_fen - before!.correction_fen).toBe(-40_189_983n);
    expect(
      await rowsOf(
        `select class, attributes ->> 'trade' as trade from findings_in_force where business_date = '2025-06-24' and outcome = 'break'`,
        pool,
      ),
    ).toEqual([{ class: 'CLEARING_MISSING', trade: B }]);
  }));
