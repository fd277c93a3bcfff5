/** Clients below zero after clearing, with the cause and what was advanced (A4 §33, §38-40). */
import { yuan } from '../../../domain/money';
import { keyOfCursor, wordKey, pageOf as page } from '../../cursors';
import { sidesReadBy } from '../../identity';
import { route } from '../../route';
import { dayPath, money, pageOf, pageQuery, side } from '../../schemas';
import { z } from '../../zod';

const overdraft = z
  .strictObject({
    fundAccount: z.string(),
    branch: z.string(),
    side,
    overdraft: money,
    cause: z.enum(['fx', 'portfolioFee', 'delayedSettlement', 'other']),
    parts: z.strictObject({ fx: money, portfolioFee: money, delayedSettlement: money }),
    advanceOutstanding: money,
  })
  .openapi('Overdraft');

interface Row {
  readonly fund_account: string;
  readonly branch: string;
  readonly side: 'client' | 'proprietary';
  readonly cause: 'fx' | 'portfolioFee' | 'delayedSettlement' | 'other';
  readonly amount_fen: bigint;
  readonly fx_fen: bigint;
  readonly fee_fen: bigint;
  readonly delayed_fen: bigint;
  readonly outstanding_fen: bigint;
}

export const listOverdrafts = route({
  id: 'listOverdrafts',
  method: 'get',
  path: '/v1/settlement-days/{channel}/{date}/overdrafts',
  tag: 'days',
  summary: { zh: '透支客户及原因', en: 'Overdrafts with their causes' },
  params: dayPath,
  query: z.strictObject({ ...pageQuery }),
  answer: pageOf(overdraft),
  refusals: ['CHANNEL_UNKNOWN'],
  respond: async ({ params, query, caller }, { pool }) => {
    const [after = ''] = keyOfCursor(query.cursor, [wordKey]) ?? [];
    const { rows } = await pool.query<Row>(
      `select o.fund_account, c.branch, c.side, o.cause, o.amount_fen, o.fx_fen, o.fee_fen, o.delayed_fen,
              coalesce(a.outstanding_fen, 0)::bigint as outstanding_fen
         from overdrafts o
         join clients c using (fund_account)
         left join advances a using (channel, business_date, fund_account)
        where o.channel = $1 and o.business_date = $2 and c.side = any($3) and o.fund_account > $4
        order by o.fund_account limit $5`,
      [params.channel, params.date, sidesReadBy(caller), after, query.limit + 1],
    );
    const body = page(
      rows,
      query.limit,
      (row) => [row.fund_account],
      (row): z.input<typeof overdraft> => ({
        fundAccount: row.fund_account,
        branch: row.branch,
        side: row.side,
        overdraft: yuan(row.amount_fen),
        cause: row.cause,
        parts: { fx: yuan(row.fx_fen), portfolioFee: yuan(row.fee_fen), delayedSettlement: yuan(row.delayed_fen) },
        advanceOutstanding: yuan(row.outstanding_fen),
      }),
    );
    return { status: 200, body };
  },
});
