/** What staff do with a selection of holders at once: remind them, mark those who cannot be reached. */
import type { Pool } from 'pg';
import { recordAudit } from '../../audit/record-audit';
import { readEvent, recordStep, type EventKey } from '../../corporate-actions/event-row';
import { remindAccounts } from '../../corporate-actions/forward-event';
import { inTransaction } from '../../database/transaction';

export interface OnHolders extends EventKey {
  readonly securitiesAccounts: readonly string[];
  /** Sides and branches whose holders the caller reaches; null: all branches. */
  readonly sides: readonly string[];
  readonly branches: readonly string[] | null;
  readonly by: string;
  readonly role: string;
  readonly key: string;
  readonly requestId: string;
}

/** Those of the selection who can elect and have not. @throws BusinessError NOT_FOUND */
export const remindHolders = (pool: Pool, asked: OnHolders): Promise<{ readonly holders: number }> =>
  inTransaction(pool, async (sql) => {
    const event = await readEvent(sql, asked);
    const isNew = await recordStep(sql, {
      eventId: event.eventId,
      act: 'remind a selection',
      key: `remind ${asked.key}`,
      detail: { holders: asked.securitiesAccounts.length },
      by: asked.by,
      role: asked.role,
    });
    if (!isNew) return { holders: 0 };
    const holders = await remindAccounts(sql, event, asked);
    await recordAudit(sql, {
      actor: asked.by,
      role: asked.role,
      action: 'remind holders',
      outcome: 'done',
      objectType: 'corporate action',
      objectId: asked.eventNo,
      after: { holders },
      requestId: asked.requestId,
      workflowId: event.workflowId,
    });
    return { holders };
  });

/** Reminders go to them no more; the branch has tried. @throws BusinessError NOT_FOUND */
export const markUnreachable = (
  pool: Pool,
  asked: OnHolders & { readonly reason: string },
): Promise<{ readonly holders: number }> =>
  inTransaction(pool, async (sql) => {
    const event = await readEvent(sql, asked);
    const { rowCount } = await sql.query(
      `update corporate_action_holders set unreachable_since = business_now(), unreachable_by = $5
        where event_id = $1 and securities_account = any($2) and side = any($3) and ($4::text[] is null or branch = any($4))
          and unreachable_since is null`,
      [event.eventId, asked.securitiesAccounts, asked.sides, asked.branches, asked.by],
    );
    const holders = rowCount ?? 0;
    await recordAudit(sql, {
      actor: asked.by,
      role: asked.role,
      action: 'mark holders unreachable',
      outcome: 'done',
      objectType: 'corporate action',
      objectId: asked.eventNo,
      reason: asked.reason,
      after: { holders },
      requestId: asked.requestId,
      workflowId: event.workflowId,
    });
    return { holders };
  });
