/**
 * Sends an approved order to the bank or to CCNET. Asked before sent: an order whose answer was lost is not sent twice; and
 * its key makes the other side execute it once however often it arrives. It goes to one bank: the first, or the one that the emergency channel opened.
 */
import { amountText } from '../../domain/money';
import { sendUnlessKnown } from '../../adapters/bank/bank-port';
import { withdrawUnlessKnown } from '../../adapters/ccnet/ccnet-port';
import type { Dependencies } from '../dependencies';
import type { DraftedOrder } from './draft-order';
import { atBankOfOrder } from './line-of-order';

export interface SentOrder {
  readonly outcome: 'accepted' | 'executed' | 'refused';
  readonly reference: string;
  /** Where the other side refused: its code. */
  readonly code?: string;
}

const PURPOSES = {
  FUND: '划入备付金',
  DRAW_BACK: '备付金划回',
  COMMISSION: '佣金划转',
  COMPENSATION: '投诉赔付',
  CUSHION: '补足安全气垫',
} as const;

export const sendOrder =
  ({ ccnet, ...banks }: Pick<Dependencies, 'pool' | 'bank' | 'emergencyBank' | 'ccnet'>) =>
  async (order: DraftedOrder): Promise<SentOrder> => {
    const amount = amountText(BigInt(order.amountFen));
    const answer =
      order.kind === 'DRAW_BACK'
        ? await withdrawUnlessKnown(ccnet, {
            orderKey: order.orderKey,
            account: order.fromAccount,
            amount,
            bankAccount: order.toAccount,
          })
        : await atBankOfOrder(banks, order.orderKey, (bank) =>
            sendUnlessKnown(bank, {
              orderKey: order.orderKey,
              fromAccount: order.fromAccount,
              toAccount: order.toAccount,
              amount,
              purpose: PURPOSES[order.kind],
            }),
          );
    if ('outcome' in answer) {
      if (answer.outcome === 'refused') return { outcome: 'refused', reference: '', code: answer.code };
      return { outcome: 'accepted', reference: 'bankReference' in answer ? answer.bankReference : answer.reference };
    }
    const reference = ('bankReference' in answer ? answer.bankReference : null) ?? '';
    switch (answer.state) {
      case 'executed':
        return { outcome: 'executed', reference };
      case 'refused':
        return { outcome: 'refused', reference, code: 'REFUSED_EARLIER' };
      default:
        return { outcome: 'accepted', reference };
    }
  };
