/** What clients were to be called about is over: the permission is closed, and nobody is called about its opening any more. */
import type { PoolClient } from 'pg';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import { lockCallback } from './callback-row';
import { moveCallback } from './move-callback';

/** Within the transaction of what is over. A call that is being made is recorded first, and ends its callback by itself. */
export async function withdrawCallbacks(sql: PoolClient, subject: string, reason: string): Promise<void> {
  const { rows } = await sql.query<{ no: string }>(
    `select callback_no as no from callbacks k
      where subject = $1 and purpose = 'permission-opening' and state <> 'ended'
        and not exists (select from callback_attempts a left join callback_results r using (attempt_id)
                         where a.callback_no = k.callback_no and r.attempt_id is null)`,
    [subject],
  );
  for (const { no } of rows) {
    const row = await lockCallback(sql, no);
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
