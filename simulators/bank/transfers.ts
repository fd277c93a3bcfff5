/** Transfer orders: taken at once, executed when the statement's line falls due, silent where it has none. */
import type { Express } from 'express';
import { z } from 'zod';
import type { OpeningAccount } from '../common/days';
import type { Event } from '../common/drops';
import { delayMinutes, meets } from '../common/faults';
import { answerOnce, bodyIn, type Answered, type Refusal } from '../common/refusals';
import type { CommonState } from '../common/simulator';
import { businessDateOf, fenOf, minutesLater } from '../common/values';
import type { ExpectedTransfer } from './statement';

export type Transfer = Answered & {
  readonly orderKey: string;
  readonly fromAccount: string;
  readonly toAccount: string;
  readonly amount: string;
  readonly acceptedAt: string;
  readonly state: 'pending' | 'refused';
  readonly bankReference: string | null;
  executedAt: string | null;
  /** The statement line that it was executed as. */
  lineId: string | null;
};

const transferForm = z.strictObject({
  orderKey: z.string().min(1).max(200),
  fromAccount: z.string().min(1),
  toAccount: z.string().min(1),
  amount: z.string().regex(/^\d{1,16}\.\d{2}$/, 'money is text with two decimals, above zero'),
  purpose: z.string().max(200),
});
type TransferOrder = z.infer<typeof transferForm>;

type Kept = CommonState & { readonly transfers: Transfer[] };

/** POST and GET of transfers. */
export function addTransfers(app: Express, state: Kept, save: () => void, accounts: readonly OpeningAccount[]): void {
  app.post('/transfers', (request, response) => {
    const order = bodyIn(transferForm, request, response);
    if (order === undefined) return;
    answerOnce(request, response, {
      key: order.orderKey,
      content: order,
      known: state.transfers.find((known) => known.orderKey === order.orderKey),
      fault: state.fault,
      accept(contentHash) {
        const refusal = refusalOf(order, accounts);
        const bankReference = refusal === undefined ? `BK${String(state.transfers.length + 1).padStart(8, '0')}` : null;
        const transfer: Transfer = {
          orderKey: order.orderKey,
          fromAccount: order.fromAccount,
          toAccount: order.toAccount,
          amount: order.amount,
          acceptedAt: state.now,
          state: refusal === undefined ? 'pending' : 'refused',
          bankReference,
          executedAt: null,
          lineId: null,
          contentHash,
          status: refusal === undefined ? 202 : 422,
          answer: refusal ?? { orderKey: order.orderKey, state: 'accepted', bankReference, acceptedAt: state.now },
        };
        state.transfers.push(transfer);
        save();
        return transfer;
      },
    });
  });

  app.get('/transfers/:orderKey', (request, response) => {
    const orderKey = request.params.orderKey;
    const known = state.transfers.find((transfer) => transfer.orderKey === orderKey);
    response.json({
      orderKey,
      state: known === undefined ? 'unknown' : known.executedAt === null ? known.state : 'executed',
      executedAt: known?.executedAt ?? null,
      bankReference: known?.bankReference ?? null,
    });
  });
}

/**
 * The executions still to come: an order is executed when a line of its day with its accounts and amount falls due, or
 * at once where that time has passed; a line serves one order; an order without a line waits for ever.
 */
export function transferEvents(state: Kept, expected: readonly ExpectedTransfer[]): readonly Event[] {
  const taken = new Set(state.transfers.map((transfer) => transfer.lineId));
  return state.transfers.flatMap((transfer): Event[] => {
    if (transfer.state === 'refused' || transfer.executedAt !== null) return [];
    const line = expected.find(
      (candidate) =>
        candidate.out.businessDate === businessDateOf(transfer.acceptedAt) &&
        candidate.from === transfer.fromAccount &&
        candidate.to === transfer.toAccount &&
        candidate.amountFen === fenOf(transfer.amount) &&
        !taken.has(candidate.out.id),
    )?.out;
    if (line === undefined) return [];
    taken.add(line.id);
    if (meets(state.fault, 'silent', transfer.orderKey)) return [];
    const due = line.at > transfer.acceptedAt ? line.at : transfer.acceptedAt;
    return [
      {
        at: minutesLater(due, delayMinutes(state.fault, transfer.orderKey)),
        happen(at) {
          transfer.executedAt = at;
          transfer.lineId = line.id;
        },
      },
    ];
  });
}

/** The bank pays out of the broker's two accounts, and only to the same side's reserve account or to the other of the two. */
function refusalOf(order: TransferOrder, accounts: readonly OpeningAccount[]): Refusal | undefined {
  const from = accounts.find((account) => account.account === order.fromAccount && account.kind === 'bank');
  if (from === undefined) {
    return { code: 'NO_SUCH_ACCOUNT', message: { zh: '付款账户不在本行', en: 'the paying account is not kept here' } };
  }
  const to = accounts.find((account) => account.account === order.toAccount);
  const ownReserve = to?.kind === 'reserve' && to.side === from.side;
  const otherBank = to?.kind === 'bank' && to.account !== from.account;
  if (!ownReserve && !otherBank) {
    return {
      code: 'DESTINATION_NOT_ALLOWED',
      message: { zh: '收款账户不在约定范围', en: 'the receiving account is not among those agreed' },
    };
  }
  if (fenOf(order.amount) === 0n) {
    return { code: 'AMOUNT_NOT_POSITIVE', message: { zh: '金额须大于零', en: 'the amount must be above zero' } };
  }
  return undefined;
}
