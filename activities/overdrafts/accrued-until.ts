/**
 * What an evening accrued reaches until the next trading day as it was known then. Where the calendar was corrected since, or an evening was left
 * out, the next evening adds the calendar days in between, or takes back those that it counts itself: each day counts once (S18).
 */
import type { PoolClient } from 'pg';
import { addDays, type BusinessDate } from '../../domain/calendar/business-date';
import { accruedNumerator } from '../../domain/settlement/overdraft-life';
import { parseRate } from '../../domain/scaled';
import type { DayKey } from '../settlement/day-key';
import { loadParameters } from '../terms/load-terms';

/** A client as the newest evening before left it: interest as a numerator, what was owed, and the day until which it was counted. */
export interface AccruedBefore {
  readonly numerator: string;
  readonly owed: bigint;
  /** Null where nothing accrued yet. */
  readonly until: BusinessDate | null;
}

/** Columns of `AccruedBefore` and since when it is owed, by fund account; $1 the channel, $2 the day. */
export const ACCRUED_BEFORE = `
  select distinct on (a.fund_account) a.fund_account, a.interest_numerator::text as numerator,
         (a.outstanding_fen + a.overdraft_fen)::bigint as owed, d.next_trading_day::text as until,
         case when a.outstanding_fen + a.overdraft_fen > 0 then coalesce(a.owed_since, a.business_date) end as owed_since
  from advances a left join settlement_days d using (channel, business_date)
  where a.channel = $1 and a.business_date < $2 order by a.fund_account, a.business_date desc`;

/**
 * The rate in force on each calendar day from one on until another one, that one not included.
 * @throws BusinessError NO_PARAMETER_FOR_DATE
 */
export async function ratesBetween(
  sql: PoolClient,
  channel: string,
  from: BusinessDate,
  until: BusinessDate,
): Promise<readonly bigint[]> {
  const ratesE12: bigint[] = [];
  for (let day = from; day < until; day = addDays(day, 1))
    ratesE12.push(parseRate((await loadParameters(sql, channel, day))('OVERDRAFT_INTEREST_PER_YEAR')));
  return ratesE12;
}

/**
 * Answers the numerator of a client until the day, for all who are asked about.
 * @throws BusinessError NO_PARAMETER_FOR_DATE
 */
export async function accruedUntil(
  sql: PoolClient,
  { channel, businessDate: day }: DayKey,
  clients: readonly AccruedBefore[],
): Promise<(before: AccruedBefore) => bigint> {
  const between = new Map<BusinessDate, readonly bigint[]>();
  for (const { until } of clients)
    if (until !== null && until !== day && !between.has(until))
      between.set(
        until,
        await ratesBetween(sql, channel, ...(until < day ? ([until, day] as const) : ([day, until] as const))),
      );
  return ({ numerator, owed, until }) => {
    const rates = until === null ? undefined : between.get(until);
    if (until === null || rates === undefined) return BigInt(numerator);
    const apart = accruedNumerator(owed, rates);
    return BigInt(numerator) + (until < day ? apart : -apart);
  };
}
