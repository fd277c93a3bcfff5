/** Asks the bank or CCNET what became of an order. */
import type { Dependencies } from '../dependencies';
import type { DraftedOrder } from './draft-order';
import { atBankOfOrder } from './line-of-order';

export interface OrderAnswer {
  readonly state: 'under way' | 'executed' | 'refused' | 'unknown';
  readonly executedAt?: string;
}

export const askOrder =
  ({ ccnet, ...banks }: Pick<Dependencies, 'pool' | 'bank' | 'emergencyBank' | 'ccnet'>) =>
  async (order: Pick<DraftedOrder, 'kind' | 'orderKey'>): Promise<OrderAnswer> => {
    const answer =
      order.kind === 'DRAW_BACK'
        ? await ccnet.askWithdrawal(order.orderKey)
        : await atBankOfOrder(banks, order.orderKey, (bank) => bank.askTransfer(order.orderKey));
    const state = answer.state === 'pending' || answer.state === 'accepted' ? 'under way' : answer.state;
    return answer.executedAt === null ? { state } : { state, executedAt: answer.executedAt };
  };
