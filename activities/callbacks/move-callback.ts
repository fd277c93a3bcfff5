/** Whatever changes a callback is told to its process, in the same transaction. */
import type { PoolClient } from 'pg';
import type { CallbackOutcome } from '../../domain/callbacks/call-result';
import { queueNotice } from '../outbox/queue-notice';
import { queueSignal } from '../outbox/queue-message';
import { complianceOrAbove, isHeadKeptOut } from '../people/keep-out';
import { lockCallback, type CallbackRow, type CallbackState } from './callback-row';

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

/** Once a round: the head of those who call, unless kept out of the case, and compliance, or the general manager. */
async function tellUnreachable(sql: PoolClient, row: CallbackRow): Promise<void> {
  const { callbackNo, workflowId, purposeName, rounds, ownerRole } = row;
  const told = {
    workflowId,
    severity: 'warning',
    template: 'CALLBACK_UNREACHABLE',
    facts: { callback: callbackNo, purpose: purposeName },
  } as const;
  const key = `callback-unreachable:${callbackNo}:${rounds}`;
  if (!(await isHeadKeptOut(sql, workflowId, ownerRole)))
    await queueNotice(sql, { ...told, key: `${key}:owner`, recipientRole: ownerRole, recipientMark: 'head' });
  await queueNotice(sql, {
    ...told,
    key: `${key}:compliance`,
    recipientRole: await complianceOrAbove(sql, workflowId),
  });
}

/**
 * Of those who decide about a complainant who was not reached somebody takes no part any more: the processes that wait for a head see
 * who decides now. Those in which that person decides nothing are not disturbed.
 */
export async function tellHeadGone(sql: PoolClient, filedWith: string, person: string): Promise<void> {
  const { rows } = await sql.query<{ no: string }>(
    `select k.callback_no as no from callbacks k join callback_purposes p on p.purpose = k.purpose and p.valid_from = k.purpose_from
      where k.filed_with = $1 and k.state = 'escalated' and exists (
        select from grants g where g.role = p.owner_role and g.mark = 'head' and natural_person(g.person) = natural_person($2)
           and daterange(g.valid_from, g.valid_to) @> (business_now() at time zone 'Asia/Shanghai')::date)`,
    [filedWith, person],
  );
  for (const { no } of rows) {
    const row = await lockCallback(sql, no);
    if (row.state === 'escalated') await moveCallback(sql, row, { state: 'escalated', by: person });
  }
}
