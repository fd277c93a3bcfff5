/** Clients who meet every condition, and what they do themselves in an opening: by the verbs of intake. */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { conditionOf } from '../../activities/clients/sample-clients';
import { seedClients } from '../../activities/clients/seed-clients';
import { showAgreements, signAgreements } from '../../activities/intake/permissions/agreements';
import { judgeEligibility } from '../../activities/intake/permissions/judge-eligibility';
import { answerAttempt, beginAttempt } from '../../activities/intake/permissions/knowledge-test';
import { enterCode, sendCode } from '../../activities/intake/permissions/one-time-code';
import type { OpenedRequest } from '../../activities/intake/permissions/enter-request';
import { openPermissionRequest } from '../../activities/intake/permissions/open-request';
import { reportListening } from '../../activities/intake/permissions/report-listening';

const CODE_KEY = 'key of a benchmark';
/** The recording, and the time that has to pass while it is played. */
const RECORDING_SECONDS = 480;

const act = (requestNo: string) => ({
  requestNo,
  key: randomUUID(),
  by: 'client-1',
  role: 'client',
  channel: 'mobile',
});

/** Numbers of so many clients who meet every condition; the book is seeded with as many as that takes. */
export async function regularClients(pool: Pool, count: number): Promise<readonly string[]> {
  const numbers: string[] = [];
  let nth = 0;
  for (; numbers.length < count; nth += 1) {
    if (conditionOf(nth).name === 'regular') numbers.push(`C${String(nth + 1).padStart(8, '0')}`);
  }
  await seedClients(pool, nth);
  return numbers;
}

export function ask(pool: Pool, clientNo: string): Promise<OpenedRequest> {
  const asked = { key: randomUUID(), clientNo, permission: 'HKSC', channel: 'mobile', by: 'client-1', role: 'client' };
  return openPermissionRequest(pool, asked);
}

/** From the code to the knowledge test, so that the agreements are the open step. The listening is set back, nobody waits for it. */
export async function goToAgreements(pool: Pool, requestNo: string): Promise<void> {
  const one = async (query: string, values: unknown[] = [requestNo]) =>
    (await pool.query<{ found: string }>(query, values)).rows.map(({ found }) => found);
  await sendCode({ pool, codeKey: CODE_KEY }, act(requestNo));
  const [code = ''] = await one(
    `select facts ->> 'code' as found from outbox where template = 'ONE_TIME_CODE' and message_key like 'one-time-code:' || $1 || ':%'`,
  );
  await enterCode({ pool, codeKey: CODE_KEY }, { ...act(requestNo), code });
  await judgeEligibility(pool, act(requestNo));
  const [startedAt = ''] = await one(
    `update permission_requests set step_since = step_since - interval '10 minutes' where request_no = $1 returning step_since as found`,
  );
  const endedAt = new Date(Date.parse(startedAt) + RECORDING_SECONDS * 1_000).toISOString();
  await reportListening(pool, {
    ...act(requestNo),
    stretches: [{ fromSecond: 0, toSecond: RECORDING_SECONDS, startedAt, endedAt }],
  });
  const { attemptId, questions } = await beginAttempt(pool, act(requestNo));
  const { rows } = await pool.query<{ no: number; right: string }>(
    `select q.question_no as no, q.right_option as right from test_questions q join test_attempts a using (bank, version)
      where a.attempt_id = $1 and q.question_no = any($2)`,
    [attemptId, questions.map(({ questionNo }) => questionNo)],
  );
  await answerAttempt(pool, {
    ...act(requestNo),
    attemptId,
    answers: Object.fromEntries(rows.map(({ no, right }) => [no, right])),
  });
}

export async function sign(pool: Pool, requestNo: string): Promise<void> {
  await signAgreements(pool, { ...act(requestNo), signed: await showAgreements(pool, act(requestNo)) });
}
