/** What a closed settlement day says to the processes of events. */
import type { PoolClient } from 'pg';
import { CORPORATE_ACTION_MONEY } from '../../domain/settlement/line-kinds';
import { queueSignals } from '../outbox/queue-message';
import type { DayKey } from '../settlement/day-key';
import { tellOfCredit } from './event-process';
import type { EventRow } from './event-row';
import { findBreak } from './find-break';

/** Every event that is under way is told that a settlement day was closed: holdings of the day stand, money may have come. */
export async function tellEvents(sql: PoolClient, day: DayKey): Promise<void> {
  const { channel, businessDate } = day;
  await askAboutOver(sql, day);
  const { rows } = await sql.query<{ event_no: string; workflow_id: string }>(
    'select event_no, workflow_id from corporate_actions where channel = $1 and ended_at is null order by event_id',
    [channel],
  );
  await queueSignals(
    sql,
    rows.map(({ event_no: eventNo, workflow_id: workflowId }) => ({
      key: `settlement-day-closed:${channel}:${businessDate}:${eventNo}`,
      workflowId,
      signal: 'settlementDayClosed',
      args: [businessDate],
    })),
  );
}

/** Money or shares of the day for an event that is over or cancelled: asked about by the process of the event, told or started again for it. */
async function askAboutOver(sql: PoolClient, { channel, businessDate }: DayKey): Promise<void> {
  const { rows } = await sql.query<
    Pick<EventRow, 'eventId' | 'eventNo' | 'workflowId' | 'revision' | 'endedAt'> & {
      readonly state: keyof typeof OVER;
    }
  >(
    `select event_id::text as "eventId", event_no as "eventNo", workflow_id as "workflowId", revision, ended_at as "endedAt", state
       from corporate_actions a
      where channel = $1 and state in ('cancelled', 'ended')
        and (exists (select from clearing_lines_in_force l
                      where l.channel = $1 and l.business_date = $2 and l.order_no = a.event_no and l.business = any($3))
             or exists (select from security_movements_in_force m where m.channel = $1 and m.business_date = $2 and m.event_code = a.event_no
                        -- Rights that lapse leave when they like.
                        and (a.state = 'cancelled' or a.kind = 'TAKEOVER' or m.quantity > 0)))
      order by event_id`,
    [channel, businessDate, CORPORATE_ACTION_MONEY],
  );
  for (const { state, ...event } of rows) {
    await findBreak(sql, {
      eventId: event.eventId,
      kind: 'entitlement',
      key: `${state} ${businessDate}`,
      facts: { cause: OVER[state], businessDate },
    });
    await tellOfCredit(sql, { ...event, channel }, businessDate);
  }
}

const OVER = {
  cancelled: '已取消的事件到账 credited for an event that is cancelled',
  ended: '已结束的事件再次收付 credited, or delivered, again for an event that is over',
} as const;
