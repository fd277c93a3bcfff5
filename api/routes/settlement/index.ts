/** Settlement days: files, figures, reports, statements, breaks, overdrafts, postponements. */
import type { Route } from '../../route';
import { readAvailableMoney } from './available-money';
import { listBatches } from './batches';
import { decideBreak, listBreaks } from './breaks';
import { askBreakWriteOffRoute, assignBreakRoute, listBreaksOfDesk } from './breaks-desk';
import { askCushionTopUpRoute, listCushionTopUps, withdrawCushionTopUpRoute } from './cushion-top-ups';
import { watchDay } from './day-events';
import { readDayReport } from './day-report';
import { explainFigure, listFigures } from './explanations';
import { readFigure } from './figures';
import { listFiles, readFile } from './files';
import { listFindings } from './findings';
import { readOverdraftAgeing } from './overdraft-ageing';
import { listOverdraftCases, readOverdraftCase } from './overdraft-cases';
import { listOverdrafts } from './overdrafts';
import {
  readCorporateActionMoney,
  readJournal,
  readReportCsv,
  readReportPdf,
  readReportXlsx,
  readStatement,
  readStatementCsv,
  readStatementPdf,
  readStatementXlsx,
} from './report-files';
import { compareDay } from './day-comparisons';
import { askStepRequestRoute, listStepRequests } from './step-requests';
import { listDays, readDay, startDay } from './settlement-days';
import { tryTerms } from './trials';
import { askTradeCancellationRoute, listTradeCancellations } from './trade-cancellations';
import { askPostponementRoute, listPostponements, withdrawPostponementRoute } from './settlement-postponements';

export const settlementRoutes: readonly Route[] = [
  startDay,
  compareDay,
  tryTerms,
  askStepRequestRoute,
  listStepRequests,
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
  readCorporateActionMoney,
  listBreaks,
  decideBreak,
  askPostponementRoute,
  withdrawPostponementRoute,
  listPostponements,
  askTradeCancellationRoute,
  listTradeCancellations,
  listBreaksOfDesk,
  assignBreakRoute,
  askBreakWriteOffRoute,
  readAvailableMoney,
  listCushionTopUps,
  askCushionTopUpRoute,
  withdrawCushionTopUpRoute,
];
