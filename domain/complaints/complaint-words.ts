/** What complaints are about, how they come in and where they stand, in the words of the house (facts 6.1 [S70]: by business, by importance; complaints page). */

import type { Words } from '../messages/words';

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

/** Departments that complaints are given to, or that are asked about them. */
export const COMPLAINT_DEPARTMENTS = [
  'branch',
  'region',
  'brokerage',
  'service',
  'operations',
  'finance',
  'compliance',
  'general_manager',
] as const;

/** Who is asked about a complaint: those, and who handles none but knows of it. A risk post of a branch checks what others did there, and nothing else. */
export const ASKED_ABOUT_COMPLAINTS = [...COMPLAINT_DEPARTMENTS, 'prop', 'audit', 'supervisor', 'admin'] as const;

/** How fast the head office hears of it (facts 6.2). */
export const URGENCIES = ['ordinary', 'urgent'] as const;
export type Urgency = (typeof URGENCIES)[number];

/** Why a complaint is taken up by the head office the same day, and how that is said. */
export const HEAD_OFFICE_WORDS = {
  urgent: { zh: '紧急', en: 'it is urgent' },
  collective: { zh: '多人群体投诉', en: 'many complain of one cause' },
  reopened: { zh: '重新办理', en: 'it is handled again, a level higher' },
} as const satisfies Readonly<Record<string, Words>>;
export type HeadOfficeCause = keyof typeof HEAD_OFFICE_WORDS;

/** Why a complaint is not accepted, and how that is said to whoever complains. */
export const REFUSAL_GROUND_WORDS = {
  'not ours': { zh: '不属于本公司业务', en: 'it is not about our business' },
  'no facts': { zh: '没有具体事实', en: 'it names no facts' },
  'in court or arbitration': { zh: '已进入诉讼或仲裁', en: 'it is before a court or an arbitrator' },
  'decided before': { zh: '同一事项已作出处理决定', en: 'the same matter was decided before' },
  'out of time': { zh: '已超过受理期限', en: 'it comes too late' },
} as const satisfies Readonly<Record<string, Words>>;
export type RefusalGround = keyof typeof REFUSAL_GROUND_WORDS;
export const REFUSAL_GROUNDS = Object.keys(REFUSAL_GROUND_WORDS) as readonly RefusalGround[];

/** What an investigation finds. */
export type Finding = 'upheld' | 'partly upheld' | 'not upheld';

/** What a complaint came of, as it was found at the closing. */
export const ROOT_CAUSES = ['rule', 'system', 'person', 'training', 'outside', 'misunderstanding', 'none'] as const;

/** Whether what was claimed was reasonable, as it was found in the end (facts 6.1 [S70]: classification by reasonableness). */
export const REASONABLENESS = ['reasonable', 'partly reasonable', 'unreasonable'] as const;

/** Whom it was held against that it came to the complaint (facts 6.2: accountability in the register). */
export const ACCOUNTABILITY = ['none', 'department', 'person', 'department and person'] as const;

/** What 12386 or an exchange passed on (facts 6.1 [S69]: complaint, tip-off, enquiry, suggestion). */
export const TRANSFER_KINDS = ['complaint', 'tip-off', 'enquiry', 'suggestion'] as const;

/** States in which the outcome of the present level is decided. */
export const DECIDED_STATES: readonly ComplaintState[] = [
  'decided',
  'answered',
  'closed',
  'disputed',
  'refused',
  'duplicate',
];

/** States in which a handler owes the answer. */
export const OWING_STATES: readonly ComplaintState[] = ['assigned', 'decided'];

/** States in which a complaint has ended. */
export const ENDED_STATES: readonly ComplaintState[] = ['closed', 'disputed', 'refused', 'duplicate'];

/** Whose a mail is that does not come from the contact of the complainant, as whoever looks at it says. */
export const MAIL_SENDERS = ['complainant by another address', 'another person'] as const;
export type MailSender = (typeof MAIL_SENDERS)[number];
