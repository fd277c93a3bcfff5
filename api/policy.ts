/**
 * Who may call what: every route of the API with its roles, in one place. A route that is not here does not exist; a
 * generated test calls every route as every role and expects exactly this table.
 *
 * `public` needs no token. Sides and branches are judged after the role: makers and checkers of operations, finance and
 * own-account trading see and touch their own side only, people of a branch their own branch (A1 §27): `barriers.ts`.
 */
import { ROLES, type Role } from '../domain/people/roles';

type Access = 'public' | readonly Role[];

/** Who reads the day: those who settle it, their side only, and those who watch over both. */
const SETTLERS = ['operations', 'finance'] as const;
/** Who watches over everything that the house does. */
export const WATCHERS = ['supervisor', 'compliance', 'audit', 'general_manager'] as const;
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
  compareClosedDay: ['operations', 'finance', 'compliance'],
  tryRiskTerms: ['operations', 'finance', 'compliance'],
  askStepRequest: ['operations'],
  listStepRequests: DAY_READERS,
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
  readCorporateActionMoney: [...SETTLERS, ...WATCHERS],
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
  askTradeCancellation: ['operations'],
  listTradeCancellations: DAY_READERS,
  listBreaksOfDesk: [...SETTLERS, ...WATCHERS],
  assignBreak: ['supervisor'],
  askBreakWriteOff: ['operations', 'finance'],
  readAvailableMoney: [...SETTLERS, ...WATCHERS],
  listCushionTopUps: [...SETTLERS, ...WATCHERS],
  askCushionTopUp: ['finance'],
  withdrawCushionTopUp: ['finance'],
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
  checkDesignation: ['branch'],
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
  askSurvey: ['service'],
  recordSurveyAnswer: ['client', 'service'],
  listSurveyAnswers: QUALITY_READERS,
  readSurveyRates: QUALITY_READERS,
  readComplaintReport: QUALITY_READERS,
  readComplaintReportCsv: QUALITY_READERS,
  readComplaintReportXlsx: QUALITY_READERS,
  readComplaintReportPdf: QUALITY_READERS,
  readCallbackReport: QUALITY_READERS,
  readCallbackReportCsv: QUALITY_READERS,
  readCallbackReportXlsx: QUALITY_READERS,
  readCallbackReportPdf: QUALITY_READERS,
  listYearlyComplaintReports: QUALITY_READERS,
  readYearlyComplaintReport: QUALITY_READERS,
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
  nameComplainant: COMPLAINT_STAFF,
  readComplaintEvidence: [...COMPLAINT_STAFF, 'supervisor', 'audit'],
  readComplaintDocument: [...COMPLAINT_STAFF, 'audit'],
  listReceivedMails: ['service', 'compliance', 'supervisor', 'audit'],
  readReceivedMailContent: ['service', 'compliance'],
  writeComplaintText: COMPLAINT_STAFF,
  askDepartment: COMPLAINT_STAFF,
  askComplaintExtension: COMPLAINT_STAFF,
  handOverComplaint: [...COMPLAINT_STAFF, 'supervisor'],
  recuseFromComplaint: COMPLAINT_STAFF,

  listCorporateActions: EVENT_READERS,
  readCorporateAction: EVENT_READERS,
  listCorporateActionHolders: HOLDER_READERS,
  listCorporateActionEntitlements: HOLDER_READERS,
  listCorporateActionConversions: HOLDER_READERS,
  exportCorporateActionHolders: HOLDER_READERS,
  listOwnCorporateActions: ['client'],
  elect: ['client'],
  electForFirm: ['prop'],
  leaveElectionToDefault: ['client'],
  recordTelephoneElection: ['branch'],
  recordTelephoneElections: ['branch'],
  askElectionCutChange: ['operations'],
  remindHolders: ['operations', 'branch'],
  markHoldersUnreachable: ['operations', 'branch'],
  markHoldersReachable: ['operations', 'branch'],

  readClock: [...DAY_READERS, 'admin'],
  moveClock: ['operations', 'supervisor'],

  listRehearsalPeople: 'public',
  issueRehearsalToken: 'public',
} as const satisfies Record<string, Access>;

/** Name of a route; `operationId` in the API document. */
export type RouteId = keyof typeof policy;

/** Roles that may call a route, or `public`. */
export const accessTo = (route: RouteId): Access => policy[route];
