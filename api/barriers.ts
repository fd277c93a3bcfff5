/**
 * What of a route's objects a caller reaches once the role is right (`policy.ts`): of the own side, branch, work or person, or of the house.
 * The same generated test that calls every route as every role calls it for objects on both sides of each barrier.
 */
import { ROLES, type Role } from '../domain/people/roles';
import type { RouteId } from './policy';
import { DIRECTORY_READERS, WATCHERS } from './role-groups';

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

/** The barriers behind each route. */
export const barriers: Readonly<Record<RouteId, Barrier>> = {
  readLiveness: HOUSE,
  readReadiness: HOUSE,
  readMetrics: HOUSE,
  readWhoIAm: HOUSE,

  startSettlementDay: HOUSE,
  compareClosedDay: OWN_SIDE,
  tryRiskTerms: OWN_SIDE,
  askStepRequest: HOUSE,
  listStepRequests: HOUSE,
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
  readCorporateActionMoney: OWN_SIDE,
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
  askTradeCancellation: HOUSE,
  listTradeCancellations: HOUSE,
  listBreaksOfDesk: OWN_SIDE,
  assignBreak: HOUSE,
  askBreakWriteOff: OWN_SIDE,
  readAvailableMoney: OWN_SIDE,
  listCushionTopUps: HOUSE,
  askCushionTopUp: HOUSE,
  withdrawCushionTopUp: HOUSE,
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
  readPersonName: HOUSE,
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
  checkDesignation: HOUSE,
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
  readSample: HOUSE,
  listSampleMembers: HOUSE,
  listInspections: HOUSE,
  askAppraisal: HOUSE,
  listAppraisals: HOUSE,
  readAppraisal: HOUSE,
  listOwnAppraisals: OWN_PERSON,
  askSurvey: HOUSE,
  recordSurveyAnswer: HOUSE,
  listSurveys: HOUSE,
  listSurveyAnswers: HOUSE,
  readSurveyRates: HOUSE,
  readComplaintReport: HOUSE,
  readComplaintReportCsv: HOUSE,
  readComplaintReportXlsx: HOUSE,
  readComplaintReportPdf: HOUSE,
  readCallbackReport: HOUSE,
  readCallbackReportCsv: HOUSE,
  readCallbackReportXlsx: HOUSE,
  readCallbackReportPdf: HOUSE,
  listYearlyComplaintReports: OWN_CLIENTS,
  readYearlyComplaintReport: OWN_CLIENTS,
  readYearlyComplaintReportPdf: OWN_CLIENTS,
  readYearlyComplaintReportXlsx: OWN_CLIENTS,
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
  nameComplainant: OWN_COMPLAINTS,
  completeComplaintParticulars: OWN_COMPLAINTS,
  askPayeeCorrection: OWN_COMPLAINTS,
  readComplaintEvidence: OWN_COMPLAINTS,
  readComplaintDocument: OWN_COMPLAINTS,
  listReceivedMails: HOUSE,
  // Besides, only whoever looks at it or handles its complaint.
  readReceivedMailContent: HOUSE,
  writeComplaintText: OWN_COMPLAINTS,
  askDepartment: OWN_COMPLAINTS,
  askComplaintExtension: OWN_COMPLAINTS,
  handOverComplaint: OWN_COMPLAINTS,
  recuseFromComplaint: OWN_COMPLAINTS,

  // Events are the market's; of their holders a caller sees, and reaches, those of the own side and branch.
  listCorporateActions: HOUSE,
  readCorporateAction: HOUSE,
  listCorporateActionHolders: HOUSE,
  listCorporateActionEntitlements: HOUSE,
  listCorporateActionConversions: HOUSE,
  exportCorporateActionHolders: HOUSE,
  listOwnCorporateActions: HOUSE,
  elect: HOUSE,
  // The account must be one of the own side.
  electForFirm: HOUSE,
  leaveElectionToDefault: HOUSE,
  recordTelephoneElection: HOUSE,
  recordTelephoneElections: HOUSE,
  askElectionCutChange: HOUSE,
  remindHolders: HOUSE,
  markHoldersUnreachable: HOUSE,
  markHoldersReachable: HOUSE,

  readClock: HOUSE,
  moveClock: HOUSE,

  listRehearsalPeople: HOUSE,
  issueRehearsalToken: HOUSE,
};
