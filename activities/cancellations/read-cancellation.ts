/** What the process of a cancellation reads. Typed words come as references, whose trade it is stays in the books. */
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { Side } from '../../domain/channel';
import { BusinessError } from '../../domain/errors';
import { amountText } from '../../domain/money';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { byReference } from '../intake/typed-texts';
import { standingTrade } from './standing-trade';

export interface OfCancellation {
  readonly cancellationId: string;
}

export interface FollowedCancellation extends OfCancellation {
  readonly channel: string;
  readonly state: 'awaiting approval' | 'approved' | 'refused' | 'recalled';
  readonly madeBy: string;
  /** What whoever decides sees: the trade as the file says, without its account; null where no file in force has it any more. */
  readonly trade: {
    readonly tradeDate: string;
    readonly trade: string;
    readonly side: Side;
    readonly security: string;
    readonly direction: 'B' | 'S';
    readonly quantity: string;
    /** CNY, + received by the broker. */
    readonly amount: string;
    readonly settles: BusinessDate;
    readonly effectiveOn: BusinessDate;
    /** Reference to the words of the notice. */
    readonly notice: string;
  } | null;
  /** When nothing of it can be decided any more: the day after it settles, UTC. */
  readonly over: string;
  /** The day on which it settles, where that is open: it is planned anew. */
  readonly openDue: BusinessDate | null;
  /** The newest evening with a forecast, which is made anew. */
  readonly forecastOn: BusinessDate | null;
}

/** @throws BusinessError NOT_FOUND */
export const readCancellation =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ cancellationId }: OfCancellation): Promise<FollowedCancellation> =>
    inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<
        Omit<FollowedCancellation, 'trade'> & { tradeDate: string; tradeNo: string; notice: string }
      >(
        `select x.cancellation_id::text as "cancellationId", x.channel, x.trade_date::text as "tradeDate", x.trade_no as "tradeNo", x.notice, x.state,
                x.made_by as "madeBy",
                (select d.business_date::text from settlement_days d where d.channel = x.channel and d.closed_at is null
                  and d.business_date = due_date_of(x.channel, x.settle_date)) as "openDue",
                (select max(f.business_date)::text from forecasts f where f.channel = x.channel) as "forecastOn",
                to_char(((due_date_of(x.channel, x.settle_date) + 1)::timestamp at time zone 'Asia/Shanghai') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS".000Z"') as over
         from trade_cancellations x where x.cancellation_id = $1`,
        [cancellationId],
      );
      const [found] = rows;
      if (found === undefined)
        throw new BusinessError('NOT_FOUND', { what: '成交撤销 trade cancellation', key: cancellationId });
      const { tradeDate, tradeNo, notice, ...process } = found;
      const trade = await standingTrade(sql, { channel: found.channel, tradeDate, tradeNo });
      return {
        ...process,
        trade:
          trade === undefined
            ? null
            : {
                ...{ tradeDate, trade: tradeNo, side: trade.side, security: trade.code, direction: trade.buySell },
                ...{ quantity: trade.quantity.toString(), amount: amountText(trade.netFen), settles: trade.due },
                effectiveOn: trade.effectiveOn,
                notice: await byReference(sql, `trade-cancellation:${cancellationId}`, 'notice', notice),
              },
      };
    });
