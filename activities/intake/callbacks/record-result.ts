/** What came of a call is recorded: answers per question, recording, doubt. It ends the callback, or uses up an attempt. */
import type { Pool, PoolClient } from 'pg';
import { callFaults, outcomeOf, type CallResult } from '../../../domain/callbacks/call-result';
import { canonicalJson } from '../../../domain/canonical-json';
import { BusinessError } from '../../../domain/errors';
import { SYSTEM_ACTOR } from '../../../domain/people/system-actor';
import { recordAudit } from '../../audit/record-audit';
import {
  attemptsOf,
  lockCallback,
  scriptOf,
  windowOf,
  type AttemptRow,
  type CallbackRow,
} from '../../callbacks/callback-row';
import { moveCallback, type CallbackMove } from '../../callbacks/move-callback';
import { isSubjectOver } from '../../callbacks/withdraw-callbacks';
import { inTransaction } from '../../database/transaction';
import { queueNotice } from '../../outbox/queue-notice';
import { complianceOrAbove } from '../../people/keep-out';
import { refuseFirst } from '../judge-actor';
import type { CallAct } from './begin-attempt';
import { refusalsOfCaller } from './judge-caller';

export interface CallTold extends Omit<CallAct, 'key'> {
  readonly nth: number;
  readonly result: CallResult;
  readonly answers: Readonly<Record<string, string>>;
  readonly doubt?: string;
  /** Number under which the telephone system keeps the recording, and the digest of its bytes. */
  readonly recording?: { readonly reference: string; readonly sha256: string };
}

/**
 * The same result again is taken as it stands.
 * @throws SeveralRefusals NOT_FOUND, CALLBACK_ENDED, CALLER_IS_ACCOUNT_MANAGER, KEPT_OUT_OF_CASE, CALLER_HAD_A_HAND, ATTEMPT_HAS_RESULT, CALLBACK_QUESTION_UNKNOWN,
 *         CALLBACK_ANSWER_MISSING, CALLBACK_ANSWER_NOT_OFFERED, ANSWERS_WITHOUT_TALK, RECORDING_MISSING, RECORDING_KNOWN, all that apply
 */
export const recordCall = (pool: Pool, told: CallTold): Promise<void> =>
  inTransaction(pool, async (sql) => {
    const callback = await lockCallback(sql, told.callbackNo);
    const attempts = await attemptsOf(sql, told.callbackNo);
    const attempt = attempts.find(({ nth }) => nth === told.nth);
    if (attempt === undefined) throw new BusinessError('NOT_FOUND', { what: '拨打 attempt', key: String(told.nth) });
    if (isSame(attempt, told)) return;
    const script = await scriptOf(sql, callback);
    const call = { ...told, hasRecording: told.recording !== undefined };
    refuseFirst([
      ...(await refusalsOfCaller(sql, callback, told.by)),
      ...(callback.state === 'ended' && attempt.result === null
        ? [new BusinessError('CALLBACK_ENDED', { callback: told.callbackNo, outcome: callback.outcome ?? '' })]
        : []),
      ...(attempt.result === null ? [] : [new BusinessError('ATTEMPT_HAS_RESULT', { nth: told.nth })]),
      ...callFaults(call, script),
      ...(await refusalsOfRecording(sql, told)),
    ]);
    await sql.query(
      `insert into callback_results (attempt_id, result, answers, doubt, recording, recording_sha256, recorded_by)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [
        attempt.attemptId,
        told.result,
        JSON.stringify(told.answers),
        told.doubt ?? null,
        told.recording?.reference ?? null,
        told.recording?.sha256 ?? null,
        told.by,
      ],
    );
    const outcome = outcomeOf(call, script);
    const move = await moveAfter(sql, callback, attempts, { by: told.by, ...(outcome === null ? {} : { outcome }) });
    await moveCallback(sql, callback, move);
    await recordAudit(sql, {
      actor: told.by,
      role: told.role,
      action: 'record call',
      outcome: 'done',
      objectType: 'callback',
      objectId: told.callbackNo,
      // What the client answered is personal, and stands in the row.
      after: { nth: told.nth, result: told.result, state: move.state, outcome: move.outcome ?? null },
      requestId: told.requestId,
      workflowId: callback.workflowId,
    });
  });

/** A talk ends the callback, also about what is over meanwhile; the last attempt that reached nobody leaves a decision to be made. */
async function moveAfter(
  sql: PoolClient,
  callback: CallbackRow,
  attempts: readonly AttemptRow[],
  { by, outcome }: Pick<CallbackMove, 'by' | 'outcome'>,
): Promise<CallbackMove> {
  if (outcome !== undefined) return { state: 'ended', outcome, by };
  if (await isSubjectOver(sql, callback)) return { state: 'ended', outcome: 'withdrawn', by: SYSTEM_ACTOR };
  const { window, isUnknown } = await windowOf(sql, callback, attempts);
  if (isUnknown) await tellHolidaysUnknown(sql, callback);
  return { state: window === null && !isUnknown ? 'escalated' : 'open', by };
}

/** Attempts are left, and nobody can say on which day: compliance enters the holidays. Once a round. */
const tellHolidaysUnknown = async (
  sql: PoolClient,
  { callbackNo, workflowId, rounds }: CallbackRow,
): Promise<boolean> =>
  queueNotice(sql, {
    key: `callback-holidays-unknown:${callbackNo}:${rounds}`,
    workflowId,
    severity: 'critical',
    recipientRole: await complianceOrAbove(sql, workflowId),
    template: 'CALLBACK_HOLIDAYS_UNKNOWN',
    facts: { callback: callbackNo },
  });

const isSame = (attempt: AttemptRow, { result, answers, doubt, recording }: CallTold): boolean =>
  attempt.result === result &&
  canonicalJson(attempt.answers ?? {}) === canonicalJson(answers) &&
  attempt.doubt === (doubt ?? null) &&
  attempt.recording === (recording?.reference ?? null) &&
  attempt.recordingSha256 === (recording?.sha256 ?? null);

async function refusalsOfRecording(sql: PoolClient, { recording }: CallTold): Promise<readonly BusinessError[]> {
  if (recording === undefined) return [];
  const { rowCount } = await sql.query('select from callback_results where recording = $1', [recording.reference]);
  if (rowCount === 0) return [];
  return [new BusinessError('RECORDING_KNOWN', { recording: recording.reference, field: 'recording.reference' })];
}
