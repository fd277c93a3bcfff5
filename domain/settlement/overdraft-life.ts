/**
 * What becomes of an overdraft: interest by the rate of each day, the order in which money that comes is taken, how long it is owed,
 * what the cushion can still lend.
 *
 * Source    A4 §28, §36; A1 §13; A5 §10; S18.
 * Units     Fen; yearly rates in E12; days are calendar days.
 * Rounding  None: what accrues is a numerator over 10^12 x day base, rounded where it is shown or collected.
 */
import { daysBetween, type BusinessDate } from '../calendar/business-date';
import { larger, notBelowZero, RATE_ONE_E12, smaller } from '../scaled';

/**
 * What a stretch of calendar days adds to the interest numerator = owed x the sum of the yearly rates of those days.
 * @param ratesPerYearE12 the rate in force on each calendar day, that of the evening first
 */
export const accruedNumerator = (owedFen: bigint, ratesPerYearE12: readonly bigint[]): bigint =>
  owedFen * ratesPerYearE12.reduce((sum, rate) => sum + rate, 0n);

/** What money that comes repays: the advance only (as in the sample days), or interest too, after or before it. */
export const REPAYMENT_ORDERS = ['ADVANCE_ONLY', 'ADVANCE_THEN_INTEREST', 'INTEREST_THEN_ADVANCE'] as const;
export type RepaymentOrder = (typeof REPAYMENT_ORDERS)[number];

export interface Repayment {
  readonly advanceFen: bigint;
  readonly interestFen: bigint;
}

/** Repayment out of a positive balance, in the order given; the balance never falls below zero by it. */
export function repayments(
  balanceFen: bigint,
  owed: { readonly advanceFen: bigint; readonly interestFen: bigint },
  order: RepaymentOrder,
): Repayment {
  const free = notBelowZero(balanceFen);
  if (order === 'INTEREST_THEN_ADVANCE') {
    const interestFen = smaller(free, notBelowZero(owed.interestFen));
    return { interestFen, advanceFen: smaller(free - interestFen, owed.advanceFen) };
  }
  const advanceFen = smaller(free, owed.advanceFen);
  if (order === 'ADVANCE_ONLY') return { advanceFen, interestFen: 0n };
  return { advanceFen, interestFen: smaller(free - advanceFen, notBelowZero(owed.interestFen)) };
}

/** Calendar days after which the branch calls, purchases are blocked, and recovery begins. */
export interface RecoveryTerms {
  readonly callAfterDays: number;
  readonly blockAfterDays: number;
  readonly recoveryAfterDays: number;
}

/** The terms in force, by their parameters. */
export const recoveryTermsOf = (parameter: (code: string) => string): RecoveryTerms => ({
  callAfterDays: Number.parseInt(parameter('OVERDRAFT_CALL_AFTER_DAYS'), 10),
  blockAfterDays: Number.parseInt(parameter('OVERDRAFT_BLOCK_AFTER_DAYS'), 10),
  recoveryAfterDays: Number.parseInt(parameter('OVERDRAFT_RECOVERY_AFTER_DAYS'), 10),
});

export type AgeBand = 'fresh' | 'call' | 'block' | 'recovery';

/** Where a debt stands: uncovered for as many days as a term says reaches it. */
export function ageBand(owedSince: BusinessDate, on: BusinessDate, terms: RecoveryTerms): AgeBand {
  const days = daysBetween(owedSince, on);
  if (days >= terms.recoveryAfterDays) return 'recovery';
  if (days >= terms.blockAfterDays) return 'block';
  return days >= terms.callAfterDays ? 'call' : 'fresh';
}

/** The broker's own money in the client deposit account. */
export interface Cushion {
  readonly notLentFen: bigint;
  readonly lentFen: bigint;
}

/**
 * What the cushion is after so much more is lent: `too small` where it would fall below zero, `low` where what is lent reaches the
 * given part of the whole.
 */
export function cushionAfter(
  { notLentFen, lentFen }: Cushion,
  toLendFen: bigint,
  alarmAtE12: bigint,
): 'enough' | 'low' | 'too small' {
  if (toLendFen > notLentFen) return 'too small';
  const reached = (lentFen + toLendFen) * RATE_ONE_E12 >= (notLentFen + lentFen) * alarmAtE12;
  return toLendFen > 0n && reached ? 'low' : 'enough';
}

/**
 * The least amount, to the cent, with which the cushion lends so much and raises no alarm; zero where it raises none as it is. What is lent is
 * then less than the given part of the whole: (lent + to lend) < alarm x (not lent + lent + amount).
 */
export function topUpFen(cushion: Cushion, toLendFen: bigint, alarmAtE12: bigint): bigint {
  if (cushionAfter(cushion, toLendFen, alarmAtE12) === 'enough') return 0n;
  const { notLentFen, lentFen } = cushion;
  if (toLendFen === 0n) return -notLentFen;
  const wholeFen = ((lentFen + toLendFen) * RATE_ONE_E12) / alarmAtE12 + 1n;
  return larger(wholeFen - notLentFen - lentFen, toLendFen - notLentFen);
}
