/** Verbs that pass over all lines of a day. One import and one line a verb. */
import { closeElections } from './corporate-actions/close-elections';
import { determineHolders } from './corporate-actions/determine-holders';
import { forwardEvent, remindSilent } from './corporate-actions/forward-event';
import { settleEntitlements } from './corporate-actions/settle-entitlements';
import { takeBackFailed } from './corporate-actions/take-back-failed';
import { tellDeadline } from './corporate-actions/tell-deadline';
import type { Dependencies } from './dependencies';
import { receiveFile } from './files/receive-file';
import { compareCommissions } from './permissions/compare-commissions';
import { reviewSuitability } from './permissions/review-suitability';
import { clearEntitlements } from './settlement/clear-entitlements';
import { clearPortfolioFee } from './settlement/clear-portfolio-fee';
import { clearTrades } from './settlement/clear-trades';
import { compareFiles } from './settlement/compare-files';
import { comparePortfolioFees } from './settlement/compare-portfolio-fees';
import { computePortfolioFees } from './settlement/compute-portfolio-fees';
import { computeRiskMoney } from './settlement/compute-risk-money';
import { listOverdrafts } from './settlement/list-overdrafts';
import { postAccountMovements } from './settlement/post-account-movements';
import { postClientCash } from './settlement/post-client-cash';
import { postShareMovements } from './settlement/post-share-movements';
import { preClearTrades } from './settlement/pre-clear-trades';
import { reconcileDay } from './settlement/reconcile-day';
import { recordClientFigures } from './settlement/record-client-figures';
import { repayAdvances } from './settlement/repay-advances';
import { reverseEvening } from './settlement/reverse-evening';
import { tellNegativeClients } from './settlement/tell-negative-clients';

/** Long passes over a day's lines. */
export const bulkVerbs = (deps: Dependencies) => ({
  clearEntitlements: clearEntitlements(deps),
  closeElections: closeElections(deps),
  determineHolders: determineHolders(deps),
  forwardEvent: forwardEvent(deps),
  remindSilent: remindSilent(deps),
  settleEntitlements: settleEntitlements(deps),
  takeBackFailed: takeBackFailed(deps),
  tellDeadline: tellDeadline(deps),
  compareCommissions: compareCommissions(deps),
  reviewSuitability: reviewSuitability(deps),
  clearPortfolioFee: clearPortfolioFee(deps),
  clearTrades: clearTrades(deps),
  compareFiles: compareFiles(deps),
  comparePortfolioFees: comparePortfolioFees(deps),
  computePortfolioFees: computePortfolioFees(deps),
  computeRiskMoney: computeRiskMoney(deps),
  listOverdrafts: listOverdrafts(deps),
  postAccountMovements: postAccountMovements(deps),
  postClientCash: postClientCash(deps),
  postShareMovements: postShareMovements(deps),
  preClearTrades: preClearTrades(deps),
  receiveFile: receiveFile(deps),
  reconcileDay: reconcileDay(deps),
  recordClientFigures: recordClientFigures(deps),
  repayAdvances: repayAdvances(deps),
  reverseEvening: reverseEvening(deps),
  tellNegativeClients: tellNegativeClients(deps),
});

export type BulkVerbs = ReturnType<typeof bulkVerbs>;
