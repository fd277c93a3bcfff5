/** The process of an event is started with its first notice and told of each later one; what a notice did is in the audit. */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import { queueSignal, queueStart } from '../outbox/queue-message';
import { eventWorkflowId, type EventKey, type EventRow } from './event-row';

/**
 * True unless it was asked for before.
 * @param version which started it again; none where it is the first
 */
export const startEventProcess = (
  sql: PoolClient,
  { channel, eventNo }: EventKey,
  { version, businessDate }: { readonly version?: number; readonly businessDate?: BusinessDate },
): Promise<boolean> => {
  const workflowId = eventWorkflowId({ channel, eventNo });
  return queueStart(sql, {
    key: `start:${workflowId}${version === undefined ? '' : `:${version}`}`,
    workflowId,
    type: 'corporateAction',
    args: [{ channel, eventNo }],
    ...(version === undefined ? {} : { again: true }),
    summary: `公司行为 ${eventNo} corporate action`,
    attributes: {
      ProcessType: 'corporateAction',
      BusinessKey: eventNo,
      ...(businessDate === undefined ? {} : { BusinessDate: businessDate }),
    },
  });
};

/** An event that was over and comes again is started again; one that runs looks anew. */
export async function tellEventProcess(sql: PoolClient, event: EventRow, version: number): Promise<void> {
  const revision = event.revision + 1;
  await sql.query('update corporate_actions set revision = $2 where event_id = $1', [event.eventId, revision]);
  if (event.endedAt !== null) await startEventProcess(sql, event, { version });
  // Also where it was over: its process may still ask people about it.
  const { workflowId } = event;
  await queueSignal(sql, { key: `${workflowId}:${revision}`, workflowId, signal: 'eventChanged', args: [revision] });
}

export const auditNotice = (sql: PoolClient, event: EventKey, action: string, after: object): Promise<void> =>
  recordAudit(sql, {
    actor: SYSTEM_ACTOR,
    action,
    outcome: 'done',
    objectType: 'corporate action',
    objectId: event.eventNo,
    after,
    workflowId: eventWorkflowId(event),
  });
