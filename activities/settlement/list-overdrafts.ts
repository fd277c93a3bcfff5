/**
 * Lists the clients below zero with the cause and its parts (A4 §33, §38-40; S18, S19), and what each client owes: advance
 * of the morning, repayment of the evening, penalty interest for the calendar days until the next trading day.
 */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { fxPartFen, overdraftCause } from '../../domain/settlement/overdraft';
import { accruedNumerator } from '../../domain/settlement/overdraft-life';
import { summedTerms } from '../../prisma/figure-terms/line-term';
import { OVERDRAFT_TERMS } from '../../prisma/figure-terms/settlement-details';
import type { Dependencies } from '../dependencies';
import { inTransaction } from '../database/transaction';
import { queueNotices } from '../outbox/queue-notice';
import { ACCRUED_BEFORE, accruedUntil, ratesBetween, type AccruedBefore } from '../overdrafts/accrued-until';
import { followCases } from '../overdrafts/open-cases';
import type { DayKey } from './day-key';
import { dueLinesOf } from './due-lines';
import { tellCushionTonight } from './judge-cushion';

interface Owing extends AccruedBefore {
  readonly fund_account: string;
  readonly branch: string;
  readonly overdraft: bigint;
  readonly payables_booked: bigint;
  readonly frozen_for_them: bigint;
  readonly fee_booked: bigint;
  readonly postponed: bigint;
  readonly advanced: bigint;
  readonly repaid: bigint;
  readonly outstanding: bigint;
  readonly owed_since: BusinessDate | null;
}

/** @throws BusinessError NO_PARAMETER_FOR_DATE where a calendar day until the next trading day has no rate */
export const listOverdrafts =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (day: DayKey & { readonly workflowId: string }): Promise<{ readonly overdrafts: number; readonly owing: number }> =>
    inTransaction(pool, async (sql) => {
      for (const table of ['overdrafts', 'advances'])
        await sql.query(`delete from ${table} where channel = $1 and business_date = $2`, [
          day.channel,
          day.businessDate,
        ]);
      const due = await dueLinesOf(sql, day);
      const { rows } = await sql.query<Owing>(OWING, [
        day.channel,
        day.businessDate,
        due.on,
        due.unlessPostponed,
        due.after,
      ]);
      const overdrawn = rows.filter(({ overdraft }) => overdraft > 0n);
      await recordOverdrafts(sql, day, overdrawn);
      await recordAdvances(sql, day, rows);
      await tellOverdrawn(sql, day, overdrawn);
      await followCases(sql, day);
      await tellCushionTonight(sql, day);
      return { overdrafts: overdrawn.length, owing: rows.length };
    });

async function recordOverdrafts(sql: PoolClient, day: DayKey, clients: readonly Owing[]): Promise<void> {
  const causes = clients.map((client) => {
    const parts = {
      fxFen: fxPartFen(client.payables_booked, client.frozen_for_them),
      portfolioFeeFen: client.fee_booked,
      delayedSettlementFen: client.postponed,
    };
    return { ...parts, cause: overdraftCause(client.overdraft, parts) };
  });
  await sql.query(
    `insert into overdrafts (channel, business_date, fund_account, amount_fen, cause, fx_fen, fee_fen, delayed_fen)
     select $1, $2, * from unnest($3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[])`,
    [
      day.channel,
      day.businessDate,
      clients.map(({ fund_account }) => fund_account),
      clients.map(({ overdraft }) => overdraft),
      causes.map(({ cause }) => cause),
      causes.map(({ fxFen }) => fxFen),
      causes.map(({ portfolioFeeFen }) => portfolioFeeFen),
      causes.map(({ delayedSettlementFen }) => delayedSettlementFen),
    ],
  );
}

/** What each owes tonight accrues by the rate of each calendar day until the next trading day. */
async function recordAdvances(sql: PoolClient, day: DayKey, clients: readonly Owing[]): Promise<void> {
  const { rows } = await sql.query<{ next: BusinessDate }>(
    'select next_trading_day::text as next from settlement_days where channel = $1 and business_date = $2',
    [day.channel, day.businessDate],
  );
  const { next } = rows[0] ?? { next: day.businessDate };
  const ratesE12 = await ratesBetween(sql, day.channel, day.businessDate, next);
  const numeratorOf = await accruedUntil(sql, day, clients);
  const owed = clients.map(({ outstanding, overdraft }) => outstanding + overdraft);
  await sql.query(
    `insert into advances (channel, business_date, fund_account, advanced_fen, repaid_fen, outstanding_fen, overdraft_fen, interest_numerator, owed_since)
     select $1, $2, * from unnest($3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::numeric[], $9::date[])`,
    [
      day.channel,
      day.businessDate,
      clients.map(({ fund_account }) => fund_account),
      clients.map(({ advanced }) => advanced),
      clients.map(({ repaid }) => repaid),
      clients.map(({ outstanding }) => outstanding),
      clients.map(({ overdraft }) => overdraft),
      clients.map((client, nth) => numeratorOf(client) + accruedNumerator(owed[nth] ?? 0n, ratesE12)),
      clients.map(({ owed_since }, nth) => (owed[nth] === 0n ? null : (owed_since ?? day.businessDate))),
    ],
  );
}

const tellOverdrawn = (
  sql: PoolClient,
  { channel, businessDate, workflowId }: DayKey & { readonly workflowId: string },
  clients: readonly Owing[],
): Promise<number> =>
  queueNotices(
    sql,
    { workflowId, severity: 'warning', side: 'client', template: 'OVERDRAFT', facts: { date: businessDate } },
    clients.map(({ fund_account: account, branch }) => ({
      key: `overdraft:${channel}:${businessDate}:${account}`,
      ref: `fund-account:${account}`,
      branch,
    })),
  );

/** Everybody below zero tonight, or who owes, was advanced or repaid today. */
const OWING = `
  with money as (
    select owner as fund_account, sum(amount)::bigint as debit from entries
    where ledger = 'client_money' and business_date <= $2 group by owner having sum(amount) > 0),
  lent as (
    select owner as fund_account, sum(amount)::bigint as outstanding,
           coalesce(sum(amount) filter (where business_date = $2 and amount > 0 and cause like 'overdraft advanced%'), 0)::bigint as advanced,
           coalesce(-sum(amount) filter (where business_date = $2 and cause like 'advance repaid%'), 0)::bigint as repaid
    from entries where ledger = 'advance' and business_date <= $2 group by owner),
  owing as (
    select fund_account, coalesce(m.debit, 0)::bigint as overdraft, coalesce(l.advanced, 0)::bigint as advanced,
           coalesce(l.repaid, 0)::bigint as repaid, coalesce(l.outstanding, 0)::bigint as outstanding
    from money m full join lent l using (fund_account)
    where coalesce(m.debit, 0) > 0 or l.outstanding <> 0 or l.advanced <> 0 or l.repaid <> 0),
  booked as (
    select c.fund_account,
           ${summedTerms(OVERDRAFT_TERMS)}
    from owing o join clients c using (fund_account)
    join counted_clearing_lines l on l.securities_account = c.securities_account and l.channel = $1 and l.settle_date = any($3::date[])
    left join counter_trades_in_force f on f.channel = $1 and f.business_date = l.trade_date and f.trade_no = l.trade_no
    where o.overdraft > 0 group by c.fund_account),
  -- Receipts that were due today and were postponed; money of entitlements stands in the balance since its clearing (S16) and explains none of it.
  late as (
    select c.fund_account, sum(l.net_fen - l.commission_fen)::bigint as postponed
    from owing o join clients c using (fund_account)
    join counted_clearing_lines l on l.securities_account = c.securities_account and l.channel = $1
     and l.settle_date = any($4::date[])
    where l.business = 'H01' and l.buy_sell = 'S' and $2 = any($5::date[]) group by c.fund_account),
  accrued as (${ACCRUED_BEFORE})
  select o.*, c.branch, coalesce(b.payables_booked, 0)::bigint as payables_booked, coalesce(b.frozen_for_them, 0)::bigint as frozen_for_them,
         coalesce(b.fee_booked, 0)::bigint as fee_booked, coalesce(p.postponed, 0)::bigint as postponed,
         coalesce(i.numerator, '0') as numerator, coalesce(i.owed, 0)::bigint as owed, i.until, i.owed_since
  from owing o left join booked b using (fund_account) left join late p using (fund_account) left join accrued i using (fund_account) join clients c on c.fund_account = o.fund_account
  where c.side = 'client' order by o.fund_account`;
