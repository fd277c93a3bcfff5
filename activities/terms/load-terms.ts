/** Dated terms as they are in force on a day: read once by a verb, given to the rules as arguments. */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { Channel } from '../../domain/channel';
import { parameterOn, type ParameterRow } from '../../domain/parameters';
import type { ApprovalTerm } from '../../domain/people/approval-terms';
import {
  portfolioFeeTiersOn,
  type PortfolioFeeTier,
  type PortfolioFeeTierRow,
} from '../../domain/settlement/portfolio-fee';
import type { MarginModelRow, SecurityRiskRate } from '../../domain/settlement/risk-money';
import type { FeeRateRow } from '../../domain/settlement/trade-fees';
import { parseRate } from '../../domain/scaled';

const DATED = 'valid_from as "validFrom", valid_to as "validTo"';

/** Answers one parameter after another for a date and channel; throws NO_PARAMETER_FOR_DATE. */
export type Parameters = (code: string) => string;

export async function loadParameters(sql: PoolClient, channel: string, date: BusinessDate): Promise<Parameters> {
  const { rows } = await sql.query<ParameterRow>(`select code, channel, value, unit, ${DATED} from parameters`);
  return (code) => parameterOn(rows, code, date, channel as Channel);
}

/** Hong Kong settlement days from trade to settlement on a date (S8). */
export async function settlementCycleDays(sql: PoolClient, channel: string, date: BusinessDate): Promise<number> {
  return Number.parseInt((await loadParameters(sql, channel, date))('TRADE_SETTLEMENT_CYCLE_DAYS'), 10);
}

export async function loadApprovalTerms(sql: PoolClient): Promise<readonly ApprovalTerm[]> {
  const { rows } = await sql.query<ApprovalTerm>(
    `select kind, risk, from_fen as "fromFen", checker, role, mark, ${DATED} from approval_terms`,
  );
  return rows;
}

export async function loadFeeRates(sql: PoolClient): Promise<readonly FeeRateRow[]> {
  const { rows } = await sql.query<FeeRateRow>(
    `select code, rate, flat_hkd as "flatHkd", minimum_hkd as "minimumHkd", maximum_hkd as "maximumHkd", rounding, ${DATED} from fee_rates`,
  );
  return rows;
}

export async function loadPortfolioFeeTiers(sql: PoolClient, date: BusinessDate): Promise<readonly PortfolioFeeTier[]> {
  const { rows } = await sql.query<PortfolioFeeTierRow>(
    `select above_hkd as "aboveHkd", up_to_hkd as "upToHkd", rate_per_year as "ratePerYear", ${DATED} from portfolio_fee_tiers`,
  );
  return portfolioFeeTiersOn(rows, date);
}

export async function loadMarginModels(sql: PoolClient): Promise<readonly MarginModelRow[]> {
  const { rows } = await sql.query<MarginModelRow>(`select model, rate, multiplier, ${DATED} from margin_models`);
  return rows;
}

/** Margin rates; the temporary code of a split keeps the rate of the old one (S20). */
export async function loadRiskRates(
  sql: PoolClient,
  channel: string,
  date: BusinessDate,
): Promise<readonly SecurityRiskRate[]> {
  const { rows } = await sql.query<{ code: string; rate: string; from: BusinessDate }>(
    `select code, rate, valid_from as "from" from risk_rates where channel = $1
     union all
     select s.new_code, r.rate, r.valid_from from risk_rates r
     join splits_in_force s on s.channel = r.channel and s.old_code = r.code and s.effective_on <= $2
     where r.channel = $1 and not exists (select 1 from risk_rates own where own.channel = $1 and own.code = s.new_code)`,
    [channel, date],
  );
  return rows.map((row) => ({ code: row.code, rateE12: parseRate(row.rate), from: row.from }));
}
