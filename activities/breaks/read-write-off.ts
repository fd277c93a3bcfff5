/** What the process of a write-off of a break reads. */
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { BusinessError } from '../../domain/errors';
import { amountText } from '../../domain/money';

export interface OfBreakWriteOff {
  readonly writeOffId: string;
}

export interface FollowedBreakWriteOff extends OfBreakWriteOff {
  readonly breakId: string;
  readonly businessDate: string;
  readonly class: string;
  readonly amount: string;
  /** Size of the difference, fen: by which the terms say who decides. */
  readonly sizeFen: string;
  readonly madeBy: string;
}

/** @throws BusinessError NOT_FOUND */
export const readBreakWriteOff =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ writeOffId }: OfBreakWriteOff): Promise<FollowedBreakWriteOff> =>
    inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<Omit<FollowedBreakWriteOff, 'amount'> & { fen: bigint }>(
        `select w.write_off_id::text as "writeOffId", w.finding_id::text as "breakId", f.business_date::text as "businessDate", f.class,
                w.amount_fen as fen, abs(w.amount_fen)::text as "sizeFen", w.made_by as "madeBy"
         from break_write_offs w join findings f using (finding_id) where w.write_off_id = $1`,
        [writeOffId],
      );
      const [row] = rows;
      if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '差异核销 write-off', key: writeOffId });
      const { fen, ...found } = row;
      return { ...found, amount: amountText(fen) };
    });
