/** An order to move money as what an approval decides about. */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import type { SubjectKind } from '../tasks/subject-kind';

/** @throws BusinessError NOT_FOUND, ORDER_RECALLED, ORDER_NOT_OPEN; ORDER_PLAN_CHANGED where the plan behind it has another amount by now */
export const orderSubject: SubjectKind = {
  lock: async (sql, id) => {
    const { rows } = await sql.query<{ state: string; revision: number }>(
      `select state, revision, business_key as key, kind, amount_fen::text as amount, from_account as "from", to_account as "to",
              made_by, made_for from orders where order_id = $1 for update`,
      [id],
    );
    const [order] = rows;
    if (order === undefined) throw new BusinessError('NOT_FOUND', { what: '指令 order', key: id });
    const { state, revision, ...content } = order;
    return { state, revision, content };
  },
  end: async (sql, id, end, { state }) => {
    if (state === 'recalled') throw new BusinessError('ORDER_RECALLED', { order: id });
    if (state !== 'awaiting approval') throw new BusinessError('ORDER_NOT_OPEN', { order: id, state });
    const approved = end.state === 'approved';
    if (approved && (await isPlanChanged(sql, id))) throw new BusinessError('ORDER_PLAN_CHANGED', { order: id });
    if (approved && (await isTopUpEnded(sql, id)))
      throw new BusinessError('ORDER_NOT_OPEN', { order: id, state: 'withdrawn' });
    await sql.query(
      'update orders set state = $2, approved_by = $3, approved_for = $4, approved_at = $5 where order_id = $1',
      [id, end.state, approved ? end.by : null, approved ? (end.onBehalfOf ?? null) : null, approved ? end.at : null],
    );
  },
};

/** Whether the cushion that the order raises is not to be raised any more. */
async function isTopUpEnded(sql: PoolClient, id: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    `select 1 from orders o join cushion_top_ups t on o.case_key = 'top-up-' || t.top_up_id
     where o.order_id = $1 and o.kind = 'CUSHION' and t.state <> 'open'`,
    [id],
  );
  return (rowCount ?? 0) > 0;
}

/** Whether the figure that the order rests on was followed by one of another amount. Its draft is made anew by the day. */
async function isPlanChanged(sql: PoolClient, id: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    `select 1 from orders o join figures f using (figure_id)
     where o.order_id = $1 and o.kind = 'FUND' and f.amount_fen <> (
       select n.amount_fen from figures n where n.channel = f.channel and n.business_date = f.business_date and n.side = f.side and n.code = f.code
       order by n.revision desc limit 1)`,
    [id],
  );
  return (rowCount ?? 0) > 0;
}
