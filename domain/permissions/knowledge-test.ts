/**
 * The knowledge test: drawn from a bank, shuffled anew for each attempt, passed only with every answer right (A2 §10).
 *
 * Source  Permissions, step 3: ten of at least a hundred questions (parameters); a failed attempt is repeated after a pause, so
 *         many times a day, with other questions.
 * Chance  comes in as a seed, kept with the attempt: the same seed draws the same test again.
 */
import { minutesAfter } from '../calendar/instants';
import type { ErrorCode } from '../errors';
import type { KnowledgeTestRefusal } from './knowledge-test-refusals';

export interface BankQuestion {
  readonly questionNo: number;
  /** Letters of its options, `A` to `D`, in the order of the bank. */
  readonly options: readonly string[];
  readonly rightOption: string;
}

/** A question as it is shown in one attempt. */
export interface DrawnQuestion {
  readonly questionNo: number;
  readonly options: readonly string[];
}

/**
 * Draws the questions of an attempt, in an order of their own, options shuffled.
 * @param seed whole number, 0 to 4,294,967,295
 * @param seen numbers of questions of earlier attempts: they come only when no others are left
 * @throws RangeError where the bank has fewer questions than are drawn: reference data of ours
 */
export function drawQuestions(input: {
  readonly bank: readonly BankQuestion[];
  readonly count: number;
  readonly seed: number;
  readonly seen: ReadonlySet<number>;
}): readonly DrawnQuestion[] {
  const { bank, count, seed, seen } = input;
  if (bank.length < count) throw new RangeError(`${count} questions of a bank of ${bank.length}`);
  const next = numbersFrom(seed);
  const shuffled = shuffle(
    [...bank].sort((a, b) => a.questionNo - b.questionNo),
    next,
  );
  const fresh = shuffled.filter(({ questionNo }) => !seen.has(questionNo));
  const again = shuffled.filter(({ questionNo }) => seen.has(questionNo));
  return [...fresh, ...again]
    .slice(0, count)
    .map(({ questionNo, options }) => ({ questionNo, options: shuffle(options, next) }));
}

export type TestAnswerFault = { readonly code: Extract<ErrorCode, KnowledgeTestRefusal>; readonly question: number };

export type TestResult =
  | { readonly faults: readonly [TestAnswerFault, ...TestAnswerFault[]] }
  | { readonly faults: readonly []; readonly isPassed: boolean; readonly right: number };

/** Judges an attempt; answers that cannot be judged are all told, and nothing is. */
export function testResult(input: {
  readonly drawn: readonly DrawnQuestion[];
  readonly bank: readonly BankQuestion[];
  readonly answers: ReadonlyMap<number, string>;
}): TestResult {
  const { drawn, bank, answers } = input;
  const asked = new Map(drawn.map((question) => [question.questionNo, question]));
  const faults: TestAnswerFault[] = [
    ...[...answers.keys()]
      .filter((question) => !asked.has(question))
      .map((question) => ({ code: 'QUESTION_NOT_ASKED', question }) as const),
    ...drawn.flatMap(({ questionNo: question, options }): TestAnswerFault[] => {
      const answer = answers.get(question);
      if (answer === undefined) return [{ code: 'TEST_ANSWER_MISSING', question }];
      return options.includes(answer) ? [] : [{ code: 'TEST_ANSWER_NOT_OFFERED', question }];
    }),
  ];
  const [fault, ...others] = faults;
  if (fault !== undefined) return { faults: [fault, ...others] };
  const rightOptions = new Map(bank.map(({ questionNo, rightOption }) => [questionNo, rightOption]));
  const right = drawn.filter(({ questionNo }) => answers.get(questionNo) === rightOptions.get(questionNo)).length;
  return { faults: [], isPassed: right === drawn.length, right };
}

/** When the next attempt may begin: on the day of the failed ones, not before an instant where one is named, or on another day. */
export type NextAttempt = { readonly on: 'this day'; readonly from?: string } | { readonly on: 'another day' };

/** The next attempt after those of a business date that failed. */
export function nextAttemptAt(input: {
  /** Ends of the failed attempts of the business date, UTC. */
  readonly failedAt: readonly string[];
  readonly pauseMinutes: number;
  readonly attemptsPerDay: number;
}): NextAttempt {
  const { failedAt, pauseMinutes, attemptsPerDay } = input;
  if (failedAt.length >= attemptsPerDay) return { on: 'another day' };
  const last = [...failedAt].sort().at(-1);
  if (last === undefined) return { on: 'this day' };
  return { on: 'this day', from: minutesAfter(last, pauseMinutes) };
}

/** Fisher and Yates, from the end. */
function shuffle<Item>(items: readonly Item[], next: () => number): readonly Item[] {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const chosen = next() % (last + 1);
    [shuffled[last], shuffled[chosen]] = [shuffled[chosen] as Item, shuffled[last] as Item];
  }
  return shuffled;
}

/** Whole numbers of 32 bits that look like chance, the same for the same seed (splitmix). */
function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
}
