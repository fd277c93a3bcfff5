/** What may be drawn back after 10:30: min(amount, withdrawable as CCNET answers it), nothing below or at zero (S13). */
import type { Side } from '../../domain/channel';
import { fundingTransfer } from '../../domain/settlement/funding';
import type { Dependencies } from '../dependencies';
import type { DayKey } from './day-key';

export const drawBackAmount =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  async (
    given: DayKey & { readonly side: Side; readonly withdrawableFen: string },
  ): Promise<{ readonly amountFen: string; readonly figureId: string }> => {
    const { rows } = await pool.query<{ figure_id: bigint; amount_fen: bigint }>(
      `select figure_id, amount_fen from figures where channel = $1 and business_date = $2 and side = $3 and code = 'FUNDING' order by revision desc limit 1`,
      [given.channel, given.businessDate, given.side],
    );
    const [plan] = rows;
    if (plan === undefined) return { amountFen: '0', figureId: '' };
    const transfer = fundingTransfer({
      side: given.side,
      amountFen: plan.amount_fen,
      withdrawableFen: BigInt(given.withdrawableFen),
    });
    return {
      amountFen: transfer.action === 'DRAW_BACK' ? transfer.transferFen.toString() : '0',
      figureId: plan.figure_id.toString(),
    };
  };
