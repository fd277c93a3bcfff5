/** CCNET over HTTP; the protocol stands in simulators/README.md (the real message layout is not public). */
import { z } from 'zod';
import { instantForm, moneyForm } from '../http/forms';
import { ask, send, type OutsideSystem } from '../http/json-call';
import type { CcnetPort } from './ccnet-port';

const accountForm = z.object({
  account: z.string(),
  asOf: instantForm,
  balance: moneyForm,
  withdrawable: moneyForm,
  movements: z.array(
    z.object({
      number: z.int().min(1),
      business: z.enum(['ZR', 'ZC', 'JY', 'FK', 'FKTH', 'GX', 'FG', 'ZF', 'GL']),
      amount: moneyForm,
      balance: moneyForm,
      at: instantForm,
      counterAccount: z.string(),
    }),
  ),
});

const withdrawalAcceptedForm = z.object({ reference: z.string().min(1), acceptedAt: instantForm });

const withdrawalStateForm = z.object({
  orderKey: z.string(),
  state: z.enum(['accepted', 'executed', 'refused', 'unknown']),
  executedAt: instantForm.nullable(),
});

const filingAcceptedForm = z.object({ acceptedAt: instantForm, acceptanceNo: z.string().min(1) });

const filingStateForm = z.object({
  SBBH: z.string(),
  state: z.enum(['accepted', 'confirmed', 'success', 'failed', 'cancelled', 'unknown']),
  acceptanceNo: z.string().nullable(),
});

/** A CCNET port on an address; an answer may take 5 seconds unless told otherwise. */
export function httpCcnet(baseUrl: string, timeoutMs = 5000): CcnetPort {
  const ccnet: OutsideSystem = { name: 'ccnet', baseUrl, timeoutMs };
  return {
    askAccount: (account) => ask(ccnet, `/ccnet/accounts/${encodeURIComponent(account)}`, accountForm),
    async sendWithdrawal(order) {
      const sent = await send(ccnet, '/ccnet/withdrawals', order.orderKey, order, withdrawalAcceptedForm);
      return sent.outcome === 'refused' ? sent : { outcome: 'accepted', ...sent.answer };
    },
    askWithdrawal: (orderKey) => ask(ccnet, `/ccnet/withdrawals/${encodeURIComponent(orderKey)}`, withdrawalStateForm),
    async sendFiling(filing) {
      const sent = await send(ccnet, '/ccnet/filings', filing.SBBH, filing, filingAcceptedForm);
      return sent.outcome === 'refused' ? sent : { outcome: 'accepted', ...sent.answer };
    },
    askFiling: (number) => ask(ccnet, `/ccnet/filings/${encodeURIComponent(number)}`, filingStateForm),
  };
}
