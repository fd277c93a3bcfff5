/**
 * Who may call what: every route of the API with its roles, in one place. A route that is not here does not exist; a
 * generated test calls every route as every role and expects exactly this table.
 *
 * `public` needs no token. Sides are judged after the role: makers and checkers of operations, finance and own-account
 * trading see and touch their own side only (A1 §27).
 */
import { ROLES, type Role } from '../domain/people/roles';

type Access = 'public' | readonly Role[];

/** Who reads the day: those who settle it, their side only, and those who watch over both. */
const SETTLERS = ['operations', 'finance'] as const;
const WATCHERS = ['supervisor', 'compliance', 'audit', 'general_manager'] as const;
const DAY_READERS = [...SETTLERS, 'prop', ...WATCHERS] as const;
/** Who has work in a list of tasks. */
const TASK_PEOPLE = ['branch', 'branch_risk', 'brokerage', 'prop', 'service', ...SETTLERS, ...WATCHERS] as const;
/** Who reads the directory: those who give roles, those who watch, and technology, which makes the logins. */
export const DIRECTORY_READERS = ['operations', 'admin', ...WATCHERS] as const;
/** Departments whose heads ask for roles. */
const STAFF = ROLES.filter((role) => role !== 'client');
/** Who sees where requests for permissions stand; clients the own, branches those of their clients. */
const PERMISSION_WATCHERS = [
  'branch',
  'brokerage',
  'service',
  'operations',
  'supervisor',
  'compliance',
  'audit',
] as const;
const PERMISSION_READERS = ['client', ...PERMISSION_WATCHERS] as const;

export const policy = {
  readLiveness: 'public',
  readReadiness: 'public',
  readMetrics: 'public',
  readWhoIAm: ROLES,

  startSettlementDay: ['operations'],
  listSettlementDays: DAY_READERS,
  readSettlementDay: DAY_READERS,
  watchSettlementDay: DAY_READERS,
  listFiles: [...SETTLERS, ...WATCHERS],
  readFile: [...SETTLERS, ...WATCHERS],
  listFindings: [...SETTLERS, ...WATCHERS],
  listBatches: [...SETTLERS, ...WATCHERS],
  listOverdrafts: DAY_READERS,
  listBreaks: [...SETTLERS, ...WATCHERS],
  readFigure: DAY_READERS,
  readDayReport: WATCHERS,
  listNotices: [...SETTLERS, ...WATCHERS, 'admin'],

  listTasks: TASK_PEOPLE,
  countTasks: TASK_PEOPLE,
  readTask: TASK_PEOPLE,
  listTaskEvents: TASK_PEOPLE,
  completeTask: TASK_PEOPLE,
  claimTask: TASK_PEOPLE,
  releaseTask: TASK_PEOPLE,
  recallTask: TASK_PEOPLE,
  returnTask: TASK_PEOPLE,
  assignTask: TASK_PEOPLE,
  commentTask: TASK_PEOPLE,
  makeTaskBulk: TASK_PEOPLE,
  readTaskBulk: TASK_PEOPLE,
  listTaskBulkRows: TASK_PEOPLE,
  retryTaskBulk: TASK_PEOPLE,
  makeSubstitution: TASK_PEOPLE,
  endSubstitution: TASK_PEOPLE,
  listSubstitutions: TASK_PEOPLE,
  decideBreak: ['supervisor'],
  listDeadlines: TASK_PEOPLE,
  readDeadlineReport: WATCHERS,

  readProcess: WATCHERS,
  listAudit: ['audit', 'compliance', 'supervisor'],
  readClient: ['branch', 'service', 'operations', 'supervisor', 'compliance', 'audit'],
  listDelegations: TASK_PEOPLE,
  giveDelegation: TASK_PEOPLE,
  revokeDelegation: TASK_PEOPLE,

  askParameterChange: ['operations', 'compliance', 'brokerage'],
  reviseParameterChange: ['operations', 'compliance', 'brokerage'],
  recallParameterChange: ['operations', 'compliance', 'brokerage'],
  listParameterChanges: [...SETTLERS, 'brokerage', ...WATCHERS],
  readParameterChange: [...SETTLERS, 'brokerage', ...WATCHERS],

  listPeople: DIRECTORY_READERS,
  readPerson: DIRECTORY_READERS,
  admitPerson: ['admin'],
  dismissPerson: ['admin', 'operations'],
  requestRoleGrant: STAFF,
  listRoleGrants: STAFF,
  readRoleGrant: STAFF,
  revokeGrant: ['operations'],

  askPermission: ['client'],
  readPermissionRequest: PERMISSION_READERS,
  listPermissionRequests: PERMISSION_READERS,
  listPermissionSteps: PERMISSION_READERS,
  readPermissionFunnel: PERMISSION_WATCHERS,
  withdrawPermissionRequest: ['client'],
  sendOneTimeCode: ['client'],
  enterOneTimeCode: ['client'],
  checkEligibility: ['client'],
  reportListening: ['client'],
  beginTestAttempt: ['client'],
  answerTestAttempt: ['client'],
  showAgreements: ['client'],
  signAgreements: ['client'],

  readClock: [...DAY_READERS, 'admin'],
  moveClock: ['operations', 'supervisor'],

  listRehearsalPeople: 'public',
  issueRehearsalToken: 'public',
} as const satisfies Record<string, Access>;

/** Name of a route; `operationId` in the API document. */
export type RouteId = keyof typeof policy;

/** Roles that may call a route, or `public`. */
export const accessTo = (route: RouteId): Access => policy[route];
