/** What clients were to be called about is over: the permission is closed, and nobody is called about its opening any more. */
import type { PoolClient } from 'pg';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import { attemptsOf, lockCallback, type CallbackRow } from './callback-row';
import { moveCallback } from './move-callback';

/** Whoever is called about the opening of a permission is called no more once that permission is closed. */
export async function isSubjectOver(
  sql: Pick<PoolClient, 'query'>,
  { purpose, subject }: Pick<CallbackRow, 'purpose' | 'subject'>,
): Promise<boolean> {
  if (purpose !== 'permission-opening') return false;
  const { rowCount } = await sql.query('select from permissions where request_no = $1 and closed_at is not null', [
    subject,
  ]);
  return rowCount === 1;
}

/** Within the transaction of what is over. A call that is being made is recorded first: its result ends the callback. */
export async function withdrawCallbacks(sql: PoolClient, subject: string, reason: string): Promise<void> {
  const { rows } = await sql.query<{ no: string }>(
    `select callback_no as no from callbacks where subject = $1 and purpose = 'permission-opening' and state <> 'ended'`,
    [subject],
  );
  for (const { no } of rows) {
    const row = await lockCallback(sql, no);
    // Looked at under the lock: until then a call may have begun, or its result have ended the callback.
    if (row.state === 'ended' || (await attemptsOf(sql, no)).some(({ result }) => result === null)) continue;
    await moveCallback(sql, row, { state: 'ended', outcome: 'withdrawn', by: SYSTEM_ACTOR });
    await recordAudit(sql, {
      actor: SYSTEM_ACTOR,
      action: 'withdraw callback',
      outcome: 'done',
      objectType: 'callback',
      objectId: no,
      reason,
      before: { state: row.state },
      after: { state: 'ended', outcome: 'withdrawn' },
      workflowId: row.workflowId,
    });
  }
}
