import fc from 'fast-check';
import { parseAmount } from '../../../domain/money';
import {
  fundingAmount,
  fundingTransfer,
  halfDayTerms,
  isAllowedTransfer,
  type FundingTerms,
  type MoneyAccount,
} from '../../../domain/settlement/funding';

const fen = (text: string) => parseAmount(text);
const nothing: FundingTerms = {
  reserveBalancePreviousFen: 0n,
  tradeNetFen: 0n,
  riskMoneyPayableFen: 0n,
  riskMoneyReturnedFen: 0n,
  portfolioFeePayableFen: 0n,
  nonTradePayableFen: 0n,
  crossCoverOwedFen: 0n,
  corporateActionReceivableFen: 0n,
};
const worked: FundingTerms = {
  ...nothing,
  reserveBalancePreviousFen: fen('12000000.00'),
  tradeNetFen: fen('-15300000.00'),
  riskMoneyPayableFen: fen('2450000.00'),
  riskMoneyReturnedFen: fen('2100000.00'),
  portfolioFeePayableFen: fen('18765.43'),
  corporateActionReceivableFen: fen('640000.00'),
};

it.each([
  [worked, '-3028765.43', 'the worked example of the settlement day'],
  [{ ...worked, tradeNetFen: fen('15300000.00') }, '12271234.57', 'a receivable is no term: it comes at 18:00'],
  [{ ...worked, nonTradePayableFen: fen('0.57') }, '-3028766.00', 'non-trade transfer fee and duty'],
  [{ ...worked, crossCoverOwedFen: fen('1000.00') }, '-3029765.43', 'what the clearing house covered is repaid first'],
  [halfDayTerms(worked), '11650000.00', 'half day: balance and risk money only'],
  [{ ...nothing, reserveBalancePreviousFen: -1n }, '-0.01', 'a balance below zero is filled up'],
])('funding amount %#', (terms, expected) => {
  expect(fundingAmount(terms).amountFen).toBe(fen(expected));
});

it.each([
  ['client', '-0.01', '0.00', 'FUND', '0.01', 'clientDeposit', 'clientReserve', 'one cent short'],
  ['client', '0.00', '5.00', 'NOTHING', '0.00', null, null, 'exactly zero'],
  ['client', '0.01', '5.00', 'DRAW_BACK', '0.01', 'clientReserve', 'clientDeposit', 'one cent over'],
  ['client', '5.00', '4.99', 'DRAW_BACK', '4.99', 'clientReserve', 'clientDeposit', 'less is withdrawable'],
  ['client', '5.00', '0.00', 'NOTHING', '0.00', null, null, 'nothing is withdrawable'],
  ['client', '5.00', '-1.00', 'NOTHING', '0.00', null, null, 'withdrawable below zero'],
  ['proprietary', '-5.00', '0.00', 'FUND', '5.00', 'ownBank', 'proprietaryReserve', 'own money from the own bank'],
  ['proprietary', '5.00', '5.00', 'DRAW_BACK', '5.00', 'proprietaryReserve', 'ownBank', 'and back to it'],
] as const)('%s %s with %s withdrawable: %s %s', (side, amount, withdrawable, action, transfer, from, to, _why) => {
  expect(fundingTransfer({ side, amountFen: fen(amount), withdrawableFen: fen(withdrawable) })).toEqual({
    action,
    transferFen: fen(transfer),
    from,
    to,
  });
});

it('lets money of a side move between its own two accounts only', () => {
  const accounts: MoneyAccount[] = ['clientDeposit', 'clientReserve', 'ownBank', 'proprietaryReserve'];
  const allowed = (side: 'client' | 'proprietary') =>
    accounts.flatMap((from) => accounts.filter((to) => isAllowedTransfer(side, from, to)).map((to) => `${from}>${to}`));
  expect(allowed('client')).toEqual(['clientDeposit>clientReserve', 'clientReserve>clientDeposit']);
  expect(allowed('proprietary')).toEqual(['ownBank>proprietaryReserve', 'proprietaryReserve>ownBank']);
});

it('brings the reserve account to exactly zero after all that is due, and moves only along allowed ways', () => {
  const amounts = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n });
  fc.assert(
    fc.property(
      amounts,
      fc.bigInt({ min: 0n, max: 10n ** 12n }),
      fc.constantFrom('client', 'proprietary'),
      (a, w, side) => {
        const transfer = fundingTransfer({ side, amountFen: a, withdrawableFen: w });
        if (transfer.action === 'FUND') expect(a + transfer.transferFen).toBe(0n);
        if (transfer.action === 'DRAW_BACK') expect(transfer.transferFen <= a && transfer.transferFen <= w).toBe(true);
        if (transfer.from !== null && transfer.to !== null) {
          expect(isAllowedTransfer(side, transfer.from, transfer.to)).toBe(true);
        }
      },
    ),
  );
});
