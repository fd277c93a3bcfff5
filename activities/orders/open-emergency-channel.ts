/**
 * Opens the emergency channel for an approved order: second bank, second system (A4 §27). The first bank is asked before: an order that it knows is
 * not sent elsewhere, and one whose fate it does not tell waits - unless the head has it from the bank that the order is stopped. Opened once, the
 * first bank is never sent the order again. So nothing is paid twice.
 */
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import type { DraftedOrder } from './draft-order';
import { holdLineOfOrder } from './line-of-order';

export interface EmergencyChannel {
  /** Where the order may be sent now. */
  readonly line: 'bank' | 'emergency bank';
  /** What the first bank says of the order; 'stopped': the head has it from the bank. */
  readonly atFirstBank: 'pending' | 'executed' | 'refused' | 'unknown' | 'stopped';
}

/**
 * Safe to repeat. Without a second bank the order stays with the first, which is asked again and sent what it never received.
 * @param stopped true where the bank has told the head, on paper or by a recorded call, that it will not carry the order out
 * @throws Error where the first bank does not answer and nothing says that the order is stopped there
 */
export const openEmergencyChannel =
  ({ pool, bank, emergencyBank }: Pick<Dependencies, 'pool' | 'bank' | 'emergencyBank'>) =>
  ({
    order,
    stopped,
    openedBy,
  }: {
    readonly order: Pick<DraftedOrder, 'orderKey'>;
    readonly stopped: boolean;
    readonly openedBy: string;
  }): Promise<EmergencyChannel> =>
    inTransaction(pool, async (sql) => {
      if ((await holdLineOfOrder(sql, order.orderKey)) === 'emergency bank')
        return { line: 'emergency bank', atFirstBank: 'unknown' };
      const asked = bank.askTransfer(order.orderKey).then(({ state }) => state);
      const state = stopped ? await asked.catch(() => 'unknown' as const) : await asked;
      // What is stopped may still have been carried out, or be told of before the bank's own system knows it.
      const atFirstBank = stopped && (state === 'pending' || state === 'unknown') ? 'stopped' : state;
      const isFree = atFirstBank === 'unknown' || atFirstBank === 'stopped';
      if (!isFree || emergencyBank === undefined) return { line: 'bank', atFirstBank };
      await sql.query(`update orders set sent_through = 'emergency bank' where business_key = $1`, [order.orderKey]);
      await recordAudit(sql, {
        actor: openedBy === '' ? SYSTEM_ACTOR : openedBy,
        action: 'open the emergency channel',
        outcome: 'done',
        objectType: 'order',
        objectId: order.orderKey,
        after: { through: 'emergency bank', atFirstBank },
      });
      return { line: 'emergency bank', atFirstBank };
    });
