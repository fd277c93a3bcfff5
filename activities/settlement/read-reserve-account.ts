/** Asks CCNET for the reserve account of a side: balance, what may be withdrawn, movements of the day so far. */
import type { Side } from '../../domain/channel';
import { parseScaled } from '../../domain/scaled';
import type { Dependencies } from '../dependencies';

export interface ReserveReading {
  readonly side: Side;
  readonly balanceFen: string;
  readonly withdrawableFen: string;
  readonly movements: readonly {
    readonly business: string;
    readonly amountFen: string;
    readonly balanceFen: string;
    readonly at: string;
  }[];
}

export const readReserveAccount =
  ({ pool, ccnet }: Pick<Dependencies, 'pool' | 'ccnet'>) =>
  async (given: { readonly channel: string; readonly side: Side }): Promise<ReserveReading> => {
    const { rows } = await pool.query<{ account: string }>(
      `select account from broker_accounts where channel = $1 and side = $2 and kind = 'reserve'`,
      [given.channel, given.side],
    );
    const answer = await ccnet.askAccount(rows[0]?.account ?? '');
    const fen = (text: string) => parseScaled(text, 2).toString();
    return {
      side: given.side,
      balanceFen: fen(answer.balance),
      withdrawableFen: fen(answer.withdrawable),
      movements: answer.movements.map((movement) => ({
        business: movement.business,
        amountFen: fen(movement.amount),
        balanceFen: fen(movement.balance),
        at: new Date(movement.at).toISOString(),
      })),
    };
  };
