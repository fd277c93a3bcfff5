/**
 * From which day on what an event brings is expected.
 *
 * Source    facts 1.8 and 4.2: cash and shares come after the day on which HKSCC pays (RQ2 of H01), what rests on a choice after the deadline of
 *           the notice (RQ3), rights after the record date, a split on its effective date.
 */
import type { BusinessDate } from '../calendar/business-date';
import type { EventTerms } from './event-notice';
import type { EventKind } from './served-kinds';

/** `rights`: rights that are a security of their own; `rest`: money and shares. */
export type AwaitedPart = 'rights' | 'rest';

/** Undefined where the notice names no day from which it can be told: nobody is promised what cannot be dated. */
export function expectedFrom(
  kind: EventKind,
  { recordOn, effectiveOn, payOn, deadlineOn }: EventTerms,
  part: AwaitedPart,
): BusinessDate | undefined {
  const day = (text: string | undefined) => text as BusinessDate | undefined;
  if (part === 'rights') return day(recordOn);
  switch (kind) {
    case 'SPLIT_OR_CONSOLIDATION':
      return day(effectiveOn);
    case 'TAKEOVER':
    case 'RIGHTS_ISSUE':
    case 'OPEN_OFFER':
      return day(deadlineOn);
    // Who chose what is known with the deadline, whenever HKSCC pays.
    case 'SCRIP_DIVIDEND':
      return day(payOn !== undefined && deadlineOn !== undefined && deadlineOn > payOn ? deadlineOn : payOn);
    default:
      return day(payOn);
  }
}

/** A dividend is cleared within days of a rule of its own (A4 §23). */
export const isDividend = (kind: EventKind): boolean => kind === 'CASH_DIVIDEND' || kind === 'SCRIP_DIVIDEND';
