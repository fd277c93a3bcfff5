/** The CRM over HTTP; the protocol stands in simulators/README.md. */
import { z } from 'zod';
import { ask, type OutsideSystem } from '../http/json-call';
import type { CrmPort } from './crm-port';

const lineForm = z.object({
  clientNo: z.string(),
  line: z.string(),
  rate: z
    .string()
    .regex(/^0\.\d{1,8}$/)
    .nullable(),
});

export function httpCrm(baseUrl: string, timeoutMs = 10_000): CrmPort {
  const crm: OutsideSystem = { name: 'crm', baseUrl, timeoutMs };
  return {
    askCommission: (clientNo, line) =>
      ask(crm, `/commission-lines/${encodeURIComponent(clientNo)}/${encodeURIComponent(line)}`, lineForm),
  };
}
