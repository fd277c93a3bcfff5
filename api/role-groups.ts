/** Roles that may do the same things, by what they have to do with them. */
import { ASKED_ABOUT_COMPLAINTS, COMPLAINT_DEPARTMENTS } from '../domain/complaints/complaint-words';
import { ROLES } from '../domain/people/roles';

/** Who reads the day: those who settle it, their side only, and those who watch over both. */
export const SETTLERS = ['operations', 'finance'] as const;
/** Who watches over everything that the house does. */
export const WATCHERS = ['supervisor', 'compliance', 'audit', 'general_manager'] as const;
export const DAY_READERS = [...SETTLERS, 'prop', ...WATCHERS] as const;
/** Who follows what clients owe: branches those of their clients. */
export const OVERDRAFT_READERS = ['branch', 'brokerage', 'operations', 'finance', ...WATCHERS] as const;
/** Who has work in a list of tasks. */
export const TASK_PEOPLE = [
  'branch',
  'branch_risk',
  'region',
  'brokerage',
  'prop',
  'service',
  'admin',
  ...SETTLERS,
  ...WATCHERS,
] as const;
/** Who reads the directory: those who give roles, those who watch, and technology, which makes the logins. */
export const DIRECTORY_READERS = ['operations', 'admin', ...WATCHERS] as const;
/** Departments whose heads ask for roles. */
export const STAFF = ROLES.filter((role) => role !== 'client');
/** Who sees where requests for permissions stand; clients the own, branches those of their clients. */
export const PERMISSION_WATCHERS = [
  'branch',
  'branch_risk',
  'brokerage',
  'service',
  'operations',
  'supervisor',
  'compliance',
  'audit',
] as const;
/** Who reads whom callbacks are made to, and what clients answered. */
export const CALLBACK_READERS = ['service', 'operations', 'supervisor', 'compliance', 'audit'] as const;
export const PERMISSION_READERS = ['client', ...PERMISSION_WATCHERS] as const;
/** Who looks at the documents of requests: those who file, check and open, and those who watch over it. */
export const DOCUMENT_READERS = ['branch', 'branch_risk', 'operations', 'supervisor', 'compliance', 'audit'] as const;

/** Who reads corporate actions, and who sees their holders. */
export const HOLDER_READERS = ['branch', 'service', 'operations', 'prop', ...WATCHERS] as const;
export const EVENT_READERS = ['brokerage', 'finance', ...HOLDER_READERS] as const;

/** Departments that handle complaints or are asked about them. */
export const COMPLAINT_STAFF = COMPLAINT_DEPARTMENTS;
/** Who answers what is asked about them. */
export const COMPLAINT_ANSWERERS = ASKED_ABOUT_COMPLAINTS;

/** Who reads how well complaints and callbacks are handled. */
export const QUALITY_READERS = ['brokerage', 'service', ...WATCHERS] as const;
/** Who reads the yearly reports of complaints: of a branch also those who prepare, check and submit it there. */
export const YEARLY_REPORT_READERS = ['branch', 'branch_risk', ...QUALITY_READERS] as const;
/** Who follows which callbacks are made and how they end: each number of their report opens its list. */
export const CALLBACK_WATCHERS = ['operations', ...QUALITY_READERS] as const;
