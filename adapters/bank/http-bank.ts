/** The bank over HTTP; the protocol stands in simulators/README.md. */
import { z } from 'zod';
import { instantForm, moneyForm } from '../http/forms';
import { ask, send, type OutsideSystem } from '../http/json-call';
import type { BankPort } from './bank-port';

const acceptedForm = z.object({ bankReference: z.string().min(1), acceptedAt: instantForm });

const stateForm = z.object({
  orderKey: z.string(),
  state: z.enum(['pending', 'executed', 'refused', 'unknown']),
  executedAt: instantForm.nullable(),
  bankReference: z.string().nullable(),
});

const balanceForm = z.object({ account: z.string(), asOf: instantForm, balance: moneyForm });

/** A bank port on an address; an answer may take 5 seconds unless told otherwise. */
export function httpBank(baseUrl: string, timeoutMs = 5000): BankPort {
  const bank: OutsideSystem = { name: 'bank', baseUrl, timeoutMs };
  return {
    async sendTransfer(order) {
      const sent = await send(bank, '/transfers', order.orderKey, order, acceptedForm);
      return sent.outcome === 'refused' ? sent : { outcome: 'accepted', ...sent.answer };
    },
    askTransfer: (orderKey) => ask(bank, `/transfers/${encodeURIComponent(orderKey)}`, stateForm),
    askBalance: (account) => ask(bank, `/accounts/${encodeURIComponent(account)}`, balanceForm),
  };
}
