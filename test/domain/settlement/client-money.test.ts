import { parseAmount } from '../../../domain/money';
import { parseRate } from '../../../domain/scaled';
import { clientFigures, moneyOfNextDay, type ClientMoney } from '../../../domain/settlement/client-figures';
import { clientMoneyDifferenceFen } from '../../../domain/settlement/client-money-identity';
import {
  advanceFen,
  fxPartFen,
  overdraftCause,
  overdraftFen,
  penaltyInterestFen,
} from '../../../domain/settlement/overdraft';
import { accruedNumerator } from '../../../domain/settlement/overdraft-life';

const fen = (text: string) => parseAmount(text);

describe('client figures', () => {
  const money: ClientMoney = {
    balanceFen: fen('1000.00'),
    frozenTradesFen: fen('300.00'),
    frozenPortfolioFeeFen: fen('0.35'),
    inTransitFen: fen('200.00'),
    creditedTodayFen: fen('50.00'),
    saleMoneyBookedTodayFen: fen('100.00'),
  };

  it.each([
    [{}, '300.35', '849.65', '549.65', 'every term'],
    [{ balanceFen: fen('450.35') }, '300.35', '300.00', '0.00', 'withdrawable exactly zero'],
    [{ balanceFen: fen('450.36') }, '300.35', '300.01', '0.01', 'a cent more'],
    [{ balanceFen: fen('450.34') }, '300.35', '299.99', '0.00', 'never below zero'],
    [{ balanceFen: fen('-10.00'), inTransitFen: 0n }, '300.35', '-360.35', '0.00', 'available may be below zero'],
  ])('%#', (change, frozen, available, withdrawable, _why) => {
    expect(clientFigures({ ...money, ...change })).toEqual({
      frozenFen: fen(frozen),
      availableFen: fen(available),
      withdrawableFen: fen(withdrawable),
    });
  });
});

it.each([
  [
    '1000.00',
    '300.35',
    '200.00',
    '899.65',
    '699.65',
    'sale money of tomorrow buys A-shares, and is not withdrawn before the day after',
  ],
  ['1000.00', '300.35', '0.00', '699.65', '699.65', 'nothing settles tomorrow'],
  ['100.00', '300.35', '200.35', '0.00', '0.00', 'what is frozen comes first'],
  ['100.00', '300.35', '200.36', '0.01', '0.00', 'a cent more'],
])('on the next day %s less %s frozen, sales of %s settling: A-shares for %s, withdrawable %s: %s', (...row) => {
  const [balance, frozen, settling, aShares, withdrawable] = row;
  expect(moneyOfNextDay({ balanceFen: fen(balance), frozenFen: fen(frozen), settlingFen: fen(settling) })).toEqual({
    aSharesFen: fen(aShares),
    withdrawableFen: fen(withdrawable),
  });
});

describe('overdraft', () => {
  it.each([
    ['-0.01', '0.01'],
    ['0.00', '0.00'],
    ['0.01', '0.00'],
  ])('a balance of %s: overdraft and advance %s', (balance, overdraft) => {
    expect(overdraftFen(fen(balance))).toBe(fen(overdraft));
    expect(advanceFen(fen(balance))).toBe(fen(overdraft));
  });

  it.each([
    ['100.00', '50.00', '0.00', '0.00', 'fx', 'exactly half'],
    ['100.00', '49.99', '0.00', '0.00', 'other', 'a cent below half'],
    ['100.00', '0.00', '60.00', '0.00', 'portfolioFee', 'the fee'],
    ['100.00', '10.00', '0.00', '60.00', 'delayedSettlement', 'postponed receipts'],
    ['100.00', '60.00', '60.00', '60.00', 'fx', 'equal parts: FX first'],
    ['100.00', '0.00', '60.00', '60.00', 'portfolioFee', 'then the fee'],
    ['2172.72', '3973.13', '0.34', '0.00', 'fx', 'a part may exceed the overdraft'],
    ['100.00', '0.00', '0.00', '0.00', 'other', 'nothing explains it'],
  ] as const)('%s with FX %s, fee %s, delay %s: %s (%s)', (amount, fx, fee, delayed, cause, _why) => {
    const parts = { fxFen: fen(fx), portfolioFeeFen: fen(fee), delayedSettlementFen: fen(delayed) };
    expect(overdraftCause(fen(amount), parts)).toBe(cause);
  });

  it.each([
    ['100.01', '100.00', '0.01'],
    ['100.00', '100.00', '0.00'],
    ['99.99', '100.00', '0.00'],
  ])('payables %s against %s frozen: FX part %s', (payables, frozen, part) => {
    expect(fxPartFen(fen(payables), fen(frozen))).toBe(fen(part));
  });

  it('accrues simple interest on advance and overdraft, rounded only where it is shown', () => {
    const rate = parseRate('0.18');
    // 2,172.72 x 0.18 / 360 = 1.08636
    expect(penaltyInterestFen(accruedNumerator(fen('2172.72'), [rate]), 1n, 360n)).toBe(fen('1.09'));
    // 6000000003 of the sample days: 13.68 on 25 June, 13.68 + 15.77 on 26 June: 43.13 x 0.0005 = 0.021565
    const sum = accruedNumerator(fen('13.68'), [rate]) + accruedNumerator(fen('29.45'), [rate]);
    expect(penaltyInterestFen(sum, 1n, 360n)).toBe(fen('0.02'));
    // 10.00 a day is 0.005: over a weekend 0.015, a tie once, not three ties
    expect(penaltyInterestFen(accruedNumerator(fen('10.00'), [rate, rate, rate]), 1n, 360n)).toBe(fen('0.02'));
  });
});

it('client money is all there, or the difference says by how much', () => {
  // 2025-06-26 of the sample days.
  const totals = {
    clientFundAccountsFen: fen('85521318.78'),
    cushionNotLentFen: fen('499986.32'),
    commissionNotYetMovedFen: fen('12548.35'),
    crossCoverOwedFen: 0n,
    clientDepositAccountFen: fen('82522834.43'),
    clientReserveFen: fen('0.00'),
    clientRiskFundFen: fen('3473857.13'),
    onTheWayFen: fen('37161.89'),
  };
  expect(clientMoneyDifferenceFen(totals)).toBe(0n);
  expect(clientMoneyDifferenceFen({ ...totals, clientReserveFen: 1n })).toBe(-1n);
  // What came from the own funds is held and owed.
  expect(clientMoneyDifferenceFen({ ...totals, clientReserveFen: 1n, crossCoverOwedFen: 1n })).toBe(0n);
});
