/**
 * A notice as its row keeps it: what follows from its template and its process is not written again, and the columns message_key, case_key,
 * recipient_ref, purpose and facts put it together (docs/decisions/0102-what-an-open-complaint-is-made-of.md).
 */
import type { Facts } from '../../domain/messages/template';
import { keptKey } from '../database/kept-key';

/** What its row keeps of whom a notice goes to. */
interface KeptRecipient {
  readonly otherKey: string | null;
  readonly keyTail: string | null;
  /** It goes to the number of its process. */
  readonly toItsCase: boolean;
  readonly otherRef: string | null;
}

interface KeptPurpose {
  readonly isClientNotice: boolean;
  readonly otherPurpose: string | null;
}

/** What its row keeps of its facts. */
interface KeptFacts {
  /** Among them is the complaint, the number of its process. */
  readonly namesItsCase: boolean;
  /** Those besides; null: none. */
  readonly factsTold: Facts | null;
}

/** What the key of a notice begins with. */
interface FromProcess {
  readonly template: string;
  readonly workflowId?: string | undefined;
}

export function keptRecipient(
  { template, workflowId }: FromProcess,
  { key, ref }: { readonly key: string; readonly ref?: string | undefined },
): KeptRecipient {
  if (workflowId === undefined) return { otherKey: key, keyTail: null, toItsCase: false, otherRef: ref ?? null };
  const number = numberOf(workflowId);
  const [otherKey, keyTail] = keptKey(key, `${template.toLowerCase().replaceAll('_', '-')}:${number}`);
  return ref === number
    ? { otherKey, keyTail, toItsCase: true, otherRef: null }
    : { otherKey, keyTail, toItsCase: false, otherRef: ref ?? null };
}

/** @param purpose undefined where no template says one */
export const keptPurpose = (purpose: string | undefined): KeptPurpose =>
  purpose === 'client-notice'
    ? { isClientNotice: true, otherPurpose: null }
    : { isClientNotice: false, otherPurpose: purpose ?? null };

export function keptFacts(workflowId: string | undefined, facts: Facts): KeptFacts {
  const { complaint, ...others } = facts;
  const namesItsCase = workflowId !== undefined && complaint === numberOf(workflowId);
  const told = namesItsCase ? others : facts;
  return { namesItsCase, factsTold: Object.keys(told).length === 0 ? null : told };
}

/** `T20250623-000001` of `complaint:T20250623-000001`. */
const numberOf = (workflowId: string): string => workflowId.slice(workflowId.indexOf(':') + 1);
