/**
 * What covers a default so that the day ends covered: what the account is below zero now, and the portfolio fee that is still due at
 * 18:00, for which the morning's amount provided (A4 §41, §42).
 */
import type { Side } from '../../domain/channel';
import { notBelowZero } from '../../domain/scaled';
import type { Dependencies } from '../dependencies';
import type { DayKey } from './day-key';

export const amountToCover =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  async (
    given: DayKey & { readonly side: Side; readonly balanceFen: string },
  ): Promise<{ readonly amountFen: string; readonly figureId?: string }> => {
    const { rows } = await pool.query<{ figure_id: bigint; fee: bigint }>(
      `select f.figure_id, t.amount_fen as fee from figures f join figure_terms t using (figure_id)
       where f.channel = $1 and f.business_date = $2 and f.side = $3 and f.code = 'FUNDING' and t.term = 'portfolioFeePayableFen'
       order by f.revision desc limit 1`,
      [given.channel, given.businessDate, given.side],
    );
    const balance = BigInt(given.balanceFen);
    const [newest] = rows;
    if (balance >= 0n || newest === undefined) return { amountFen: notBelowZero(-balance).toString() };
    return { amountFen: notBelowZero(-(balance + newest.fee)).toString(), figureId: String(newest.figure_id) };
  };
