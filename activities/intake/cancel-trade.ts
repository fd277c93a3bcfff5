/**
 * A trade is cancelled by notice of the exchange or the clearing house (settlement page, out of the ordinary): entered by operations with the words
 * of the notice, approved by a supervisor. Where the clearing house sends a newer file without the trade instead, nothing is entered.
 */
import type { Pool, PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { refusalsOfTrade, standingTrade, type StandingTrade, type TradeKey } from '../cancellations/standing-trade';
import { inTransaction } from '../database/transaction';
import { refuseFirst } from './judge-actor';
import { followNotice, noticeProcess, type ByPerson } from './settlement-notice';

export interface AskedCancellation extends TradeKey, ByPerson {
  readonly tradeDate: BusinessDate;
  /** Number and words of the notice. */
  readonly notice: string;
}

/**
 * Enters the notice and has it approved.
 * @throws SeveralRefusals TRADE_NOT_CLEARED, TRADE_SETTLEMENT_CLOSED, TRADE_CANCELLED_ALREADY, TRADE_CANCELLATION_PENDING, all that apply
 */
export const askTradeCancellation = (
  pool: Pool,
  asked: AskedCancellation,
): Promise<{ readonly cancellationId: string }> => inTransaction(pool, (sql) => cancellationWithin(sql, asked));

/** The same within the transaction of what it was read from. */
export async function cancellationWithin(
  sql: PoolClient,
  asked: AskedCancellation,
): Promise<{ readonly cancellationId: string }> {
  const { channel, tradeDate, tradeNo } = asked;
  await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `cancel trade ${channel} ${tradeDate} ${tradeNo}`,
  ]);
  const { rows: kept } = await sql.query<{ id: string }>(
    'select cancellation_id::text as id from trade_cancellations where request_key = $1',
    [asked.key],
  );
  if (kept[0] !== undefined) return { cancellationId: kept[0].id };
  const trade = await standingTrade(sql, asked);
  refuseFirst([...refusalsOfTrade(asked, trade), ...(await otherCancellations(sql, asked))]);
  if (trade === undefined) throw new RangeError('a trade that does not stand was not refused');
  return enter(sql, asked, trade);
}

async function otherCancellations(
  sql: PoolClient,
  { channel, tradeDate, tradeNo }: TradeKey,
): Promise<readonly BusinessError[]> {
  const { rows } = await sql.query<{ id: string; state: string }>(
    `select cancellation_id::text as id, state from trade_cancellations
     where channel = $1 and trade_date = $2 and trade_no = $3 and state in ('awaiting approval', 'approved')`,
    [channel, tradeDate, tradeNo],
  );
  return rows.map(
    ({ id, state }) =>
      new BusinessError(state === 'approved' ? 'TRADE_CANCELLED_ALREADY' : 'TRADE_CANCELLATION_PENDING', {
        trade: tradeNo,
        cancellation: id,
      }),
  );
}

async function enter(sql: PoolClient, asked: AskedCancellation, { settleDate }: StandingTrade) {
  const { channel, tradeDate, tradeNo, notice, key, by } = asked;
  const workflowId = noticeProcess('trade-cancellation', channel, tradeDate, asked);
  const { rows } = await sql.query<{ id: string }>(
    `insert into trade_cancellations (channel, trade_date, trade_no, settle_date, notice, workflow_id, request_key, made_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning cancellation_id::text as id`,
    [channel, tradeDate, tradeNo, settleDate, notice, workflowId, key, by],
  );
  const [row] = rows;
  if (row === undefined) throw new RangeError('a cancellation was entered and is not there');
  await followNotice(
    sql,
    {
      ...{ workflowId, channel, date: tradeDate, notice },
      type: 'tradeCancellation',
      args: [{ cancellationId: row.id }],
      summary: `成交撤销 ${tradeDate} a trade is cancelled`,
    },
    asked,
    {
      action: 'ask for cancellation of a trade',
      objectType: 'trade cancellation',
      objectId: row.id,
      after: { channel, tradeDate, trade: tradeNo },
    },
  );
  return { cancellationId: row.id };
}
