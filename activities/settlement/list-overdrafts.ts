/**
 * Lists the clients below zero with the cause and its parts (A4 §33, §38-40; S18, S19), and what each client owes: advance
 * of the morning, repayment of the evening, penalty interest for the calendar days until the next trading day.
 */
import type { PoolClient } from 'pg';
import { addDays, daysBetween, type BusinessDate } from '../../domain/calendar/business-date';
import { fxPartFen, overdraftCause } from '../../domain/settlement/overdraft';
import { accruedNumerator } from '../../domain/settlement/overdraft-life';
import { parseRate } from '../../domain/scaled';
import { summedTerms } from '../../prisma/figure-terms/line-term';
import { OVERDRAFT_TERMS } from '../../prisma/figure-terms/settlement-details';
import type { Dependencies } from '../dependencies';
import { inTransaction } from '../database/transaction';
import { queueNotice } from '../outbox/queue-notice';
import { followCases } from '../overdrafts/open-cases';
import { loadParameters } from '../terms/load-terms';
import type { DayKey } from './day-key';
import { tellCushionTonight } from './judge-cushion';

interface Owing {
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
  readonly interest_before: string;
  readonly owed_since_before: BusinessDate | null;
}

/** @throws BusinessError NO_PARAMETER_FOR_DATE where a calendar day until the next trading day has no rate */
export const listOverdrafts =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (day: DayKey & { readonly workflowId: string }): Promise<{ readonly overdrafts: number; readonly owing: number }> =>
    inTransaction(pool, async (sql) => {
      await sql.query('delete from overdrafts where channel = $1 and business_date = $2', [
        day.channel,
        day.businessDate,
      ]);
      await sql.query('delete from advances where channel = $1 and business_date = $2', [
        day.channel,
        day.businessDate,
      ]);
      const next = await sql.query<{ next_trading_day: string }>(
        'select next_trading_day from settlement_days where channel = $1 and business_date = $2',
        [day.channel, day.businessDate],
      );
      const ratesE12 = await ratesUntil(sql, day, next.rows[0]?.next_trading_day as BusinessDate);
      const { rows } = await sql.query<Owing>(OWING, [day.channel, day.businessDate]);
      let overdrafts = 0;
      for (const client of rows) {
        if (client.overdraft > 0n) {
          overdrafts += 1;
          await recordOverdraft(sql, day, client);
        }
        const owed = client.outstanding + client.overdraft;
        const numerator = BigInt(client.interest_before) + accruedNumerator(owed, ratesE12);
        await sql.query(
          `insert into advances (channel, business_date, fund_account, advanced_fen, repaid_fen, outstanding_fen, overdraft_fen, interest_numerator, owed_since)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
          [
            day.channel,
            day.businessDate,
            client.fund_account,
            client.advanced,
            client.repaid,
            client.outstanding,
            client.overdraft,
            numerator,
            owed === 0n ? null : (client.owed_since_before ?? day.businessDate),
          ],
        );
      }
      await followCases(sql, day);
      await tellCushionTonight(sql, day);
      return { overdrafts, owing: rows.length };
    });

/** The rate of each calendar day on which what is owed tonight stands: until the next trading day. */
async function ratesUntil(sql: PoolClient, day: DayKey, nextTradingDay: BusinessDate): Promise<readonly bigint[]> {
  const ratesE12: bigint[] = [];
  for (let nth = 0; nth < daysBetween(day.businessDate, nextTradingDay); nth += 1) {
    const parameter = await loadParameters(sql, day.channel, addDays(day.businessDate, nth));
    ratesE12.push(parseRate(parameter('OVERDRAFT_INTEREST_PER_YEAR')));
  }
  return ratesE12;
}

async function recordOverdraft(
  sql: PoolClient,
  day: DayKey & { readonly workflowId: string },
  client: Owing,
): Promise<void> {
  const parts = {
    fxFen: fxPartFen(client.payables_booked, client.frozen_for_them),
    portfolioFeeFen: client.fee_booked,
    delayedSettlementFen: client.postponed,
  };
  await sql.query(
    `insert into overdrafts (channel, business_date, fund_account, amount_fen, cause, fx_fen, fee_fen, delayed_fen)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      day.channel,
      day.businessDate,
      client.fund_account,
      client.overdraft,
      overdraftCause(client.overdraft, parts),
      parts.fxFen,
      parts.portfolioFeeFen,
      parts.delayedSettlementFen,
    ],
  );
  await queueNotice(sql, {
    key: `overdraft:${day.channel}:${day.businessDate}:${client.fund_account}`,
    workflowId: day.workflowId,
    severity: 'warning',
    side: 'client',
    branch: client.branch,
    recipientRef: `fund-account:${client.fund_account}`,
    template: 'OVERDRAFT',
    facts: { date: day.businessDate },
  });
}

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
    join counted_clearing_lines l on l.securities_account = c.securities_account and l.channel = $1 and l.settle_date = any((select due_on($1, $2))::date[])
    left join counter_trades_in_force f on f.channel = $1 and f.business_date = l.trade_date and f.trade_no = l.trade_no
    where o.overdraft > 0 group by c.fund_account),
  -- Receipts that were due today and were postponed; money of entitlements stands in the balance since its clearing (S16) and explains none of it.
  late as (
    select c.fund_account, sum(l.net_fen - l.commission_fen)::bigint as postponed
    from owing o join clients c using (fund_account)
    join counted_clearing_lines l on l.securities_account = c.securities_account and l.channel = $1
     and l.settle_date = any((select due_unless_postponed($1, $2))::date[])
    where l.business = 'H01' and l.buy_sell = 'S' and $2 = any((select due_after($1, $2))::date[]) group by c.fund_account)
  select o.*, c.branch, coalesce(b.payables_booked, 0)::bigint as payables_booked, coalesce(b.frozen_for_them, 0)::bigint as frozen_for_them,
         coalesce(b.fee_booked, 0)::bigint as fee_booked, coalesce(p.postponed, 0)::bigint as postponed,
         coalesce((select a.interest_numerator::text from advances a where a.channel = $1 and a.fund_account = o.fund_account
                   and a.business_date < $2 order by a.business_date desc limit 1), '0') as interest_before,
         (select case when a.outstanding_fen + a.overdraft_fen > 0 then coalesce(a.owed_since, a.business_date) end
          from advances a where a.channel = $1 and a.fund_account = o.fund_account and a.business_date < $2
          order by a.business_date desc limit 1) as owed_since_before
  from owing o left join booked b using (fund_account) left join late p using (fund_account) join clients c on c.fund_account = o.fund_account
  where c.side = 'client' order by o.fund_account`;
