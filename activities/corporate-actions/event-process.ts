/** The process of an event is started with its first notice and told of each later one; what a notice did is in the audit. */
import type { Pool, PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import { queueSignal, queueStart } from '../outbox/queue-message';
import { eventWorkflowId, type EventKey, type EventRow } from './event-row';

/**
 * True unless it was asked for before.
 * @param again what started it again: a version, a break; none where it is the first start
 */
export const startEventProcess = (
  sql: PoolClient,
  { channel, eventNo }: EventKey,
  { again, businessDate }: { readonly again?: string; readonly businessDate?: BusinessDate },
): Promise<boolean> => {
  const workflowId = eventWorkflowId({ channel, eventNo });
  return queueStart(sql, {
    key: `start:${workflowId}${again === undefined ? '' : `:${again}`}`,
    workflowId,
    type: 'corporateAction',
    args: [{ channel, eventNo }],
    ...(again === undefined ? {} : { again: true }),
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
  await wake(sql, { ...event, revision }, { again: `${version}`, signal: `${revision}` });
}

type Awakened = Pick<EventRow, 'channel' | 'eventNo' | 'workflowId' | 'revision' | 'endedAt'>;

/**
 * Told first, also where it was over: its process may still ask people about it, or be about to end, and looks again then. One that has
 * ended hears nothing, and is started again.
 */
async function wake(
  sql: PoolClient,
  event: Awakened,
  key: { readonly again: string; readonly signal: string },
): Promise<void> {
  const { workflowId, revision } = event;
  await queueSignal(sql, {
    key: `${workflowId}:${key.signal}`,
    workflowId,
    signal: 'eventChanged',
    args: [revision],
  });
  if (event.endedAt !== null) await startEventProcess(sql, event, { again: key.again });
}

/** Something was credited on a day for an event that is over: people are asked about it. */
export const tellOfCredit = (sql: PoolClient, event: Awakened, businessDate: BusinessDate): Promise<void> =>
  wake(sql, event, { again: `credited:${businessDate}`, signal: `credited:${businessDate}` });

/** SQL: breaks `b` of the filings of an event `a` for which its process has not been woken. */
const UNTOLD = `b.kind = 'filing' and b.cleared_at is null and b.state_no > a.breaks_told`;

/** Whether the sender of filings found something that people have not been asked about. */
export const HAS_UNTOLD_BREAKS = `exists (select from corporate_action_breaks b join corporate_actions a using (event_id) where ${UNTOLD})`;

/** The sender of filings works beside the processes: what it found is asked about at once, once a round whatever its number. */
export const tellOfFilingBreaks = (pool: Pool): Promise<void> =>
  inTransaction(pool, async (sql) => {
    const { rows } = await sql.query<Awakened & { readonly state: string }>(
      `with found as (
         select a.event_id, max(b.state_no) as newest from corporate_action_breaks b join corporate_actions a using (event_id) where ${UNTOLD} group by 1)
       update corporate_actions a set breaks_told = f.newest from found f where a.event_id = f.event_id
       returning a.channel, a.event_no as "eventNo", a.workflow_id as "workflowId", a.revision, a.ended_at as "endedAt", a.breaks_told::text as state`,
    );
    for (const event of rows) await wake(sql, event, { again: `break:${event.state}`, signal: `break:${event.state}` });
  });

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
