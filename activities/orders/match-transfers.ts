/**
 * Orders that were sent and never answered, against the clearing house's account movements of the day: money that moved executes
 * its order, also where it came after the last time the bank was asked.
 */
import { shanghaiInstant } from '../../domain/calendar/business-date';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import type { DayKey } from '../settlement/day-key';

interface Matched {
  readonly order_id: bigint;
  readonly business_key: string;
  readonly at_time: string;
}

export const matchTransfers =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (day: DayKey): Promise<{ readonly executed: number }> =>
    inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<Matched>(
        `select distinct on (o.order_id) o.order_id, o.business_key, m.at_time
         from orders o
         join broker_accounts a on a.channel = o.channel and a.side = o.side and a.kind = 'reserve'
         join money_movements_in_force m on m.account = a.account and m.business_date = $2
          and ((o.kind = 'FUND' and m.business = 'ZR' and m.amount_fen = o.amount_fen)
            or (o.kind = 'DRAW_BACK' and m.business = 'ZC' and m.amount_fen = -o.amount_fen))
         where o.channel = $1 and o.business_date = $2 and o.state = 'sent'
         order by o.order_id, m.running_no`,
        [day.channel, day.businessDate],
      );
      for (const order of rows) {
        const executedAt = shanghaiInstant(
          day.businessDate,
          `${order.at_time.slice(0, 2)}:${order.at_time.slice(2, 4)}:${order.at_time.slice(4, 6)}`,
        );
        await sql.query(
          `update orders set state = 'executed', executed_at = $2 where order_id = $1 and state = 'sent'`,
          [order.order_id, executedAt],
        );
        await recordAudit(sql, {
          actor: SYSTEM_ACTOR,
          action: 'order executed',
          outcome: 'done',
          objectType: 'order',
          objectId: order.business_key,
          after: { executedAt, by: 'account movements of the clearing house' },
        });
      }
      return { executed: rows.length };
    });
