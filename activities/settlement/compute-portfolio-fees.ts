/**
 * Our own computation of the portfolio fee that the file of the day charges (A4 §22; S11): every calendar day after the
 * previous trading day, earlier days on that day's settled holding and close, the day itself on its own. An account that
 * holds a security without any price gets no computation of ours: the security is listed instead.
 */
import type { PoolClient } from 'pg';
import { daysBetween, type BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { parseScaled } from '../../domain/scaled';
import { portfolioFee } from '../../domain/settlement/portfolio-fee';
import { beat } from '../bulk/beat';
import { copyWhileReading } from '../bulk/copy-while-reading';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { loadParameters, loadPortfolioFeeTiers } from '../terms/load-terms';
import type { DayKey } from './day-key';
import { feesComparable } from './fees-comparable';
import { listUnvalued } from './list-unvalued';

interface HeldValue {
  readonly securities_account: string;
  /** Whole numbers as text: shares times prices of a whole account may be more than 63 bits. */
  readonly value_previous_e4: string;
  readonly value_today_e4: string;
  /** Securities of the account that no price is known of. */
  readonly unpriced: readonly string[] | null;
}

export const computePortfolioFees =
  ({ pool }: Dependencies) =>
  async (day: DayKey): Promise<{ readonly accounts: number }> => {
    const terms = await inTransaction(pool, async (sql) => {
      if (await feesComparable(sql, day)) return feeTerms(sql, day);
      await clearEarlier(sql, day);
      return undefined;
    });
    if (terms === undefined) return { accounts: 0 };
    const unpriced = new Set<string>();
    const accounts = await copyWhileReading(pool, {
      query: HELD_VALUES,
      parameters: [day.channel, day.businessDate, terms.previous],
      rule: (row: HeldValue) => {
        if (row.unpriced !== null) {
          for (const code of row.unpriced) unpriced.add(code);
          return undefined;
        }
        const todayE4 = BigInt(row.value_today_e4);
        const fee = portfolioFee({
          charged: [
            { valueE4: BigInt(row.value_previous_e4), days: terms.days - 1 },
            { valueE4: todayE4, days: 1 },
          ],
          tiers: terms.tiers,
          ratioE5: terms.ratioE5,
          minimumFen: terms.minimumFen,
          dayBase: terms.dayBase,
        });
        return fee === null ? undefined : { row, fee, todayE4 };
      },
      table: 'portfolio_fees',
      columns: [
        { name: 'channel', type: 'text', of: () => day.channel },
        { name: 'business_date', type: 'date', of: () => day.businessDate },
        { name: 'securities_account', type: 'text', of: ({ row }) => row.securities_account },
        { name: 'market_value_cents', type: 'int8', of: ({ todayE4 }) => todayE4 / 100n },
        { name: 'calendar_days', type: 'int4', of: () => terms.days },
        { name: 'own_cents', type: 'int8', of: ({ fee }) => fee.feeCents },
        { name: 'own_fen', type: 'int8', of: ({ fee }) => fee.feeFen },
      ],
      before: (sql) => clearEarlier(sql, day),
      progress: (rows) => beat(rows),
    });
    await inTransaction(pool, (sql) => listUnvalued(sql, day, 'own portfolio fee', [...unpriced]));
    return { accounts };
  };

const clearEarlier = (sql: PoolClient, day: DayKey) =>
  sql.query('delete from portfolio_fees where channel = $1 and business_date = $2', [day.channel, day.businessDate]);

async function feeTerms(sql: PoolClient, day: DayKey) {
  const { rows } = await sql.query<{ previous: BusinessDate; bl1_e5: bigint | null }>(
    `select d.previous_trading_day as previous, r.bl1_e5 from settlement_days d
     left join settlement_ratios_in_force r on r.channel = d.channel and r.business_date = d.previous_trading_day
     where d.channel = $1 and d.business_date = $2`,
    [day.channel, day.businessDate],
  );
  const [found] = rows;
  if (found === undefined) throw new BusinessError('DAY_NOT_STARTED', { channel: day.channel, date: day.businessDate });
  if (found.bl1_e5 === null)
    throw new BusinessError('NO_RATE_FOR_DATE', { code: 'SETTLEMENT_RATIO', date: found.previous });
  const parameters = await loadParameters(sql, day.channel, day.businessDate);
  return {
    previous: found.previous,
    days: daysBetween(found.previous, day.businessDate),
    ratioE5: found.bl1_e5,
    minimumFen: parseScaled(parameters('PORTFOLIO_FEE_MINIMUM_CNY'), 2),
    dayBase: BigInt(parameters('PORTFOLIO_FEE_DAY_BASE')),
    tiers: await loadPortfolioFeeTiers(sql, day.businessDate),
  };
}

/** Settled holdings of both evenings at the last price known on each (a suspended security keeps its last close). */
const HELD_VALUES = `
  with held as (
    select owner as securities_account, asset as code,
           coalesce(-sum(amount) filter (where business_date <= $3), 0)::bigint as previous, -sum(amount)::bigint as today
    from entries where ledger = 'client_shares' and business_date <= $2 group by owner, asset),
  priced as (
    select distinct on (code) code, price_e4 from closing_prices_in_force
    where channel = $1 and business_date <= $2 order by code, business_date desc),
  priced_previous as (
    select distinct on (code) code, price_e4 from closing_prices_in_force
    where channel = $1 and business_date <= $3 order by code, business_date desc)
  select h.securities_account,
         coalesce(sum(h.previous::numeric * coalesce(pp.price_e4, 0)), 0)::text as value_previous_e4,
         coalesce(sum(h.today::numeric * coalesce(p.price_e4, 0)), 0)::text as value_today_e4,
         array_agg(h.code) filter (where (h.today <> 0 and p.price_e4 is null) or (h.previous <> 0 and pp.price_e4 is null)) as unpriced
  from held h left join priced p using (code) left join priced_previous pp using (code)
  where h.today <> 0 or h.previous <> 0
  group by h.securities_account`;
