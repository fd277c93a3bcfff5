/**
 * How many shares a holder can elect for.
 *
 * Source    corporate-actions page, step 2; facts 1.8 "entitlement basis", 4.2.
 * Rule      Settled on the relevant day. Where the shares are delivered (takeover, open offer, rights) what is sold and not settled yet
 *           is taken off, because it leaves before the delivery. What is bought and still in transit never counts.
 * Units     Whole shares.
 */
import type { EventKind } from './served-kinds';

/** Kinds in which who elects hands over shares, or rights, that must still be there. */
export const DELIVERED_KINDS: readonly EventKind[] = ['TAKEOVER', 'RIGHTS_ISSUE', 'OPEN_OFFER'];

/** @throws RangeError for a negative quantity */
export function electableShares(
  kind: EventKind,
  held: { readonly settled: bigint; readonly unsettledSales: bigint; readonly inTransit: bigint },
): bigint {
  const { settled, unsettledSales, inTransit } = held;
  if (settled < 0n || unsettledSales < 0n || inTransit < 0n) throw new RangeError('a holding is not negative');
  if (!DELIVERED_KINDS.includes(kind)) return settled;
  return settled > unsettledSales ? settled - unsettledSales : 0n;
}
