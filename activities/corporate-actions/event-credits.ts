/** Whether money or shares of an event stand in the files in force, whatever has been settled and compared of them. */
import type { PoolClient } from 'pg';
import { CORPORATE_ACTION_MONEY } from '../../domain/settlement/line-kinds';
import type { EventRow } from './event-row';

export async function hasCredits(
  sql: Pick<PoolClient, 'query'>,
  { eventId, channel, eventNo }: Pick<EventRow, 'eventId' | 'channel' | 'eventNo'>,
): Promise<boolean> {
  const { rows } = await sql.query<{ has: boolean }>(
    `with first as (select min(business_date) as day from corporate_action_versions where event_id = $1)
     select exists (select from clearing_lines_in_force l, first
                     where l.channel = $2 and l.order_no = $3 and l.business = any($4) and l.business_date >= first.day)
         or exists (select from security_movements_in_force m, first
                     where m.channel = $2 and m.event_code = $3 and m.business_date >= first.day) as has`,
    [eventId, channel, eventNo, CORPORATE_ACTION_MONEY],
  );
  return rows[0]?.has === true;
}
