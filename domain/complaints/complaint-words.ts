/** What complaints are about, how they come in and where they stand, in the words of the house (facts 6.1 [S70]: by business, by importance; complaints page). */

export const COMPLAINT_PRODUCTS = ['southbound', 'a-shares', 'margin', 'funds', 'wealth', 'account', 'other'] as const;

export const COMPLAINT_CATEGORIES = [
  'service',
  'fee',
  'system',
  'trading',
  'settlement',
  'suitability',
  'disclosure',
  'conduct',
  'privacy',
  'other',
] as const;

export const COMPLAINT_CHANNELS = [
  'telephone',
  'email',
  'web',
  'app',
  'branch',
  'letter',
  'regulator',
  'exchange',
] as const;
export type ComplaintChannel = (typeof COMPLAINT_CHANNELS)[number];

export const COMPLAINT_STATES = [
  'received',
  'incomplete',
  'registered',
  'accepted',
  'assigned',
  'decided',
  'answered',
  'reopened',
  'closed',
  'disputed',
  'refused',
  'duplicate',
] as const;
export type ComplaintState = (typeof COMPLAINT_STATES)[number];

/** What an investigation finds. */
export type Finding = 'upheld' | 'partly upheld' | 'not upheld';

/** States in which a complaint has ended. */
export const ENDED_STATES: readonly ComplaintState[] = ['closed', 'disputed', 'refused', 'duplicate'];
