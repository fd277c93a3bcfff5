/**
 * What service a client gets: the grade by assets and commission, and when a change of it holds.
 *
 * Source    RATING §8-10, rating page.
 * Standard  The first grade whose assets or commission are reached, from the top. Assets are the larger of last and this
 *           year's daily average, commission is last year's net. Exactly 5,000,000 is VIP: the text leaves it out.
 * Units     Money in fen; dates of the run.
 * Windows   A yearly run falls on one of the first ten civil working days of a year, a quarterly one on one of the first
 *           three of a quarter; one run in January that is both, on one of the first three of the year, acts as yearly.
 * Holding   A grade holds for twelve months from its grant: a lowering that is due earlier is stored until they end, that
 *           day included in the time when it applies (29 February: 28 February). Raising never waits. Quarterly runs never
 *           lower and never store. What confirms a grade leaves its date, and clears what is stored.
 */
import { addDays, addMonths, type BusinessDate } from '../calendar/business-date';
import type { CountedDays } from '../calendar/counted-days';
import { isInForce, type Dated } from '../dated';
import { parseAmount } from '../money';
import { larger } from '../scaled';

/** From the highest to the lowest; core B to core A is a raise. */
export const GRADES = ['VIP', 'CORE_A', 'CORE_B', 'POTENTIAL', 'ORDINARY'] as const;
export type Grade = (typeof GRADES)[number];
export type RunKind = 'YEARLY' | 'QUARTERLY' | 'BOTH';

/** What a grade asks: either is enough; null is not a way into it. The lowest grade has no row. */
export interface GradeStandardRow extends Dated {
  readonly grade: Grade;
  readonly assetsAtLeast: string | null;
  readonly commissionAtLeast: string | null;
}

/** Dated terms of the runs. */
export interface GradeTerms {
  readonly yearlyWindowDays: number;
  readonly quarterlyWindowDays: number;
  readonly heldForMonths: number;
}

export interface GradedClient {
  readonly accountOpenedOn: BusinessDate;
  readonly assetsLastYearFen: bigint;
  readonly assetsThisYearFen: bigint;
  readonly commissionLastYearFen: bigint;
  readonly standing: StandingGrade | null;
}

export interface StandingGrade {
  readonly grade: Grade;
  readonly grantedOn: BusinessDate;
}

/** What a run makes of a client. A stored lowering of an earlier run is cleared where the present grade is reached again. */
export type GradeDecision =
  | { readonly kind: 'NOT_IN_POPULATION' }
  | { readonly kind: 'APPLY'; readonly computed: Grade; readonly clearsStored: true }
  | { readonly kind: 'KEEP'; readonly computed: Grade; readonly clearsStored: boolean }
  | { readonly kind: 'STORE'; readonly computed: Grade; readonly appliesOn: BusinessDate };

/** The terms as the parameters in force say. */
export function gradeTerms(parameter: (code: string) => string): GradeTerms {
  const count = (code: string) => Number.parseInt(parameter(code), 10);
  return {
    yearlyWindowDays: count('GRADE_YEARLY_WINDOW_DAYS'),
    quarterlyWindowDays: count('GRADE_QUARTERLY_WINDOW_DAYS'),
    heldForMonths: count('GRADE_HELD_FOR_MONTHS'),
  };
}

/**
 * Whether a run may be held on a date.
 * @throws BusinessError CALENDAR_OUT_OF_RANGE
 */
export function isInRunWindow(
  runDate: BusinessDate,
  kind: RunKind,
  workingDays: CountedDays,
  terms: GradeTerms,
): boolean {
  const first = kind === 'QUARTERLY' ? quarterStart(runDate) : yearStart(runDate);
  const length = kind === 'YEARLY' ? terms.yearlyWindowDays : terms.quarterlyWindowDays;
  if (!workingDays.counts(runDate)) return false;
  let count = 0;
  for (let date = first; date <= runDate && count <= length; date = addDays(date, 1))
    if (workingDays.counts(date)) count += 1;
  return count <= length;
}

/** The grade that assets and commission reach, by the standards in force on the day of the run. */
export function computedGrade(
  client: GradedClient,
  standards: readonly GradeStandardRow[],
  runDate: BusinessDate,
): Grade {
  const assetsFen = larger(client.assetsLastYearFen, client.assetsThisYearFen);
  const inForce = standards.filter((row) => isInForce(row, runDate));
  const isReached = (fen: bigint, least: string | null) => least !== null && fen >= parseAmount(least);
  return (
    GRADES.find((grade) =>
      inForce.some(
        (row) =>
          row.grade === grade &&
          (isReached(assetsFen, row.assetsAtLeast) || isReached(client.commissionLastYearFen, row.commissionAtLeast)),
      ),
    ) ?? 'ORDINARY'
  );
}

/** What a run within its window makes of a client. */
export function gradeDecision(
  client: GradedClient,
  run: { readonly date: BusinessDate; readonly kind: RunKind },
  standards: readonly GradeStandardRow[],
  terms: GradeTerms,
): GradeDecision {
  const periodStart = run.kind === 'QUARTERLY' ? quarterStart(run.date) : yearStart(run.date);
  if (client.accountOpenedOn >= periodStart) return { kind: 'NOT_IN_POPULATION' };
  const computed = computedGrade(client, standards, run.date);
  const { standing } = client;
  if (standing === null || rankOf(computed) > rankOf(standing.grade))
    return { kind: 'APPLY', computed, clearsStored: true };
  if (computed === standing.grade) return { kind: 'KEEP', computed, clearsStored: true };
  if (run.kind === 'QUARTERLY') return { kind: 'KEEP', computed, clearsStored: false };
  const appliesOn = addMonths(standing.grantedOn, terms.heldForMonths);
  return run.date >= appliesOn
    ? { kind: 'APPLY', computed, clearsStored: true }
    : { kind: 'STORE', computed, appliesOn };
}

const rankOf = (grade: Grade): number => -GRADES.indexOf(grade);

const yearStart = (date: BusinessDate) => `${date.slice(0, 4)}-01-01` as BusinessDate;

function quarterStart(date: BusinessDate): BusinessDate {
  const monthsIn = (Number.parseInt(date.slice(5, 7), 10) - 1) % 3;
  return addMonths(`${date.slice(0, 7)}-01` as BusinessDate, -monthsIn);
}
