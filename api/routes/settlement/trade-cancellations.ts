/** Trades that are cancelled by notice: entered, approved by a supervisor (settlement page, out of the ordinary). */
import { askTradeCancellation } from '../../../activities/intake/cancel-trade';
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { route } from '../../route';
import { businessDate, channel, instant, pageOf, pageQuery, reason, rowId } from '../../schemas';
import { z } from '../../zod';

const line = z
  .strictObject({
    cancellationId: rowId,
    channel: z.string(),
    tradeDate: businessDate,
    tradeNo: z.string(),
    notice: z.string(),
    state: z.enum(['awaiting approval', 'approved', 'refused', 'recalled']),
    effectiveOn: z
      .string()
      .nullable()
      .openapi({ format: 'date', description: '自该日晚间起不再计入 the evening from which on it counts no more' }),
    madeBy: z.string(),
    madeAt: instant,
    approvedBy: z.string().nullable(),
  })
  .openapi('TradeCancellation');

export const listTradeCancellations = route({
  id: 'listTradeCancellations',
  method: 'get',
  path: '/v1/trade-cancellations',
  tag: 'days',
  summary: { zh: '成交撤销，最新在前', en: 'Cancelled trades, newest first' },
  query: z.strictObject({ ...pageQuery }),
  answer: pageOf(line),
  respond: async ({ query }, { pool }) => {
    const [before = null] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const { rows } = await pool.query<z.input<typeof line>>(
      `select cancellation_id::text as "cancellationId", channel, trade_date::text as "tradeDate", trade_no as "tradeNo", notice, state,
              effective_on::text as "effectiveOn", made_by as "madeBy", made_at as "madeAt", approved_by as "approvedBy"
       from trade_cancellations where ($1::bigint is null or cancellation_id < $1) order by cancellation_id desc limit $2`,
      [before, query.limit + 1],
    );
    return {
      status: 200,
      body: page(
        rows,
        query.limit,
        (row) => [row.cancellationId],
        (row) => row,
      ),
    };
  },
});

export const askTradeCancellationRoute = route({
  id: 'askTradeCancellation',
  method: 'post',
  path: '/v1/trade-cancellations',
  tag: 'days',
  summary: {
    zh: '登记成交撤销通知，由主管审批',
    en: 'Enter a notice that cancels a trade; a supervisor approves',
  },
  body: z.strictObject({
    channel,
    tradeDate: businessDate,
    tradeNo: z.string().min(1).max(16).openapi({ description: '成交编号 CJBH, number of the trade' }),
    notice: reason,
  }),
  answer: z.strictObject({ cancellationId: rowId }).openapi('AskedTradeCancellation'),
  statuses: [202],
  refusals: ['TRADE_NOT_CLEARED', 'TRADE_SETTLEMENT_CLOSED', 'TRADE_CANCELLED_ALREADY', 'TRADE_CANCELLATION_PENDING'],
  respond: async ({ body, caller, requestId, idempotencyKey }, { pool }) => {
    const asked = await askTradeCancellation(pool, {
      ...body,
      key: `${caller.person}:${idempotencyKey}`,
      by: caller.person,
      role: 'operations',
      requestId,
    });
    return { status: 202, location: '/v1/trade-cancellations', body: asked };
  },
});
