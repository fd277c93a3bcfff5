/** All routes. What is not here is not served, and what is here stands in `policy.ts` and in the API document. */
import type { Route } from '../route';
import { approveAgreement, listAgreementTexts, writeAgreement } from './agreement-texts';
import { listAudit } from './audit';
import {
  exportCorporateActionHolders,
  listCorporateActionEntitlements,
  listCorporateActionHolders,
  listCorporateActions,
  listOwnCorporateActions,
  readCorporateAction,
} from './corporate-actions';
import {
  askElectionCutChangeRoute,
  electRoute,
  leaveToDefaultRoute,
  markUnreachableRoute,
  recordTelephoneElectionRoute,
  remindHoldersRoute,
} from './elections';
import { askAppraisalRoute, listAppraisals, readSurveyRates, recordSurveyAnswer } from './appraisals';
import { listBatches } from './batches';
import { decideBreak, listBreaks } from './breaks';
import { askBreakWriteOffRoute, assignBreakRoute, listBreaksOfDesk } from './breaks-desk';
import { listCommissionBreaks } from './commission-breaks';
import { askCallback, beginCall, fileCallRecording, listCallbacks, readCallback, recordCall } from './callbacks';
import { readCalendar } from './calendars';
import { readClient } from './clients';
import { moveClock, readClock } from './clock';
import {
  askDepartmentRoute,
  askMoreTimeRoute,
  recuseRoute,
  supplementComplaintRoute,
  writeComplaintText,
} from './complaint-acts';
import {
  listComplaints,
  listComplaintSteps,
  readComplaint,
  readComplaintParticulars,
  receiveComplaintRoute,
} from './complaints';
import { addComplaintAttachment, readComplaintAttachment } from './complaint-attachments';
import { nameComplaintSubject, readComplaintDocument, readComplaintEvidence } from './complaint-evidence';
import {
  readCallbackReport,
  readComplaintReport,
  readComplaintReportCsv,
  readComplaintReportPdf,
  readComplaintReportXlsx,
} from './complaint-reports';
import { watchDay } from './day-events';
import { askExtension, resumeClock, stopClock } from './deadline-acts';
import { listDeadlines, readDeadline, readDeadlineReport } from './deadlines';
import {
  askClosing,
  askInstitutionOpening,
  fileRequestDocument,
  handOverRequestPapers,
  withdrawAtCounter,
} from './counter-requests';
import { admitPerson, dismissPerson, listPeople, readPerson } from './directory';
import { explainFigure, listFigures } from './explanations';
import { readFigure } from './figures';
import {
  readJournal,
  readReportCsv,
  readReportPdf,
  readReportXlsx,
  readStatement,
  readStatementCsv,
  readStatementPdf,
  readStatementXlsx,
} from './report-files';
import { listFiles, readFile } from './files';
import { listFindings } from './findings';
import {
  readClientMessageWishes,
  readOwnMessageWishes,
  setClientMessageWishes,
  setOwnMessageWishes,
} from './message-wishes';
import { listMessages, readMessage, readMessageContent } from './messages';
import { listOwnMessages, readOwnMessageRoute } from './own-messages';
import { listNotices } from './notices';
import { readLiveness, readMetrics, readReadiness } from './operation';
import { readOverdraftAgeing } from './overdraft-ageing';
import { listOverdraftCases, readOverdraftCase } from './overdraft-cases';
import { listOverdrafts } from './overdrafts';
import { giveDelegationRoute, listDelegations, revokeDelegationRoute } from './delegations';
import { importRestrictedList, listRestrictedLists } from './restricted-lists';
import { askChange, listChanges, readChange, recallChange, reviseChange } from './parameter-changes';
import { changeCommission, listPermissions, resumeBuying, suspendBuying } from './permission-changes';
import {
  askPermission,
  listPermissionRequests,
  listPermissionSteps,
  readPermissionFunnel,
  readPermissionRequest,
  withdrawPermissionRequest,
} from './permission-requests';
import {
  answerTestAttempt,
  beginTestAttempt,
  checkEligibility,
  enterOneTimeCode,
  reportListened,
  sendOneTimeCode,
  showAgreementTexts,
  signAgreementTexts,
} from './permission-steps';
import { answerRiskQuestionnaire, readQuestionnaire } from './questionnaires';
import { issueRehearsalToken, listRehearsalPeople, readWhoIAm } from './people';
import { listRequestDocuments, readRequestDocument, returnRequestScan } from './request-documents';
import { askRetentionChangeRoute, listRetentionChanges } from './retention-changes';
import { listReceivedMails, readReceivedMail } from './received-mails';
import { askPostponementRoute, listPostponements, withdrawPostponementRoute } from './settlement-postponements';
import { readDayReport } from './day-report';
import { readProcess } from './processes';
import { listRoleGrants, readRoleGrant, requestRoleGrant, revokeGrant } from './role-grants';
import { askSampleRoute, listInspections, listSampleMembers, listSamples } from './samples';
import { listDays, readDay, startDay } from './settlement-days';
import { assignTask, completeTask, recallTask, releaseTask, returnTask, takeTask } from './task-acts';
import { commentTask } from './task-comments';
import { endSubstitution, listSubstitutions, makeSubstitution } from './substitutions';
import { listTaskBulkRows, makeTaskBulk, readTaskBulk, retryTaskBulk } from './task-bulks';
import {
  changeTaskView,
  listTasksOfView,
  listTaskViews,
  readTaskView,
  removeTaskView,
  saveTaskView,
} from './task-views';
import { countTasks, listTaskEvents, listTasks, readTask } from './tasks';
import { listWebhookReceivers, registerReceiver, rotateReceiverKey, switchReceiverOff } from './webhook-receivers';

export const routes: readonly Route[] = [
  startDay,
  listDays,
  readDay,
  watchDay,
  readFigure,
  listFiles,
  readFile,
  listFindings,
  listOverdrafts,
  readOverdraftAgeing,
  listOverdraftCases,
  readOverdraftCase,
  listBatches,
  listFigures,
  explainFigure,
  readDayReport,
  readReportCsv,
  readReportXlsx,
  readReportPdf,
  readStatement,
  readStatementCsv,
  readStatementXlsx,
  readStatementPdf,
  readJournal,
  listBreaks,
  decideBreak,
  askPostponementRoute,
  withdrawPostponementRoute,
  listPostponements,
  listBreaksOfDesk,
  assignBreakRoute,
  askBreakWriteOffRoute,
  listNotices,
  listMessages,
  readMessage,
  readMessageContent,
  listOwnMessages,
  readOwnMessageRoute,
  readOwnMessageWishes,
  setOwnMessageWishes,
  readClientMessageWishes,
  setClientMessageWishes,
  listWebhookReceivers,
  registerReceiver,
  rotateReceiverKey,
  switchReceiverOff,
  listTasks,
  countTasks,
  readTask,
  listTaskEvents,
  completeTask,
  returnTask,
  recallTask,
  takeTask,
  releaseTask,
  assignTask,
  commentTask,
  readProcess,
  makeTaskBulk,
  readTaskBulk,
  listTaskBulkRows,
  retryTaskBulk,
  saveTaskView,
  listTaskViews,
  readTaskView,
  listTasksOfView,
  changeTaskView,
  removeTaskView,
  makeSubstitution,
  endSubstitution,
  listSubstitutions,
  listAudit,
  readClient,
  listDeadlines,
  readDeadline,
  stopClock,
  resumeClock,
  askExtension,
  readDeadlineReport,
  listDelegations,
  giveDelegationRoute,
  revokeDelegationRoute,
  askChange,
  importRestrictedList,
  listRestrictedLists,
  readCalendar,
  reviseChange,
  recallChange,
  listChanges,
  readChange,
  listPeople,
  readPerson,
  admitPerson,
  dismissPerson,
  requestRoleGrant,
  listRoleGrants,
  readRoleGrant,
  revokeGrant,
  listAgreementTexts,
  writeAgreement,
  approveAgreement,
  readQuestionnaire,
  answerRiskQuestionnaire,
  askPermission,
  listPermissionRequests,
  readPermissionRequest,
  listPermissionSteps,
  readPermissionFunnel,
  withdrawPermissionRequest,
  sendOneTimeCode,
  enterOneTimeCode,
  checkEligibility,
  reportListened,
  beginTestAttempt,
  answerTestAttempt,
  showAgreementTexts,
  signAgreementTexts,
  listPermissions,
  suspendBuying,
  resumeBuying,
  changeCommission,
  askCallback,
  listCallbacks,
  readCallback,
  beginCall,
  recordCall,
  fileCallRecording,
  askClosing,
  askInstitutionOpening,
  fileRequestDocument,
  handOverRequestPapers,
  withdrawAtCounter,
  listRequestDocuments,
  readRequestDocument,
  returnRequestScan,
  listCommissionBreaks,
  askRetentionChangeRoute,
  listRetentionChanges,
  listCorporateActions,
  readCorporateAction,
  listCorporateActionEntitlements,
  listCorporateActionHolders,
  exportCorporateActionHolders,
  listOwnCorporateActions,
  electRoute,
  leaveToDefaultRoute,
  recordTelephoneElectionRoute,
  askElectionCutChangeRoute,
  remindHoldersRoute,
  markUnreachableRoute,
  readClock,
  moveClock,
  readWhoIAm,
  listRehearsalPeople,
  issueRehearsalToken,
  readLiveness,
  readReadiness,
  readMetrics,
  askSampleRoute,
  listSamples,
  listSampleMembers,
  listInspections,
  askAppraisalRoute,
  listAppraisals,
  recordSurveyAnswer,
  readSurveyRates,
  readComplaintReport,
  readComplaintReportCsv,
  readComplaintReportXlsx,
  readComplaintReportPdf,
  readCallbackReport,
  receiveComplaintRoute,
  listComplaints,
  readComplaint,
  listComplaintSteps,
  readComplaintParticulars,
  supplementComplaintRoute,
  addComplaintAttachment,
  readComplaintAttachment,
  nameComplaintSubject,
  readComplaintEvidence,
  readComplaintDocument,
  listReceivedMails,
  readReceivedMail,
  writeComplaintText,
  askDepartmentRoute,
  askMoreTimeRoute,
  recuseRoute,
];
