/**
 * Evening: money that came repays the advance, and the interest where the house collects it, in the order that the terms name, out of a
 * positive balance, today's credits included (A4 §36; S18). Interest is that of the days until today, less what was collected and waived.
 */
import type { PoolClient } from 'pg';
import { penaltyInterestFen } from '../../domain/settlement/overdraft';
import { repayments, type Repayment, type RepaymentOrder } from '../../domain/settlement/overdraft-life';
import type { Dependencies } from '../dependencies';
import { inTransaction } from '../database/transaction';
import { openBatch } from '../ledger/open-batch';
import { ACCRUED_BEFORE, accruedUntil, type AccruedBefore } from '../overdrafts/accrued-until';
import { loadParameters } from '../terms/load-terms';
import type { DayKey, Posted } from './day-key';

export const repayAdvances =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (day: DayKey): Promise<Posted> =>
    inTransaction(pool, async (sql) => {
      const batch = await openBatch(sql, {
        ...day,
        key: `settle:${day.channel}:${day.businessDate}:repay-advances`,
        kind: 'repay-advances',
        restsOn: [],
        cause: `advances repaid on the evening of ${day.businessDate}`,
      });
      if (batch === undefined) return { entries: 0 };
      const repaid = (await repaidTonight(sql, day)).filter(
        ({ advanceFen, interestFen }) => advanceFen > 0n || interestFen > 0n,
      );
      const { rowCount } = await sql.query(REPAY, [
        day.channel,
        day.businessDate,
        batch,
        repaid.map(({ account }) => account),
        repaid.map(({ advanceFen }) => advanceFen),
        repaid.map(({ interestFen }) => interestFen),
      ]);
      return { entries: rowCount ?? 0 };
    });

interface Owing extends AccruedBefore {
  readonly account: string;
  readonly balance: bigint;
  readonly advance: bigint;
  readonly settled: bigint;
}

async function repaidTonight(
  sql: PoolClient,
  day: DayKey,
): Promise<readonly (Repayment & { readonly account: string })[]> {
  const parameter = await loadParameters(sql, day.channel, day.businessDate);
  const order = parameter('OVERDRAFT_REPAYMENT_ORDER') as RepaymentOrder;
  const dayBase = BigInt(parameter('INTEREST_DAY_BASE'));
  const { rows } = await sql.query<Owing>(OWING, [day.channel, day.businessDate]);
  const numeratorOf = await accruedUntil(sql, day, rows);
  return rows.map((owing) => ({
    account: owing.account,
    ...repayments(
      owing.balance,
      { advanceFen: owing.advance, interestFen: penaltyInterestFen(numeratorOf(owing), 1n, dayBase) - owing.settled },
      order,
    ),
  }));
}

/** Clients with money who were advanced or accrued interest before; what the evening before counted is brought to today. */
const OWING = `
  with lent as (
    select owner as account, sum(amount)::bigint as advance from entries
    where ledger = 'advance' and business_date <= $2 group by owner having sum(amount) > 0),
  accrued as (select fund_account as account, numerator, owed, until from (${ACCRUED_BEFORE}) as newest),
  settled as (
    select account, sum(fen)::bigint as settled from (
      select owner as account, -amount as fen from entries
      where ledger = 'overdraft_interest' and asset = 'CNY' and business_date <= $2
      union all
      select c.fund_account, w.interest_given_up_fen from overdraft_write_offs w join overdraft_cases c using (case_no)
      where c.channel = $1 and w.posted_on <= $2) as parts group by account),
  owed as (
    select account, coalesce(advance, 0)::bigint as advance, coalesce(numerator, '0') as numerator, coalesce(owed, 0)::bigint as owed, until
    from lent full join accrued using (account))
  select o.account, o.advance, o.numerator, o.owed, o.until, coalesce(s.settled, 0)::bigint as settled, -sum(e.amount)::bigint as balance
  from owed o join entries e on e.ledger = 'client_money' and e.owner = o.account and e.business_date <= $2
  left join settled s using (account)
  group by o.account, o.advance, o.numerator, o.owed, o.until, s.settled having sum(e.amount) < 0`;

const REPAY = `
  with repaid as (
    select * from unnest($4::text[], $5::bigint[], $6::bigint[]) as r(fund_account, advance_fen, interest_fen)),
  legs as (
    select 'client_money' as ledger, fund_account as owner, advance_fen as amount, 1 as of from repaid where advance_fen > 0
    union all select 'advance', fund_account, -advance_fen, 1 from repaid where advance_fen > 0
    union all select 'cushion', 'CUSHION', -sum(advance_fen)::bigint, 1 from repaid having sum(advance_fen) > 0
    union all select 'advance_contra', 'CUSHION', sum(advance_fen)::bigint, 1 from repaid having sum(advance_fen) > 0
    union all select 'client_money', fund_account, interest_fen, 2 from repaid where interest_fen > 0
    union all select 'overdraft_interest', fund_account, -interest_fen, 2 from repaid where interest_fen > 0
    union all select 'cushion', 'CUSHION', -sum(interest_fen)::bigint, 2 from repaid having sum(interest_fen) > 0
    union all select 'overdraft_interest_contra', 'CUSHION', sum(interest_fen)::bigint, 2 from repaid having sum(interest_fen) > 0)
  insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause)
  select $2::date, $3, row_number() over (order by of, ledger, owner), ledger, owner, 'CNY', amount, $2::date,
         case of when 1 then 'advance repaid, channel ' else 'penalty interest collected, channel ' end || $1
  from legs`;
