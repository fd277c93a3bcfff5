/** The case tables of the settlement day: from the words of a table to the rules and back. */
import { daysBetween } from '../../domain/calendar/business-date';
import { calendarOf } from '../../domain/calendar/calendar-rows';
import { amountText } from '../../domain/money';
import { parameterOn } from '../../domain/parameters';
import { parseRate, parseScaled, PRICE_DECIMALS, RATE_DECIMALS, RATIO_DECIMALS } from '../../domain/scaled';
import { allocateGross, allocateProRata } from '../../domain/settlement/allocation';
import { netForeignCents } from '../../domain/settlement/clearing-amounts';
import { daysInDefault, defaultInterestFen, defaultPenaltyFen } from '../../domain/settlement/default-charges';
import { fundingAmount, fundingTransfer, type MoneyAccount } from '../../domain/settlement/funding';
import { portfolioFee, portfolioFeeTiersOn } from '../../domain/settlement/portfolio-fee';
import { considerationCents, feeTermsOn, tradeFees } from '../../domain/settlement/trade-fees';
import { lineByLine, yesOrNo, type CaseLine, type CaseTable } from './case-table';

/** The tables are about the Shanghai channel. */
const CHANNEL = 'SH';
/** Decimals kept of a weight that is no money. */
const WEIGHT_DECIMALS = 8;
const ACCOUNT_WORDS: Readonly<Record<MoneyAccount, string>> = {
  clientDeposit: 'CLIENT_DEPOSIT',
  clientReserve: 'CLIENT_RESERVE',
  ownBank: 'OWN_BANK',
  proprietaryReserve: 'PROPRIETARY_RESERVE',
};

export const tradeFeesTable: CaseTable = {
  name: 'trade-fees',
  given: ['trade_date', 'side', 'quantity', 'price_hkd'],
  expected: [
    'outcome',
    'consideration_hkd',
    'stamp_duty_hkd',
    'sfc_levy_hkd',
    'afrc_levy_hkd',
    'trading_fee_hkd',
    'system_fee_hkd',
    'settlement_fee_hkd',
    'total_fees_hkd',
    'net_hkd',
  ],
  linesPerCase: 'one',
  answer: lineByLine((line, reference) => {
    const consideration = considerationCents(line.scaled('quantity', 0), line.scaled('price_hkd', PRICE_DECIMALS));
    const fees = tradeFees(consideration, feeTermsOn(reference.feeRates, line.date('trade_date')));
    return {
      outcome: 'OK',
      consideration_hkd: amountText(consideration),
      stamp_duty_hkd: amountText(fees.stampDutyCents),
      sfc_levy_hkd: amountText(fees.sfcLevyCents),
      afrc_levy_hkd: amountText(fees.afrcLevyCents),
      trading_fee_hkd: amountText(fees.tradingFeeCents),
      system_fee_hkd: amountText(fees.systemFeeCents),
      settlement_fee_hkd: amountText(fees.settlementFeeCents),
      total_fees_hkd: amountText(fees.totalCents),
      net_hkd: amountText(netForeignCents(line.oneOf('side', ['B', 'S']), consideration, fees.totalCents)),
    };
  }),
};

export const settlementDatesTable: CaseTable = {
  name: 'settlement-dates',
  given: ['trade_date'],
  expected: ['outcome', 'half_day', 'trade_settles', 'fee_settles', 'risk_money_settles', 'added_day'],
  linesPerCase: 'one',
  answer: (lines, reference) => {
    const calendar = calendarOf(reference.calendars, CHANNEL);
    const cycleOf = (line: CaseLine) =>
      Number.parseInt(
        parameterOn(reference.parameters, 'TRADE_SETTLEMENT_CYCLE_DAYS', line.date('trade_date'), CHANNEL),
        10,
      );
    return lines.map((line) => {
      const date = line.date('trade_date');
      return {
        outcome: 'OK',
        trade_settles: calendar.tradeSettlementDate(date, cycleOf(line)),
        half_day: yesOrNo(calendar.isHalfDay(date)),
        fee_settles: calendar.feeSettlementDate(date),
        risk_money_settles: calendar.riskMoneySettlementDate(date),
        added_day: yesOrNo(calendar.isAddedDay(date)),
      };
    });
  },
};

export const fundingTable: CaseTable = {
  name: 'funding',
  given: [
    'side',
    'reserve_previous_cny',
    'trade_net_cny',
    'risk_payable_today_cny',
    'risk_payable_previous_cny',
    'portfolio_fee_payable_cny',
    'corporate_receivable_cny',
    'withdrawable_cny',
  ],
  expected: ['trade_payable_cny', 'amount_cny', 'action', 'transfer_cny', 'transfer_from', 'transfer_to'],
  linesPerCase: 'one',
  answer: lineByLine((line) => {
    const side = line.oneOf('side', ['CLIENT', 'PROPRIETARY']) === 'CLIENT' ? 'client' : 'proprietary';
    const { tradePayableFen, amountFen } = fundingAmount({
      reserveBalancePreviousFen: line.amount('reserve_previous_cny'),
      tradeNetFen: line.amount('trade_net_cny'),
      riskMoneyPayableFen: line.amount('risk_payable_today_cny'),
      riskMoneyReturnedFen: line.amount('risk_payable_previous_cny'),
      portfolioFeePayableFen: line.amount('portfolio_fee_payable_cny'),
      nonTradePayableFen: 0n,
      crossCoverOwedFen: 0n,
      corporateActionReceivableFen: line.amount('corporate_receivable_cny'),
    });
    const transfer = fundingTransfer({ side, amountFen, withdrawableFen: line.amount('withdrawable_cny') });
    return {
      trade_payable_cny: amountText(tradePayableFen),
      amount_cny: amountText(amountFen),
      action: transfer.action,
      transfer_cny: amountText(transfer.transferFen),
      transfer_from: transfer.from === null ? '' : ACCOUNT_WORDS[transfer.from],
      transfer_to: transfer.to === null ? '' : ACCOUNT_WORDS[transfer.to],
    };
  }),
};

export const defaultChargesTable: CaseTable = {
  name: 'default-charges',
  given: ['intraday_default_cny', 'end_of_day_default_cny', 'default_date', 'cover_date', 'reserve_rate'],
  expected: ['days', 'penalty_cny', 'interest_cny'],
  linesPerCase: 'one',
  answer: lineByLine((line, { parameters }) => {
    const defaultDate = line.date('default_date');
    const days = daysInDefault(defaultDate, line.date('cover_date'));
    const endOfDayDefaultFen = line.amount('end_of_day_default_cny');
    const penalty = defaultPenaltyFen({
      intradayDefaultFen: line.amount('intraday_default_cny'),
      endOfDayDefaultFen,
      penaltyRatePerDayE12: parseRate(parameterOn(parameters, 'PENALTY_PER_DAY', defaultDate, CHANNEL)),
      days,
    });
    const interest = defaultInterestFen({
      endOfDayDefaultFen,
      reserveRatePerYearE12: line.scaled('reserve_rate', RATE_DECIMALS),
      days,
      dayBase: parseScaled(parameterOn(parameters, 'INTEREST_DAY_BASE', defaultDate, CHANNEL), 0),
    });
    return { days: days.toString(), penalty_cny: amountText(penalty), interest_cny: amountText(interest) };
  }),
};

export const portfolioFeeTable: CaseTable = {
  name: 'portfolio-fee',
  given: ['previous_trading_day', 'trading_day', 'value_previous_hkd', 'value_today_hkd', 'ratio'],
  expected: ['days_on_previous', 'row', 'fee_hkd', 'fee_cny'],
  linesPerCase: 'one',
  answer: lineByLine((line, { parameters, portfolioFeeTiers }) => {
    const tradingDay = line.date('trading_day');
    const daysOnPrevious = daysBetween(line.date('previous_trading_day'), tradingDay) - 1;
    if (daysOnPrevious < 0) throw line.malformed('the trading day does not follow the previous one');
    const fee = portfolioFee({
      charged: [
        { valueE4: line.scaled('value_previous_hkd', PRICE_DECIMALS), days: daysOnPrevious },
        { valueE4: line.scaled('value_today_hkd', PRICE_DECIMALS), days: 1 },
      ],
      tiers: portfolioFeeTiersOn(portfolioFeeTiers, tradingDay),
      ratioE5: line.scaled('ratio', RATIO_DECIMALS),
      minimumFen: parseScaled(parameterOn(parameters, 'PORTFOLIO_FEE_MINIMUM_CNY', tradingDay, CHANNEL), 2),
      dayBase: parseScaled(parameterOn(parameters, 'PORTFOLIO_FEE_DAY_BASE', tradingDay, CHANNEL), 0),
    });
    const days = { days_on_previous: daysOnPrevious.toString(), row: yesOrNo(fee !== null) };
    return fee === null ? days : { ...days, fee_hkd: amountText(fee.feeCents), fee_cny: amountText(fee.feeFen) };
  }),
};

export const allocationTable: CaseTable = {
  name: 'allocation',
  given: ['basis', 'ratio', 'account', 'weight'],
  expected: ['receipt_cny', 'amount_cny'],
  linesPerCase: 'many',
  answer: (lines) => {
    const [first] = lines;
    if (first === undefined) return [];
    const different = lines.find((line) =>
      ['basis', 'ratio', 'receipt_cny'].some((c) => line.text(c) !== first.text(c)),
    );
    if (different !== undefined)
      throw different.malformed('basis, ratio and receipt are the same on all lines of a case');

    if (first.oneOf('basis', ['PRO_RATA', 'GROSS']) === 'PRO_RATA') {
      const receiptFen = first.amount('receipt_cny');
      const holders = lines.map((line) => ({
        account: line.text('account'),
        weight: line.scaled('weight', WEIGHT_DECIMALS),
      }));
      return allocateProRata(receiptFen, holders).map(({ shareFen }) => ({
        receipt_cny: amountText(receiptFen),
        amount_cny: amountText(shareFen),
      }));
    }
    const holders = lines.map((line) => ({ account: line.text('account'), grossCents: line.scaled('weight', 2) }));
    const { receiptFen, shares } = allocateGross(holders, first.scaled('ratio', RATIO_DECIMALS));
    return shares.map(({ shareFen }) => ({ receipt_cny: amountText(receiptFen), amount_cny: amountText(shareFen) }));
  },
};
