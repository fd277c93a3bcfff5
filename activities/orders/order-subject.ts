/** An order to move money as what an approval decides about. */
import { BusinessError } from '../../domain/errors';
import type { SubjectKind } from '../tasks/subject-kind';

/** @throws BusinessError NOT_FOUND, ORDER_RECALLED, ORDER_NOT_OPEN */
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
    await sql.query(
      'update orders set state = $2, approved_by = $3, approved_for = $4, approved_at = $5 where order_id = $1',
      [id, end.state, approved ? end.by : null, approved ? (end.onBehalfOf ?? null) : null, approved ? end.at : null],
    );
  },
};
