/** Which kinds of events are served on a date: a dated catalogue, the list of 2014 and what came to it (A4 §29, facts 4.1). */
import type { BusinessDate } from '../calendar/business-date';
import { rowInForce, type Dated } from '../dated';

export const EVENT_KINDS = [
  'CASH_DIVIDEND',
  'BONUS_SHARES',
  'DISTRIBUTED_WARRANTS',
  'VOTING',
  'SPLIT_OR_CONSOLIDATION',
  'TAKEOVER',
  'RIGHTS_ISSUE',
  'OPEN_OFFER',
  'SCRIP_DIVIDEND',
  'SHARE_SUBSCRIPTION',
  'WARRANT_CONVERSION',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** From a date on, a kind is served or not. */
export interface ServedKindRow extends Dated {
  readonly kind: EventKind;
  readonly isServed: boolean;
}

/**
 * Whether events of a kind are served on a date; before the first row nothing is.
 * @throws RangeError when two rows of the kind are in force: reference data of ours
 */
export const isServedOn = (rows: readonly ServedKindRow[], kind: EventKind, date: BusinessDate): boolean =>
  rowInForce(
    rows.filter((row) => row.kind === kind),
    date,
  )?.isServed ?? false;
