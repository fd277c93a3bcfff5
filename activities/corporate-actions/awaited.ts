/** SQL on an entitlement: what of it has not come. */
import { SUBSCRIPTION_KINDS } from '../../domain/corporate-actions/delivered-kinds';
import type { EventKind } from '../../domain/corporate-actions/served-kinds';

export const awaitedMoney = '(coalesce(gross_cents, 0) > 0 and credited_fen is null)';
export const awaitedRights = '(coalesce(rights_shares, 0) > 0 and credited_rights is null)';

export const awaitedIn = '(coalesce(in_shares, 0) > 0 and credited_in is null)';
export const awaitedOut = '(coalesce(out_shares, 0) > 0 and credited_out is null)';

/**
 * What a choice brings may come on another day than what it takes; else what leaves and what comes stand in one file, and one without the other is
 * a difference.
 */
export const awaitedShares = (kind: EventKind): string =>
  kind === 'TAKEOVER' || kind === 'SCRIP_DIVIDEND' || SUBSCRIPTION_KINDS.includes(kind)
    ? `(${awaitedIn} or ${awaitedOut})`
    : '(coalesce(in_shares, 0) + coalesce(out_shares, 0) > 0 and credited_in is null and credited_out is null)';

/** Money and shares, all but rights. */
export const awaitedRest = (kind: EventKind): string => `(${awaitedMoney} or ${awaitedShares(kind)})`;

export const isAwaited = (kind: EventKind): string => `(${awaitedRest(kind)} or ${awaitedRights})`;
