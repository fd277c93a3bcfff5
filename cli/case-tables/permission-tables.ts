/** The case tables of permissions: the risk questionnaire, the conditions of eligibility, what stands in the way of closing. */
import { isInForce } from '../../domain/dated';
import { parseBusinessDate, type BusinessDate } from '../../domain/calendar/business-date';
import { calendarOf } from '../../domain/calendar/calendar-rows';
import { parameterOn, parametersOn } from '../../domain/parameters';
import { closingCheck, type TradeToSettle } from '../../domain/permissions/closing-blockers';
import { eligibilityOn, eligibilityTerms, type RiskResult } from '../../domain/permissions/eligibility';
import { readPermissionReference } from '../../prisma/permission-reference';
import { questionnaireOn, questionnaireResult, RISK_LEVELS } from '../../domain/rating/questionnaire';
import { lineByLine, yesOrNo, type CaseLine, type CaseTable } from './case-table';

/** The conditions are the same in both channels. */
const CHANNEL = 'SH';
/** The table is about Southbound. */
const PERMISSION = 'HKSC';
const { eligibilityTerms: termRows } = readPermissionReference();
const termsOn = (date: BusinessDate) => termRows.filter((row) => row.permission === PERMISSION && isInForce(row, date));
/** The table names no day of the answers: it was written for the questionnaire in force on this one. */
const ANSWERED_ON = parseBusinessDate('2026-06-15');

export const eligibilityTable: CaseTable = {
  name: 'eligibility',
  given: [
    'application_date',
    'client_kind',
    'account_state',
    'account_class',
    'designated_here',
    'risk_result_date',
    'risk_questionnaire_newest',
    'risk_level',
    'securities_cny',
    'cash_cny',
    'margin_net_cny',
    'serious_bad_record',
    'exchange_warning_date',
    'restricted',
  ],
  expected: ['eligible', 'failures', 'warnings'],
  linesPerCase: 'one',
  answer: lineByLine((line, { parameters }) => {
    const date = line.date('application_date');
    const facts = {
      clientKind: line.oneOf('client_kind', ['NATURAL', 'INSTITUTION']),
      account: accountIn(line),
      riskResult: riskResultIn(line),
      securitiesFen: line.amount('securities_cny'),
      cashFen: line.amount('cash_cny'),
      marginNetFen: line.amount('margin_net_cny'),
      hasSeriousBadRecord: line.yes('serious_bad_record'),
      lastExchangeWarningOn: line.orNull('exchange_warning_date', line.date),
      isRestricted: line.yes('restricted'),
    };
    const { isEligible, failures, warnings } = eligibilityOn(
      date,
      facts,
      eligibilityTerms(termsOn(date), parametersOn(parameters, date, CHANNEL)),
    );
    return {
      eligible: yesOrNo(isEligible),
      failures: failures.map(({ code }) => code).join(';'),
      warnings: warnings.join(';'),
    };
  }),
};

export const questionnaireTable: CaseTable = {
  name: 'questionnaire',
  given: [
    'q1',
    'q2',
    'q3_savings',
    'q3_bonds',
    'q3_shares',
    'q3_funds',
    'q3_fx',
    'q3_futures',
    'q3_property',
    'q4',
    'q5',
    'q6',
    'q7',
    'q8',
    'q9',
    'q10',
    'q11',
    'q12',
  ],
  expected: ['outcome', 'score', 'class', 'level'],
  linesPerCase: 'one',
  answer: lineByLine((line, { answerScores, riskBands }) => {
    const questionnaire = questionnaireOn(answerScores, ANSWERED_ON);
    const answers = new Map([...questionnaire.questions.keys()].map((question) => [question, line.text(question)]));
    const bands = riskBands.filter((band) => isInForce(band, ANSWERED_ON));
    const result = questionnaireResult(questionnaire, answers, bands);
    if ('score' in result) {
      return { outcome: 'OK', score: result.score.toString(), class: result.class, level: result.level };
    }
    return { outcome: result.faults.map(({ code, question }) => `${code}:${question}`).join(';') };
  }),
};

export const closingBlockersTable: CaseTable = {
  name: 'closing-blockers',
  given: [
    'check_date',
    'evening_settled',
    'live_order_today',
    'trades',
    'holdings',
    'holdings_confirmed',
    'open_elections',
    'elections_answered_or_waived',
    // Given in order to show that it does not block.
    'dividend_receivable_cny',
  ],
  expected: ['may_close_now', 'blockers', 'conditions', 'first_date'],
  linesPerCase: 'one',
  answer: (lines, { calendars, parameters }) => {
    const calendar = calendarOf(calendars, CHANNEL);
    const cycleDaysOn = (date: BusinessDate) =>
      Number.parseInt(parameterOn(parameters, 'TRADE_SETTLEMENT_CYCLE_DAYS', date, CHANNEL), 10);
    return lines.map((line) => {
      const facts = {
        checkedOn: line.date('check_date'),
        isEveningSettled: line.yes('evening_settled'),
        hasLiveOrderToday: line.yes('live_order_today'),
        trades: line.list('trades').map((trade) => tradeIn(line, trade)),
        isEarlierDayUncleared: false,
        holdsShares: line.list('holdings').length > 0,
        areHoldingsConfirmed: line.yes('holdings_confirmed'),
        openElections: line.count('open_elections'),
        electionsAnsweredOrWaived: line.count('elections_answered_or_waived'),
      };
      const { mayCloseNow, blockers, conditions, firstDate } = closingCheck(facts, calendar, cycleDaysOn);
      return {
        may_close_now: yesOrNo(mayCloseNow),
        blockers: blockers.map((blocker) => `${blocker.code}=${blocker.firstDate}`).join(';'),
        conditions: conditions.join(';'),
        first_date: firstDate,
      };
    });
  },
};

/** `DATE SIDE`, `>DATE` behind it where a notice moved the settlement. */
function tradeIn(line: CaseLine, text: string): TradeToSettle {
  const [, tradeDate, side, postponedTo] = /^(\S+) ([BS])(?:>(\S+))?$/.exec(text) ?? [];
  if (tradeDate === undefined || (side !== 'B' && side !== 'S')) throw line.malformed(`"${text}" is no trade`);
  return {
    tradeDate: parseBusinessDate(tradeDate),
    side,
    postponedTo: postponedTo === undefined ? null : parseBusinessDate(postponedTo),
  };
}

/** Without an account there is no class and no designation. */
function accountIn(line: CaseLine) {
  const state = line.oneOf('account_state', ['OPEN', 'CLOSED', 'NONE']);
  if (state !== 'OPEN') return { state, isQualified: false, isDesignatedHere: false };
  return {
    state,
    isQualified: line.oneOf('account_class', ['QUALIFIED', 'UNQUALIFIED', 'DORMANT']) === 'QUALIFIED',
    isDesignatedHere: line.yes('designated_here'),
  };
}

function riskResultIn(line: CaseLine): RiskResult | null {
  const answeredOn = line.orNull('risk_result_date', line.date);
  return answeredOn === null
    ? null
    : {
        answeredOn,
        isNewestQuestionnaire: line.yes('risk_questionnaire_newest'),
        level: line.oneOf('risk_level', RISK_LEVELS),
      };
}
