/** Who is who in a rehearsal of complaints: who does which task, who decides, and what they say where no complaint says it. */
import type { Task } from '../rehearsal/api-answers';

/** Who receives, calls, and moves the clock. */
export const RECEIVER = 'service-1';
const HEAD_OF_SERVICE = 'service-2';
export const CALLER = 'service-3';
const COMPLIANCE = 'compliance-1';

export const HANDLERS = [
  { person: 'brokerage-1', role: 'brokerage' },
  { person: 'region-1', role: 'region' },
  { person: 'branch-1002', role: 'branch', branch: '1002' },
  { person: 'brokerage-2', role: 'brokerage' },
] as const;
/** A reopened complaint is handled a level higher. */
export const HIGHER = { person: 'compliance-2', role: 'compliance' } as const;

/** Who does a task that nobody holds. */
export const DOERS: Readonly<Record<string, string>> = {
  'register-complaint': RECEIVER,
  'accept-complaint': RECEIVER,
  'answer-complaint': RECEIVER,
  'offer-mediation': RECEIVER,
  'close-complaint': RECEIVER,
  'telephone-notice': RECEIVER,
  'callback-follow-up': RECEIVER,
  'callback-unreachable': HEAD_OF_SERVICE,
  'answer-complaint-request': 'ops-client-1',
  'do-corrective-action': 'ops-client-2',
  'go-on-without-answer': COMPLIANCE,
  'take-up-complaint': COMPLIANCE,
  'make-compensation-order': 'fin-prop-1',
  'approve-order': 'fin-prop-2',
};
/** Who decides, by the role that an approval asks. */
export const DECIDERS: Readonly<Record<string, string>> = {
  service: HEAD_OF_SERVICE,
  compliance: COMPLIANCE,
  general_manager: 'general-manager',
  // More time is given by the heads of those who handle it.
  brokerage: 'brokerage-2',
  region: 'region-2',
  branch: 'branch-1002-head',
};
export const PEOPLE = [
  ...new Set([...Object.values(DOERS), ...Object.values(DECIDERS), ...HANDLERS.map(({ person }) => person)]),
  HIGHER.person,
  'branch-1001',
];

/** Tasks that say of no complaint what is to be done. */
export function ofNoComplaint({ kind, facts }: Task): object | undefined {
  switch (kind) {
    case 'make-compensation-order':
      return { amount: facts['amount'] };
    case 'telephone-notice':
      return { outcome: 'reached' };
    case 'callback-unreachable':
      return { decision: 'leave', reason: '三次未能接通' };
    case 'callback-follow-up':
      return { finding: '已更正联系方式' };
    case 'go-on-without-answer':
      return { reason: '现有证据已经充分' };
    default:
      return kind.startsWith('approve-') ? { decision: 'approve', reason: '核对无误，同意' } : undefined;
  }
}
