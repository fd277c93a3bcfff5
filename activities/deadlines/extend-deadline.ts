/**
 * More time for a promise: asked for before the limit, and decided by a second person before the limit too. A process of its own asks
 * for the decision, so that it can be asked of any promise.
 */
import type { PoolClient } from 'pg';
import { businessDateOf } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { recordAudit } from '../audit/record-audit';
import { shareCalendars } from '../calendar/calendar-lock';
import { clockThatIsOver, lockClocksOf } from '../complaints/extended-answer';
import { complaintExtensionRefusals } from '../complaints/extension-bounds';
import { queueStart } from '../outbox/queue-message';
import { actorOf, refuseAct, type DeadlineAct } from './act-on-deadline';
import { extensionProcessOf } from './change-deadline';
import { lockDeadline, type DeadlineRow } from './deadline-row';

export interface AskExtension extends DeadlineAct {
  readonly businessKey: string;
  /** So many more of what the limit counts: days, or hours of the desk. */
  readonly furtherN: number;
}

export interface AskedExtension {
  readonly extensionId: string;
  readonly extensionNo: number;
  readonly dueAt: string;
}

export type ExtensionState = 'asked' | 'approved' | 'refused' | 'recalled' | 'lapsed';

/** Name under which the worker knows the process. */
const PROCESS = 'deadlineExtension';

/**
 * Asks for more time. Safe to repeat: who asks the same again is answered with what was asked.
 * @throws SeveralRefusals DEADLINE_NOT_OPEN, DEADLINE_FIXED, EXTENSION_AFTER_LIMIT, EXTENSION_ALREADY_ASKED; of a person also
 *         REVISION_STALE and why the person may not
 */
export const askExtension =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (asked: AskExtension): Promise<AskedExtension> =>
    inTransaction(pool, (sql) => askExtensionIn(sql, asked));

/** Within the transaction of its reason. */
export async function askExtensionIn(
  sql: PoolClient,
  { businessKey, furtherN, ...act }: AskExtension,
): Promise<AskedExtension> {
  await shareCalendars(sql);
  await lockClocksOf(sql, businessKey);
  const row = await lockDeadline(sql, businessKey);
  const { dueAt } = row;
  const newest = await newestExtension(sql, row);
  const pending = newest?.state === 'asked' ? newest : undefined;
  if (pending?.further_n === furtherN && pending.reason === act.reason && pending.asked_by === act.by)
    return { extensionId: pending.extension_id, extensionNo: pending.extension_no, dueAt };
  const over = await clockThatIsOver(sql, row);
  await refuseAct(sql, row, act, [
    over === undefined
      ? undefined
      : new BusinessError('EXTENSION_AFTER_LIMIT', { deadline: over.businessKey, dueAt: over.dueAt }),
    pending === undefined ? undefined : new BusinessError('EXTENSION_ALREADY_ASKED', { deadline: businessKey }),
    ...(await complaintExtensionRefusals(sql, row, { furtherN })),
  ]);
  const extensionNo = (newest?.extension_no ?? 0) + 1;
  const { rows } = await sql.query<{ id: string }>(
    `insert into deadline_extensions (deadline_id, extension_no, further_n, reason, due_before, asked_by, asked_for)
         values ($1, $2, $3, $4, $5, $6, $7) returning extension_id::text as id`,
    [row.deadlineId, extensionNo, furtherN, act.reason, dueAt, act.by, act.onBehalfOf ?? null],
  );
  const extensionId = rows[0]?.id ?? '';
  const { by, ...actor } = actorOf(act, row);
  await recordAudit(sql, {
    actor: by,
    ...actor,
    action: 'ask deadline extension',
    outcome: 'done',
    objectType: 'deadline',
    objectId: businessKey,
    workflowId: row.workflowId,
    reason: act.reason,
    before: { dueAt },
    after: { extensionNo, furtherN },
  });
  await queueStart(sql, {
    key: `start:${extensionProcessOf(extensionId)}`,
    workflowId: extensionProcessOf(extensionId),
    type: PROCESS,
    args: [{ extensionId }],
    summary: `延期申请 ${businessKey} more time`,
    attributes: { ProcessType: PROCESS, BusinessKey: extensionId, BusinessDate: businessDateOf(dueAt) },
  });
  return { extensionId, extensionNo, dueAt };
}

interface ExtensionRow {
  readonly extension_id: string;
  readonly extension_no: number;
  readonly further_n: number;
  readonly reason: string;
  readonly asked_by: string;
  readonly state: ExtensionState;
}

async function newestExtension(sql: PoolClient, { deadlineId }: DeadlineRow): Promise<ExtensionRow | undefined> {
  const { rows } = await sql.query<ExtensionRow>(
    `select extension_id::text, extension_no, further_n, reason, asked_by, state from deadline_extensions
      where deadline_id = $1 order by extension_no desc limit 1`,
    [deadlineId],
  );
  return rows[0];
}
