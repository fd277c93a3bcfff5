/**
 * What is due on 25 June settles on the 26th: due dates, funding, client money and overdrafts by the sample days' own figures. Trades of
 * the 23rd, 6,398,298.72 payable of the client side, and the fee of the 24th, 29.82, would fall due on the 25th.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import iconv from 'iconv-lite';
import type { PoolClient } from 'pg';
import { loadCalendarVersion } from '../../../activities/calendar/correct-calendar';
import { loadMarketCalendar } from '../../../activities/calendar/load-market-calendar';
import type { BusinessDate } from '../../../domain/calendar/business-date';
import { dueDate } from '../../../domain/settlement/due-date';
import { askPostponement, askPostponementWithdrawal } from '../../../activities/intake/postpone-settlement';
import { inTransaction } from '../../../activities/database/transaction';
import { orderSubject } from '../../../activities/orders/order-subject';
import { postponementSubject } from '../../../activities/postponements/postponement-subject';
import { readPostponement } from '../../../activities/postponements/read-postponement';
import { tellPostponement } from '../../../activities/postponements/tell-postponement';
import { postponementWithdrawalSubject } from '../../../activities/postponements/withdrawal-subject';
import { calendarWith } from '../../../activities/terms/calendar-term';
import {
  clockAt,
  dayOf,
  DAYS_A,
  filesOf,
  openBookOf,
  receive,
  runDay,
  SAMPLES,
  verbsOf,
  workflowOf,
} from '../../support/days-of-verbs';
import { openPool } from '../../../prisma/pool';
import { openDatabase, type TestDatabase } from '../../support/database';
import { onEveningOf } from '../../support/evenings';
import { codesOf } from '../../support/tasks';
import { untilWaiting } from '../../support/waiting-for-locks';

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
});
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
  // Tuesday is over, and its batch of 18:00 has settled the fee.
  expect(await codesOf(ask('2025-06-24', '2025-06-26'))).toBe('POSTPONEMENT_TOO_LATE POSTPONEMENT_AFTER_BATCH');
  expect(await codesOf(ask('2025-06-24', '2025-06-22'))).toBe(
    'POSTPONEMENT_BACKWARDS POSTPONED_TO_NO_SETTLEMENT_DAY POSTPONEMENT_TOO_LATE POSTPONEMENT_AFTER_BATCH',
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

/** Hong Kong's calendar gets a newer version with this day as told, or without it. Days that the book has opened stay what they are. */
async function corrected(sql: PoolClient, date: string, kind: 'OPEN' | 'HALF' | 'CLOSED'): Promise<void> {
  await sql.query(
    `with newest as (select * from calendar_versions where calendar = 'SEHK' order by version desc limit 1),
     added as (insert into calendar_versions (calendar, version, known_from, known_to, source)
               select calendar, version + 1, known_from, known_to, 'corrected' from newest returning calendar, version)
     insert into calendar_days (calendar, version, day, kind, reason, source)
     select a.calendar, a.version, d.day, d.kind, d.reason, d.source from added a, calendar_days d join newest n using (calendar, version) where d.day <> $1
     union all select calendar, version, $1, $2, 'corrected', 'corrected' from added`,
    [date, kind],
  );
}
const noticed = (sql: PoolClient, from: string, to: string) =>
  sql.query(
    `insert into settlement_postponements (channel, postponed_from, postponed_to, cause, notice, workflow_id, request_key, made_by, state, approved_by, approved_at)
     values ('SH', $1::date, $2::date, 'typhoon', 'notice', $1::date || 'x', $1::date || 'x', 'operations-maker', 'approved', 'operations-checker', business_now())`,
    [from, to],
  );
/** Looked at and rolled back. */
const triedOut = async <Seen>(look: (sql: PoolClient) => Promise<Seen>): Promise<Seen> => {
  const sql = await book.pool.connect();
  try {
    await sql.query('begin');
    return await look(sql);
  } finally {
    await sql.query('rollback');
    sql.release();
  }
};
const dueOf = async (sql: PoolClient) => {
  const { rows } = await sql.query<{ due: string; fen: bigint }>(
    `select due_date_of('SH', l.settle_date)::text as due, sum(l.net_fen)::bigint as fen from clearing_lines_in_force l
     join broker_accounts a on a.account = l.reserve_account where a.side = 'client' and l.business = 'H01' group by 1 order by 1`,
  );
  return Object.fromEntries(rows.map(({ due, fen }) => [due, fen]));
};

test('a corrected calendar that moves due dates is told as a notice is: operations and finance, branches, clients, once; one that moves nothing to nobody', () =>
  triedOut(async (sql) => {
    const correct = async (code: string, date: string, kind: 'OPEN' | 'CLOSED') =>
      loadCalendarVersion(sql, {
        ...(await calendarWith(sql, code, { values: { [date]: kind }, reason: 'typhoon', source: 'notice' })),
        ...{ by: 'supervisor-1', reason: 'typhoon' },
      });
    const told = async () =>
      (
        await sql.query<{ template: string; moved: string; told: number; recipients: number }>(
          `select template, facts ->> 'from' || ' ' || (facts ->> 'to') as moved, count(*)::int as told,
                  count(distinct coalesce(recipient_ref, recipient_role || branch, recipient_role))::int as recipients
           from outbox where template like 'SETTLEMENT_DAY_CORRECTED%' group by 1, 2 order by 1, 2`,
        )
      ).rows;
    // Nobody has anything due in August, and promises alone rest on the civil calendar.
    await correct('SEHK', '2025-08-14', 'CLOSED');
    await correct('CIVIL', '2025-06-26', 'CLOSED');
    expect(await told()).toEqual([]);

    await correct('SEHK', '2025-06-26', 'CLOSED');
    await correct('SEHK', '2025-06-26', 'CLOSED');
    const traded = new Set(
      readFileSync(path.join(DAYS_A, '2025-06-24/counter_trades_20250624.csv'), 'latin1').match(/^6\d{9}/gm),
    );
    const moved = '2025-06-26 2025-06-27';
    const branches = expect.any(Number) as number;
    const once = [
      { template: 'SETTLEMENT_DAY_CORRECTED', moved, told: traded.size, recipients: traded.size },
      { template: 'SETTLEMENT_DAY_CORRECTED_BRANCH', moved, told: branches, recipients: branches },
      { template: 'SETTLEMENT_DAY_CORRECTED_TOTALS', moved, told: 2, recipients: 2 },
    ];
    expect(await told()).toEqual(once);
    // Payable by the trades of the 24th, as published for the 26th.
    const { rows: totals } = await sql.query(
      `select ((facts #>> '{payable,amount}')::numeric - (facts #>> '{receivable,amount}')::numeric)::text as client,
              ((facts #>> '{ownPayable,amount}')::numeric - (facts #>> '{ownReceivable,amount}')::numeric)::text as own, channel, business_date::text as date
       from outbox where template = 'SETTLEMENT_DAY_CORRECTED_TOTALS' and recipient_role = 'finance'`,
    );
    expect(totals).toEqual([{ client: '21803488.02', own: '6797366.70', channel: 'SH', date: '2025-06-26' }]);

    // Taken out again, everybody is told that it is due when the files said.
    await correct('SEHK', '2025-06-26', 'OPEN');
    const back = once.map((one) => ({ ...one, moved: '2025-06-27 2025-06-26' }));
    expect(await told()).toEqual(once.flatMap((one, index) => [one, back[index]]));
  }));

test.each<[string, (sql: PoolClient) => Promise<unknown>, Readonly<Record<string, bigint>>]>([
  // Of the 23rd 6,398,298.72 are payable on the 25th, of the 24th 21,803,488.02 on the 26th; 28 and 29 June are a weekend, 1 July is closed in Hong Kong.
  ['nothing crosses', () => Promise.resolve(), { '2025-06-25': -639_829_872n, '2025-06-26': -2_180_348_802n }],
  [
    'the 26th becomes a holiday',
    (sql) => corrected(sql, '2025-06-26', 'CLOSED'),
    { '2025-06-25': -639_829_872n, '2025-06-27': -2_180_348_802n },
  ],
  [
    'the 26th becomes a half day',
    (sql) => corrected(sql, '2025-06-26', 'HALF'),
    { '2025-06-25': -639_829_872n, '2025-06-27': -2_180_348_802n },
  ],
  [
    'a notice to the 26th, then the 26th becomes a holiday',
    async (sql) => (await noticed(sql, '2025-06-25', '2025-06-26'), await corrected(sql, '2025-06-26', 'CLOSED')),
    { '2025-06-27': -2_820_178_674n },
  ],
  [
    'the same in the other order',
    async (sql) => (await corrected(sql, '2025-06-26', 'CLOSED'), await noticed(sql, '2025-06-25', '2025-06-26')),
    { '2025-06-27': -2_820_178_674n },
  ],
  [
    'the notice is taken back after the calendar was corrected',
    async (sql) => {
      await noticed(sql, '2025-06-25', '2025-06-26');
      await corrected(sql, '2025-06-26', 'CLOSED');
      await sql.query(`update settlement_postponements set state = 'withdrawn', withdrawn_by = 'operations-checker', withdrawn_at = business_now()
                       where state = 'approved'`);
    },
    { '2025-06-25': -639_829_872n, '2025-06-27': -2_180_348_802n },
  ],
  [
    'a notice over a holiday, which is then taken out of the calendar again',
    async (sql) => {
      await corrected(sql, '2025-06-26', 'CLOSED');
      await noticed(sql, '2025-06-26', '2025-06-30');
      await corrected(sql, '2025-06-26', 'OPEN');
    },
    { '2025-06-25': -639_829_872n, '2025-06-30': -2_180_348_802n },
  ],
  [
    'a day that the book has opened stays what it is: its closure comes as a notice',
    (sql) => corrected(sql, '2025-06-25', 'CLOSED'),
    { '2025-06-25': -639_829_872n, '2025-06-26': -2_180_348_802n },
  ],
])('calendars and notices that cross: %s', async (_, happens, due) => {
  await triedOut(async (sql) => {
    await happens(sql);
    expect(await dueOf(sql)).toEqual(due);
    // Day by day the sets say the same as the rule.
    const { calendar } = await loadMarketCalendar(sql, 'SH');
    const { rows: notices } = await sql.query<{ from: BusinessDate; to: BusinessDate }>(
      `select postponed_from::text as from, postponed_to::text as to from settlement_postponements where state = 'approved'`,
    );
    const opened = ['2025-06-23', '2025-06-24', '2025-06-25'];
    const rule = (date: BusinessDate) =>
      dueDate(date, notices, (day) => opened.includes(day) || calendar.isSettlementDay(day));
    const { rows } = await sql.query<{ day: BusinessDate; due: string; on: string[]; after: string[] }>(
      `select d::date::text as day, due_date_of('SH', d::date)::text as due, due_on('SH', d::date)::text[] as on, due_after('SH', d::date)::text[] as after
       from generate_series('2025-06-18'::date, '2025-07-04', '1 day') d`,
    );
    for (const { day, due: told, on, after } of rows) {
      const before = rows.filter((one) => one.day <= day).map((one) => one.day);
      expect([day, told]).toEqual([day, rule(day)]);
      expect([day, [...on].sort()]).toEqual([day, before.filter((filed) => rule(filed) === day)]);
      expect([day, [...after].sort()]).toEqual([day, before.filter((filed) => rule(filed) > day)]);
    }
  });
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
  await untilWaiting(holding, 1);
  const approved = approve(postponementId).then(
    () => 'done',
    (refused: { code: string }) => refused.code,
  );
  await Promise.race([untilWaiting(holding, 2), approved]);
  await holding.query('commit');
  holding.release();
  await owner.end();
  expect(await approved).toBe('POSTPONEMENT_TOO_LATE');
  expect((await posted).entries).toBeGreaterThan(0);
});

test.each([
  ['10:30 has settled trades', '2025-06-27', '10:30', { trades: -1, fee: 0 }],
  // A side that receives for its trades has nothing of them at 10:30.
  ['18:00 has settled trades', '2025-06-30', '18:00', { trades: 1, fee: 0 }],
  ['18:00 has settled the fee', '2025-07-02', '18:00', { trades: 0, fee: -1 }],
])(
  'once the batch of %s the day is not postponed, asked for before or after it',
  async (_, from, checkpoint, settled) => {
    const to = from === '2025-06-27' ? '2025-06-30' : '2025-07-03';
    const before = await ask(from, to, `before the batch of ${from}`);
    await book.pool.query(
      `insert into checkpoints (channel, business_date, side, checkpoint, trades_fen, risk_payable_fen, risk_returned_fen, corporate_fen, fee_fen, total_fen, balance_fen, missing_fen)
     values ('SH', $1, 'client', $2, $3, 0, 0, 0, $4, 0, 0, 0)`,
      [from, checkpoint, settled.trades, settled.fee],
    );
    await expect(approve(before.postponementId)).rejects.toMatchObject({ code: 'POSTPONEMENT_AFTER_BATCH' });
    expect(await codesOf(ask(from, '2025-07-04', `after the batch of ${from}`))).toBe(
      'POSTPONEMENT_AFTER_BATCH POSTPONEMENT_OVERLAPS',
    );
    await book.pool.query(`update settlement_postponements set state = 'recalled' where postponement_id = $1`, [
      before.postponementId,
    ]);
  },
);

test('a notice read from a file: entered by the system, in force once a supervisor approves; the same again changes nothing, what cannot be entered is listed', () =>
  onEveningOf('2025-06-24', async ({ pool }) => {
    await clockAt(pool, WEDNESDAY, '07:00');
    const verbs = verbsOf(pool);
    await verbs.openDay({ ...WEDNESDAY, workflowId: workflowOf(WEDNESDAY) });
    const amounts = async () => [
      (await verbs.planFunding({ ...WEDNESDAY, side: 'client' })).amountFen,
      (await verbs.planFunding({ ...WEDNESDAY, side: 'proprietary' })).amountFen,
    ];
    const name = (version: string) => `settlement_notices_20250625${version}.csv`;
    const sample = path.join(SAMPLES, 'notices', name(''));
    const taken = async (version: string, file: string) =>
      (await receive(pool, WEDNESDAY, [[name(version), file]])).get(name(version));
    const entered = async () =>
      (
        await pool.query<Record<'id' | 'state' | 'by' | 'notice', string>>(
          `select postponement_id::text as id, state, made_by as by, notice from settlement_postponements order by 1`,
        )
      ).rows;
    const listed = async () =>
      (
        await pool.query<Record<'class' | 'value' | 'reason', string>>(
          `select class, row_no::int as row, value, reason_en as reason from findings_in_force where class in ('NOTICE_NOT_ENTERED', 'BAD_VALUE')
           order by row_no, field`,
        )
      ).rows;

    expect(await taken('', sample)).toMatchObject({ state: 'accepted', records: 1 });
    expect(await entered()).toEqual([
      { id: '1', state: 'awaiting approval', by: 'southbound', notice: 'CSDC-2025-17: 台风，6月25日交收推迟至6月26日' },
    ]);
    // As published, until somebody approves; then risk money alone: -6,272,727.25 + 2,498,171.82, and -1,666,376.57 + 538,350.42.
    expect(await amounts()).toEqual(['-1017288397', '-370093523']);
    await inTransaction(pool, async (sql) => {
      const end = { state: 'approved', by: 'operations-checker', at: '2025-06-24T23:00:00Z' } as const;
      await postponementSubject.end(sql, '1', end, await postponementSubject.lock(sql, '1'));
    });
    expect(await amounts()).toEqual(['-377455543', '-112802615']);

    expect(await taken('_v2', sample)).toMatchObject({ state: 'superseded' });
    expect(await entered()).toHaveLength(1);
    const folder = mkdtempSync(path.join(tmpdir(), 'notices-'));
    const written = (version: string, ...lines: string[]) => {
      const head = 'date,notice_no,act,from_date,to_date,cause,trade_no,words';
      const where = path.join(folder, name(version));
      writeFileSync(where, iconv.encode([head, ...lines, ''].join('\r\n'), 'gbk'));
      return where;
    };
    // Changed under its number; over it; of no trade; back of what was never entered: each is a break, nothing is entered of them.
    const other = written(
      '_v3',
      '20250625,CSDC-2025-17,POSTPONE,20250625,20250627,typhoon,,changed',
      '20250625,CSDC-2025-18,POSTPONE,20250624,20250626,closure,,over it',
      '20250625,CSDC-2025-19,CANCEL,20250623,,,2025062300009999,of no trade',
      '20250625,CSDC-2025-20,WITHDRAW,20250625,20250630,,,never entered',
      '20250625,CSDC-2025-21,WITHDRAW,20250625,20250626,,,the signal was lowered',
      '20250625,CSDC-2025-22,CANCEL,20250623,,,2025062300000001,of a trade',
    );
    expect(await taken('_v3', other)).toMatchObject({ state: 'accepted', records: 6 });
    expect(
      (await listed()).map(
        ({ value, reason }) => `${value} ${reason.replace('The notice could not be entered. ', '')}`,
      ),
    ).toEqual([
      expect.stringMatching(/^CSDC-2025-17 .*was entered as postponement 1 \(2025-06-25 to 2025-06-26\)/),
      expect.stringMatching(/^CSDC-2025-18 .*2025-06-24 is over or posted.*overlaps postponement 1/),
      expect.stringMatching(/^CSDC-2025-19 No trade 2025062300009999/),
      expect.stringMatching(/^CSDC-2025-20 .*2025-06-25 → 2025-06-30/),
    ]);
    expect(await entered()).toHaveLength(1);
    expect((await pool.query('select state, made_by from postponement_withdrawals')).rows).toEqual([
      { state: 'awaiting approval', made_by: 'southbound' },
    ]);
    expect((await pool.query('select state, trade_no from trade_cancellations')).rows).toEqual([
      { state: 'awaiting approval', trade_no: '2025062300000001' },
    ]);
    // Whatever is wrong with the fields is listed at once, and the file is not taken.
    const faulty = written(
      '_v4',
      '20250625,CSDC-2025-23,POSTPONE,20250625,,rain,,no day',
      '20250625,CSDC-2025-24,CANCEL,0625,,,,no trade',
    );
    expect(await taken('_v4', faulty)).toMatchObject({ state: 'refused' });
    expect(
      (
        await pool.query(
          `select row_no::int as row, field from findings_in_force where class = 'BAD_VALUE' order by 1, 2`,
        )
      ).rows,
    ).toEqual([
      { row: 1, field: 'cause' },
      { row: 1, field: 'to_date' },
      { row: 2, field: 'from_date' },
      { row: 2, field: 'trade_no' },
    ]);
    rmSync(folder, { recursive: true });
  }));
