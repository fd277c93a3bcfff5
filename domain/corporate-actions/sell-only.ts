/**
 * Whether what an event brings can only be sold.
 *
 * Source    A4 §24: distributed warrants, and securities that are not on the list of those that can be bought. The list of the day marks `Y`
 *           buy and sell, `S` sell only; what is not on it is not eligible.
 */
import type { EventKind } from './served-kinds';

/** `absent`: not on the list; `unknown`: there is no list. */
export type ListMark = 'Y' | 'S' | 'absent' | 'unknown';

export const isSellOnly = (kind: EventKind, mark: ListMark): boolean =>
  kind === 'DISTRIBUTED_WARRANTS' || mark === 'S' || mark === 'absent';
