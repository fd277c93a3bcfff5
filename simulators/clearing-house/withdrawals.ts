/** Orders to pay money out of a reserve account: taken at once, executed when the account's own record says so. */
import type { Express } from 'express';
import { z } from 'zod';
import type { OpeningAccount } from '../common/days';
import type { Event } from '../common/drops';
import { delayMinutes, meets } from '../common/faults';
import { answerOnce, bodyIn, type Answered, type Refusal } from '../common/refusals';
import type { CommonState } from '../common/simulator';
import { businessDateOf, fenOf, minutesLater } from '../common/values';
import type { AccountBook, Movement } from './accounts';

export type Withdrawal = Answered & {
  readonly orderKey: string;
  readonly account: string;
  readonly amount: string;
  readonly acceptedAt: string;
  readonly state: 'accepted' | 'refused';
  executedAt: string | null;
};

const withdrawalForm = z.strictObject({
  orderKey: z.string().min(1).max(200),
  account: z.string().min(1),
  amount: z.string().regex(/^\d{1,16}\.\d{2}$/, 'money is text with two decimals, above zero'),
  bankAccount: z.string().min(1),
});
type WithdrawalOrder = z.infer<typeof withdrawalForm>;

type Kept = CommonState & { readonly withdrawals: Withdrawal[] };

/** POST and GET of withdrawals. A destination other than the side's own bank account is refused. */
export function addWithdrawals(app: Express, state: Kept, save: () => void, accounts: readonly OpeningAccount[]): void {
  app.post('/ccnet/withdrawals', (request, response) => {
    const order = bodyIn(withdrawalForm, request, response);
    if (order === undefined) return;
    answerOnce(request, response, {
      key: order.orderKey,
      content: order,
      known: state.withdrawals.find((known) => known.orderKey === order.orderKey),
      fault: state.fault,
      accept(contentHash) {
        const reference = `CC${String(state.withdrawals.length + 1).padStart(8, '0')}`;
        const refusal = refusalOf(order, accounts);
        const withdrawal: Withdrawal = {
          orderKey: order.orderKey,
          account: order.account,
          amount: order.amount,
          acceptedAt: state.now,
          state: refusal === undefined ? 'accepted' : 'refused',
          executedAt: null,
          contentHash,
          status: refusal === undefined ? 202 : 422,
          answer: refusal ?? { orderKey: order.orderKey, reference, state: 'accepted', acceptedAt: state.now },
        };
        state.withdrawals.push(withdrawal);
        save();
        return withdrawal;
      },
    });
  });

  app.get('/ccnet/withdrawals/:orderKey', (request, response) => {
    const orderKey = request.params.orderKey;
    const known = state.withdrawals.find((withdrawal) => withdrawal.orderKey === orderKey);
    if (known === undefined) return void response.json({ orderKey, state: 'unknown', executedAt: null });
    response.json({
      orderKey,
      state: known.executedAt === null ? known.state : 'executed',
      executedAt: known.executedAt,
      reference: known.state === 'refused' ? null : (known.answer as { reference: string }).reference,
    });
  });
}

/**
 * The executions still to come. An order is executed when a ZC movement of its day, account and amount falls due, or at
 * once where that time has passed; a movement serves one order; an order without one waits for ever.
 */
export function withdrawalEvents(state: Kept, book: AccountBook): readonly Event[] {
  const served = new Set<Movement>();
  return state.withdrawals.flatMap((withdrawal): Event[] => {
    if (withdrawal.state === 'refused') return [];
    const movement = book
      .outgoingOn(withdrawal.account, businessDateOf(withdrawal.acceptedAt))
      .find((line) => line.amountFen === -fenOf(withdrawal.amount) && !served.has(line));
    if (movement === undefined) return [];
    served.add(movement);
    if (withdrawal.executedAt !== null || meets(state.fault, 'silent', withdrawal.orderKey)) return [];
    const due = movement.at > withdrawal.acceptedAt ? movement.at : withdrawal.acceptedAt;
    return [
      {
        at: minutesLater(due, delayMinutes(state.fault, withdrawal.orderKey)),
        happen(at) {
          withdrawal.executedAt = at;
        },
      },
    ];
  });
}

function refusalOf(order: WithdrawalOrder, accounts: readonly OpeningAccount[]): Refusal | undefined {
  const reserve = accounts.find((account) => account.account === order.account && account.kind === 'reserve');
  if (reserve === undefined) {
    return { code: 'NOT_A_RESERVE_ACCOUNT', message: { zh: '不是备付金账户', en: 'not a reserve account' } };
  }
  const own = accounts.find((account) => account.kind === 'bank' && account.side === reserve.side);
  if (own?.account !== order.bankAccount) {
    return {
      code: 'DESTINATION_NOT_ALLOWED',
      message: {
        zh: '备付金只能划回本方预留的银行账户',
        en: "reserve money goes to the side's own bank account only",
      },
    };
  }
  if (fenOf(order.amount) === 0n) {
    return { code: 'AMOUNT_NOT_POSITIVE', message: { zh: '金额须大于零', en: 'the amount must be above zero' } };
  }
  return undefined;
}
