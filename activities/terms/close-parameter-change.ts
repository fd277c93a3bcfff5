/** On its day an approved change is in force: its row says so, and the departments that work by it are told. Safe to repeat. */
import type { PoolClient } from 'pg';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { queueSignals } from '../outbox/queue-message';
import { queueNotice } from '../outbox/queue-notice';

const TOLD = ['operations', 'finance', 'compliance'];

export const closeParameterChange =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ changeId, workflowId }: { readonly changeId: string; readonly workflowId: string }): Promise<void> =>
    inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<{ code: string; effective_on: string }>(
        `update parameter_changes set state = 'in force', in_force_at = business_now()
          where change_id = $1 and state = 'approved' returning code, effective_on::text`,
        [changeId],
      );
      const [change] = rows;
      if (change === undefined) return;
      for (const role of TOLD) {
        await queueNotice(sql, {
          key: `in-force:${workflowId}:${role}`,
          workflowId,
          severity: 'info',
          recipientRole: role,
          template: 'TERM_IN_FORCE',
          facts: { code: change.code, change: changeId, date: change.effective_on },
        });
      }
      await tellOpenDays(sql, changeId);
      await recordAudit(sql, {
        actor: SYSTEM_ACTOR,
        action: 'parameter change in force',
        outcome: 'done',
        objectType: 'parameter change',
        objectId: changeId,
        after: { state: 'in force' },
      });
    });

/** A day that a missing or wrong term holds tries again. */
async function tellOpenDays(sql: PoolClient, changeId: string): Promise<void> {
  const { rows } = await sql.query<{ workflow_id: string }>(
    'select workflow_id from settlement_days where closed_at is null order by channel, business_date',
  );
  await queueSignals(
    sql,
    rows.map(({ workflow_id: workflowId }) => ({
      key: `term-in-force:${changeId}:${workflowId}`,
      workflowId,
      signal: 'filesArrived',
    })),
  );
}
