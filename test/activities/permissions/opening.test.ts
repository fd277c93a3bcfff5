/** The steps of an opening on a real database: each condition and limit, each bad input by its name, nothing half done. */
import { randomUUID } from 'node:crypto';
import { showAgreements, signAgreements } from '../../../activities/intake/permissions/agreements';
import { judgeEligibility } from '../../../activities/intake/permissions/judge-eligibility';
import { answerAttempt, beginAttempt } from '../../../activities/intake/permissions/knowledge-test';
import { enterCode, sendCode } from '../../../activities/intake/permissions/one-time-code';
import { reportListening } from '../../../activities/intake/permissions/report-listening';
import { withdrawRequest } from '../../../activities/intake/permissions/withdraw-request';
import { decideInstitution } from '../../../activities/permissions/decide-institution';
import { recordPaperReview } from '../../../activities/permissions/request-papers';
import { judgeAgain, lapseRequest, readRequest } from '../../../activities/permissions/follow-request';
import type { SeveralRefusals } from '../../../domain/errors';
import { openDatabase, type TestDatabase } from '../../support/database';
import { after, clientAt, clientOf, CODE_KEY, fillPermissionBook, START } from './stage';

let book: TestDatabase;
let client: ReturnType<typeof clientAt>;
let pool: TestDatabase['pool'];
beforeAll(async () => {
  book = await openDatabase('opening');
  ({ pool } = book);
  await pool.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('opening', 'test', 'manual', $1)`,
    [START],
  );
  await fillPermissionBook(pool, 150);
  client = clientAt(pool);
});
afterAll(() => book.close());
const clockTo = (instant: string) => pool.query('update business_clock set now = $1', [instant]);
beforeEach(() => clockTo(START));

const keyed = () => ({ pool, codeKey: CODE_KEY });
const codesOf = async (asked: Promise<unknown>): Promise<string[]> => {
  try {
    await asked;
    return [];
  } catch (error) {
    const { all, code } = error as SeveralRefusals;
    if (code === undefined) throw error;
    return (all ?? [{ code }]).map((one) => one.code);
  }
};
const count = async (table: string, requestNo: string): Promise<number> => {
  const { rows } = await pool.query<{ n: number }>(`select count(*)::int as n from ${table} where request_no = $1`, [
    requestNo,
  ]);
  return rows[0]?.n ?? -1;
};

/** A request that stands at a step. */
async function at(
  step: 'identity' | 'eligibility' | 'disclosure' | 'test' | 'agreements' | 'second check',
): Promise<string> {
  await clockTo(START);
  const { requestNo } = await client.open(client.nextRegular());
  const ways: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['identity', () => client.identify(requestNo)],
    ['eligibility', () => client.judge(requestNo)],
    [
      'disclosure',
      async () => {
        await clockTo(after(START, 480));
        await client.listen(requestNo, START);
      },
    ],
    ['test', () => client.pass(requestNo)],
    ['agreements', () => client.sign(requestNo)],
  ];
  for (const [name, go] of ways) {
    if (name === step) break;
    await go();
  }
  expect(await client.stateOf(requestNo)).toBe(`under way: ${step}`);
  return requestNo;
}

/** The same client takes the request back and asks for another one. */
async function askedAgain(requestNo: string): Promise<string> {
  await withdrawRequest(pool, { ...client.act(requestNo), reason: 'another time' });
  const { rows } = await pool.query<{ client_no: string }>(
    'select client_no from permission_requests where request_no = $1',
    [requestNo],
  );
  return (await client.open(rows[0]!.client_no)).requestNo;
}

describe('asking', () => {
  test('the process is started with its request, and who asks twice gets the first', async () => {
    const clientNo = client.nextRegular();
    const key = randomUUID();
    const both = await Promise.all([client.open(clientNo, { key }), client.open(clientNo)]);
    expect(both[0].requestNo).toBe(both[1].requestNo);
    expect(both.filter(({ isNew }) => isNew)).toHaveLength(1);
    const { requestNo } = both[0];
    expect(requestNo).toMatch(/^P20250623-\d{6}$/);
    expect(await client.open(clientNo, { key })).toEqual({ requestNo, isNew: false });
    const { rows } = await pool.query(
      `select workflow_id, payload -> 'args' as args from waiting_messages where kind = 'start' and workflow_id like $1`,
      [`%${requestNo}`],
    );
    expect(rows).toEqual([{ workflow_id: `permission-opening:HKSC:${requestNo}`, args: [{ requestNo }] }]);
    const { rows: lapses } = await pool.query('select lapses_at from permission_requests where request_no = $1', [
      requestNo,
    ]);
    expect(lapses).toEqual([{ lapses_at: '2025-07-23T01:00:00.000Z' }]); // 23 June + 30 days
  });

  test.each<[why: string, asked: () => Promise<unknown>, codes: string[]]>([
    [
      'a permission that there is not',
      () => client.open(client.nextRegular(), { permission: 'NONE' }),
      ['PERMISSION_UNKNOWN'],
    ],
    ['a client who is not there', () => client.open('C99999999'), ['NOT_FOUND']],
    ['never at the counter', () => client.open(client.nextRegular(), { channel: 'branch' }), ['CHANNEL_NOT_TAKEN']],
    [
      'an institution, by another channel: both are told',
      () => client.open(clientOf('institution'), { channel: 'branch' }),
      ['CHANNEL_NOT_TAKEN', 'ONLY_NATURAL_PERSONS'],
    ],
  ])('%s: refused', async (_why, asked, codes) => {
    expect(await codesOf(asked())).toEqual(codes);
  });

  test('never at the counter either, once it was asked for elsewhere: no step of it', async () => {
    const requestNo = await at('identity');
    const counter = () => ({ ...client.act(requestNo), channel: 'branch' });
    expect(await codesOf(sendCode(keyed(), counter()))).toEqual(['CHANNEL_NOT_TAKEN']);
    expect(await codesOf(judgeEligibility(pool, counter()))).toEqual(['CHANNEL_NOT_TAKEN']);
    expect(await codesOf(reportListening(pool, { ...counter(), stretches: [] }))).toEqual(['CHANNEL_NOT_TAKEN']);
    expect(await codesOf(beginAttempt(pool, counter()))).toEqual(['CHANNEL_NOT_TAKEN']);
    expect(await codesOf(showAgreements(pool, counter()))).toEqual(['CHANNEL_NOT_TAKEN']);
    expect(await client.stateOf(requestNo)).toBe('under way: identity');
  });

  test('the request of another client is not there', async () => {
    const requestNo = await at('identity');
    const act = { ...client.act(requestNo), clientNo: 'C00000001' };
    expect(await codesOf(sendCode(keyed(), act))).toEqual(['NOT_FOUND']);
  });
});

test('STAR by its rows: its own conditions, recording, bank and agreement, the same verbs', async () => {
  const clientNo = client.nextRegular();
  const { requestNo } = await client.open(clientNo, { permission: 'STAR' });
  await client.identify(requestNo);
  expect((await client.judge(requestNo)).failures.map(({ code }) => code)).toEqual([
    'AVERAGE_ASSETS_BELOW_MINIMUM',
    'EXPERIENCE_MISSING',
  ]);
  await pool.query(`insert into trading_experience values ($1, '2023-06-23', 'test')`, [clientNo]);
  await pool.query(`insert into client_assets values ($1, '2025-05-01', 50000000, 0, 0)`, [clientNo]);
  expect(await client.judge(requestNo)).toMatchObject({ isEligible: true });
  await clockTo(after(START, 300));
  // Five minutes here, eight for Southbound.
  expect(await client.listen(requestNo, START, 300)).toMatchObject({ recordingSeconds: 300, isHeardWhole: true });
  expect(await client.pass(requestNo)).toMatchObject({ isPassed: true, of: 10 });
  const { rows } = await pool.query('select bank from test_attempts where request_no = $1', [requestNo]);
  expect(rows).toEqual([{ bank: 'STAR' }]);
  await client.sign(requestNo);
  const { rows: signed } = await pool.query('select agreement from agreement_signatures where request_no = $1', [
    requestNo,
  ]);
  expect(signed).toEqual([{ agreement: 'star-risk-disclosure' }]);
  // A request of the one says nothing of the other.
  expect((await client.open(clientNo)).isNew).toBe(true);
  expect(await judgeAgain({ pool })({ requestNo, nth: 'revision 6' })).toBe(true);
  expect(await client.stateOf(requestNo)).toBe('opening: counter');
});

describe('the one-time code', () => {
  const enter = (requestNo: string, code: string) => enterCode(keyed(), { ...client.act(requestNo), code });
  const wrong = async (requestNo: string) => ((await client.codeSent(requestNo)) === '000000' ? '000001' : '000000');

  test('only its keyed hash is kept, and what was sent forgets it', async () => {
    const requestNo = await at('identity');
    await sendCode(keyed(), client.act(requestNo));
    const code = await client.codeSent(requestNo);
    expect(code).toMatch(/^\d{6}$/);
    const { rows } = await pool.query<{ code_hash: string }>(
      'select code_hash from one_time_codes where request_no = $1',
      [requestNo],
    );
    expect(rows[0]?.code_hash).not.toContain(code);
    await pool.query(
      `update outbox set sent_at = business_now() where template = 'ONE_TIME_CODE' and facts ->> 'code' = $1`,
      [code],
    );
    const { rows: traces } = await pool.query(
      `select from outbox o where o.workflow_id like $1 and (o::text ~ ('\\m' || $2 || '\\M'))`,
      [`%${requestNo}`, code],
    );
    expect(traces).toEqual([]);
  });

  test('four wrong ones count down, the fifth locks for thirty minutes; then five more may be tried', async () => {
    const requestNo = await at('identity');
    await sendCode(keyed(), client.act(requestNo));
    const no = await wrong(requestNo);
    for (const left of [4, 3, 2, 1]) {
      await expect(enter(requestNo, no)).rejects.toMatchObject({ code: 'CODE_WRONG', details: { left } });
    }
    const until = after(START, 1_800);
    await expect(enter(requestNo, no)).rejects.toMatchObject({ code: 'CODE_LOCKED', details: { until } });
    await clockTo(after(START, 1_799));
    expect(await codesOf(enter(requestNo, await client.codeSent(requestNo)))).toEqual(['CODE_LOCKED']);
    expect(await codesOf(sendCode(keyed(), client.act(requestNo)))).toEqual(['CODE_LOCKED']);
    await clockTo(until);
    await client.identify(requestNo);
    expect(await client.stateOf(requestNo)).toBe('under way: eligibility');
  });

  test('taken back and asked for again: the lock is that of the client', async () => {
    const requestNo = await at('identity');
    await sendCode(keyed(), client.act(requestNo));
    const no = await wrong(requestNo);
    for (const _ of [1, 2, 3, 4, 5]) await codesOf(enter(requestNo, no));
    const again = await askedAgain(requestNo);
    expect(await codesOf(sendCode(keyed(), client.act(again)))).toEqual(['CODE_LOCKED']);
    await clockTo(after(START, 1_800));
    await client.identify(again);
    expect(await client.stateOf(again)).toBe('under way: eligibility');
  });

  test('ten are sent to a client in a day, over all requests; the next day begins at midnight in Shanghai', async () => {
    const requestNo = await at('identity');
    for (let nth = 1; nth <= 9; nth += 1) await sendCode(keyed(), client.act(requestNo));
    await withdrawRequest(pool, { ...client.act(requestNo), reason: 'another time' });
    const { rows } = await pool.query<{ client: string }>(
      'select client_no as client from permission_requests where request_no = $1',
      [requestNo],
    );
    const { requestNo: again } = await client.open(rows[0]?.client ?? '');
    await sendCode(keyed(), client.act(again));
    expect(await codesOf(sendCode(keyed(), client.act(again)))).toEqual(['CODE_SENDS_USED_UP']);
    await clockTo('2025-06-23T15:59:59.999Z');
    expect(await codesOf(sendCode(keyed(), client.act(again)))).toEqual(['CODE_SENDS_USED_UP']);
    await clockTo('2025-06-23T16:00:00.000Z');
    expect(await codesOf(sendCode(keyed(), client.act(again)))).toEqual([]);
  });

  test('a code that reached nobody, or not in its time, is forgotten; what waits is shown without it', async () => {
    const forgotten = async (change: string) => {
      const requestNo = await at('identity');
      await sendCode(keyed(), client.act(requestNo));
      const code = await client.codeSent(requestNo);
      const { rows } = await pool.query<{ texts: string }>(
        `update outbox set ${change} where message_key like $1 returning outbox::text as texts`,
        [`one-time-code:${requestNo}:%`],
      );
      return rows.map(({ texts }) => texts.includes(code));
    };
    expect(await forgotten(`attempts = attempts + 1`)).toEqual([true]);
    expect(await forgotten(`state = 'not reached'`)).toEqual([false]);
    expect(await forgotten(`created_at = business_now() - interval '10 minutes'`)).toEqual([false]);
  });

  test('the same entry sent twice counts once', async () => {
    const requestNo = await at('identity');
    await sendCode(keyed(), client.act(requestNo));
    const entry = { ...client.act(requestNo), code: await wrong(requestNo) };
    for (const _ of [1, 2, 3, 4, 5, 6]) {
      await expect(enterCode(keyed(), entry)).rejects.toMatchObject({ code: 'CODE_WRONG', details: { left: 4 } });
    }
    expect(await count('one_time_code_entries', requestNo)).toBe(1);
  });

  test.each([
    [599, [], 'a second before ten minutes have passed'],
    [600, ['CODE_NOT_SENT'], 'ten minutes after it was sent'],
  ])('after %d seconds: %j - %s', async (seconds, codes, _why) => {
    const requestNo = await at('identity');
    await sendCode(keyed(), client.act(requestNo));
    await clockTo(after(START, seconds));
    expect(await codesOf(enter(requestNo, await client.codeSent(requestNo)))).toEqual(codes);
  });

  test('only the newest is taken', async () => {
    const requestNo = await at('identity');
    await sendCode(keyed(), client.act(requestNo));
    const first = await client.codeSent(requestNo);
    do await sendCode(keyed(), client.act(requestNo));
    while ((await client.codeSent(requestNo)) === first);
    expect(await codesOf(enter(requestNo, first))).toEqual(['CODE_WRONG']);
  });

  test('before one was sent, and when the step is over', async () => {
    const requestNo = await at('identity');
    expect(await codesOf(enter(requestNo, '123456'))).toEqual(['CODE_NOT_SENT']);
    await client.identify(requestNo);
    expect(await codesOf(sendCode(keyed(), client.act(requestNo)))).toEqual(['STEP_NOT_OPEN']);
  });
});

describe('eligibility', () => {
  test('all that fails is told together and kept apart; the step stays open', async () => {
    const { requestNo } = await client.open(clientOf('several at once'));
    await client.identify(requestNo);
    const judged = await client.judge(requestNo);
    expect(judged.failures.map(({ code }) => code)).toEqual([
      'ACCOUNT_NOT_DESIGNATED_HERE',
      'RISK_RESULT_EXPIRED',
      'ASSETS_BELOW_MINIMUM',
      'SERIOUS_BAD_CREDIT_RECORD',
      'EXCHANGE_WARNING_RECENT',
      'PERSON_RESTRICTED',
    ]);
    expect(await client.stateOf(requestNo)).toBe('under way: eligibility');
    expect((await readRequest({ pool })({ requestNo })).failedBy).toHaveLength(6);
    const { rows } = await pool.query<{ failures: unknown; line: string }>(
      `select f.failures, s::text as line from eligibility_findings f join permission_steps s using (step_id) where s.request_no = $1`,
      [requestNo],
    );
    expect(rows[0]?.failures).toEqual(judged.failures);
    // Own assets of 0.01 are nobody's business who reads the timeline.
    expect(rows[0]?.line).not.toContain('0.01');
  });

  test('a stale result is reminded of once a day, and judged again when the questionnaire was answered', async () => {
    const { requestNo } = await client.open(clientOf('risk result expired yesterday'));
    await client.identify(requestNo);
    await client.judge(requestNo);
    await client.judge(requestNo);
    const { rows } = await pool.query(
      `select recipient_ref from outbox where template = 'QUESTIONNAIRE_NEEDED' and message_key like $1`,
      [`questionnaire-needed:${requestNo}:%`],
    );
    expect(rows).toEqual([{ recipient_ref: clientOf('risk result expired yesterday') }]);
    await pool.query(
      `insert into risk_results (client_no, questionnaire_version, score, risk_class, risk_level, answers, answered_on, answer_key)
       select client_no, questionnaire_version, score, risk_class, risk_level, answers, '2025-06-23', 'again'
         from risk_results where client_no = $1`,
      [clientOf('risk result expired yesterday')],
    );
    expect(await judgeAgain({ pool })({ requestNo, nth: 'result 1' })).toBe(true);
    expect(await client.stateOf(requestNo)).toBe('under way: disclosure');
  });

  test('what a questionnaire does not cure is not judged without being asked', async () => {
    const { requestNo } = await client.open(clientOf('bad credit record'));
    await client.identify(requestNo);
    await client.judge(requestNo);
    const lines = await count('permission_steps', requestNo);
    expect(await judgeAgain({ pool })({ requestNo, nth: 'result 1' })).toBe(false);
    expect(await count('permission_steps', requestNo)).toBe(lines);
  });

  test('a conservative client goes on with a recorded warning', async () => {
    const { requestNo } = await client.open(clientOf('conservative'));
    await client.identify(requestNo);
    expect((await client.judge(requestNo)).warnings).toEqual(['RISK_LEVEL_MISMATCH']);
    const { rows } = await pool.query(
      `select outcome, codes from permission_steps where request_no = $1 and act = 'judge eligibility'`,
      [requestNo],
    );
    expect(rows).toEqual([{ outcome: 'done', codes: ['RISK_LEVEL_MISMATCH'] }]);
    expect(await client.stateOf(requestNo)).toBe('under way: disclosure');
  });
});

describe('listening', () => {
  const report = (
    requestNo: string,
    ...stretches: (readonly [from: number, to: number, startedAt: string, endedAt: string])[]
  ) =>
    reportListening(pool, {
      ...client.act(requestNo),
      stretches: stretches.map(([fromSecond, toSecond, startedAt, endedAt]) => ({
        fromSecond,
        toSecond,
        startedAt,
        endedAt,
      })),
    });

  test.each<[why: string, elapsed: number, from: number, to: number, start: number, end: number, codes: string[]]>([
    ['quicker than time passed', 480, 0, 480, 0, 477, ['STRETCH_QUICKER_THAN_TIME']],
    ['played before the step was open', 480, 0, 480, -60, 480, ['STRETCH_BEFORE_STEP']],
    ['ends in the future', 100, 0, 480, 0, 480, ['STRETCH_IN_THE_FUTURE']],
    ['beyond the recording', 480, 1, 481, 0, 480, ['STRETCH_OUTSIDE_RECORDING']],
    [
      'everything at once',
      100,
      1,
      481,
      -60,
      110,
      ['STRETCH_BEFORE_STEP', 'STRETCH_OUTSIDE_RECORDING', 'STRETCH_QUICKER_THAN_TIME', 'STRETCH_IN_THE_FUTURE'],
    ],
  ])('%s: refused, nothing kept', async (_why, elapsed, from, to, start, end, codes) => {
    const requestNo = await at('disclosure');
    await clockTo(after(START, elapsed));
    expect(await codesOf(report(requestNo, [from, to, after(START, start), after(START, end)]))).toEqual(codes);
    expect(await count('listened_stretches', requestNo)).toBe(0);
  });

  test('a jump does not count: the last second must be heard too, from whatever channel', async () => {
    const requestNo = await at('disclosure');
    await clockTo(after(START, 1_000));
    expect(
      await report(requestNo, [0, 240, START, after(START, 240)], [300, 480, after(START, 240), after(START, 420)]),
    ).toEqual({
      heardSeconds: 420,
      recordingSeconds: 480,
      isHeardWhole: false,
    });
    expect(await report(requestNo, [240, 299, after(START, 500), after(START, 560)])).toMatchObject({
      isHeardWhole: false,
    });
    expect(await report(requestNo, [299, 300, after(START, 600), after(START, 601)])).toMatchObject({
      isHeardWhole: true,
    });
    expect(await client.stateOf(requestNo)).toBe('under way: test');
  });

  test('many short stretches in no time are heard by nobody', async () => {
    const requestNo = await at('disclosure');
    await clockTo(after(START, 1));
    const short = Array.from({ length: 200 }, (_, nth) => [2 * nth, 2 * nth + 2, START, START] as const);
    // The first may be the clock; each other one is refused, and nothing is kept.
    expect(await codesOf(report(requestNo, ...short))).toEqual(Array(199).fill('STRETCH_QUICKER_THAN_TIME'));
    expect(await count('listened_stretches', requestNo)).toBe(0);
  });

  test('two stretches at once, also over two reports', async () => {
    const requestNo = await at('disclosure');
    await clockTo(after(START, 480));
    await report(requestNo, [0, 240, START, after(START, 240)]);
    expect(await codesOf(report(requestNo, [240, 480, START, after(START, 240)]))).toEqual(['STRETCHES_AT_ONCE']);
  });
});

describe('the knowledge test', () => {
  test('ten questions of a hundred; unanswered it is shown again, also elsewhere', async () => {
    const requestNo = await at('test');
    const first = await beginAttempt(pool, client.act(requestNo));
    expect(new Set(first.questions.map(({ questionNo }) => questionNo)).size).toBe(10);
    expect(
      first.questions.every(
        ({ options }) => options.length === 4 && options.every(({ zh, en }) => zh !== '' && en !== ''),
      ),
    ).toBe(true);
    expect(await beginAttempt(pool, { ...client.act(requestNo), channel: 'web' })).toEqual(first);
  });

  const fail = async (requestNo: string) => {
    const attempt = await beginAttempt(pool, client.act(requestNo));
    const answers = await client.rightAnswers(attempt);
    const { questionNo, options } = attempt.questions[0]!;
    answers[questionNo] = options.find(({ option }) => option !== answers[questionNo])!.option;
    return answerAttempt(pool, { ...client.act(requestNo), attemptId: attempt.attemptId, answers });
  };

  test('nine right fail; ten minutes later other questions are drawn', async () => {
    const requestNo = await at('test');
    const began = await client.nowOf();
    const first = await beginAttempt(pool, client.act(requestNo));
    expect(await fail(requestNo)).toEqual({ isPassed: false, right: 9, of: 10, nextFrom: after(began, 600) });
    await clockTo(after(began, 599));
    expect(await codesOf(beginAttempt(pool, client.act(requestNo)))).toEqual(['TEST_TOO_SOON']);
    await clockTo(after(began, 600));
    const second = await beginAttempt(pool, client.act(requestNo));
    const seen = first.questions.map(({ questionNo }) => questionNo);
    expect(second.questions.filter(({ questionNo }) => seen.includes(questionNo))).toEqual([]);
    expect(await client.pass(requestNo)).toMatchObject({ isPassed: true, right: 10 });
    expect(await client.stateOf(requestNo)).toBe('under way: agreements');
    expect(
      await codesOf(answerAttempt(pool, { ...client.act(requestNo), attemptId: second.attemptId, answers: {} })),
    ).toEqual(['ATTEMPT_ANSWERED_ALREADY']);
  });

  test('five fail a day; the next day begins at midnight in Shanghai', async () => {
    const requestNo = await at('test');
    const began = await client.nowOf();
    for (const nth of [0, 1, 2, 3, 4]) {
      await clockTo(after(began, nth * 600));
      const { nextFrom } = await fail(requestNo);
      expect(nextFrom === null).toBe(nth === 4);
    }
    await clockTo('2025-06-23T15:59:59.999Z');
    expect(await codesOf(beginAttempt(pool, client.act(requestNo)))).toEqual(['TEST_ATTEMPTS_USED_UP']);
    await clockTo('2025-06-23T16:00:00.000Z');
    expect((await beginAttempt(pool, client.act(requestNo))).nth).toBe(6);
  });

  test('taken back and asked for again: pause, attempts of the day and questions are those of the client', async () => {
    const requestNo = await at('test');
    const began = await client.nowOf();
    const first = await beginAttempt(pool, client.act(requestNo));
    await fail(requestNo);
    const again = await askedAgain(requestNo);
    await client.identify(again);
    await client.judge(again);
    await pool.query(`update permission_requests set step = 'test' where request_no = $1`, [again]);
    expect(await codesOf(beginAttempt(pool, client.act(again)))).toEqual(['TEST_TOO_SOON']);
    await clockTo(after(began, 600));
    const second = await beginAttempt(pool, client.act(again));
    expect(second.nth).toBe(1);
    const seen = first.questions.map(({ questionNo }) => questionNo);
    expect(second.questions.filter(({ questionNo }) => seen.includes(questionNo))).toEqual([]);
    for (const nth of [1, 2, 3, 4]) {
      await clockTo(after(began, nth * 600));
      expect((await fail(again)).nextFrom === null).toBe(nth === 4);
    }
  });

  test('what was not asked, not answered, not offered: all told, nothing judged', async () => {
    const requestNo = await at('test');
    const attempt = await beginAttempt(pool, client.act(requestNo));
    const answers = await client.rightAnswers(attempt);
    const [one, other] = attempt.questions;
    delete answers[one!.questionNo];
    answers[other!.questionNo] = 'E';
    const notAsked = Array.from({ length: 100 }, (_, nth) => nth + 1).find(
      (no) => !attempt.questions.some(({ questionNo }) => questionNo === no),
    )!;
    answers[notAsked] = 'A';
    const given = { ...client.act(requestNo), attemptId: attempt.attemptId, answers };
    expect(await codesOf(answerAttempt(pool, given))).toEqual([
      'QUESTION_NOT_ASKED',
      'TEST_ANSWER_MISSING',
      'TEST_ANSWER_NOT_OFFERED',
    ]);
    expect(await codesOf(answerAttempt(pool, { ...given, attemptId: '999999' }))).toEqual(['NOT_FOUND']);
    expect((await beginAttempt(pool, client.act(requestNo))).attemptId).toBe(attempt.attemptId);
  });
});

describe('agreements', () => {
  const sign = (requestNo: string, signed: readonly { agreement: string; version: string; sha256: string }[]) =>
    signAgreements(pool, { ...client.act(requestNo), signed });

  test('not shown, not asked, of another digest, left out: all told, nothing signed', async () => {
    const requestNo = await at('agreements');
    const other = await at('agreements');
    const texts = await showAgreements(pool, client.act(other));
    const [first, second] = texts;
    expect(
      await codesOf(
        sign(requestNo, [
          first!,
          { ...second!, sha256: '0'.repeat(64) },
          { agreement: 'other', version: '1', sha256: '' },
        ]),
      ),
    ).toEqual([
      'AGREEMENT_NOT_ASKED',
      'AGREEMENT_NOT_SHOWN',
      'AGREEMENT_NOT_SHOWN',
      'AGREEMENT_DIGEST_DIFFERS',
      'AGREEMENT_NOT_SIGNED',
    ]);
    expect(await count('agreement_signatures', requestNo)).toBe(0);
    await sign(other, texts);
    expect(await client.stateOf(other)).toBe('under way: second check');
  });

  test('a text revised in between is shown again, before signing and before the opening', async () => {
    const before = await at('agreements');
    const texts = await showAgreements(pool, client.act(before));
    const waiting = await at('second check');
    const sql = await pool.connect();
    try {
      // In a transaction that is taken back: other tests sign the first version.
      await sql.query('begin');
      await sql.query(`update agreement_texts set valid_to = '2025-06-24' where agreement = 'hksc-risk-disclosure'`);
      await sql.query(
        `insert into agreement_texts (agreement, version, title_zh, title_en, text_zh, text_en, sha256, valid_from, written_by, approved_by, approved_on, source)
         values ('hksc-risk-disclosure', '2', 'x', 'x', 'new', 'new', encode(sha256(convert_to(e'new\\nnew', 'UTF8')), 'hex'), '2025-06-24', 'a', 'b', '2025-06-23', 'test')`,
      );
      await sql.query('commit');
    } finally {
      sql.release();
    }
    await clockTo('2025-06-24T01:00:00.000Z');
    expect(await codesOf(sign(before, texts))).toEqual(['AGREEMENT_REVISED']);
    expect((await showAgreements(pool, client.act(before))).map(({ version }) => version)).toEqual(['1', '1', '2']);
    expect(await judgeAgain({ pool })({ requestNo: waiting, nth: 'revision 6' })).toBe(true);
    expect(await client.stateOf(waiting)).toBe('under way: agreements');
    await client.sign(waiting);
    expect(await judgeAgain({ pool })({ requestNo: waiting, nth: 'revision 8' })).toBe(true);
    expect(await client.stateOf(waiting)).toBe('opening: counter');
    expect(await codesOf(withdrawRequest(pool, { ...client.act(waiting), reason: 'too late' }))).toEqual([
      'PERMISSION_BEING_OPENED',
    ]);
  });

  test('the database refuses a text that its writer approved, and one with another digest', async () => {
    const insert = (sha256: string, approvedBy: string) =>
      pool.query(
        `insert into agreement_texts (agreement, version, title_zh, title_en, text_zh, text_en, sha256, valid_from, written_by, approved_by, approved_on, source)
         values ('x', $1, 'x', 'x', 'a', 'b', $2, '2025-06-24', 'li', $3, '2025-06-23', 'test')`,
        [randomUUID(), sha256, approvedBy],
      );
    const right = '7e18c7ff6a0be1a4f6bbd2ec5b9e5f2f';
    await expect(insert(right.padEnd(64, '0'), 'wang')).rejects.toMatchObject({ code: '23514' });
    await expect(
      pool.query(`update agreement_texts set approved_by = written_by where agreement = 'hksc-trading-agreement'`),
    ).rejects.toMatchObject({ code: '23514' });
  });
});

describe('the end of a request', () => {
  test.each(['approved', 'refused', 'returned'] as const)(
    'ended while somebody decided (%s): it stays as it ended',
    async (decision) => {
      const requestNo = await at('test');
      await withdrawRequest(pool, { ...client.act(requestNo), reason: 'another time' });
      const decided = { requestNo, nth: 1, decision, reason: 'looked at the papers', by: 'li', role: 'branch' };
      expect(await recordPaperReview({ pool })(decided)).toBe('withdrawn');
      expect(await decideInstitution({ pool })({ ...decided, role: 'operations' })).toBe('withdrawn');
      expect(await client.stateOf(requestNo)).toBe('withdrawn: ended');
    },
  );

  test('withdrawn at any step, once, and asked for again at once', async () => {
    for (const step of ['identity', 'disclosure', 'agreements'] as const) {
      const requestNo = await at(step);
      const act = { ...client.act(requestNo), reason: 'not now' };
      expect(await withdrawRequest(pool, act)).toEqual({ state: 'withdrawn' });
      expect(await withdrawRequest(pool, act)).toEqual({ state: 'withdrawn' });
      expect(await codesOf(judgeEligibility(pool, client.act(requestNo)))).toEqual(['REQUEST_ENDED']);
      const { rows } = await pool.query<{ client_no: string }>(
        'select client_no from permission_requests where request_no = $1',
        [requestNo],
      );
      expect((await client.open(rows[0]!.client_no)).isNew).toBe(true);
    }
  });

  test.each([
    ['2025-07-23T00:59:59.999Z', 'under way', [], 'a millisecond before thirty days'],
    ['2025-07-23T01:00:00.000Z', 'lapsed', ['REQUEST_LAPSED'], 'thirty days'],
  ])('at %s %s', async (instant, state, codes, _why) => {
    const requestNo = await at('identity');
    await clockTo(instant);
    expect(await codesOf(sendCode(keyed(), client.act(requestNo)))).toEqual(codes);
    expect(await lapseRequest({ pool })({ requestNo })).toBe(state);
    expect((await client.stateOf(requestNo)).split(':')[0]).toBe(state);
  });
});
