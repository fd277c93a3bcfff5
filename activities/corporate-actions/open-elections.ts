/** Elections that a client can give today, and those that it has given or left to the default option. */
import type { PoolClient } from 'pg';
import type { Channel } from '../../domain/channel';

export interface OpenElections {
  readonly open: number;
  readonly answeredOrWaived: number;
}

/**
 * Events of these channels that are open, on shares of the client that can be elected: from the opening to the broker's deadline, by the
 * database's clock, because the process of an event may be late. An event that opens later asks nothing of its holders yet. What a newer
 * version re-opened stands until the holder changes it, so it is answered.
 */
export async function openElections(
  sql: Pick<PoolClient, 'query'>,
  clientNo: string,
  channels: readonly Channel[],
): Promise<OpenElections> {
  const { rows } = await sql.query<OpenElections>(
    `select count(*)::int as open, count(h.answered_at)::int as "answeredOrWaived"
       from client_fund_accounts f
       join corporate_action_holders h using (fund_account)
       join corporate_actions a using (event_id)
      where f.client_no = $1 and a.channel = any($2) and a.is_elective and a.state in ('announced', 'collecting')
        and h.electable > 0 and a.opens_at <= business_now() and business_now() < a.broker_cut_at`,
    [clientNo, channels],
  );
  return rows[0] ?? { open: 0, answeredOrWaived: 0 };
}
