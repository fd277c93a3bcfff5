/** Earned commission that was booked before today and has not yet moved to the own bank account (S5). */
import type { Dependencies } from '../dependencies';
import type { DayKey } from './day-key';

export const commissionDue =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  async (day: DayKey): Promise<{ readonly dueFen: string }> => {
    const { rows } = await pool.query<{ due: bigint }>(
      `select coalesce(-sum(amount), 0)::bigint as due from entries where ledger = 'commission_due' and owner = 'client' and business_date < $1`,
      [day.businessDate],
    );
    return { dueFen: String(rows[0]?.due ?? 0n) };
  };
