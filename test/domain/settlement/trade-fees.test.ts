import fc from 'fast-check';
import { parseBusinessDate as d } from '../../../domain/calendar/business-date';
import { amountText, parseAmount } from '../../../domain/money';
import { parsePrice } from '../../../domain/scaled';
import { considerationCents, feeTermsOn, tradeFees } from '../../../domain/settlement/trade-fees';
import { readReference } from '../../../prisma/reference';
import { codeOf } from '../refusals';

const { feeRates } = readReference();
const feesOn = (date: string, consideration: string) =>
  tradeFees(parseAmount(consideration), feeTermsOn(feeRates, d(date)));

// Published vectors, facts 2.2.
it.each([
  ['2014-11-17', '800.00', '1.00', '0.02', '0.00', '0.04', '0.50', '2.00', '3.56'],
  ['2014-11-17', '10000.00', '10.00', '0.27', '0.00', '0.50', '0.50', '2.00', '13.27'],
  ['2021-08-02', '123456.78', '161.00', '3.33', '0.00', '6.17', '0.50', '2.47', '173.47'],
  ['2023-06-15', '10000.00', '13.00', '0.27', '0.02', '0.57', '0.00', '2.00', '15.86'],
  ['2024-06-17', '6000000.00', '6000.00', '162.00', '9.00', '339.00', '0.00', '100.00', '6610.00'],
  ['2026-06-15', '10000.00', '10.00', '0.27', '0.02', '0.57', '0.00', '0.42', '11.28'],
  ['2026-06-15', '123456.78', '124.00', '3.33', '0.19', '6.98', '0.00', '5.19', '139.69'],
])('on %s a consideration of %s costs what is published', (date, consideration, ...published) => {
  const fees = feesOn(date, consideration);
  const computed = [
    fees.stampDutyCents,
    fees.sfcLevyCents,
    fees.afrcLevyCents,
    fees.tradingFeeCents,
    fees.systemFeeCents,
    fees.settlementFeeCents,
    fees.totalCents,
  ];
  expect(computed.map(amountText)).toEqual(published);
});

it.each([
  ['800', '10.000', '8000.00', 'whole'],
  ['33', '0.105', '3.47', '3.465 is a tie'],
  ['1', '0.004', '0.00', 'below half a cent'],
  ['1', '0.005', '0.01', 'half a cent'],
])('%s shares at %s are worth %s: %s', (quantity, price, expected) => {
  expect(amountText(considerationCents(BigInt(quantity), parsePrice(price)))).toBe(expected);
});

it.each([
  ['2014-11-16', 'the day before the link starts'],
  ['2014-11-01', 'only one levy is known'],
  ['2000-01-03', 'nothing is known'],
])('has no rate for %s and does not guess: %s', (date) => {
  expect(codeOf(() => feeTermsOn(feeRates, d(date)))).toBe('NO_RATE_FOR_DATE');
});

it('refuses a schedule that overlaps, and a consideration below zero', () => {
  expect(() => feeTermsOn([...feeRates, ...feeRates], d('2026-06-15'))).toThrow(RangeError);
  expect(() => tradeFees(-1n, feeTermsOn(feeRates, d('2026-06-15')))).toThrow(RangeError);
});

it('never charges less for a larger consideration', () => {
  const cents = fc.bigInt({ min: 0n, max: 10n ** 13n });
  for (const date of ['2014-11-17', '2021-08-02', '2025-06-27', '2025-06-30']) {
    const terms = feeTermsOn(feeRates, d(date));
    fc.assert(
      fc.property(cents, cents, (a, b) => {
        const [smaller, larger] = a < b ? [a, b] : [b, a];
        expect(tradeFees(smaller, terms).totalCents <= tradeFees(larger, terms).totalCents).toBe(true);
        expect(tradeFees(a, terms).stampDutyCents % 100n).toBe(0n);
      }),
    );
  }
});
