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
export const markUnreachable = (pool: Pool, asked: Marked): Promise<{ readonly holders: number }> =>
  mark(pool, asked, {
    act: 'mark unreachable',
    action: 'mark holders unreachable',
    set: 'unreachable_since = business_now(), unreachable_by = $5',
    among: 'unreachable_since is null',
  });

/** They can be reached after all, and are reminded again. @throws BusinessError NOT_FOUND */
export const markReachable = (pool: Pool, asked: Marked): Promise<{ readonly holders: number }> =>
  mark(pool, asked, {
    act: 'take unreachable mark back',
    action: 'mark holders reachable',
    set: 'unreachable_since = null, unreachable_by = null',
    among: 'unreachable_since is not null and $5::text is not null',
  });

type Marked = OnHolders & { readonly reason: string };

interface Marking {
  readonly act: string;
  readonly action: string;
  /** SQL on a holder; $5 is who marks. */
  readonly set: string;
  readonly among: string;
}

/** The timeline of the event, which other branches read, counts them; the audit names them. */
const mark = (pool: Pool, asked: Marked, { act, action, set, among }: Marking): Promise<{ readonly holders: number }> =>
  inTransaction(pool, async (sql) => {
    const event = await readEvent(sql, asked);
    const { rows } = await sql.query<{ account: string }>(
      `update corporate_action_holders set ${set}
        where event_id = $1 and securities_account = any($2) and side = any($3) and ($4::text[] is null or branch = any($4)) and ${among}
       returning securities_account as account`,
      [event.eventId, asked.securitiesAccounts, asked.sides, asked.branches, asked.by],
    );
    const accounts = rows.map(({ account }) => account).sort();
    const holders = accounts.length;
    if (holders > 0)
      await recordStep(sql, {
        eventId: event.eventId,
        act,
        key: `${act} ${asked.key}`,
        detail: { holders },
        by: asked.by,
        role: asked.role,
      });
    await recordAudit(sql, {
      actor: asked.by,
      role: asked.role,
      action,
      outcome: 'done',
      objectType: 'corporate action',
      objectId: asked.eventNo,
      reason: asked.reason,
      after: { holders, accounts },
      requestId: asked.requestId,
      workflowId: event.workflowId,
    });
    return { holders };
  });
