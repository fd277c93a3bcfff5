/**
 * What may be drawn back after 10:30: min(amount, withdrawable as CCNET answers it), nothing below or at zero (S13). What the banks sent in today stands
 * beside the amount that asked for it: money that came twice, or more than was asked for, goes back like any other surplus.
 */
import type { Side } from '../../domain/channel';
import { fundingTransfer } from '../../domain/settlement/funding';
import { arrivedFen, transfersIn } from '../../domain/settlement/transfers';
import type { Dependencies } from '../dependencies';
import type { DayKey } from './day-key';
import type { ReserveReading } from './read-reserve-account';

export const drawBackAmount =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  async (
    given: DayKey & {
      readonly side: Side;
      readonly withdrawableFen: string;
      /** Of the day so far; nothing in runs from before it was looked at. */
      readonly movements?: ReserveReading['movements'];
    },
  ): Promise<{ readonly amountFen: string; readonly figureId: string; readonly uncertain?: boolean }> => {
    const { rows } = await pool.query<{ figure_id: bigint; amount_fen: bigint; uncertain: boolean }>(
      `select figure_id, amount_fen, exists (select from figure_terms t where t.figure_id = figures.figure_id and t.uncertain) as uncertain
       from figures where channel = $1 and business_date = $2 and side = $3 and code = 'FUNDING' order by revision desc limit 1`,
      [given.channel, given.businessDate, given.side],
    );
    const [plan] = rows;
    if (plan === undefined) return { amountFen: '0', figureId: '' };
    const transfer = fundingTransfer({
      side: given.side,
      amountFen: plan.amount_fen + arrivedFen(transfersIn(given.movements ?? [])),
      withdrawableFen: BigInt(given.withdrawableFen),
    });
    return {
      amountFen: transfer.action === 'DRAW_BACK' ? transfer.transferFen.toString() : '0',
      figureId: plan.figure_id.toString(),
      // Whoever makes and approves it sees that it may be another amount.
      ...(plan.uncertain ? { uncertain: true } : {}),
    };
  };
