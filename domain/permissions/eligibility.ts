/**
 * Whether a client may trade what a kind of permission lets him: every condition is judged, and all that are not met are told together.
 *
 * Source    A2 §7-8; STAR appropriateness (permissions page). Asked twice: at the application, and at the opening without the assets,
 *           which count as of the application only. Institutions have no condition on assets or experience. Which terms a kind of
 *           permission has are rows: a term that it has not is not judged.
 * Units     Money in fen; market values and the signed net assets of the margin account are those of the previous close. Debts of the
 *           margin account are taken off, so that no borrowed money counts.
 * Rounding  An average is cut to the fen: a fraction of a fen is not there.
 * Dates     A risk result is valid through its anniversary, that day included. A warning of the exchange counts from its
 *           date through the day three months later; days are clamped to the month's end.
 * Texts     `eligibility-texts.ts`.
 */
import { addDays, addMonths, addYears, type BusinessDate } from '../calendar/business-date';
import type { Dated } from '../dated';
import type { ErrorCode } from '../errors';
import { amountText, parseAmount } from '../money';
import type { RiskLevel } from '../rating/questionnaire';
import type { EligibilityRefusal } from './eligibility-refusals';

export type ClientKind = 'NATURAL' | 'INSTITUTION';
export type AccountState = 'OPEN' | 'CLOSED' | 'NONE';

/** What is known of a client on the day of the question. */
export interface EligibilityFacts {
  readonly clientKind: ClientKind;
  /** The Shanghai A-share account; without one the state is NONE and nothing else of it is judged. */
  readonly account: {
    readonly state: AccountState;
    readonly isQualified: boolean;
    readonly isDesignatedHere: boolean;
  };
  readonly riskResult: RiskResult | null;
  readonly securitiesFen: bigint;
  readonly cashFen: bigint;
  /** Assets less debts of the margin account: below zero it takes away from the rest. */
  readonly marginNetFen: bigint;
  /** Own assets at the closes before the previous one, newest first, where an average is asked for. */
  readonly earlierClosesFen?: readonly bigint[];
  readonly firstTradedOn?: BusinessDate | null;
  readonly hasSeriousBadRecord: boolean;
  /** The latest warning of abnormal trading by the exchange. */
  readonly lastExchangeWarningOn: BusinessDate | null;
  readonly isRestricted: boolean;
}

export interface RiskResult {
  readonly answeredOn: BusinessDate;
  readonly isNewestQuestionnaire: boolean;
  readonly level: RiskLevel;
}

/** Dated terms of the conditions; what is left away is not asked for. */
export interface EligibilityTerms {
  readonly riskResultValidYears?: number;
  readonly assetsMinimumFen?: bigint;
  /** Trading days whose closes are averaged; the previous close alone where left away. */
  readonly assetsDays?: number;
  readonly experienceMonths?: number;
  readonly exchangeWarningLookBackMonths?: number;
}

export type EligibilityTerm =
  'ASSETS_MINIMUM' | 'ASSETS_DAYS' | 'EXPERIENCE_MONTHS' | 'RISK_RESULT_VALID_YEARS' | 'EXCHANGE_WARNING_MONTHS';

/** By which parameter a kind of permission is judged in one respect. */
export interface EligibilityTermRow extends Dated {
  readonly permission: string;
  readonly term: EligibilityTerm;
  readonly parameter: string;
}

/**
 * The terms of a kind of permission, as the parameters in force say.
 * @param rows those of the kind that are in force
 */
export function eligibilityTerms(
  rows: readonly Pick<EligibilityTermRow, 'term' | 'parameter'>[],
  parameter: (code: string) => string,
): EligibilityTerms {
  const text = (term: EligibilityTerm): string | undefined => {
    const row = rows.find((one) => one.term === term);
    return row && parameter(row.parameter);
  };
  const amount = text('ASSETS_MINIMUM');
  const count = (term: EligibilityTerm): number | undefined => {
    const value = text(term);
    return value === undefined ? undefined : Number.parseInt(value, 10);
  };
  return withoutGaps({
    riskResultValidYears: count('RISK_RESULT_VALID_YEARS'),
    assetsMinimumFen: amount === undefined ? undefined : parseAmount(amount),
    assetsDays: count('ASSETS_DAYS'),
    experienceMonths: count('EXPERIENCE_MONTHS'),
    exchangeWarningLookBackMonths: count('EXCHANGE_WARNING_MONTHS'),
  });
}

type Gappy<Terms> = { readonly [Name in keyof Terms]?: Terms[Name] | undefined };

const withoutGaps = (terms: Gappy<EligibilityTerms>): EligibilityTerms =>
  Object.fromEntries(Object.entries(terms).filter(([, value]) => value !== undefined));

/** At the opening the assets are not asked again. */
export type EligibilityMoment = 'application' | 'opening';

export type EligibilityCode = Extract<ErrorCode, EligibilityRefusal>;

/** A condition that is not met: what was found, what is required; dates and amounts as text. */
export interface EligibilityFailure {
  readonly code: EligibilityCode;
  readonly found: string;
  readonly required: string;
  /** The first day on which waiting alone cures it, where waiting does. */
  readonly curedFrom: BusinessDate | null;
  /** Over how many trading days or months, where the term says so. */
  readonly over?: number;
}

export interface Eligibility {
  readonly isEligible: boolean;
  /** In the order of the list of refusals. */
  readonly failures: readonly EligibilityFailure[];
  /** Told and recorded, never a reason to refuse. */
  readonly warnings: readonly 'RISK_LEVEL_MISMATCH'[];
}

/** Judges all conditions on a date. */
export function eligibilityOn(
  date: BusinessDate,
  facts: EligibilityFacts,
  terms: EligibilityTerms,
  moment: EligibilityMoment = 'application',
): Eligibility {
  const failures = [
    ...accountFailures(facts),
    ...riskResultFailures(date, facts.riskResult, terms),
    moment === 'application' && facts.clientKind === 'NATURAL' && assetsFailure(facts, terms),
    facts.clientKind === 'NATURAL' && experienceFailure(date, facts.firstTradedOn ?? null, terms),
    facts.hasSeriousBadRecord && failure('SERIOUS_BAD_CREDIT_RECORD', 'RECORD', 'NO_RECORD'),
    exchangeWarningFailure(date, facts.lastExchangeWarningOn, terms),
    facts.isRestricted && failure('PERSON_RESTRICTED', 'ON_LIST', 'NOT_ON_LIST'),
  ].filter((found) => found !== false);
  return {
    isEligible: failures.length === 0,
    failures,
    warnings: facts.riskResult?.level === 'CONSERVATIVE' ? ['RISK_LEVEL_MISMATCH'] : [],
  };
}

/** Own assets in fen: securities, cash and the signed net assets of the margin account. */
export const ownAssetsFen = ({
  securitiesFen,
  cashFen,
  marginNetFen,
}: Pick<EligibilityFacts, 'securitiesFen' | 'cashFen' | 'marginNetFen'>): bigint =>
  securitiesFen + cashFen + marginNetFen;

/** The last day on which a risk result counts. */
export const riskResultValidThrough = (answeredOn: BusinessDate, validYears: number): BusinessDate =>
  addYears(answeredOn, validYears);

const failure = (
  code: EligibilityCode,
  found: string,
  required: string,
  curedFrom: BusinessDate | null = null,
): EligibilityFailure => ({ code, found, required, curedFrom });

function accountFailures({ account }: EligibilityFacts): (EligibilityFailure | false)[] {
  if (account.state !== 'OPEN') return [failure('ACCOUNT_NOT_OPEN', account.state, 'OPEN')];
  return [
    !account.isQualified && failure('ACCOUNT_NOT_QUALIFIED', 'NOT_QUALIFIED', 'QUALIFIED'),
    !account.isDesignatedHere && failure('ACCOUNT_NOT_DESIGNATED_HERE', 'NOT_DESIGNATED_HERE', 'DESIGNATED_HERE'),
  ];
}

function riskResultFailures(
  date: BusinessDate,
  result: RiskResult | null,
  { riskResultValidYears }: EligibilityTerms,
): (EligibilityFailure | false)[] {
  if (riskResultValidYears === undefined) return [];
  if (result === null) return [failure('RISK_RESULT_MISSING', 'NO_RESULT', 'RESULT')];
  const validThrough = riskResultValidThrough(result.answeredOn, riskResultValidYears);
  return [
    !result.isNewestQuestionnaire && failure('RISK_QUESTIONNAIRE_NOT_NEWEST', 'OLDER', 'NEWEST'),
    date > validThrough && failure('RISK_RESULT_EXPIRED', validThrough, date),
  ];
}

function assetsFailure(
  facts: EligibilityFacts,
  { assetsMinimumFen, assetsDays = 1 }: EligibilityTerms,
): EligibilityFailure | false {
  if (assetsMinimumFen === undefined) return false;
  const required = amountText(assetsMinimumFen);
  if (assetsDays === 1) {
    const assetsFen = ownAssetsFen(facts);
    return assetsFen < assetsMinimumFen && failure('ASSETS_BELOW_MINIMUM', amountText(assetsFen), required);
  }
  const averageFen = averageAssetsFen(facts, assetsDays);
  return (
    averageFen < assetsMinimumFen && {
      ...failure('AVERAGE_ASSETS_BELOW_MINIMUM', amountText(averageFen), required),
      over: assetsDays,
    }
  );
}

/**
 * Daily average of own assets over so many closes, the previous one included, cut to the fen.
 * @throws RangeError where there are not as many closes
 */
function averageAssetsFen(facts: EligibilityFacts, days: number): bigint {
  const closes = [ownAssetsFen(facts), ...(facts.earlierClosesFen ?? [])];
  if (closes.length !== days) throw new RangeError(`an average over ${days} closes of ${closes.length}`);
  const sumFen = closes.reduce((sum, close) => sum + close, 0n);
  const [whole, rest] = [sumFen / BigInt(days), sumFen % BigInt(days)];
  return rest < 0n ? whole - 1n : whole;
}

/** So many months since the first trade, the day itself included; clamped to the month's end. */
function experienceFailure(
  date: BusinessDate,
  firstTradedOn: BusinessDate | null,
  { experienceMonths }: EligibilityTerms,
): EligibilityFailure | false {
  if (experienceMonths === undefined) return false;
  const over = experienceMonths;
  if (firstTradedOn === null) return { ...failure('EXPERIENCE_MISSING', 'NO_TRADE', 'TRADES'), over };
  const enoughFrom = addMonths(firstTradedOn, experienceMonths);
  return date < enoughFrom && { ...failure('EXPERIENCE_TOO_SHORT', firstTradedOn, enoughFrom, enoughFrom), over };
}

function exchangeWarningFailure(
  date: BusinessDate,
  warnedOn: BusinessDate | null,
  { exchangeWarningLookBackMonths }: EligibilityTerms,
): EligibilityFailure | false {
  if (exchangeWarningLookBackMonths === undefined) return false;
  const countsFrom = (day: BusinessDate) => addMonths(day, -exchangeWarningLookBackMonths);
  if (warnedOn === null || warnedOn < countsFrom(date)) return false;
  // Clamping makes several days look back to the same one: the first that looks back past the warning is searched.
  let curedFrom = addMonths(warnedOn, exchangeWarningLookBackMonths);
  while (warnedOn >= countsFrom(curedFrom)) curedFrom = addDays(curedFrom, 1);
  return failure('EXCHANGE_WARNING_RECENT', warnedOn, countsFrom(date), curedFrom);
}
