/**
 * A notice as its row keeps it: what follows from its template and its process is not written again, and the columns message_key, case_key,
 * recipient_ref and purpose put it together (docs/decisions/0102-what-an-open-complaint-is-made-of.md).
 */
import { keptKey, numberOf } from '../database/kept-key';

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
