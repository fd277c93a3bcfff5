/**
 * Whether a client may trade Southbound: every condition is judged, and all that are not met are told together.
 *
 * Source    A2 §7-8. Asked twice: at the application, and at the opening without the assets, which count as of the
 *           application only. Institutions have no asset condition.
 * Units     Money in fen; market values and the signed net assets of the margin account are those of the previous close.
 * Dates     A risk result is valid through its anniversary, that day included. A warning of the exchange counts from its
 *           date through the day three months later; days are clamped to the month's end.
 * Texts     `eligibility-texts.ts`.
 */
import { addDays, addMonths, addYears, type BusinessDate } from '../calendar/business-date';
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

/** Dated terms of the conditions. */
export interface EligibilityTerms {
  readonly riskResultValidYears: number;
  readonly assetsMinimumFen: bigint;
  readonly exchangeWarningLookBackMonths: number;
}

/** The terms as the parameters in force say; they are the same in both channels. */
export const eligibilityTerms = (parameter: (code: string) => string): EligibilityTerms => ({
  riskResultValidYears: Number.parseInt(parameter('RISK_RESULT_VALID_YEARS'), 10),
  assetsMinimumFen: parseAmount(parameter('ASSETS_MINIMUM_CNY')),
  exchangeWarningLookBackMonths: Number.parseInt(parameter('EXCHANGE_WARNING_LOOK_BACK_MONTHS'), 10),
});

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
export const ownAssetsFen = ({ securitiesFen, cashFen, marginNetFen }: EligibilityFacts): bigint =>
  securitiesFen + cashFen + marginNetFen;

/** The last day on which a risk result counts. */
export const riskResultValidThrough = (answeredOn: BusinessDate, terms: EligibilityTerms): BusinessDate =>
  addYears(answeredOn, terms.riskResultValidYears);

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
  terms: EligibilityTerms,
): (EligibilityFailure | false)[] {
  if (result === null) return [failure('RISK_RESULT_MISSING', 'NO_RESULT', 'RESULT')];
  const validThrough = riskResultValidThrough(result.answeredOn, terms);
  return [
    !result.isNewestQuestionnaire && failure('RISK_QUESTIONNAIRE_NOT_NEWEST', 'OLDER', 'NEWEST'),
    date > validThrough && failure('RISK_RESULT_EXPIRED', validThrough, date),
  ];
}

function assetsFailure(facts: EligibilityFacts, { assetsMinimumFen }: EligibilityTerms): EligibilityFailure | false {
  const assetsFen = ownAssetsFen(facts);
  return (
    assetsFen < assetsMinimumFen && failure('ASSETS_BELOW_MINIMUM', amountText(assetsFen), amountText(assetsMinimumFen))
  );
}

function exchangeWarningFailure(
  date: BusinessDate,
  warnedOn: BusinessDate | null,
  { exchangeWarningLookBackMonths }: EligibilityTerms,
): EligibilityFailure | false {
  const countsFrom = (day: BusinessDate) => addMonths(day, -exchangeWarningLookBackMonths);
  if (warnedOn === null || warnedOn < countsFrom(date)) return false;
  // Clamping makes several days look back to the same one: the first that looks back past the warning is searched.
  let curedFrom = addMonths(warnedOn, exchangeWarningLookBackMonths);
  while (warnedOn >= countsFrom(curedFrom)) curedFrom = addDays(curedFrom, 1);
  return failure('EXCHANGE_WARNING_RECENT', warnedOn, countsFrom(date), curedFrom);
}
