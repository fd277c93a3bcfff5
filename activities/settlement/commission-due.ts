/**
 * Earned commission that was booked before today and has not yet moved to the own bank account (S5). What an order of an earlier
 * day has under way with the bank is not ordered a second time.
 */
import type { Dependencies } from '../dependencies';
import type { DraftedOrder } from '../orders/draft-order';
import type { DayKey } from './day-key';

export const commissionDue =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  async (day: DayKey): Promise<{ readonly dueFen: string }> => {
    const { rows } = await pool.query<{ due: bigint }>(
      `select greatest(0, coalesce(-sum(amount), 0) - (
                select coalesce(sum(amount_fen), 0) from orders
                where channel = $2 and kind = 'COMMISSION' and business_date < $1 and state = 'sent'))::bigint as due
       from entries where ledger = 'commission_due' and owner = 'client' and business_date < $1`,
      [day.businessDate, day.channel],
    );
    return { dueFen: String(rows[0]?.due ?? 0n) };
  };

/** The first commission order of an earlier day, after the given one, that was sent and of which nobody has said what became. */
export const openCommissionOrder =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  async (day: DayKey & { readonly after?: string }): Promise<{ readonly order?: DraftedOrder }> => {
    const { rows } = await pool.query<{
      order_id: bigint;
      business_key: string;
      revision: number;
      amount_fen: bigint;
      from_account: string;
      to_account: string;
    }>(
      `select order_id, business_key, revision, amount_fen, from_account, to_account from orders
       where channel = $1 and kind = 'COMMISSION' and business_date < $2 and state = 'sent' and order_id > $3 order by order_id limit 1`,
      [day.channel, day.businessDate, day.after ?? '0'],
    );
    const [open] = rows;
    if (open === undefined) return {};
    return {
      order: {
        orderId: open.order_id.toString(),
        orderKey: open.business_key,
        kind: 'COMMISSION',
        revision: open.revision,
        amountFen: open.amount_fen.toString(),
        fromAccount: open.from_account,
        toAccount: open.to_account,
      },
    };
  };

/**
 * An order of which the bank knows nothing on a later day: where the statement of its day is in and shows no such debit it was never received, and
 * what it was to move is due again. Answers whether it is so.
 */
export const commissionNeverReceived =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  async ({ orderId }: { readonly orderId: string }): Promise<{ readonly never: boolean }> => {
    const { rows } = await pool.query<{ never: boolean }>(
      `select exists (select 1 from files_in_force f where f.channel = o.channel and f.business_date = o.business_date and f.kind = 'bank_client')
          and not exists (select 1 from bank_lines_in_force l where l.channel = o.channel and l.business_date = o.business_date
                          and l.account = o.from_account and l.debit_fen = o.amount_fen) as never
       from orders o where o.order_id = $1`,
      [orderId],
    );
    return { never: rows[0]?.never ?? false };
  };
