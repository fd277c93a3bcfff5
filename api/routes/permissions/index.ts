/** Permissions of clients from the request to the file, and the callbacks that follow. */
import type { Route } from '../../route';
import { checkDesignationRoute } from './designation-checks';
import { approveAgreement, listAgreementTexts, writeAgreement } from './agreement-texts';
import { askCallback, listCallbacks, readCallback } from './callbacks';
import { beginCall, fileCallRecording, recordCall } from './calls';
import { listCommissionBreaks } from './commission-breaks';
import {
  askClosing,
  askInstitutionOpening,
  fileRequestDocument,
  handOverRequestPapers,
  withdrawAtCounter,
} from './counter-requests';
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
import { listRequestDocuments, readRequestDocument, returnRequestScan } from './request-documents';
import { askRetentionChangeRoute, listRetentionChanges } from './retention-changes';

export const permissionRoutes: readonly Route[] = [
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
  checkDesignationRoute,
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
];
