/** The day on which a payment for a case moved, as the bank says, and the one on which it is booked, which is open for entries. */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { bookingDay } from '../ledger/booking-day';
import { businessDateNow } from '../people/standing';
import type { DraftedOrder } from './draft-order';

export interface MovedPayment {
  readonly channel: string;
  readonly caseKey: string;
  /** On which it is booked. */
  readonly businessDate: BusinessDate;
  /** On which it moved. */
  readonly valueDate: BusinessDate;
}

/** The bank is asked by the hour, and tells later than the money moved. */
export async function movedOn(sql: PoolClient, order: DraftedOrder): Promise<MovedPayment> {
  const { rows } = await sql.query<{ channel: string; case_key: string | null; moved_on: BusinessDate | null }>(
    `select channel, case_key, (executed_at at time zone 'Asia/Shanghai')::date::text as moved_on from orders where order_id = $1`,
    [order.orderId],
  );
  const [paid] = rows;
  const caseKey = paid?.case_key ?? undefined;
  if (paid === undefined || caseKey === undefined) throw new RangeError(`order ${order.orderKey} pays for no case`);
  const { channel } = paid;
  const valueDate = paid.moved_on ?? (await businessDateNow(sql));
  return { channel, caseKey, businessDate: await bookingDay(sql, channel, valueDate), valueDate };
}
