/** Step 1: a one-time code goes to the client's telephone and comes back. Five wrong ones lock it for a while (A2 §10). */
import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { BusinessError } from '../../../domain/errors';
import { stepAfter } from '../../../domain/permissions/opening-steps';
import { codeValidUntil, lockedUntil, type CodeTerms } from '../../../domain/permissions/one-time-code';
import { queueNotice } from '../../outbox/queue-notice';
import { actOnRequest, requireStep, type Act } from '../../permissions/act-on-request';
import type { PermissionRequest } from '../../permissions/request-row';

interface Keyed {
  readonly pool: Pool;
  /** Secret that the hashes of codes are keyed by; never in the database. */
  readonly codeKey: string;
}

const DIGITS = 6;

/**
 * Sends a new code; the one before is no longer taken.
 * @throws BusinessError NOT_FOUND, STEP_NOT_OPEN, REQUEST_ENDED, REQUEST_LAPSED, CODE_LOCKED, CODE_SENDS_USED_UP
 */
export const sendCode = ({ pool, codeKey }: Keyed, act: Act): Promise<{ readonly validUntil: string }> =>
  actOnRequest(pool, act, 'send code', async (sql, request) => {
    requireStep(request, 'identity');
    const terms = codeTerms(request);
    await requireUnlocked(sql, request, terms);
    await requireSendsLeft(sql, request);
    const code = String(randomInt(0, 10 ** DIGITS)).padStart(DIGITS, '0');
    const validUntil = codeValidUntil(request.now, terms);
    const { rows } = await sql.query<{ code_id: string }>(
      `insert into one_time_codes (request_no, code_hash, valid_until) values ($1, $2, $3) returning code_id::text`,
      [request.requestNo, hashOf(codeKey, request.requestNo, code), validUntil],
    );
    await queueNotice(sql, {
      key: `one-time-code:${request.requestNo}:${rows[0]?.code_id}`,
      workflowId: request.workflowId,
      side: 'client',
      branch: request.branch,
      severity: 'info',
      recipientRef: request.clientNo,
      template: 'ONE_TIME_CODE',
      facts: {
        code,
        permission: { zh: request.terms.nameZh, en: request.terms.nameEn },
        minutes: String(terms.validMinutes),
      },
    });
    return { answer: { validUntil } };
  });

/**
 * Takes the code that came back. A wrong one counts, also where it is refused.
 * @throws BusinessError NOT_FOUND, STEP_NOT_OPEN, REQUEST_ENDED, REQUEST_LAPSED, CODE_LOCKED, CODE_NOT_SENT, CODE_WRONG
 */
export const enterCode = (
  { pool, codeKey }: Keyed,
  act: Act & { readonly code: string },
): Promise<{ readonly step: string }> =>
  actOnRequest(pool, act, 'enter code', async (sql, request) => {
    requireStep(request, 'identity');
    const terms = codeTerms(request);
    const wrongAt = await requireUnlocked(sql, request, terms);
    const expected = await newestHash(sql, request);
    const isRight = timingSafeEqual(Buffer.from(expected), Buffer.from(hashOf(codeKey, request.requestNo, act.code)));
    await sql.query('insert into one_time_code_entries (request_no, is_right) values ($1, $2)', [
      request.requestNo,
      isRight,
    ]);
    const next = stepAfter('identity');
    if (isRight) return { answer: { step: next }, next: { step: next } };
    const refusal = wrongRefusal([...wrongAt, request.now], terms);
    const { left, until } = refusal.details;
    const detail = until === undefined ? { left } : { until, tryAgainFrom: until };
    return { answer: { step: request.step }, outcome: 'failed', codes: [refusal.code], detail, refusal };
  });

function wrongRefusal(wrongAt: readonly string[], terms: CodeTerms): BusinessError {
  const left = terms.wrongCodes - (wrongAt.length % terms.wrongCodes);
  const until = lockedUntil(wrongAt, terms);
  return left === terms.wrongCodes && until !== undefined
    ? new BusinessError('CODE_LOCKED', { until })
    : new BusinessError('CODE_WRONG', { left, field: 'code' });
}

const codeTerms = ({ terms }: PermissionRequest): CodeTerms => ({
  wrongCodes: terms.codeWrongCodes,
  lockMinutes: terms.codeLockMinutes,
  validMinutes: terms.codeValidMinutes,
});

const hashOf = (codeKey: string, requestNo: string, code: string): string =>
  createHmac('sha256', codeKey).update(`${requestNo}:${code}`).digest('hex');

/** When wrong codes came in, in this request and in those before it: a lock is that of the client, whoever asks again. */
async function requireUnlocked(
  sql: PoolClient,
  { clientNo, permission, now }: PermissionRequest,
  terms: CodeTerms,
): Promise<readonly string[]> {
  const { rows } = await sql.query<{ at: string }>(
    `with entries as (
       select e.entry_id, e.is_right, e.at from one_time_code_entries e join permission_requests r using (request_no)
        where r.client_no = $1 and r.permission = $2)
     select at from entries where entry_id > (select coalesce(max(entry_id) filter (where is_right), 0) from entries) order by entry_id`,
    [clientNo, permission],
  );
  const wrongAt = rows.map(({ at }) => at);
  const until = lockedUntil(wrongAt, terms);
  if (until !== undefined && now < until) throw new BusinessError('CODE_LOCKED', { until });
  return wrongAt;
}

/** So many codes a day to one client, whoever asks again: a telephone is not to be flooded. */
async function requireSendsLeft(
  sql: PoolClient,
  { clientNo, permission, today, terms: { codeSendsPerDay: sends } }: PermissionRequest,
): Promise<void> {
  const { rows } = await sql.query<{ sent: number }>(
    `select count(*)::int as sent from one_time_codes c join permission_requests r using (request_no)
      where r.client_no = $1 and r.permission = $2 and (c.sent_at at time zone 'Asia/Shanghai')::date = $3`,
    [clientNo, permission, today],
  );
  if ((rows[0]?.sent ?? 0) >= sends) throw new BusinessError('CODE_SENDS_USED_UP', { sends });
}

/** Only the newest code is taken, while it is valid. */
async function newestHash(sql: PoolClient, { requestNo, now }: PermissionRequest): Promise<string> {
  const { rows } = await sql.query<{ code_hash: string; valid_until: string }>(
    'select code_hash, valid_until from one_time_codes where request_no = $1 order by code_id desc limit 1',
    [requestNo],
  );
  const [code] = rows;
  if (code === undefined || now >= code.valid_until) throw new BusinessError('CODE_NOT_SENT');
  return code.code_hash;
}
