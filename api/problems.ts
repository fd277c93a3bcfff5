/**
 * Refusals as RFC 9457 problems: all faults of a request at once, each with its field, its code and a sentence in both
 * languages. Codes, statuses and sentences stand in one list, `domain/errors.ts`.
 */
import {
  BusinessError,
  byPlace,
  SeveralRefusals,
  statusOf,
  textOf,
  type BilingualText,
  type ErrorCode,
} from '../domain/errors';
import { UnmetCondition, type ConditionTold } from '../domain/permissions/unmet-condition';

export interface Fault {
  /** Where the fault is: a field of the body or path, a header; null when it is no field's. */
  readonly field: string | null;
  readonly code: ErrorCode;
  readonly sentence: BilingualText;
  /** Of a condition that is not met: what was found and is required, what cures it, and from which day it is cured by waiting. */
  readonly condition?: ConditionTold;
}

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly instance: string;
  readonly sentence: BilingualText;
  readonly errors: readonly Fault[];
}

type FaultDetails = Parameters<typeof textOf>[1];

/** A fault with its sentence filled in. Details never hold personal data. */
export const fault = (code: ErrorCode, details: FaultDetails = {}, field: string | null = null): Fault => ({
  field,
  code,
  sentence: textOf(code, details),
});

/** A request that is refused, for one or more reasons. */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(
    readonly faults: readonly [Fault, ...Fault[]],
    readonly headers: Readonly<Record<string, string>> = {},
    /** Whether a process refused it, which has told so in the audit. */
    readonly byProcess = false,
  ) {
    super(faults.map(({ code }) => code).join(', '));
  }
}

/** Refuses when there is at least one fault. */
export function refuseIfAny(faults: readonly Fault[]): void {
  const [first, ...rest] = faults;
  if (first !== undefined) throw new Refused([first, ...rest]);
}

/** A span of days or months that ends before it begins is refused: nothing at all would be told of it, as of a quiet time. */
export function refuseBackwards({ from, to }: { readonly from: string; readonly to: string }): void {
  if (to < from) throw new Refused([fault('INPUT_INVALID', { field: 'to', reason: `>= ${from}` }, 'to')]);
}

/** What an error means to the caller. Anything unforeseen is INTERNAL_ERROR, and its text stays in the log. */
export function refusalOf(error: unknown): Refused {
  if (error instanceof Refused) return error;
  if (error instanceof SeveralRefusals) {
    const [first, ...rest] = error.all.map(faultOfError);
    if (first !== undefined) return new Refused([first, ...rest]);
  }
  if (error instanceof BusinessError) {
    return new Refused([faultOfError(error)]);
  }
  if (isDatabaseAway(error)) return new Refused([fault('DATABASE_UNAVAILABLE')], { 'Retry-After': '5' });
  return new Refused([fault('INTERNAL_ERROR')]);
}

/** A refusal of the rules as a fault of the request, at the field that it names. */
export function faultOfError(error: Pick<BusinessError, 'code' | 'text' | 'details'>): Fault {
  const { code, text, details } = error;
  const named: unknown = details['field'];
  const told = error instanceof UnmetCondition ? { condition: error.condition } : {};
  return { field: typeof named === 'string' ? named : null, code, sentence: text, ...told };
}

/** The problem document of a refusal. The first fault in the order of the list gives code and status. */
export function problemOf(refused: Refused, requestId: string): Problem {
  const errors = [...refused.faults].sort((a, b) => byPlace(a.code, b.code));
  const [first = refused.faults[0]] = errors;
  return {
    type: `/problems#${first.code}`,
    title: first.code.toLowerCase().replaceAll('_', ' '),
    status: statusOf(first.code),
    code: first.code,
    detail: errors.map(({ sentence }) => `${sentence.zh} ${sentence.en}`).join(' '),
    instance: `urn:request:${requestId}`,
    sentence: first.sentence,
    errors,
  };
}

/** Connection lost, refused or not to be had: SQLSTATE 08..., 57P.., 53300, 3D000, and what the driver says without one. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (/^(08|57P|53300|3D000|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT)/.test(code)) return true;
  return /Connection terminated|timeout exceeded when trying to connect|Cannot use a pool after/.test(error.message);
}
