/** The counter system over HTTP; the protocol stands in simulators/README.md. */
import { z } from 'zod';
import { instantForm, moneyForm, rateForm } from '../http/forms';
import { ask, send, type OutsideSystem } from '../http/json-call';
import type { CounterPort } from './counter-port';

const correctionsAcceptedForm = z.object({
  lineCount: z.int().min(0),
  total: moneyForm,
  receivedAt: instantForm,
});

const correctionsStateForm = z.object({ batchKey: z.string(), state: z.enum(['accepted', 'unknown']) });

const permissionAcceptedForm = z.object({ receivedAt: instantForm });

const permissionStateForm = z.object({ instructionKey: z.string(), state: z.enum(['accepted', 'unknown']) });

const dayForm = z.object({ fundAccount: z.string(), tradedToday: z.boolean(), liveOrder: z.boolean() });

const ratesForm = z.object({ lines: z.array(z.object({ fundAccount: z.string(), rate: rateForm })) });

/** A counter port on an address; a batch is large, so an answer may take 30 seconds unless told otherwise. */
export function httpCounter(baseUrl: string, timeoutMs = 30_000): CounterPort {
  const counter: OutsideSystem = { name: 'counter', baseUrl, timeoutMs };
  return {
    async sendFreezeCorrections(batch) {
      const sent = await send(counter, '/freeze-corrections', batch.batchKey, batch, correctionsAcceptedForm);
      return sent.outcome === 'refused' ? sent : { outcome: 'accepted', ...sent.answer };
    },
    askFreezeCorrections: (batchKey) =>
      ask(counter, `/freeze-corrections/${encodeURIComponent(batchKey)}`, correctionsStateForm),
    async sendPermission(instruction) {
      const sent = await send(counter, '/permissions', instruction.instructionKey, instruction, permissionAcceptedForm);
      return sent.outcome === 'refused' ? sent : { outcome: 'accepted', ...sent.answer };
    },
    askPermission: (instructionKey) =>
      ask(counter, `/permissions/${encodeURIComponent(instructionKey)}`, permissionStateForm),
    async sendCommission(instruction) {
      const sent = await send(counter, '/commissions', instruction.instructionKey, instruction, permissionAcceptedForm);
      return sent.outcome === 'refused' ? sent : { outcome: 'accepted', ...sent.answer };
    },
    askCommission: (instructionKey) =>
      ask(counter, `/commissions/${encodeURIComponent(instructionKey)}`, permissionStateForm),
    async sendElection(instruction) {
      const sent = await send(counter, '/elections', instruction.instructionKey, instruction, permissionAcceptedForm);
      return sent.outcome === 'refused' ? sent : { outcome: 'accepted', ...sent.answer };
    },
    listCommissions: (permission, on, after) =>
      ask(counter, `/commission-rates?${new URLSearchParams({ permission, on, after }).toString()}`, ratesForm),
    askDay: (fundAccount) => ask(counter, `/days/${encodeURIComponent(fundAccount)}`, dayForm),
  };
}
