/**
 * By when a complaint is accepted and answered.
 *
 * Source    Complaints page (deadlines from receipt, in business or calendar days as each rule says); facts 6.2.
 * Rule      The house has a limit for each stage, the law an outer one. Whichever comes first holds. An extension may move what is owed by
 *           at most so much: the answer never beyond the outer limit moved by as much, the acceptance never beyond the outer limit. What comes after the decision and the answer has a limit of
 *           the house alone, each from the step that it follows.
 * Units     A limit is text as the parameter says it: `15 BUSINESS_DAYS`, `60 CALENDAR_DAYS`. Instants are UTC text with milliseconds.
 */
import type { Limit } from '../deadlines/limit';

/** What is owed to the complainant. */
export type ComplaintStage = 'accept' | 'answer';

/** Where a clock began: here, or at the regulator or exchange that passed the complaint on. */
export type ComplaintClock = 'own' | 'transfer';

const HOUSE: Readonly<Record<ComplaintClock, Readonly<Record<ComplaintStage, string>>>> = {
  own: { accept: 'COMPLAINT_ACCEPT_WITHIN', answer: 'COMPLAINT_ANSWER_WITHIN' },
  transfer: { accept: 'COMPLAINT_TRANSFER_ACCEPT_WITHIN', answer: 'COMPLAINT_TRANSFER_ANSWER_WITHIN' },
};
const LEGAL: Readonly<Record<ComplaintStage, string>> = {
  accept: 'COMPLAINT_ACCEPT_LEGAL',
  answer: 'COMPLAINT_ANSWER_LEGAL',
};

/** What is owed after the decision and after the answer. */
export type LaterStage = 'pay' | 'mediate' | 'close';

interface LaterLimit {
  readonly within: string;
  /** Acts of the register of which the last one lets its clock run. */
  readonly since: readonly string[];
  /** Whether a disagreement in writing does so too, which comes after calls that reached nobody. */
  readonly orObjection?: true;
}

/** The limit of a later stage, and from what its clock runs. */
export const LATER: Readonly<Record<LaterStage, LaterLimit>> = {
  pay: { within: 'COMPLAINT_PAY_WITHIN', since: ['decide'] },
  mediate: { within: 'COMPLAINT_MEDIATE_WITHIN', since: ['call back'], orObjection: true },
  close: { within: 'COMPLAINT_CLOSE_WITHIN', since: ['call back', 'mediate'], orObjection: true },
};

/** The limit of the house and that of the law, by parameters. */
export const limitsOf = (
  parameter: (code: string) => string,
  stage: ComplaintStage,
  clock: ComplaintClock,
): { readonly house: Limit; readonly legal: Limit } => ({
  house: limitIn(parameter(HOUSE[clock][stage])),
  legal: limitIn(parameter(LEGAL[stage])),
});

/** Of two limits the one that is due first. */
export const sooner = (
  one: { readonly limit: Limit; readonly dueAt: string },
  other: { readonly limit: Limit; readonly dueAt: string },
): Limit => (other.dueAt < one.dueAt ? other.limit : one.limit);

/** @throws RangeError for a parameter that is no limit: reference data of ours */
export function limitIn(text: string): Limit {
  const [, n = '', kind] = /^([1-9]\d{0,3}) (BUSINESS_DAYS|CALENDAR_DAYS)$/.exec(text) ?? [];
  if (kind !== 'BUSINESS_DAYS' && kind !== 'CALENDAR_DAYS') throw new RangeError(`"${text}" is no limit`);
  return { kind, n: Number.parseInt(n, 10) };
}

const MS_PER_DAY = 86_400_000;

/** The latest instant to which a stage may be put off: so many days after now due; past the outer limit as many for the answer, none for the acceptance. */
export const latestExtendedDueAt = (given: {
  readonly stage: ComplaintStage;
  readonly dueAt: string;
  readonly legalDueAt: string;
  readonly furtherDays: number;
}): string => {
  const more = given.furtherDays * MS_PER_DAY;
  const pastLegal = given.stage === 'answer' ? more : 0;
  const latest = Math.min(Date.parse(given.dueAt) + more, Date.parse(given.legalDueAt) + pastLegal);
  return new Date(latest).toISOString();
};
