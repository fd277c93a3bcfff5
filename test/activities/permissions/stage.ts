/** A book with clients and kinds of permission, and the steps of an opening as a client goes through them. */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { loadReference } from '../../../activities/books/load-reference';
import { conditionOf, SAMPLE_CONDITIONS } from '../../../activities/clients/sample-clients';
import { seedClients } from '../../../activities/clients/seed-clients';
import { showAgreements, signAgreements } from '../../../activities/intake/permissions/agreements';
import { judgeEligibility } from '../../../activities/intake/permissions/judge-eligibility';
import { answerAttempt, beginAttempt, type ShownAttempt } from '../../../activities/intake/permissions/knowledge-test';
import { enterCode, sendCode } from '../../../activities/intake/permissions/one-time-code';
import { openPermissionRequest } from '../../../activities/intake/permissions/open-request';
import { reportListening } from '../../../activities/intake/permissions/report-listening';

export const CODE_KEY = 'key of a test';
/** Monday. */
export const START = '2025-06-23T01:00:00.000Z';
const CHANNEL = 'mobile';

export const after = (instant: string, seconds: number): string =>
  new Date(Date.parse(instant) + seconds * 1_000).toISOString();

export async function fillPermissionBook(pool: Pool, clients: number): Promise<void> {
  await loadReference(pool);
  await seedClients(pool, clients);
}

/** Acts of one client; each has a key of its own unless given. */
export function clientAt(pool: Pool) {
  const regular = regularClients();
  const act = (requestNo: string, key: string = randomUUID()) => ({
    requestNo,
    key,
    by: 'client-1',
    role: 'client',
    channel: CHANNEL,
  });
  const nowOf = async () => {
    const { rows } = await pool.query<{ now: string }>('select business_now() as now from business_clock');
    return rows[0]?.now ?? '';
  };
  const open = (clientNo: string, more: object = {}) =>
    openPermissionRequest(pool, {
      key: randomUUID(),
      clientNo,
      permission: 'HKSC',
      channel: CHANNEL,
      by: 'client-1',
      role: 'client',
      ...more,
    });
  /** The code as the telephone shows it: read from what waits to be sent. */
  const codeSent = async (requestNo: string) => {
    const { rows } = await pool.query<{ code: string }>(
      `select facts ->> 'code' as code from outbox where template = 'ONE_TIME_CODE' and message_key like $1 order by message_id desc limit 1`,
      [`one-time-code:${requestNo}:%`],
    );
    return rows[0]?.code ?? '';
  };
  const identify = async (requestNo: string) => {
    await sendCode({ pool, codeKey: CODE_KEY }, act(requestNo));
    await enterCode({ pool, codeKey: CODE_KEY }, { ...act(requestNo), code: await codeSent(requestNo) });
  };
  /** The whole recording in one stretch, played while the clock went on. */
  const listen = async (requestNo: string, startedAt: string, seconds = 480) =>
    reportListening(pool, {
      ...act(requestNo),
      stretches: [{ fromSecond: 0, toSecond: seconds, startedAt, endedAt: after(startedAt, seconds) }],
    });
  const rightAnswers = async ({ attemptId, questions }: ShownAttempt): Promise<Record<string, string>> => {
    const { rows } = await pool.query<{ question_no: number; right_option: string }>(
      `select q.question_no, q.right_option from test_questions q join test_attempts a using (bank, version)
        where a.attempt_id = $2 and q.question_no = any($1)`,
      [questions.map(({ questionNo }) => questionNo), attemptId],
    );
    return Object.fromEntries(rows.map(({ question_no, right_option }) => [question_no, right_option]));
  };
  const pass = async (requestNo: string) => {
    const attempt = await beginAttempt(pool, act(requestNo));
    const { attemptId } = attempt;
    return answerAttempt(pool, { ...act(requestNo), attemptId, answers: await rightAnswers(attempt) });
  };
  const sign = async (requestNo: string) =>
    signAgreements(pool, { ...act(requestNo), signed: await showAgreements(pool, act(requestNo)) });
  const stateOf = async (requestNo: string) => {
    const { rows } = await pool.query<{ state: string; step: string }>(
      'select state, step from permission_requests where request_no = $1',
      [requestNo],
    );
    return `${rows[0]?.state}: ${rows[0]?.step}`;
  };
  return {
    act,
    open,
    codeSent,
    identify,
    listen,
    rightAnswers,
    pass,
    sign,
    stateOf,
    nowOf,
    judge: (requestNo: string) => judgeEligibility(pool, act(requestNo)),
    nextRegular: () => regular.next().value,
  };
}

/** The first client of a sample condition. */
export const clientOf = (name: string): string => {
  const nth = SAMPLE_CONDITIONS.findIndex((condition) => condition.name === name);
  if (nth < 0) throw new RangeError(`no sample condition ${name}`);
  return numberOf(nth);
};

const numberOf = (nth: number): string => `C${String(nth + 1).padStart(8, '0')}`;

/** Clients who meet every condition, one after the other. */
function* regularClients(): Generator<string, never> {
  for (let nth = 0; ; nth += 1) if (conditionOf(nth).name === 'regular') yield numberOf(nth);
}
