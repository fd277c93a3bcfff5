/** An attempt to reach a client begins: judged before the number is dialled, so that nobody is called who must not be. */
import type { Pool, PoolClient } from 'pg';
import { callFrom } from '../../../domain/callbacks/callback-windows';
import { BusinessError } from '../../../domain/errors';
import { recordAudit } from '../../audit/record-audit';
import { attemptsOf, lockCallback, windowOf, type AttemptRow, type CallbackRow } from '../../callbacks/callback-row';
import { inTransaction } from '../../database/transaction';
import { refuseFirst } from '../judge-actor';
import { refusalsOfCaller } from './judge-caller';

export interface CallAct {
  readonly callbackNo: string;
  /** Unique for ever: the same key is the same act. */
  readonly key: string;
  readonly by: string;
  readonly role: string;
  readonly requestId?: string;
}

/**
 * @throws SeveralRefusals NOT_FOUND, CALLBACK_ENDED, CALLER_IS_ACCOUNT_MANAGER, KEPT_OUT_OF_CASE, CALLER_HAD_A_HAND, ATTEMPT_WITHOUT_RESULT and the reasons
 *         of the window, all that apply
 */
export const beginCall = (pool: Pool, act: CallAct): Promise<{ readonly nth: number }> =>
  inTransaction(pool, async (sql) => {
    const callback = await lockCallback(sql, act.callbackNo);
    const { rows: before } = await sql.query<{ nth: number }>(
      'select nth from callback_attempts where attempt_key = $1',
      [act.key],
    );
    if (before[0] !== undefined) return { nth: before[0].nth };
    const attempts = await attemptsOf(sql, act.callbackNo);
    refuseFirst([
      ...(await refusalsOfCaller(sql, callback, act.by)),
      ...(callback.state === 'ended'
        ? [new BusinessError('CALLBACK_ENDED', { callback: act.callbackNo, outcome: callback.outcome ?? '' })]
        : await refusalsOfTime(sql, callback, attempts)),
    ]);
    const nth = attempts.length + 1;
    await sql.query('insert into callback_attempts (callback_no, nth, attempt_key, begun_by) values ($1, $2, $3, $4)', [
      act.callbackNo,
      nth,
      act.key,
      act.by,
    ]);
    await recordAudit(sql, {
      actor: act.by,
      role: act.role,
      action: 'begin call',
      outcome: 'done',
      objectType: 'callback',
      objectId: act.callbackNo,
      after: { nth },
      requestId: act.requestId,
      workflowId: callback.workflowId,
    });
    return { nth };
  });

async function refusalsOfTime(
  sql: PoolClient,
  callback: CallbackRow,
  attempts: readonly AttemptRow[],
): Promise<readonly BusinessError[]> {
  const unfinished = attempts.find(({ result }) => result === null);
  if (unfinished !== undefined) return [new BusinessError('ATTEMPT_WITHOUT_RESULT', { nth: unfinished.nth })];
  const found = await windowOf(sql, callback, attempts);
  return found.reasons.map((code) => new BusinessError(code, { windowFrom: callFrom(found) }));
}
