/** An overdraft from its first evening to its end: interest by the rate of each day, repayment, age, what the cushion can lend. */
import { parseBusinessDate } from '../../../domain/calendar/business-date';
import { parseAmount as fen } from '../../../domain/money';
import { parseRate } from '../../../domain/scaled';
import { penaltyInterestFen } from '../../../domain/settlement/overdraft';
import {
  accruedNumerator,
  ageBand,
  cushionAfter,
  topUpFen,
  repayments,
  type RepaymentOrder,
} from '../../../domain/settlement/overdraft-life';

const shown = (numerator: bigint) => penaltyInterestFen(numerator, 1n, 360n);
const rates = (...texts: readonly string[]) => texts.map(parseRate);

describe('interest by the rate of each day', () => {
  it.each([
    // 1,000.00 x (0.18 + 0.18 + 0.24) / 360 = 1.666...
    ['the rate rises on Sunday of a weekend', '1000.00', ['0.18', '0.18', '0.24'], '1.67'],
    // 1,000.00 x 3 x 0.18 / 360 = 1.50
    ['the same rate on three days', '1000.00', ['0.18', '0.18', '0.18'], '1.50'],
    // 1,000.00 x 0.24 / 360 = 0.666...
    ['one day', '1000.00', ['0.24'], '0.67'],
    ['a rate of nothing', '1000.00', ['0'], '0.00'],
    ['no day', '1000.00', [], '0.00'],
  ] as const)('%s', (_, owed, perYear, interest) => {
    expect(shown(accruedNumerator(fen(owed), rates(...perYear)))).toBe(fen(interest));
  });
});

describe('repayment', () => {
  it.each<[RepaymentOrder, string, string, string, string, string, string]>([
    ['ADVANCE_ONLY', '100.00', '60.00', '5.00', '60.00', '0.00', 'interest stays owed'],
    ['ADVANCE_THEN_INTEREST', '100.00', '60.00', '5.00', '60.00', '5.00', 'both are covered'],
    ['ADVANCE_THEN_INTEREST', '62.00', '60.00', '5.00', '60.00', '2.00', 'the rest goes to interest'],
    ['ADVANCE_THEN_INTEREST', '60.00', '60.00', '5.00', '60.00', '0.00', 'nothing is left for interest'],
    ['INTEREST_THEN_ADVANCE', '62.00', '60.00', '5.00', '57.00', '5.00', 'interest first'],
    ['INTEREST_THEN_ADVANCE', '4.00', '60.00', '5.00', '0.00', '4.00', 'less than the interest'],
    ['ADVANCE_THEN_INTEREST', '100.00', '0.00', '5.00', '0.00', '5.00', 'interest of an advance that is repaid'],
    ['ADVANCE_THEN_INTEREST', '-1.00', '60.00', '5.00', '0.00', '0.00', 'no money, no repayment'],
    [
      'ADVANCE_THEN_INTEREST',
      '100.00',
      '60.00',
      '-1.00',
      '60.00',
      '0.00',
      'waived more than accrued: nothing is given back',
    ],
    ['ADVANCE_ONLY', '0.01', '100.00', '0.00', '0.01', '0.00', 'as far as it goes'],
  ])('%s, %s against %s and interest %s: %s and %s (%s)', (order, balance, advance, interest, repaid, collected) => {
    expect(repayments(fen(balance), { advanceFen: fen(advance), interestFen: fen(interest) }, order)).toEqual({
      advanceFen: fen(repaid),
      interestFen: fen(collected),
    });
  });
});

describe('age', () => {
  const terms = { callAfterDays: 3, blockAfterDays: 10, recoveryAfterDays: 30 };
  it.each([
    ['2025-06-27', '2025-06-29', 'fresh'],
    ['2025-06-27', '2025-06-30', 'call'],
    ['2025-06-27', '2025-07-06', 'call'],
    ['2025-06-27', '2025-07-07', 'block'],
    ['2025-06-27', '2025-07-26', 'block'],
    ['2025-06-27', '2025-07-27', 'recovery'],
  ])('owed since %s, on %s: %s', (since, on, band) => {
    expect(ageBand(parseBusinessDate(since), parseBusinessDate(on), terms)).toBe(band);
  });
});

describe('cushion', () => {
  const alarmAt = parseRate('0.8');
  it.each([
    ['500.00', '0.00', '399.99', 'enough', 'a cent below four fifths'],
    ['500.00', '0.00', '400.00', 'low', 'four fifths'],
    ['100.00', '400.00', '0.00', 'enough', 'nothing more is lent: no second alarm'],
    ['100.00', '400.00', '0.01', 'low', 'above it'],
    ['100.00', '400.00', '100.00', 'low', 'all of it'],
    ['100.00', '400.00', '100.01', 'too small', 'a cent more than there is'],
    ['-0.01', '0.00', '0.00', 'too small', 'below zero already'],
  ])('%s left, %s lent, %s to lend: %s (%s)', (left, lent, toLend, state) => {
    expect(cushionAfter({ notLentFen: fen(left), lentFen: fen(lent) }, fen(toLend), alarmAt)).toBe(state);
  });

  it.each([
    ['500.00', '0.00', '399.99', '0.8', '0.00', 'no alarm'],
    ['500.00', '0.00', '400.00', '0.8', '0.01', '400.00 / 500.00 is four fifths, 400.00 / 500.01 is less'],
    ['500.00', '0.00', '450.00', '0.8', '62.51', '450.00 / 0.8 = 562.50'],
    ['100.00', '400.00', '200.00', '0.8', '250.01', '600.00 / 0.8 = 750.00'],
    ['500.00', '0.00', '400.00', '0.3', '833.34', '400.00 / 0.3 = 1,333.33...: a whole of 1,333.34'],
    ['100.00', '0.00', '150.00', '1.5', '50.00', 'an alarm beyond the whole: what is to be lent must be there'],
    ['-0.01', '0.00', '0.00', '0.8', '0.01', 'below zero, nothing to lend'],
  ])('%s left, %s lent, %s to lend, alarm at %s: raised by %s (%s)', (left, lent, toLend, at, amount) => {
    const cushion = { notLentFen: fen(left), lentFen: fen(lent) };
    expect(topUpFen(cushion, fen(toLend), parseRate(at))).toBe(fen(amount));
    // With it no alarm is raised any more.
    const raised = { ...cushion, notLentFen: fen(left) + fen(amount) };
    expect(cushionAfter(raised, fen(toLend), parseRate(at))).toBe('enough');
  });
});
