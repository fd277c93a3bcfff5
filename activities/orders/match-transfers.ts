/**
 * Orders that were sent and never answered, against the clearing house's account movements of the day: money that moved executes
 * its order, also where it came after the last time the bank was asked, or in parts. A movement executes one order.
 */
import type { PoolClient } from 'pg';
import { shanghaiInstant } from '../../domain/calendar/business-date';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { carriedOut } from '../../domain/settlement/transfers';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import type { DayKey } from '../settlement/day-key';

interface Sent {
  readonly order_id: bigint;
  readonly business_key: string;
  readonly account: string;
  readonly business: 'ZR' | 'ZC';
  readonly amount_fen: bigint;
  readonly state: 'sent' | 'executed';
}

interface Moved {
  readonly account: string;
  readonly business: 'ZR' | 'ZC';
  readonly fen: bigint;
  readonly at_time: string;
}

export const matchTransfers =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (day: DayKey): Promise<{ readonly executed: number }> =>
    inTransaction(pool, async (sql) => {
      const { rows: orders } = await sql.query<Sent>(
        `select o.order_id, o.business_key, a.account, case o.kind when 'FUND' then 'ZR' else 'ZC' end as business, o.amount_fen, o.state
         from orders o join broker_accounts a on a.channel = o.channel and a.side = o.side and a.kind = 'reserve'
         where o.channel = $1 and o.business_date = $2 and o.kind in ('FUND', 'DRAW_BACK') and o.state in ('sent', 'executed')
         order by o.order_id for update of o`,
        [day.channel, day.businessDate],
      );
      const { rows: moved } = await sql.query<Moved>(
        `select m.account, m.business, abs(m.amount_fen) as fen, m.at_time
         from money_movements_in_force m join broker_accounts a on a.account = m.account and a.kind = 'reserve'
         where a.channel = $1 and m.business_date = $2 and m.business in ('ZR', 'ZC') order by m.running_no`,
        [day.channel, day.businessDate],
      );
      let executed = 0;
      for (const [order, at] of pairs(orders, moved)) {
        await execute(sql, day, order, at);
        executed += 1;
      }
      return { executed };
    });

/** Orders without an answer whose money has moved, account by account. What is executed already has taken its movement. */
function pairs(orders: readonly Sent[], moved: readonly Moved[]): readonly (readonly [Sent, string])[] {
  const ways = new Set(orders.map(({ account, business }) => `${account} ${business}`));
  return [...ways].flatMap((way) => {
    const ofWay = <Row extends { account: string; business: string }>(rows: readonly Row[]) =>
      rows.filter(({ account, business }) => `${account} ${business}` === way);
    const ordered = ofWay(orders);
    const done = carriedOut(
      [...ordered]
        .sort((one, other) => Number(one.state === 'sent') - Number(other.state === 'sent'))
        .map(({ business_key, amount_fen }) => ({ orderKey: business_key, amountFen: amount_fen })),
      ofWay(moved).map(({ fen, at_time }) => ({ amountFen: fen, at: at_time })),
    );
    return ordered.flatMap((order) => {
      const at = done.get(order.business_key);
      return order.state === 'sent' && at !== undefined ? [[order, at] as const] : [];
    });
  });
}

async function execute(sql: PoolClient, day: DayKey, order: Sent, atTime: string): Promise<void> {
  const executedAt = shanghaiInstant(
    day.businessDate,
    `${atTime.slice(0, 2)}:${atTime.slice(2, 4)}:${atTime.slice(4, 6)}`,
  );
  await sql.query(`update orders set state = 'executed', executed_at = $2 where order_id = $1 and state = 'sent'`, [
    order.order_id,
    executedAt,
  ]);
  await recordAudit(sql, {
    actor: SYSTEM_ACTOR,
    action: 'order executed',
    outcome: 'done',
    objectType: 'order',
    objectId: order.business_key,
    after: { executedAt, by: 'account movements of the clearing house' },
  });
}
