/**
 * Mark-to-market and margin of the evening per side (A4 §25; S15): unsettled trades, split-adjusted, at the day's close, in
 * HKD and then at BL1 of the day. SQL sums per security, the rules do the rest. A security without a price or a margin rate is
 * left out and listed: nobody guesses its value, and it does not stop the day.
 */
import type { Pool, PoolClient } from 'pg';
import { SIDES, type Side } from '../../domain/channel';
import { BusinessError } from '../../domain/errors';
import {
  flatMarginFen,
  flatModelOn,
  marginModelOn,
  markToMarketFen,
  riskMoneyPayableFen,
  rpfExposure,
  rpfMarginFen,
  unsettledValuesCents,
  type UnsettledSecurity,
} from '../../domain/settlement/risk-money';
import type { RiskTerms } from '../../domain/settlement/tried-terms';
import { parseScaled } from '../../domain/scaled';
import { unsettledTrades } from '../../prisma/figure-terms/unsettled-trades';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { loadMarginModels, loadParameters, loadRiskRates } from '../terms/load-terms';
import type { DayKey } from './day-key';
import { dueLinesOf } from './due-lines';
import { listUnvalued } from './list-unvalued';

type UnsettledRow = UnsettledSecurity & { readonly side: Side; readonly unpriced: boolean };

export const computeRiskMoney =
  ({ pool }: Dependencies) =>
  (day: DayKey): Promise<{ readonly payableFen: Readonly<Record<Side, string>> }> =>
    riskMoneyWith(pool, day, (terms) => terms);

/** @param put answers the terms to compute with, from those in force and the securities not yet settled */
export const riskMoneyWith = (
  pool: Pool,
  day: DayKey,
  put: (inForce: RiskTerms, unsettled: readonly string[]) => RiskTerms,
): Promise<{ readonly payableFen: Readonly<Record<Side, string>> }> =>
  inTransaction(pool, async (sql) => {
    const { rows } = await sql.query<UnsettledRow>(UNSETTLED, [
      day.channel,
      day.businessDate,
      (await dueLinesOf(sql, day)).after,
    ]);
    const evening = await termsOfEvening(sql, day);
    const terms = {
      ...evening,
      ...put(
        evening,
        rows.map(({ code }) => code),
      ),
    };
    const rated = new Set(terms.rates.filter(({ from }) => from <= day.businessDate).map(({ code }) => code));
    const isUnrated = (row: UnsettledRow) =>
      terms.model.model === 'rpf' && rpfExposure(row) !== 0n && !rated.has(row.code);
    await listUnvalued(
      sql,
      day,
      'risk money',
      rows.filter((row) => row.unpriced || isUnrated(row)).map(({ code }) => code),
    );
    await sql.query('delete from risk_money where channel = $1 and business_date = $2', [
      day.channel,
      day.businessDate,
    ]);
    const payable = { client: 0n, proprietary: 0n };
    for (const side of SIDES) {
      payable[side] = await recordSide(
        sql,
        day,
        side,
        rows.filter((row) => row.side === side && !row.unpriced && !isUnrated(row)),
        terms,
      );
    }
    return { payableFen: { client: String(payable.client), proprietary: String(payable.proprietary) } };
  });

/** The terms with what the evening itself brought. */
interface EveningTerms extends RiskTerms {
  readonly settles: string;
  /** BL1 of the day. */
  readonly ratioE5: bigint;
}

async function recordSide(
  sql: PoolClient,
  day: DayKey,
  side: Side,
  securities: readonly UnsettledSecurity[],
  terms: EveningTerms,
) {
  const { ratioE5 } = terms;
  const mark = markToMarketFen({ securities, ratioE5, nettedOverSecurities: terms.nettedOverSecurities });
  const flat = flatMarginFen({ securities, ratioE5, ...terms.flatModel });
  const margin =
    terms.model.model === 'rpf'
      ? rpfMarginFen({ securities, rates: terms.rates, date: day.businessDate, ratioE5 })
      : flat;
  const payable = riskMoneyPayableFen({ markToMarketFen: mark, marginFen: margin, creditFen: terms.creditFen });
  const { longCents, shortCents, collateralCents } = unsettledValuesCents(securities);
  await sql.query(
    `insert into risk_money (channel, business_date, side, mark_to_market_fen, margin_fen, margin_model, margin_flat22_fen, payable_fen,
                             settles, long_cents, short_cents, collateral_cents)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      day.channel,
      day.businessDate,
      side,
      mark,
      margin,
      terms.model.model,
      flat,
      payable,
      terms.settles,
      longCents,
      shortCents,
      collateralCents,
    ],
  );
  return payable;
}

async function termsOfEvening(sql: PoolClient, day: DayKey): Promise<EveningTerms> {
  const { rows } = await sql.query<{ risk_settles: string; bl1_e5: bigint | null }>(
    `select d.risk_settles, r.bl1_e5 from settlement_days d
     left join settlement_ratios_in_force r on r.channel = d.channel and r.business_date = d.business_date
     where d.channel = $1 and d.business_date = $2`,
    [day.channel, day.businessDate],
  );
  const [found] = rows;
  if (found === undefined || found.bl1_e5 === null) {
    throw new BusinessError('NO_RATE_FOR_DATE', { code: 'SETTLEMENT_RATIO', date: day.businessDate });
  }
  const models = await loadMarginModels(sql);
  const parameters = await loadParameters(sql, day.channel, day.businessDate);
  return {
    settles: found.risk_settles,
    ratioE5: found.bl1_e5,
    model: marginModelOn(models, day.businessDate),
    flatModel: flatModelOn(models, day.businessDate),
    rates: await loadRiskRates(sql, day.channel, day.businessDate),
    creditFen: parseScaled(parameters('MARGIN_CREDIT'), 2),
    nettedOverSecurities: parameters('MARK_TO_MARKET_NETTED_OVER_SECURITIES') === 'true',
  };
}

/** One row a side and security: net of all accounts, long and short sums of the accounts' nets, holdings of net sellers. */
const UNSETTLED = `
  with ${unsettledTrades('$3::date[]')}
  select n.side, n.code, coalesce(p.price_e4, 0)::bigint as "closeE4", p.price_e4 is null as unpriced,
         sum(n.quantity)::bigint as "netQuantity", sum(n.consideration)::bigint as "netConsiderationCents",
         coalesce(sum(n.quantity) filter (where n.quantity > 0), 0)::bigint as "longQuantity",
         coalesce(-sum(n.quantity) filter (where n.quantity < 0), 0)::bigint as "shortQuantity",
         coalesce(sum(h.quantity) filter (where n.quantity < 0), 0)::bigint as "heldByNetSellers"
  from nets n left join held h using (securities_account, code) left join priced p using (code)
  group by n.side, n.code, p.price_e4 order by n.side, n.code`;
