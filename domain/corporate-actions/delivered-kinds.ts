/**
 * What is handed over by who elects, which says how much can be elected.
 *
 * Source    corporate-actions page, step 2; facts 1.8 "entitlement basis", 4.1, 4.2.
 */
import type { EventKind } from './served-kinds';

/**
 * Shares that must still be there: what is sold and not settled yet leaves before the delivery, and is taken off what can be elected. Elsewhere
 * the holding settled on the relevant day counts; what is bought and still in transit never does.
 */
export const DELIVERED_KINDS: readonly EventKind[] = ['TAKEOVER'];

/**
 * Money for new shares, as many as the ratio gives for the holding of the record date, and of a rights issue no more than the rights that are
 * still there: they may be sold, never bought, and nothing can be applied for beyond them.
 */
export const SUBSCRIPTION_KINDS: readonly EventKind[] = ['RIGHTS_ISSUE', 'OPEN_OFFER'];
