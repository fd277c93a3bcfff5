/**
 * Who may call what: every route of the API with its roles, in one place. A route that is not here does not exist; a
 * generated test calls every route as every role and expects exactly this table.
 *
 * `public` needs no token. Sides and branches are judged after the role: makers and checkers of operations, finance and
 * own-account trading see and touch their own side only, people of a branch their own branch (A1 §27).
 */
import { ROLES, type Role } from '../domain/people/roles';

type Access = 'public' | readonly Role[];

/** Who reads the day: those who settle it, their side only, and those who watch over both. */
const SETTLERS = ['operations', 'finance'] as const;
const WATCHERS = ['supervisor', 'compliance', 'audit', 'general_manager'] as const;
const DAY_READERS = [...SETTLERS, 'prop', ...WATCHERS] as const;
/** Who follows what clients owe: branches those of their clients. */
const OVERDRAFT_READERS = ['branch', 'brokerage', 'operations', 'finance', ...WATCHERS] as const;
/** Who has work in a list of tasks. */
const TASK_PEOPLE = [
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
const STAFF = ROLES.filter((role) => role !== 'client');
/** Who sees where requests for permissions stand; clients the own, branches those of their clients. */
const PERMISSION_WATCHERS = [
  'branch',
  'branch_risk',
  'brokerage',
  'service',
  'operations',
  'supervisor',
  'compliance',
  'audit',
] as const;
/** Who reads what clients were asked and answered. */
const CALLBACK_READERS = ['service', 'operations', 'supervisor', 'compliance', 'audit'] as const;
const PERMISSION_READERS = ['client', ...PERMISSION_WATCHERS] as const;
/** Who looks at the documents of requests: those who file, check and open, and those who watch over it. */
const DOCUMENT_READERS = ['branch', 'branch_risk', 'operations', 'supervisor', 'compliance', 'audit'] as const;

/** Who reads corporate actions, and who sees their holders. */
const HOLDER_READERS = ['branch', 'service', 'operations', 'prop', ...WATCHERS] as const;
const EVENT_READERS = ['brokerage', 'finance', ...HOLDER_READERS] as const;

/** Departments that handle complaints or are asked about them. */
const COMPLAINT_STAFF = [
  'branch',
  'region',
  'brokerage',
  'service',
  'operations',
  'finance',
  'compliance',
  'general_manager',
] as const;

/** Who reads how well complaints and callbacks are handled. */
const QUALITY_READERS = ['brokerage', 'service', ...WATCHERS] as const;

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
  readOverdraftAgeing: DAY_READERS,
  listOverdraftCases: OVERDRAFT_READERS,
  readOverdraftCase: OVERDRAFT_READERS,
  listBreaks: [...SETTLERS, ...WATCHERS],
  readFigure: DAY_READERS,
  listFigures: DAY_READERS,
  explainFigure: DAY_READERS,
  readDayReport: WATCHERS,
  readReportCsv: WATCHERS,
  readReportXlsx: WATCHERS,
  readReportPdf: WATCHERS,
  readStatement: [...SETTLERS, ...WATCHERS],
  readStatementCsv: [...SETTLERS, ...WATCHERS],
  readStatementXlsx: [...SETTLERS, ...WATCHERS],
  readStatementPdf: [...SETTLERS, ...WATCHERS],
  readJournal: [...SETTLERS, ...WATCHERS],
  listNotices: [...SETTLERS, ...WATCHERS, 'admin'],

  listMessages: STAFF,
  readMessage: STAFF,
  readMessageContent: STAFF,
  listOwnMessages: ROLES,
  readOwnMessage: ROLES,
  readOwnMessageWishes: STAFF,
  setOwnMessageWishes: STAFF,
  readClientMessageWishes: ['branch', 'service', 'operations', 'supervisor', 'compliance', 'audit'],
  setClientMessageWishes: ['operations'],
  listWebhookReceivers: ['admin', ...WATCHERS],
  registerWebhookReceiver: ['admin'],
  rotateWebhookKey: ['admin'],
  switchWebhookReceiverOff: ['admin'],

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
  saveTaskView: TASK_PEOPLE,
  listTaskViews: TASK_PEOPLE,
  readTaskView: TASK_PEOPLE,
  listTasksOfView: TASK_PEOPLE,
  changeTaskView: TASK_PEOPLE,
  removeTaskView: TASK_PEOPLE,
  makeSubstitution: TASK_PEOPLE,
  endSubstitution: TASK_PEOPLE,
  listSubstitutions: TASK_PEOPLE,
  decideBreak: ['supervisor'],
  askPostponement: ['operations'],
  withdrawPostponement: ['operations'],
  listPostponements: DAY_READERS,
  listBreaksOfDesk: [...SETTLERS, ...WATCHERS],
  assignBreak: ['supervisor'],
  askBreakWriteOff: ['operations', 'finance'],
  listDeadlines: TASK_PEOPLE,
  readDeadline: TASK_PEOPLE,
  stopDeadlineClock: TASK_PEOPLE,
  resumeDeadlineClock: TASK_PEOPLE,
  askDeadlineExtension: TASK_PEOPLE,
  readDeadlineReport: WATCHERS,

  readProcess: WATCHERS,
  listAudit: ['audit', 'compliance', 'supervisor'],
  readClient: ['branch', 'service', 'operations', 'supervisor', 'compliance', 'audit'],
  listDelegations: TASK_PEOPLE,
  giveDelegation: TASK_PEOPLE,
  revokeDelegation: TASK_PEOPLE,

  importRestrictedList: ['operations', 'compliance'],
  listRestrictedLists: [...SETTLERS, 'brokerage', ...WATCHERS],
  readCalendar: STAFF,
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

  listAgreementTexts: ['brokerage', 'operations', 'compliance', 'audit'],
  writeAgreementText: ['brokerage'],
  approveAgreementText: ['compliance'],
  readQuestionnaire: ['client', ...PERMISSION_WATCHERS],
  answerQuestionnaire: ['client'],
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
  listPermissions: PERMISSION_READERS,
  suspendBuying: ['operations'],
  resumeBuying: ['operations'],
  changeCommission: ['branch'],
  askPermissionClosing: ['branch'],
  askInstitutionOpening: ['branch'],
  fileRequestDocument: ['branch'],
  handOverRequestPapers: ['branch'],
  withdrawCounterRequest: ['branch'],
  listRequestDocuments: DOCUMENT_READERS,
  readRequestDocument: DOCUMENT_READERS,
  returnRequestScan: ['branch_risk'],
  listCommissionBreaks: ['brokerage', 'operations', ...WATCHERS],
  askRetentionChange: ['branch', 'compliance'],
  listRetentionChanges: ['branch', 'operations', ...WATCHERS],

  askCallback: ['service', 'compliance', 'brokerage'],
  listCallbacks: CALLBACK_READERS,
  readCallback: CALLBACK_READERS,
  beginCall: ['service'],
  recordCall: ['service'],
  fileCallRecording: ['service'],
  askSample: ['service', 'brokerage', 'compliance', 'audit'],
  listSamples: QUALITY_READERS,
  listSampleMembers: QUALITY_READERS,
  listInspections: QUALITY_READERS,
  askAppraisal: ['service', 'compliance'],
  listAppraisals: ['service', 'compliance', 'general_manager', 'audit'],
  recordSurveyAnswer: ['client', 'service'],
  readSurveyRates: QUALITY_READERS,
  readComplaintReport: QUALITY_READERS,
  readComplaintReportCsv: QUALITY_READERS,
  readComplaintReportXlsx: QUALITY_READERS,
  readComplaintReportPdf: QUALITY_READERS,
  readCallbackReport: QUALITY_READERS,
  receiveComplaint: ['client', 'branch', 'service'],
  listComplaints: ['client', ...COMPLAINT_STAFF, 'supervisor', 'audit'],
  readComplaint: ['client', ...COMPLAINT_STAFF, 'supervisor', 'audit'],
  listComplaintSteps: ['client', ...COMPLAINT_STAFF, 'supervisor', 'audit'],
  // Audit: whoever holds the inspection of it.
  readComplaintParticulars: ['client', ...COMPLAINT_STAFF, 'audit'],
  supplementComplaint: ['client', 'branch', 'service'],
  addComplaintAttachment: ['client', 'branch', 'service'],
  readComplaintAttachment: ['client', ...COMPLAINT_STAFF, 'audit'],
  nameComplaintSubject: COMPLAINT_STAFF,
  readComplaintEvidence: [...COMPLAINT_STAFF, 'supervisor', 'audit'],
  readComplaintDocument: [...COMPLAINT_STAFF, 'audit'],
  listReceivedMails: ['service', 'compliance', 'supervisor', 'audit'],
  readReceivedMailContent: ['service', 'compliance'],
  writeComplaintText: COMPLAINT_STAFF,
  askDepartment: COMPLAINT_STAFF,
  askComplaintExtension: COMPLAINT_STAFF,
  recuseFromComplaint: COMPLAINT_STAFF,

  listCorporateActions: EVENT_READERS,
  readCorporateAction: EVENT_READERS,
  listCorporateActionHolders: HOLDER_READERS,
  listCorporateActionEntitlements: HOLDER_READERS,
  exportCorporateActionHolders: HOLDER_READERS,
  listOwnCorporateActions: ['client'],
  elect: ['client'],
  leaveElectionToDefault: ['client'],
  recordTelephoneElection: ['branch'],
  askElectionCutChange: ['operations'],
  remindHolders: ['operations', 'branch'],
  markHoldersUnreachable: ['operations', 'branch'],

  readClock: [...DAY_READERS, 'admin'],
  moveClock: ['operations', 'supervisor'],

  listRehearsalPeople: 'public',
  issueRehearsalToken: 'public',
} as const satisfies Record<string, Access>;

/** Name of a route; `operationId` in the API document. */
export type RouteId = keyof typeof policy;

/** Roles that may call a route, or `public`. */
export const accessTo = (route: RouteId): Access => policy[route];

/** What of a route's objects a caller reaches, once the role is right. */
export interface Barrier {
  /**
   * `house`: there is nothing of one side, branch or person. `side`: what is of the own side or of none. `work`: work, promises and messages
   * of the own role, side and branch. `client`: clients of the own side and branch; of whoever is a client, oneself. `person`: what one
   * made, or what names one.
   */
  readonly own: 'house' | 'side' | 'work' | 'client' | 'person';
  /** Roles that no such line stops. */
  readonly all: readonly Role[];
  /** Head and deputies of role, side and branch reach it too, or they only. */
  readonly leaders?: 'too' | 'only';
}

const HOUSE = { own: 'house', all: ROLES } as const;
const OWN_SIDE = { own: 'side', all: WATCHERS } as const;
const OWN_WORK = { own: 'work', all: [] } as const;
const OWN_WORK_OR_WATCHED = { own: 'work', all: WATCHERS } as const;
const OWN_PERSON = { own: 'person', all: [] } as const;
const OWN_PERSON_OR_WATCHED = { own: 'person', all: WATCHERS } as const;

const OWN_CLIENT = { own: 'client', all: [] } as const;
const OWN_CLIENTS = { own: 'client', all: ['brokerage', 'service', 'operations', ...WATCHERS] } as const;

/** Overdrafts of clients: finance decides about write-offs whichever its side. */
const OWN_CASES = { own: 'client', all: ['brokerage', 'operations', 'finance', ...WATCHERS] } as const;

/** Besides, everybody sees what one received, handles or holds a task of. */
const OWN_COMPLAINTS = {
  own: 'client',
  all: ['region', 'brokerage', 'service', 'operations', 'finance', ...WATCHERS],
} as const;

/** The barriers behind each route, read by the same generated test. */
export const barriers: Readonly<Record<RouteId, Barrier>> = {
  readLiveness: HOUSE,
  readReadiness: HOUSE,
  readMetrics: HOUSE,
  readWhoIAm: HOUSE,

  startSettlementDay: HOUSE,
  listSettlementDays: HOUSE,
  readSettlementDay: OWN_SIDE,
  watchSettlementDay: OWN_SIDE,
  listFiles: HOUSE,
  readFile: OWN_SIDE,
  listFindings: OWN_SIDE,
  listBatches: HOUSE,
  listOverdrafts: OWN_SIDE,
  readOverdraftAgeing: OWN_SIDE,
  listOverdraftCases: OWN_CASES,
  readOverdraftCase: OWN_CASES,
  listBreaks: OWN_SIDE,
  readFigure: OWN_SIDE,
  listFigures: OWN_SIDE,
  explainFigure: OWN_SIDE,
  readDayReport: HOUSE,
  readReportCsv: HOUSE,
  readReportXlsx: HOUSE,
  readReportPdf: HOUSE,
  readStatement: OWN_SIDE,
  readStatementCsv: OWN_SIDE,
  readStatementXlsx: OWN_SIDE,
  readStatementPdf: OWN_SIDE,
  readJournal: OWN_SIDE,
  listNotices: OWN_WORK_OR_WATCHED,

  listMessages: OWN_WORK_OR_WATCHED,
  readMessage: OWN_WORK_OR_WATCHED,
  readMessageContent: OWN_WORK_OR_WATCHED,
  listOwnMessages: OWN_WORK,
  readOwnMessage: OWN_WORK,
  readOwnMessageWishes: HOUSE,
  setOwnMessageWishes: HOUSE,
  readClientMessageWishes: { own: 'client', all: WATCHERS },
  setClientMessageWishes: OWN_CLIENT,
  listWebhookReceivers: HOUSE,
  registerWebhookReceiver: HOUSE,
  rotateWebhookKey: HOUSE,
  switchWebhookReceiverOff: HOUSE,

  listTasks: OWN_WORK,
  countTasks: OWN_WORK,
  readTask: OWN_WORK_OR_WATCHED,
  listTaskEvents: OWN_WORK_OR_WATCHED,
  completeTask: OWN_WORK,
  claimTask: OWN_WORK,
  releaseTask: OWN_WORK,
  // Besides, only its maker may.
  recallTask: OWN_WORK_OR_WATCHED,
  returnTask: OWN_WORK,
  assignTask: { own: 'work', all: ['supervisor'], leaders: 'only' },
  commentTask: OWN_WORK_OR_WATCHED,
  makeTaskBulk: OWN_WORK,
  readTaskBulk: OWN_PERSON_OR_WATCHED,
  listTaskBulkRows: OWN_PERSON_OR_WATCHED,
  retryTaskBulk: OWN_PERSON,
  saveTaskView: HOUSE,
  // Besides, what others share.
  listTaskViews: OWN_PERSON,
  readTaskView: OWN_PERSON,
  listTasksOfView: OWN_PERSON,
  changeTaskView: OWN_PERSON,
  removeTaskView: OWN_PERSON,
  makeSubstitution: HOUSE,
  endSubstitution: { own: 'person', all: ['supervisor'], leaders: 'too' },
  listSubstitutions: OWN_PERSON_OR_WATCHED,
  decideBreak: HOUSE,
  askPostponement: HOUSE,
  withdrawPostponement: HOUSE,
  listPostponements: HOUSE,
  listBreaksOfDesk: OWN_SIDE,
  assignBreak: HOUSE,
  askBreakWriteOff: OWN_SIDE,
  listDeadlines: OWN_WORK_OR_WATCHED,
  readDeadline: OWN_WORK_OR_WATCHED,
  stopDeadlineClock: OWN_WORK,
  resumeDeadlineClock: OWN_WORK,
  askDeadlineExtension: OWN_WORK,
  readDeadlineReport: HOUSE,

  readProcess: HOUSE,
  listAudit: HOUSE,
  readClient: { own: 'client', all: WATCHERS },
  listDelegations: OWN_PERSON_OR_WATCHED,
  giveDelegation: HOUSE,
  revokeDelegation: { own: 'person', all: ['compliance'] },

  importRestrictedList: HOUSE,
  listRestrictedLists: HOUSE,
  readCalendar: HOUSE,
  askParameterChange: HOUSE,
  reviseParameterChange: HOUSE,
  recallParameterChange: HOUSE,
  listParameterChanges: HOUSE,
  readParameterChange: HOUSE,

  listPeople: HOUSE,
  readPerson: HOUSE,
  admitPerson: HOUSE,
  dismissPerson: HOUSE,
  requestRoleGrant: HOUSE,
  listRoleGrants: { own: 'person', all: DIRECTORY_READERS },
  readRoleGrant: { own: 'person', all: DIRECTORY_READERS },
  revokeGrant: HOUSE,

  listAgreementTexts: HOUSE,
  writeAgreementText: HOUSE,
  approveAgreementText: HOUSE,
  readQuestionnaire: HOUSE,
  answerQuestionnaire: HOUSE,
  askPermission: HOUSE,
  readPermissionRequest: OWN_CLIENTS,
  listPermissionRequests: OWN_CLIENTS,
  listPermissionSteps: OWN_CLIENTS,
  readPermissionFunnel: OWN_CLIENTS,
  withdrawPermissionRequest: OWN_CLIENT,
  sendOneTimeCode: OWN_CLIENT,
  enterOneTimeCode: OWN_CLIENT,
  checkEligibility: OWN_CLIENT,
  reportListening: OWN_CLIENT,
  beginTestAttempt: OWN_CLIENT,
  answerTestAttempt: OWN_CLIENT,
  showAgreements: OWN_CLIENT,
  signAgreements: OWN_CLIENT,
  listPermissions: OWN_CLIENTS,
  suspendBuying: HOUSE,
  resumeBuying: HOUSE,
  changeCommission: HOUSE,
  // Besides, whose client it is, is judged where the request is entered.
  askPermissionClosing: HOUSE,
  askInstitutionOpening: HOUSE,
  fileRequestDocument: OWN_CLIENT,
  handOverRequestPapers: OWN_CLIENT,
  withdrawCounterRequest: OWN_CLIENT,
  listRequestDocuments: OWN_CLIENTS,
  readRequestDocument: OWN_CLIENTS,
  returnRequestScan: OWN_CLIENT,
  listCommissionBreaks: HOUSE,
  askRetentionChange: HOUSE,
  listRetentionChanges: OWN_CLIENTS,

  askCallback: HOUSE,
  listCallbacks: HOUSE,
  readCallback: HOUSE,
  beginCall: HOUSE,
  recordCall: HOUSE,
  fileCallRecording: HOUSE,
  askSample: HOUSE,
  listSamples: HOUSE,
  listSampleMembers: HOUSE,
  listInspections: HOUSE,
  askAppraisal: HOUSE,
  listAppraisals: HOUSE,
  recordSurveyAnswer: HOUSE,
  readSurveyRates: HOUSE,
  readComplaintReport: HOUSE,
  readComplaintReportCsv: HOUSE,
  readComplaintReportXlsx: HOUSE,
  readComplaintReportPdf: HOUSE,
  readCallbackReport: HOUSE,
  receiveComplaint: HOUSE,
  listComplaints: OWN_COMPLAINTS,
  readComplaint: OWN_COMPLAINTS,
  listComplaintSteps: OWN_COMPLAINTS,
  // Besides, only those who handle it.
  readComplaintParticulars: OWN_COMPLAINTS,
  supplementComplaint: OWN_COMPLAINTS,
  addComplaintAttachment: OWN_COMPLAINTS,
  readComplaintAttachment: OWN_COMPLAINTS,
  nameComplaintSubject: OWN_COMPLAINTS,
  readComplaintEvidence: OWN_COMPLAINTS,
  readComplaintDocument: OWN_COMPLAINTS,
  listReceivedMails: HOUSE,
  // Besides, only whoever looks at it or handles its complaint.
  readReceivedMailContent: HOUSE,
  writeComplaintText: OWN_COMPLAINTS,
  askDepartment: OWN_COMPLAINTS,
  askComplaintExtension: OWN_COMPLAINTS,
  recuseFromComplaint: OWN_COMPLAINTS,

  // Events are the market's; of their holders a caller sees, and reaches, those of the own side and branch.
  listCorporateActions: HOUSE,
  readCorporateAction: HOUSE,
  listCorporateActionHolders: HOUSE,
  listCorporateActionEntitlements: HOUSE,
  exportCorporateActionHolders: HOUSE,
  listOwnCorporateActions: HOUSE,
  elect: HOUSE,
  leaveElectionToDefault: HOUSE,
  recordTelephoneElection: HOUSE,
  askElectionCutChange: HOUSE,
  remindHolders: HOUSE,
  markHoldersUnreachable: HOUSE,

  readClock: HOUSE,
  moveClock: HOUSE,

  listRehearsalPeople: HOUSE,
  issueRehearsalToken: HOUSE,
};
