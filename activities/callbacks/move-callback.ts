/** Whatever changes a callback is told to its process, in the same transaction. */
import type { PoolClient } from 'pg';
import type { CallbackOutcome } from '../../domain/callbacks/call-result';
import { queueNotice } from '../outbox/queue-notice';
import { queueSignal } from '../outbox/queue-message';
import type { CallbackRow, CallbackState } from './callback-row';

export interface CallbackMove {
  readonly state: CallbackState;
  readonly outcome?: CallbackOutcome;
  /** What follows from not reaching a client, where that was decided. */
  readonly givenUp?: 'suspend' | 'leave';
  readonly rounds?: number;
  readonly by: string;
}

export async function moveCallback(sql: PoolClient, row: CallbackRow, move: CallbackMove): Promise<void> {
  const { callbackNo, workflowId } = row;
  const revision = row.revision + 1;
  const isEnded = move.state === 'ended';
  await sql.query(
    `update callbacks set state = $2, outcome = $3, given_up = $4, rounds = $5, revision = $6,
                          ended_at = case when $7 then business_now() end, ended_by = $8
      where callback_no = $1`,
    [
      callbackNo,
      move.state,
      move.outcome ?? null,
      move.givenUp ?? null,
      move.rounds ?? row.rounds,
      revision,
      isEnded,
      isEnded ? move.by : null,
    ],
  );
  if (move.state === 'escalated') await tellUnreachable(sql, row);
  await queueSignal(sql, {
    key: `${workflowId}:${revision}`,
    workflowId,
    signal: 'callbackChanged',
    args: [revision],
  });
}

/** Once a round: the head of those who call, and compliance. */
async function tellUnreachable(sql: PoolClient, row: CallbackRow): Promise<void> {
  const { callbackNo, workflowId, purposeName, rounds, ownerRole } = row;
  const told = {
    workflowId,
    severity: 'warning',
    template: 'CALLBACK_UNREACHABLE',
    facts: { callback: callbackNo, purpose: purposeName },
  } as const;
  const key = `callback-unreachable:${callbackNo}:${rounds}`;
  await queueNotice(sql, { ...told, key: `${key}:owner`, recipientRole: ownerRole, recipientMark: 'head' });
  await queueNotice(sql, { ...told, key: `${key}:compliance`, recipientRole: 'compliance' });
}
