/**
 * Fees of one trade: what Hong Kong charges on each row of the settlement details.
 *
 * Source    Facts 2.1 (the dated schedule), S2-S4, S6.
 * Units     HKD cents. The consideration is quantity x price in cents; prices come in E4.
 * Rounding  Each fee by itself, once: half away from zero to the cent; stamp duty up to the next whole HKD.
 *
 * The schedule is resolved once for a trade date (`feeTermsOn`); a row then costs a few bigint operations, so that
 * a file of a million rows takes seconds.
 */
import type { BusinessDate } from '../calendar/business-date';
import { rowInForce, type Dated } from '../dated';
import { BusinessError } from '../errors';
import { dividedRounded, dividedUp, parseRate, parseScaled, RATE_ONE_E12 } from '../scaled';

/** The six fees. */
export type FeeCode = 'STAMP_DUTY' | 'SFC_LEVY' | 'TRADING_FEE' | 'SYSTEM_FEE' | 'SETTLEMENT_FEE' | 'AFRC_LEVY';

/** One line of the schedule as it stands in the reference data; amounts and rates are decimal text. */
export interface FeeRateRow extends Dated {
  readonly code: FeeCode;
  /** Fraction of the consideration: 0.001 is 0.1 %. */
  readonly rate: string;
  /** Charged for each trade beside the rate. */
  readonly flatHkd: string;
  readonly minimumHkd: string | null;
  readonly maximumHkd: string | null;
  readonly rounding: 'HALF_AWAY_CENT' | 'UP_WHOLE_HKD';
}

/** A rate is kept as the smallest fraction that is equal to it, 0.0000565 as 113/2,000,000: short numbers are quick ones. */
interface FeeTerm {
  readonly rateNumerator: bigint;
  readonly rateDenominator: bigint;
  readonly flatCents: bigint;
  readonly minimumCents: bigint | null;
  readonly maximumCents: bigint | null;
  readonly upToWholeHkd: boolean;
}

/** The schedule in force on one trade date, ready for rows. */
export interface FeeTerms {
  readonly stampDuty: FeeTerm;
  readonly sfcLevy: FeeTerm;
  readonly tradingFee: FeeTerm;
  readonly systemFee: FeeTerm;
  readonly settlementFee: FeeTerm;
  readonly afrcLevy: FeeTerm;
}

/** Fees of one row in HKD cents, each with the field of hk_jsmx that carries it. */
export interface TradeFees {
  /** YHS 印花税 */
  readonly stampDutyCents: bigint;
  /** JYZF 交易征费 */
  readonly sfcLevyCents: bigint;
  /** JYF 交易费 */
  readonly tradingFeeCents: bigint;
  /** SYF 交易系统使用费 */
  readonly systemFeeCents: bigint;
  /** JSF 股份交收费 */
  readonly settlementFeeCents: bigint;
  /** QTJE, where the levy of the accounting council sits (S6) 会财局交易征费 */
  readonly afrcLevyCents: bigint;
  readonly totalCents: bigint;
}

/** Consideration WBJE = quantity x price, rounded once to the cent (S3). */
export function considerationCents(quantity: bigint, priceE4: bigint): bigint {
  return dividedRounded(quantity * priceE4, 100n);
}

/**
 * The schedule in force on a trade date; a fee follows the date of the trade, trading day or not (S4).
 * @throws BusinessError NO_RATE_FOR_DATE when any of the six has no row in force: no rate, no guess
 */
export function feeTermsOn(rates: readonly FeeRateRow[], date: BusinessDate): FeeTerms {
  const term = (code: FeeCode): FeeTerm => {
    const row = rowInForce(
      rates.filter((rate) => rate.code === code),
      date,
    );
    if (row === undefined) throw new BusinessError('NO_RATE_FOR_DATE', { code, date });
    const rateE12 = parseRate(row.rate);
    const common = commonDivisor(rateE12, RATE_ONE_E12);
    return {
      rateNumerator: rateE12 / common,
      rateDenominator: RATE_ONE_E12 / common,
      flatCents: parseScaled(row.flatHkd, 2),
      minimumCents: row.minimumHkd === null ? null : parseScaled(row.minimumHkd, 2),
      maximumCents: row.maximumHkd === null ? null : parseScaled(row.maximumHkd, 2),
      upToWholeHkd: row.rounding === 'UP_WHOLE_HKD',
    };
  };
  return {
    stampDuty: term('STAMP_DUTY'),
    sfcLevy: term('SFC_LEVY'),
    tradingFee: term('TRADING_FEE'),
    systemFee: term('SYSTEM_FEE'),
    settlementFee: term('SETTLEMENT_FEE'),
    afrcLevy: term('AFRC_LEVY'),
  };
}

/**
 * The six fees of one row.
 * @throws RangeError for a negative consideration: the file's checks come first
 */
export function tradeFees(rowConsiderationCents: bigint, terms: FeeTerms): TradeFees {
  if (rowConsiderationCents < 0n) throw new RangeError(`a consideration is unsigned, got ${rowConsiderationCents}`);
  const stampDutyCents = feeCents(rowConsiderationCents, terms.stampDuty);
  const sfcLevyCents = feeCents(rowConsiderationCents, terms.sfcLevy);
  const tradingFeeCents = feeCents(rowConsiderationCents, terms.tradingFee);
  const systemFeeCents = feeCents(rowConsiderationCents, terms.systemFee);
  const settlementFeeCents = feeCents(rowConsiderationCents, terms.settlementFee);
  const afrcLevyCents = feeCents(rowConsiderationCents, terms.afrcLevy);
  return {
    stampDutyCents,
    sfcLevyCents,
    tradingFeeCents,
    systemFeeCents,
    settlementFeeCents,
    afrcLevyCents,
    totalCents: stampDutyCents + sfcLevyCents + tradingFeeCents + systemFeeCents + settlementFeeCents + afrcLevyCents,
  };
}

/** Fee = consideration x rate + flat amount, rounded, then held between minimum and maximum. */
function feeCents(rowConsiderationCents: bigint, term: FeeTerm): bigint {
  const { rateNumerator, rateDenominator, flatCents } = term;
  const exact = rowConsiderationCents * rateNumerator + flatCents * rateDenominator;
  const rounded = term.upToWholeHkd
    ? dividedUp(exact, rateDenominator * 100n) * 100n
    : dividedRounded(exact, rateDenominator);
  if (term.minimumCents !== null && rounded < term.minimumCents) return term.minimumCents;
  if (term.maximumCents !== null && rounded > term.maximumCents) return term.maximumCents;
  return rounded;
}

/** The greatest number that divides both; the second is above zero. */
function commonDivisor(a: bigint, b: bigint): bigint {
  return a === 0n ? b : commonDivisor(b % a, a);
}
