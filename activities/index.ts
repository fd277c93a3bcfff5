/**
 * All verbs, in the groups in which workers run them; those of the long passes and of the calls to others in files of their
 * own. One import and one line a verb. Workflows see the types only.
 */
import { readRetentionChange } from './archive/retention-change';
import { cushionTopUpDue, readCushionTopUp } from './cushion/read-top-up';
import { readBreakWriteOff } from './breaks/read-write-off';
import { computeAppraisal, proposeAppraisal } from './appraisals/compute-appraisal';
import { readApprover, readProposer } from './appraisals/whose-appraisal';
import { decideUnreachable, readCallback, tellCallbackEnded } from './callbacks/follow-callback';
import { openComplaintOfCallback } from './callbacks/open-complaint';
import { requestSuspension } from './callbacks/request-suspension';
import { decideSettlementDay } from './calendar/decide-settlement-day';
import { armWait } from './clock/arm-wait';
import { openProcess } from './clock/open-process';
import { askYearlyReports } from './complaints/ask-yearly-reports';
import { prepareYearlyReport, readYearlyReport, recordYearlyReport } from './complaints/yearly-report';
import { askComplaintCallback, complaintSatisfaction } from './complaints/ask-complaint-callback';
import { closeComplaint, endCorrectiveAction } from './complaints/close-complaint';
import { compensationDue } from './complaints/compensation';
import { complaintClocks, laterClock } from './complaints/complaint-clocks';
import { openComplaint } from './complaints/open-complaint';
import { readComplaint } from './complaints/follow-complaint';
import { readForHeadOffice, recordTakenUp } from './complaints/head-office';
import { draftProposal, endComplaintRequest } from './complaints/investigation';
import { readPayeeCorrection } from './complaints/payee-correction';
import { readReceivedMail, recordMailLookedAt } from './complaints/received-mail';
import { recordComplaintStep } from './complaints/record-step';
import { meetDeadline, withdrawDeadline } from './deadlines/end-deadline';
import { askExtension } from './deadlines/extend-deadline';
import { readExtension } from './deadlines/read-extension';
import { loadDeadline } from './deadlines/load-deadline';
import { openDeadline } from './deadlines/open-deadline';
import { resumeClock, stopClock } from './deadlines/stop-clock';
import { readElectionCutChange, readTelephoneElection } from './corporate-actions/election-drafts';
import { clearBreaks } from './corporate-actions/clear-breaks';
import { moveCorporateAction, readCorporateAction } from './corporate-actions/follow-event';
import { reconcileElections } from './corporate-actions/reconcile-elections';
import type { Dependencies } from './dependencies';
import { openRoleGrant } from './directory/open-role-grant';
import { openDelegation } from './people/open-delegation';
import { listNewFiles } from './files/list-new-files';
import { endFinding, endInspection, readInspection, recordInspection } from './inspections/follow-inspection';
import { askMonthlySamples } from './intake/quality/ask-sample';
import { readParameterChangeByReference } from './intake/read-parameter-change';
import { recordRungs } from './ladders/record-rungs';
import { askOverdraftBlock, coverOverdraft, readOverdraftCase, recordOverdraftAct } from './overdrafts/follow-case';
import { draftWriteOff, postWriteOff } from './overdrafts/write-off';
import { draftOrder } from './orders/draft-order';
import { matchTransfers } from './orders/match-transfers';
import { recordOrderProgress } from './orders/record-order-progress';
import { readTelephoneScript, recordTelephoned } from './outbox/telephone';
import { decideInstitution } from './permissions/decide-institution';
import { lapseClosing, reopenClosing } from './permissions/follow-closing';
import { endFiling } from './permissions/file-opening';
import { readChange, recordCommission, recordSuspension } from './permissions/follow-change';
import { awaitCallback, handOverToCallback } from './permissions/hand-over-to-callback';
import { judgeAgain, lapseRequest, readRequest } from './permissions/follow-request';
import { recordPermission, refusePermission } from './permissions/record-permission';
import { lookAtPapers, readCounterRequest, recordPaperReview } from './permissions/request-papers';
import { leaveCommissionBreaks } from './permissions/compare-commissions';
import { beginSampled } from './samples/begin-sampled';
import { drawSample } from './samples/draw-sample';
import { readPostponement, readPostponementWithdrawal } from './postponements/read-postponement';
import { tellPostponement } from './postponements/tell-postponement';
import { readCancellation } from './cancellations/read-cancellation';
import { tellCancellation } from './cancellations/tell-cancelled';
import { advanceOverdrafts } from './settlement/advance-overdrafts';
import { amountToCover } from './settlement/amount-to-cover';
import { closeDay, recordException, recordStage } from './settlement/close-day';
import { commissionDue, commissionNeverReceived, openCommissionOrder } from './settlement/commission-due';
import { coverDefaults } from './settlement/cover-defaults';
import { drawBackAmount } from './settlement/draw-back-amount';
import { eveningBefore } from './settlement/evening-before';
import { explainDefault } from './settlement/explain-default';
import { forecastFunding } from './settlement/forecast-funding';
import { holdStep, holdSteps, recordStepsDone } from './settlement/hold-steps';
import { listMissingFiles } from './settlement/list-missing-files';
import { openDay } from './settlement/open-day';
import { planFunding } from './settlement/plan-funding';
import { recordCheckpoint } from './settlement/record-checkpoint';
import { readStepRequest } from './settlement/step-requests';
import { completeTask } from './tasks/complete-task';
import { openTask } from './tasks/open-task';
import { openWork } from './tasks/open-work';
import { recallTask } from './tasks/recall-task';
import { returnTask } from './tasks/return-task';
import { withdrawTask } from './tasks/withdraw-task';
import { closeParameterChange } from './terms/close-parameter-change';

export { bulkVerbs, type BulkVerbs } from './bulk-verbs';
export { outsideVerbs, type OutsideVerbs } from './outside-verbs';

/** Local activities of the business clock, on the queue of the stories. */
export const clockVerbs = (deps: Dependencies) => ({
  armWait: armWait(deps),
  openProcess: openProcess(deps),
});

/** Local activities with which a process begins, on the queue of the stories. */
export const beginningVerbs = (deps: Dependencies) => ({
  openComplaint: openComplaint(deps),
  openWork: openWork(deps),
});

/** Short transactions. */
export const databaseVerbs = (deps: Dependencies) => ({
  advanceOverdrafts: advanceOverdrafts(deps),
  amountToCover: amountToCover(deps),
  askComplaintCallback: askComplaintCallback(deps),
  askExtension: askExtension(deps),
  askMonthlySamples: askMonthlySamples(deps),
  askYearlyReports: askYearlyReports(deps),
  askOverdraftBlock: askOverdraftBlock(deps),
  awaitCallback: awaitCallback(deps),
  clearBreaks: clearBreaks(deps),
  beginSampled: beginSampled(deps),
  closeComplaint: closeComplaint(deps),
  complaintClocks: complaintClocks(deps),
  complaintSatisfaction: complaintSatisfaction(deps),
  laterClock: laterClock(deps),
  closeDay: closeDay(deps),
  closeParameterChange: closeParameterChange(deps),
  commissionDue: commissionDue(deps),
  compensationDue: compensationDue(deps),
  completeTask: completeTask(deps),
  computeAppraisal: computeAppraisal(deps),
  coverDefaults: coverDefaults(deps),
  cushionTopUpDue: cushionTopUpDue(deps),
  coverOverdraft: coverOverdraft(deps),
  readExtension: readExtension(deps),
  decideInstitution: decideInstitution(deps),
  decideSettlementDay: decideSettlementDay(deps),
  decideUnreachable: decideUnreachable(deps),
  draftOrder: draftOrder(deps),
  draftProposal: draftProposal(deps),
  draftWriteOff: draftWriteOff(deps),
  drawBackAmount: drawBackAmount(deps),
  drawSample: drawSample(deps),
  eveningBefore: eveningBefore(deps),
  endComplaintRequest: endComplaintRequest(deps),
  endCorrectiveAction: endCorrectiveAction(deps),
  endFiling: endFiling(deps),
  endFinding: endFinding(deps),
  endInspection: endInspection(deps),
  explainDefault: explainDefault(deps),
  forecastFunding: forecastFunding(deps),
  handOverToCallback: handOverToCallback(deps),
  holdStep: holdStep(deps),
  holdSteps: holdSteps(deps),
  judgeAgain: judgeAgain(deps),
  lapseClosing: lapseClosing(deps),
  lapseRequest: lapseRequest(deps),
  listMissingFiles: listMissingFiles(deps),
  listNewFiles: listNewFiles(deps),
  loadDeadline: loadDeadline(deps),
  lookAtPapers: lookAtPapers(deps),
  matchTransfers: matchTransfers(deps),
  meetDeadline: meetDeadline(deps),
  moveCorporateAction: moveCorporateAction(deps),
  leaveCommissionBreaks: leaveCommissionBreaks(deps),
  openCommissionOrder: openCommissionOrder(deps),
  commissionNeverReceived: commissionNeverReceived(deps),
  openComplaintOfCallback: openComplaintOfCallback(deps),
  openDay: openDay(deps),
  openDeadline: openDeadline(deps),
  openRoleGrant: openRoleGrant(deps),
  openDelegation: openDelegation(deps),
  openTask: openTask(deps),
  planFunding: planFunding(deps),
  postWriteOff: postWriteOff(deps),
  readBreakWriteOff: readBreakWriteOff(deps),
  readCushionTopUp: readCushionTopUp(deps),
  readRetentionChange: readRetentionChange(deps),
  readCancellation: readCancellation(deps),
  readPostponement: readPostponement(deps),
  readPostponementWithdrawal: readPostponementWithdrawal(deps),
  readStepRequest: readStepRequest(deps),
  readOverdraftCase: readOverdraftCase(deps),
  readCallback: readCallback(deps),
  readCorporateAction: readCorporateAction(deps),
  readElectionCutChange: readElectionCutChange(deps),
  readTelephoneElection: readTelephoneElection(deps),
  reconcileElections: reconcileElections(deps),
  proposeAppraisal: proposeAppraisal(deps),
  readProposer: readProposer(deps),
  readApprover: readApprover(deps),
  readComplaint: readComplaint(deps),
  readPayeeCorrection: readPayeeCorrection(deps),
  readInspection: readInspection(deps),
  readParameterChange: readParameterChangeByReference(deps),
  readChange: readChange(deps),
  recordCommission: recordCommission(deps),
  recordSuspension: recordSuspension(deps),
  readCounterRequest: readCounterRequest(deps),
  readForHeadOffice: readForHeadOffice(deps),
  recordTakenUp: recordTakenUp(deps),
  readReceivedMail: readReceivedMail(deps),
  readRequest: readRequest(deps),
  prepareYearlyReport: prepareYearlyReport(deps),
  readYearlyReport: readYearlyReport(deps),
  recordYearlyReport: recordYearlyReport(deps),
  recallTask: recallTask(deps),
  reopenClosing: reopenClosing(deps),
  recordCheckpoint: recordCheckpoint(deps),
  recordComplaintStep: recordComplaintStep(deps),
  recordException: recordException(deps),
  recordInspection: recordInspection(deps),
  recordMailLookedAt: recordMailLookedAt(deps),
  recordOrderProgress: recordOrderProgress(deps),
  recordOverdraftAct: recordOverdraftAct(deps),
  recordPaperReview: recordPaperReview(deps),
  recordPermission: recordPermission(deps),
  recordRungs: recordRungs(deps),
  readTelephoneScript: readTelephoneScript(deps),
  recordStage: recordStage(deps),
  recordStepsDone: recordStepsDone(deps),
  refusePermission: refusePermission(deps),
  requestSuspension: requestSuspension(deps),
  resumeClock: resumeClock(deps),
  stopClock: stopClock(deps),
  tellCallbackEnded: tellCallbackEnded(deps),
  tellCancellation: tellCancellation(deps),
  tellPostponement: tellPostponement(deps),
  withdrawDeadline: withdrawDeadline(deps),
  returnTask: returnTask(deps),
  recordTelephoned: recordTelephoned(deps),
  withdrawTask: withdrawTask(deps),
});

export type ClockVerbs = ReturnType<typeof clockVerbs>;
export type BeginningVerbs = ReturnType<typeof beginningVerbs>;
export type DatabaseVerbs = ReturnType<typeof databaseVerbs>;
