/** Complaints, and how well they and callbacks are handled: samples, inspections, appraisals, surveys, reports. */
import type { Route } from '../../route';
import { askAppraisalRoute, listAppraisals, listOwnAppraisals, readAppraisal } from './appraisals';
import {
  askDepartmentRoute,
  askMoreTimeRoute,
  handOverComplaint,
  nameComplainantRoute,
  recuseRoute,
  writeComplaintText,
} from './complaint-acts';
import { completeParticularsRoute } from './complete-particulars';
import { addComplaintAttachment, readComplaintAttachment } from './complaint-attachments';
import { nameComplaintSubject, readComplaintDocument, readComplaintEvidence } from './complaint-evidence';
import {
  readCallbackReport,
  readCallbackReportCsv,
  readCallbackReportPdf,
  readCallbackReportXlsx,
} from './callback-reports';
import {
  readComplaintReport,
  readComplaintReportCsv,
  readComplaintReportPdf,
  readComplaintReportXlsx,
} from './complaint-reports';
import { listComplaintSteps, readComplaintParticulars } from './complaint-records';
import { supplementComplaintRoute } from './complaint-supplements';
import { listComplaints, readComplaint, receiveComplaintRoute } from './complaints';
import { listInspections } from './inspections';
import { askPayeeCorrection } from './payee-corrections';
import { listReceivedMails, readReceivedMail } from './received-mails';
import { askSampleRoute, listSampleMembers, listSamples, readSample } from './samples';
import { askSurveyRoute, listSurveyAnswers, listSurveys, readSurveyRates, recordSurveyAnswer } from './surveys';
import {
  listYearlyComplaintReports,
  readYearlyComplaintReport,
  readYearlyComplaintReportPdf,
  readYearlyComplaintReportXlsx,
} from './yearly-complaint-reports';

export const complaintRoutes: readonly Route[] = [
  askSampleRoute,
  listSamples,
  readSample,
  listSampleMembers,
  listInspections,
  askAppraisalRoute,
  listAppraisals,
  readAppraisal,
  listOwnAppraisals,
  askSurveyRoute,
  recordSurveyAnswer,
  listSurveys,
  listSurveyAnswers,
  readSurveyRates,
  readComplaintReport,
  readComplaintReportCsv,
  readComplaintReportXlsx,
  readComplaintReportPdf,
  readCallbackReport,
  readCallbackReportCsv,
  readCallbackReportXlsx,
  readCallbackReportPdf,
  listYearlyComplaintReports,
  readYearlyComplaintReport,
  readYearlyComplaintReportPdf,
  readYearlyComplaintReportXlsx,
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
  handOverComplaint,
  nameComplainantRoute,
  completeParticularsRoute,
  askPayeeCorrection,
  recuseRoute,
];
