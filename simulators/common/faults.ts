/** Disorders for drills: what a simulator does wrong on purpose, until it is told `none`. See README. */
import { z } from 'zod';

export const faultForm = z.strictObject({
  kind: z.enum(['silent', 'refuse', 'late', 'twice', 'slow', 'undelivered', 'doubled', 'failed', 'cancelled', 'none']),
  /** Part of an order key or file name; without it the fault meets everything. */
  only: z.string().min(1).optional(),
  /** late: minutes of delay; twice: minutes after which a file comes again. */
  minutes: z.int().min(1).max(1440).optional(),
  /** slow: how long an answer takes. */
  milliseconds: z.int().min(1).max(60_000).optional(),
  /** refuse: 422 is a refusal with a code, 503 a system that is down. */
  status: z.union([z.literal(422), z.literal(503)]).optional(),
});

export type Fault = z.infer<typeof faultForm>;

export const NO_FAULT: Fault = { kind: 'none' };

/** Whether this kind of disorder is on for an order key or file name. */
export function meets(fault: Fault, kind: Fault['kind'], name: string): boolean {
  return fault.kind === kind && (fault.only === undefined || name.includes(fault.only));
}

/** Minutes by which an order or a file is delayed: 30 where the fault does not say, 0 without the fault. */
export function delayMinutes(fault: Fault, name: string): number {
  return meets(fault, 'late', name) ? (fault.minutes ?? 30) : 0;
}
