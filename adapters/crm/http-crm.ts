/** The CRM over HTTP; the protocol stands in simulators/README.md. */
import { z } from 'zod';
import { rateForm } from '../http/forms';
import { ask, type OutsideSystem } from '../http/json-call';
import type { CrmPort } from './crm-port';

const lineForm = z.object({
  clientNo: z.string(),
  line: z.string(),
  rate: rateForm.nullable(),
});

const linesForm = z.object({ lines: z.array(z.object({ clientNo: z.string(), rate: rateForm })) });

export function httpCrm(baseUrl: string, timeoutMs = 10_000): CrmPort {
  const crm: OutsideSystem = { name: 'crm', baseUrl, timeoutMs };
  return {
    askCommission: (clientNo, line) =>
      ask(crm, `/commission-lines/${encodeURIComponent(clientNo)}/${encodeURIComponent(line)}`, lineForm),
    listCommissions: (line, on, after) =>
      ask(crm, `/commission-lines?${new URLSearchParams({ line, on, after }).toString()}`, linesForm),
  };
}
