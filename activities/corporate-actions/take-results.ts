/** Results of the day (HK_YWHB): each filing of ours is accepted, partly accepted, refused or cancelled, and its holder is told. */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { queueNotice } from '../outbox/queue-notice';
import type { EventRow } from './event-row';
import { findBreak } from './find-break';

/** Replies in force up to the day; a reply that says nothing new changes nothing. */
export async function takeResults(sql: PoolClient, event: EventRow, closedDay: BusinessDate): Promise<void> {
  const { rows } = await sql.query<{
    filing_no: string;
    securities_account: string;
    fund_account: string;
    option: string;
    quantity: bigint;
    confirmed: bigint;
    state: string;
  }>(
    `with newest as (
       select distinct on (filing_no) filing_no, status, confirmed, result_code, acceptance_no, business_date from filing_replies_in_force
        where channel = $2 and event_code = $3 and business_date <= $4 and filing_kind = 'HSB' and status in ('3', '4', '6')
        order by filing_no, business_date desc, row_no desc),
     moved as (
       update election_filings f
          set state = case n.status when '3' then case when n.confirmed = f.quantity then 'success' else 'partly' end
                                    when '4' then 'failed' else 'cancelled' end,
              confirmed = n.confirmed, result_code = n.result_code, acceptance_no = coalesce(n.acceptance_no, f.acceptance_no),
              result_on = n.business_date, answered_at = coalesce(f.answered_at, business_now())
         from newest n where n.filing_no = f.filing_no and f.event_id = $1 and f.result_on is distinct from n.business_date
       returning f.*)
     select m.filing_no, m.securities_account, h.fund_account, m.option, m.quantity, m.confirmed, m.state
       from moved m join corporate_action_holders h using (event_id, securities_account) order by m.filing_no`,
    [event.eventId, event.channel, event.eventNo, closedDay],
  );
  for (const row of rows) {
    await queueNotice(sql, {
      key: `election-result:${row.filing_no}`,
      workflowId: event.workflowId,
      severity: 'info',
      side: 'client',
      recipientRef: `fund-account:${row.fund_account}`,
      template: 'ELECTION_RESULT',
      facts: {
        event: event.eventNo,
        option: row.option,
        elected: unsigned(row.quantity),
        confirmed: unsigned(row.confirmed),
      },
    });
    if (row.state === 'failed')
      await findBreak(sql, {
        eventId: event.eventId,
        kind: 'result',
        key: row.filing_no,
        facts: { filing: row.filing_no, quantity: `${row.quantity}`, confirmed: `${row.confirmed}` },
      });
  }
}

const unsigned = (quantity: bigint): string => `${quantity < 0n ? -quantity : quantity}`;
