/**
 * Kinds in which who elects hands over shares, or rights, that must still be there: what is sold and not settled yet leaves before the
 * delivery, and is taken off what can be elected. Elsewhere the holding settled on the relevant day counts; what is bought and still in
 * transit never does.
 *
 * Source    corporate-actions page, step 2; facts 1.8 "entitlement basis", 4.2.
 */
import type { EventKind } from './served-kinds';

export const DELIVERED_KINDS: readonly EventKind[] = ['TAKEOVER', 'RIGHTS_ISSUE', 'OPEN_OFFER'];
