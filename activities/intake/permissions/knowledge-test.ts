/** Step 3, second half: an attempt is drawn from the bank, answered, judged and kept; it is passed with every answer right (A2 §10). */
import { randomInt } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { BusinessError, SeveralRefusals } from '../../../domain/errors';
import {
  drawQuestions,
  nextAttemptAt,
  testResult,
  type BankQuestion,
  type DrawnQuestion,
} from '../../../domain/permissions/knowledge-test';
import { stepAfter } from '../../../domain/permissions/opening-steps';
import { actOnRequest, requireStep, type Act } from '../../permissions/act-on-request';
import type { PermissionRequest } from '../../permissions/request-row';

export interface ShownQuestion {
  readonly questionNo: number;
  readonly zh: string;
  readonly en: string;
  readonly options: readonly { readonly option: string; readonly zh: string; readonly en: string }[];
}

export interface ShownAttempt {
  readonly attemptId: string;
  readonly nth: number;
  readonly questions: readonly ShownQuestion[];
}

const SEEDS = 2 ** 32;

/**
 * Begins an attempt; one that was begun and not answered is shown again, on whatever channel.
 * @throws BusinessError NOT_FOUND, STEP_NOT_OPEN, REQUEST_ENDED, REQUEST_LAPSED, TEST_TOO_SOON, TEST_ATTEMPTS_USED_UP
 */
export const beginAttempt = (pool: Pool, act: Act): Promise<ShownAttempt> =>
  actOnRequest(pool, act, 'begin attempt', async (sql, request) => {
    requireStep(request, 'test');
    const attempts = await attemptsOf(sql, request);
    const open = attempts.find((one) => one.requestNo === request.requestNo && one.answeredAt === null);
    if (open !== undefined) return { answer: await shown(sql, open), detail: { nth: open.nth, again: true } };
    requireAllowed(request, attempts);
    const { version, questions } = await bankOf(sql, request);
    const seed = randomInt(0, SEEDS);
    const seen = new Set(attempts.flatMap(({ drawn }) => drawn.map(({ questionNo }) => questionNo)));
    const drawn = drawQuestions({ bank: questions, count: request.terms.testQuestions, seed, seen });
    const nth = attempts.filter((one) => one.requestNo === request.requestNo).length + 1;
    const { rows } = await sql.query<{ attempt_id: string }>(
      `insert into test_attempts (request_no, nth, bank, version, seed, drawn) values ($1, $2, $3, $4, $5, $6)
       returning attempt_id::text`,
      [request.requestNo, nth, request.terms.testBank, version, seed, JSON.stringify(drawn)],
    );
    const attemptId = rows[0]?.attempt_id ?? '';
    const begun = { attemptId, nth, requestNo: request.requestNo, bank: request.terms.testBank, version, drawn };
    return { answer: await shown(sql, begun), detail: { nth, bank: begun.bank, version } };
  });

export interface AnsweredAttempt {
  readonly isPassed: boolean;
  readonly right: number;
  readonly of: number;
  /** When the next attempt may begin, where this one failed; null: on another day. */
  readonly nextFrom: string | null;
}

/**
 * Judges the answers, option by number of the question; faulty ones are all told, and nothing is judged then.
 * @throws BusinessError NOT_FOUND, STEP_NOT_OPEN, REQUEST_ENDED, REQUEST_LAPSED, ATTEMPT_ANSWERED_ALREADY, QUESTION_NOT_ASKED,
 *   TEST_ANSWER_MISSING, TEST_ANSWER_NOT_OFFERED
 */
export const answerAttempt = (
  pool: Pool,
  act: Act & { readonly attemptId: string; readonly answers: Readonly<Record<string, string>> },
): Promise<AnsweredAttempt> =>
  actOnRequest<AnsweredAttempt>(pool, act, 'answer attempt', async (sql, request) => {
    const attempts = await attemptsOf(sql, request);
    const attempt = attempts.find((one) => one.attemptId === act.attemptId && one.requestNo === request.requestNo);
    if (attempt === undefined) throw new BusinessError('NOT_FOUND', { what: '测试 attempt', key: act.attemptId });
    if (attempt.answeredAt !== null) throw new BusinessError('ATTEMPT_ANSWERED_ALREADY', { attempt: act.attemptId });
    requireStep(request, 'test');
    const answers = new Map(Object.entries(act.answers).map(([no, option]) => [Number(no), option]));
    const bank = await questionsOf(sql, attempt.bank, attempt.version);
    const result = testResult({ drawn: attempt.drawn, bank, answers });
    if (!('isPassed' in result)) throw severalFaults(result.faults);
    const { isPassed, right } = result;
    await sql.query('insert into test_results (attempt_id, answers, right_count, is_passed) values ($1, $2, $3, $4)', [
      act.attemptId,
      JSON.stringify(act.answers),
      right,
      isPassed,
    ]);
    const of = attempt.drawn.length;
    const detail = { nth: attempt.nth, right, of };
    if (isPassed) return { answer: { isPassed, right, of, nextFrom: null }, detail, next: { step: stepAfter('test') } };
    const failed = [...attempts, { ...attempt, answeredAt: request.now, isPassed: false }];
    const next = nextAllowed(request, failed);
    const nextFrom = next.on === 'another day' ? null : (next.from ?? request.now);
    return {
      answer: { isPassed, right, of, nextFrom },
      outcome: 'failed',
      codes: ['TEST_NOT_PASSED'],
      detail: { ...detail, tryAgainFrom: nextFrom },
    };
  });

function severalFaults(faults: readonly { readonly code: string; readonly question: number }[]): BusinessError {
  const refusals = faults.map(
    ({ code, question }) => new BusinessError(code as 'QUESTION_NOT_ASKED', { question, field: `answers.${question}` }),
  );
  const [first = new BusinessError('INTERNAL_ERROR'), ...others] = refusals;
  return new SeveralRefusals([first, ...others]);
}

interface Begun {
  readonly requestNo: string;
  readonly attemptId: string;
  readonly nth: number;
  readonly bank: string;
  readonly version: string;
  readonly drawn: readonly DrawnQuestion[];
}

interface Attempt extends Begun {
  readonly answeredAt: string | null;
  readonly isPassed: boolean | null;
  /** Business date on which it was answered. */
  readonly answeredOn: string | null;
}

/** Of the client and permission, also of requests that were taken back: the pause and the attempts of a day are not begun anew by asking again. */
async function attemptsOf(sql: PoolClient, { clientNo, permission }: PermissionRequest): Promise<readonly Attempt[]> {
  const { rows } = await sql.query<Attempt>(
    `select a.attempt_id::text as "attemptId", a.request_no as "requestNo", a.nth, a.bank, a.version, a.drawn, r.answered_at as "answeredAt", r.is_passed as "isPassed",
            (r.answered_at at time zone 'Asia/Shanghai')::date as "answeredOn"
       from test_attempts a join permission_requests q using (request_no) left join test_results r using (attempt_id)
      where q.client_no = $1 and q.permission = $2 order by a.attempt_id`,
    [clientNo, permission],
  );
  return rows;
}

type Ended = Pick<Attempt, 'answeredAt' | 'isPassed' | 'answeredOn'>;

function nextAllowed({ terms, today }: PermissionRequest, attempts: readonly Ended[]) {
  const failedAt = attempts.flatMap(({ answeredAt, answeredOn, isPassed }) =>
    answeredAt !== null && isPassed === false && (answeredOn ?? today) === today ? [answeredAt] : [],
  );
  const { testPauseMinutes: pauseMinutes, testAttemptsPerDay: attemptsPerDay } = terms;
  return nextAttemptAt({ failedAt, pauseMinutes, attemptsPerDay });
}

function requireAllowed(request: PermissionRequest, attempts: readonly Attempt[]): void {
  const next = nextAllowed(request, attempts);
  if (next.on === 'another day') {
    throw new BusinessError('TEST_ATTEMPTS_USED_UP', { attempts: request.terms.testAttemptsPerDay });
  }
  if (next.from !== undefined && request.now < next.from) throw new BusinessError('TEST_TOO_SOON', { from: next.from });
}

/** The bank in force today. @throws Error where it has fewer questions than the terms ask for: nobody is tested on part of a bank */
async function bankOf(
  sql: PoolClient,
  { terms, today }: PermissionRequest,
): Promise<{ readonly version: string; readonly questions: readonly BankQuestion[] }> {
  const { rows } = await sql.query<{ version: string }>(
    `select distinct version from test_questions where bank = $1 and valid_from <= $2 and (valid_to is null or $2 < valid_to)`,
    [terms.testBank, today],
  );
  const version = rows[0]?.version ?? '';
  const questions = await questionsOf(sql, terms.testBank, version);
  if (rows.length !== 1 || questions.length < terms.testBankMinimum) {
    throw new Error(`bank ${terms.testBank} on ${today}: ${rows.length} versions, ${questions.length} questions`);
  }
  return { version, questions };
}

const OPTIONS = ['A', 'B', 'C', 'D'] as const;

async function questionsOf(sql: PoolClient, bank: string, version: string): Promise<readonly BankQuestion[]> {
  const { rows } = await sql.query<{ question_no: number; right_option: string }>(
    'select question_no, right_option from test_questions where bank = $1 and version = $2 order by question_no',
    [bank, version],
  );
  return rows.map(({ question_no, right_option }) => ({
    questionNo: question_no,
    options: OPTIONS,
    rightOption: right_option,
  }));
}

interface TextRow {
  readonly question_no: number;
  readonly question_zh: string;
  readonly question_en: string;
  readonly options_zh: readonly string[];
  readonly options_en: readonly string[];
}

/** The questions of an attempt with their texts, in the order in which they were drawn; which option is right is not told. */
async function shown(sql: PoolClient, { attemptId, nth, bank, version, drawn }: Begun): Promise<ShownAttempt> {
  const { rows } = await sql.query<TextRow>(
    `select question_no, question_zh, question_en, options_zh, options_en from test_questions
      where bank = $1 and version = $2 and question_no = any($3)`,
    [bank, version, drawn.map(({ questionNo }) => questionNo)],
  );
  const texts = new Map(rows.map((row) => [row.question_no, row]));
  const questions = drawn.map(({ questionNo, options }): ShownQuestion => {
    const text = texts.get(questionNo);
    if (text === undefined) throw new RangeError(`question ${questionNo} of ${bank} ${version} has no text`);
    return {
      questionNo,
      zh: text.question_zh,
      en: text.question_en,
      options: options.map((option) => {
        const place = OPTIONS.findIndex((one) => one === option);
        return { option, zh: text.options_zh[place] ?? '', en: text.options_en[place] ?? '' };
      }),
    };
  });
  return { attemptId, nth, questions };
}
