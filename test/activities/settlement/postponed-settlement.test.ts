/**
 * What is due on 25 June settles on the 26th: due dates, funding, client money and overdrafts by the sample days' own figures. Trades of
 * the 23rd, 6,398,298.72 payable of the client side, and the fee of the 24th, 29.82, would fall due on the 25th.
 */
import path from 'node:path';
import { askPostponement, askPostponementWithdrawal } from '../../../activities/intake/postpone-settlement';
import { inTransaction } from '../../../activities/database/transaction';
import { orderSubject } from '../../../activities/orders/order-subject';
import { postponementSubject } from '../../../activities/postponements/postponement-subject';
import { readPostponement } from '../../../activities/postponements/read-postponement';
import { tellPostponement } from '../../../activities/postponements/tell-postponement';
import { postponementWithdrawalSubject } from '../../../activities/postponements/withdrawal-subject';
import { clockAt, dayOf, DAYS_A, filesOf, openBookOf, runDay, verbsOf, workflowOf } from '../../support/days-of-verbs';
import { openPool } from '../../../prisma/pool';
import { openDatabase, type TestDatabase } from '../../support/database';
import { codesOf } from '../../support/tasks';

const WEDNESDAY = dayOf('2025-06-25');
const THURSDAY = dayOf('2025-06-26');
let book: TestDatabase;
beforeAll(async () => {
  book = await openDatabase('postponed');
  await openBookOf(book.pool, DAYS_A);
  for (const date of ['2025-06-23', '2025-06-24'])
    await runDay(book.pool, dayOf(date), filesOf(path.join(DAYS_A, date)));
  await clockAt(book.pool, WEDNESDAY, '12:00');
  await verbs().openDay({ ...WEDNESDAY, workflowId: workflowOf(WEDNESDAY) });
  await book.pool.query(`select open_business_date('2025-06-25')`);
}, 120_000);
afterAll(() => book.close());

const verbs = () => verbsOf(book.pool);
const ask = (from: string, to: string, key = `${from} ${to}`) =>
  askPostponement(book.pool, {
    ...{ channel: 'SH', cause: 'typhoon', notice: 'notice 2025-17 of the clearing house', key },
    ...{ from: dayOf(from).businessDate, to: dayOf(to).businessDate },
    ...{ by: 'operations-maker', role: 'operations', requestId: 'r' },
  });
const approve = (id: string) =>
  inTransaction(book.pool, async (sql) => {
    const end = { state: 'approved', by: 'finance-checker', at: '2025-06-25T04:00:00Z' } as const;
    await postponementSubject.end(sql, id, end, await postponementSubject.lock(sql, id));
  });
const askWithdrawal = (id: string, key = `withdraw ${id}`) =>
  askPostponementWithdrawal(book.pool, {
    ...{ postponementId: id, reason: 'the signal was lowered', key },
    ...{ by: 'operations-maker', role: 'operations', requestId: 'r' },
  });
const approveWithdrawal = (id: string, by = 'operations-checker') =>
  inTransaction(book.pool, async (sql) => {
    const end = { state: 'approved', by, at: '2025-06-25T04:00:00Z' } as const;
    await postponementWithdrawalSubject.end(sql, id, end, await postponementWithdrawalSubject.lock(sql, id));
  });
const withdraw = async (id: string) => approveWithdrawal((await askWithdrawal(id)).withdrawalId);
const rowsOf = async (text: string): Promise<unknown[]> => (await book.pool.query(text)).rows as unknown[];
const planned = async (side: 'client' | 'proprietary') => (await verbs().planFunding({ ...WEDNESDAY, side })).amountFen;
/** What is due to be paid of the client side's trades on a day, by lines known until the evening of the 24th. */
const tradesDue = async (date: string) => {
  const { rows } = await book.pool.query<{ fen: bigint }>(
    `select coalesce(sum(l.net_fen), 0)::bigint as fen from clearing_lines_in_force l join broker_accounts a on a.account = l.reserve_account
     where a.side = 'client' and l.business = 'H01' and l.settle_date = any(due_on('SH', $1))`,
    [date],
  );
  return rows[0]?.fen;
};
const money = async (account: string) => {
  await verbs().recordClientFigures(WEDNESDAY);
  const { rows } = await book.pool.query<Record<'frozen' | 'transit' | 'sales', bigint>>(
    `select frozen_trades_fen as frozen, in_transit_fen as transit, sales_booked_today_fen as sales from client_figures
     where business_date = '2025-06-25' and fund_account = $1`,
    [account],
  );
  return rows[0]!;
};

test('refused by name: backwards, to no settlement day, over already; outside the calendar there is no answer', async () => {
  expect(await codesOf(ask('2025-06-26', '2025-06-26'))).toBe('POSTPONEMENT_BACKWARDS');
  // 28 June is a Saturday; 1 July a holiday in Hong Kong.
  expect(await codesOf(ask('2025-06-26', '2025-06-28'))).toBe('POSTPONED_TO_NO_SETTLEMENT_DAY');
  expect(await codesOf(ask('2025-06-30', '2025-07-01'))).toBe('POSTPONED_TO_NO_SETTLEMENT_DAY');
  expect(await codesOf(ask('2025-06-24', '2025-06-26'))).toBe('POSTPONEMENT_TOO_LATE');
  expect(await codesOf(ask('2025-06-24', '2025-06-22'))).toBe(
    'POSTPONEMENT_BACKWARDS POSTPONED_TO_NO_SETTLEMENT_DAY POSTPONEMENT_TOO_LATE',
  );
  await expect(ask('2025-06-26', '2099-06-26')).rejects.toMatchObject({ code: 'CALENDAR_OUT_OF_RANGE' });
  expect(await rowsOf('select 1 from settlement_postponements')).toEqual([]);
});

/** Sold and not settled on 25 June, of whoever holds 08005, were that the relevant day of its takeover. */
const unsettledSales = async () => {
  await asOwner(`update corporate_actions set relevant_on = '2025-06-25' where event_no = 'TKOV00000001'`);
  await verbs().determineHolders({ channel: 'SH', eventNo: 'TKOV00000001' });
  const { rows } = await book.pool.query<{ account: string; sold: bigint }>(
    `select securities_account as account, unsettled_sales as sold from corporate_action_holders where securities_account in ('A900000001', 'B900000009')`,
  );
  return Object.fromEntries(rows.map(({ account, sold }) => [account, sold]));
};
async function asOwner(text: string): Promise<void> {
  const owner = openPool(book.ownerUrl, 1);
  await owner.query(text);
  await owner.end();
}

test('due dates, funding and client money move with the approval and not before; another one that overlaps is refused; withdrawn, all is as it was', async () => {
  // As published: 0.00 - 6,398,298.72 - 6,272,727.25 + 2,498,171.82 - 29.82 = -10,172,883.97.
  expect(await planned('client')).toBe('-1017288397');
  const settled = await money('6000000001');
  const sold = await unsettledSales();
  const { postponementId } = await ask('2025-06-25', '2025-06-26');
  expect(await ask('2025-06-25', '2025-06-26')).toEqual({ postponementId });
  expect(await planned('client')).toBe('-1017288397');
  expect(await codesOf(ask('2025-06-25', '2025-06-27'))).toBe('POSTPONEMENT_OVERLAPS');
  // An order by that plan waits for its approval when the notice is approved.
  const plan = await verbs().planFunding({ ...WEDNESDAY, side: 'client' });
  const draft = await verbs().draftOrder({
    ...{ ...WEDNESDAY, side: 'client', kind: 'FUND', attempt: 1, madeBy: 'operations-maker' },
    ...{ amountFen: '1017288397', figureId: plan.figureId },
  });
  const approveOrder = () =>
    inTransaction(book.pool, async (sql) => {
      const end = { state: 'approved', by: 'operations-checker', at: '2025-06-25T04:00:00Z' } as const;
      await orderSubject.end(sql, draft.orderId, end, await orderSubject.lock(sql, draft.orderId));
    });
  await approve(postponementId);
  expect(await codesOf(ask('2025-06-25', '2025-06-30'))).toBe('POSTPONEMENT_OVERLAPS');

  // Risk money alone: -6,272,727.25 + 2,498,171.82 = -3,774,555.43; own side -1,666,376.57 + 538,350.42 = -1,128,026.15.
  expect([await planned('client'), await planned('proprietary')]).toEqual(['-377455543', '-112802615']);
  // 6,398,328.54 too much would have left the client deposit account; the day is told once a change and asks anew.
  await expect(approveOrder()).rejects.toMatchObject({ code: 'ORDER_PLAN_CHANGED' });
  expect(
    await rowsOf(
      `select workflow_id, payload -> 'args' as args from outbox where payload ->> 'signal' = 'planChanged' and message_key like '%:client:%'`,
    ),
  ).toEqual([{ workflow_id: workflowOf(WEDNESDAY), args: ['client'] }]);
  // 21,803,488.02 of the 24th and 6,398,298.72 of the 23rd.
  expect([await tradesDue('2025-06-25'), await tradesDue('2025-06-26')]).toEqual([0n, -2_820_178_674n]);
  // 206,038.57 stay frozen and 190,448.57 in transit, as they were pre-cleared.
  const postponed = await money('6000000001');
  expect([
    postponed.frozen - settled.frozen,
    postponed.transit - settled.transit,
    settled.sales,
    postponed.sales,
  ]).toEqual([20_603_857n, 19_044_857n, 19_044_857n, 0n]);

  // Sold on the 23rd (counter_trades_20250623.csv) and not settled on the 25th any more: 8,000 and 4,000.
  const soldThen = await unsettledSales();
  expect([
    (soldThen['A900000001'] ?? 0n) - (sold['A900000001'] ?? 0n),
    (soldThen['B900000009'] ?? 0n) - (sold['B900000009'] ?? 0n),
  ]).toEqual([8_000n, 4_000n]);

  const { clients } = await tellPostponement({ pool: book.pool })({ postponementId, back: false });
  expect(await tellPostponement({ pool: book.pool })({ postponementId, back: false })).toEqual({ clients });
  expect(
    await rowsOf(
      `select template, count(*)::int as told from outbox where template like 'SETTLEMENT_POSTPONED%' group by 1 order by 1`,
    ),
  ).toEqual([
    { template: 'SETTLEMENT_POSTPONED', told: clients },
    { template: 'SETTLEMENT_POSTPONED_BRANCH', told: expect.any(Number) as number },
    { template: 'SETTLEMENT_POSTPONED_TOTALS', told: 2 },
  ]);
  expect(clients).toBeGreaterThan(10);
  // 6,398,298.72 of trades and 29.82 of fees; the own side 2,572,905.75 and 3.33.
  expect(
    await rowsOf(
      `select ((facts #>> '{payable,amount}')::numeric - (facts #>> '{receivable,amount}')::numeric)::text as client,
              ((facts #>> '{ownPayable,amount}')::numeric - (facts #>> '{ownReceivable,amount}')::numeric)::text as own
       from outbox where template = 'SETTLEMENT_POSTPONED_TOTALS' limit 1`,
    ),
  ).toEqual([{ client: '6398328.54', own: '2572909.08' }]);

  // Asked for, nothing has moved yet; whoever asked does not decide.
  const asked = await askWithdrawal(postponementId);
  expect(await askWithdrawal(postponementId)).toEqual(asked);
  expect(await codesOf(askWithdrawal(postponementId, 'once more'))).toBe('POSTPONEMENT_WITHDRAWAL_PENDING');
  expect(await planned('client')).toBe('-377455543');
  await expect(approveWithdrawal(asked.withdrawalId, 'operations-maker')).rejects.toThrow('maker');
  await approveWithdrawal(asked.withdrawalId);
  expect(await codesOf(askWithdrawal(postponementId, 'again'))).toBe('POSTPONEMENT_NOT_IN_FORCE');
  expect(await planned('client')).toBe('-1017288397');
  expect([await tradesDue('2025-06-25'), await tradesDue('2025-06-26')]).toEqual([-639_829_872n, -2_180_348_802n]);
  expect(await money('6000000001')).toEqual(settled);
  expect((await readPostponement({ pool: book.pool })({ postponementId })).state).toBe('withdrawn');
});

test('postponed twice it settles on the last day; what is missing by then is an overdraft with its own cause; nothing moves once it is over', async () => {
  const first = await ask('2025-06-25', '2025-06-26', 'again');
  await approve(first.postponementId);
  const further = await ask('2025-06-26', '2025-06-27');
  await approve(further.postponementId);
  expect([await tradesDue('2025-06-25'), await tradesDue('2025-06-26'), await tradesDue('2025-06-27')]).toEqual([
    0n,
    0n,
    -2_820_178_674n,
  ]);
  // Whoever had something due on the 25th is told again of the second notice, beside those of the 26th.
  await tellPostponement({ pool: book.pool })({ postponementId: further.postponementId, back: false });
  expect(
    await rowsOf(
      `select count(*)::int as untold from clearing_lines_in_force l join clients c using (securities_account)
       where l.settle_date = '2025-06-25' and l.business = 'H01' and c.side = 'client' and not exists (
         select 1 from outbox where message_key = 'postponed:${further.postponementId}:' || c.fund_account)`,
    ),
  ).toEqual([{ untold: 0 }]);
  // The client spent on A-shares what was to come: 100,000.00 below zero, 190,448.57 were postponed from today.
  await book.pool.query(
    `with b as (insert into batches (batch_key, channel, business_date, kind, content_sha256, cause)
       values ('a-shares', 'SH', '2025-06-25', 'test', 'x', 'x') returning batch_id),
     m as (select sum(amount) as fen from entries where ledger = 'client_money' and owner = '6000000001')
     insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause)
     select '2025-06-25', batch_id, n, case n when 1 then 'client_money' else 'bank' end, case n when 1 then '6000000001' else 'B' end, 'CNY',
            case n when 1 then 10000000 - fen else fen - 10000000 end, '2025-06-25', 'x' from b, m, generate_series(1, 2) n`,
  );
  await verbs().listOverdrafts({ ...WEDNESDAY, workflowId: workflowOf(WEDNESDAY) });
  expect(
    await rowsOf(
      `select amount_fen, cause, fx_fen, fee_fen, delayed_fen from overdrafts where fund_account = '6000000001'`,
    ),
  ).toEqual([
    { amount_fen: 10_000_000n, cause: 'delayedSettlement', fx_fen: 0n, fee_fen: 0n, delayed_fen: 19_044_857n },
  ]);

  // Of the 26th, the second day, it is receipts of the 23rd all the same.
  const delayed = async () =>
    (await rowsOf(
      `select delayed_fen from overdrafts where fund_account = '6000000001' and business_date = '2025-06-26'`,
    )) as { delayed_fen: bigint }[];
  await clockAt(book.pool, THURSDAY, '00:00');
  await verbs().openDay({ ...THURSDAY, workflowId: workflowOf(THURSDAY) });
  await verbs().listOverdrafts({ ...THURSDAY, workflowId: workflowOf(THURSDAY) });
  expect((await delayed())[0]?.delayed_fen).toBeGreaterThanOrEqual(19_044_857n);
  expect(await codesOf(withdraw(first.postponementId))).toBe('POSTPONEMENT_TOO_LATE');
  await withdraw(further.postponementId);
  expect(await tradesDue('2025-06-26')).toBe(-2_820_178_674n);
});

test('whoever posts what is due and whoever moves it wait for each other: nothing is cleared twice', async () => {
  await book.pool.query(`select open_business_date('2025-06-26')`);
  const { postponementId } = await ask('2025-06-26', '2025-06-27', 'while it is posted');
  const owner = openPool(book.ownerUrl, 1);
  const holding = await owner.connect();
  await holding.query('begin');
  // The batch of the trades waits for this, after what is due was read.
  await holding.query('lock table batches in exclusive mode');
  const posted = verbs().clearTrades(THURSDAY);
  const waiting = async (count: number) => {
    for (;;) {
      const { rows } = await holding.query<{ waiting: number }>(
        `select count(distinct pid)::int as waiting from pg_locks where not granted
           and (relation = 'batches'::regclass or locktype = 'advisory' and database = (select oid from pg_database where datname = current_database()))`,
      );
      if ((rows[0]?.waiting ?? 0) >= count) return;
    }
  };
  await waiting(1);
  const approved = approve(postponementId).then(
    () => 'done',
    (refused: { code: string }) => refused.code,
  );
  await Promise.race([waiting(2), approved]);
  await holding.query('commit');
  holding.release();
  await owner.end();
  expect(await approved).toBe('POSTPONEMENT_TOO_LATE');
  expect((await posted).entries).toBeGreaterThan(0);
});

test('once the batch of 10:30 has settled trades the day is not postponed, asked for before or after it', async () => {
  const friday = await ask('2025-06-27', '2025-06-30', 'before the batch');
  await book.pool.query(
    `insert into checkpoints (channel, business_date, side, checkpoint, trades_fen, risk_payable_fen, risk_returned_fen, corporate_fen, fee_fen, total_fen, balance_fen, missing_fen)
     values ('SH', '2025-06-27', 'client', '10:30', -1, 0, 0, 0, 0, -1, 0, 0)`,
  );
  await expect(approve(friday.postponementId)).rejects.toMatchObject({ code: 'POSTPONEMENT_AFTER_BATCH' });
  expect(await codesOf(ask('2025-06-27', '2025-07-02', 'after it'))).toBe(
    'POSTPONEMENT_AFTER_BATCH POSTPONEMENT_OVERLAPS',
  );
});
