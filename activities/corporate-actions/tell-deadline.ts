/** A deadline that moved with an approval, told to all who can elect: some were told the old one. Safe to repeat. */
import type { PoolClient } from 'pg';
import { businessDateOf, shanghaiTimeOf } from '../../domain/calendar/business-date';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { readEvent, recordStep, type EventKey, type EventRow } from './event-row';
import { tellInPages, type Forwarded } from './forward-event';

export const tellDeadline =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  async (key: EventKey): Promise<Forwarded> => {
    const event = await inTransaction(pool, (sql) => readEvent(sql, key));
    const { eventId, eventNo, code, clientCutAt } = event;
    const change = await inTransaction(pool, (sql) => changeInForce(sql, event));
    if (clientCutAt === null || change === undefined) return { queued: 0 };
    const queued = await tellInPages(pool, event, {
      template: 'ELECTION_DEADLINE_MOVED',
      facts: {
        security: code,
        event: eventNo,
        deadline: `${businessDateOf(clientCutAt)} ${shanghaiTimeOf(clientCutAt).slice(0, 5)}`,
      },
      key: `deadline:${change}`,
      whom: 'h.electable > 0',
    });
    await inTransaction(pool, (sql) =>
      recordStep(sql, {
        eventId,
        act: 'tell the deadline',
        key: `deadline ${change}`,
        detail: { holdersUntil: clientCutAt, queued },
        by: SYSTEM_ACTOR,
      }),
    );
    return { queued };
  };

/** Number of the newest change by which the deadline stands where it stands: one that is moved there again is another. */
async function changeInForce(sql: PoolClient, { eventId, brokerCutAt }: EventRow): Promise<string | undefined> {
  const { rows } = await sql.query<{ change: string | null }>(
    `select max(change_id)::text as change from election_cut_changes where event_id = $1 and state = 'approved' and broker_after = $2`,
    [eventId, brokerCutAt],
  );
  return rows[0]?.change ?? undefined;
}

/** SQL on the event `$1` with the broker's deadline `$5`: whether the change `c` by which it stands was told; formerly its instant was the key. */
export const IS_TOLD = `exists (select from corporate_action_steps s where s.event_id = $1
  and (s.step_key = 'deadline ' || c.change_id or s.step_key = 'deadline ' || $6 and s.at >= c.decided_at))`;
