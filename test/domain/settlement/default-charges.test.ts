import { parseBusinessDate as d } from '../../../domain/calendar/business-date';
import { parseAmount } from '../../../domain/money';
import { parseRate } from '../../../domain/scaled';
import {
  daysInDefault,
  defaultInterestFen,
  defaultPenaltyFen,
  shortfallFen,
} from '../../../domain/settlement/default-charges';

const fen = (text: string) => parseAmount(text);

it.each([
  ['2025-06-26', '2025-06-26', 1, 'covered the same day: at least one day'],
  ['2025-06-26', '2025-06-27', 1, 'the day of cover does not count'],
  ['2025-06-27', '2025-06-30', 3, 'calendar days over a weekend'],
  ['2024-02-28', '2024-03-01', 2, 'the leap day counts'],
])('a default of %s covered on %s lasts %s days: %s', (from, to, days) => {
  expect(daysInDefault(d(from), d(to))).toBe(days);
});

it('refuses a cover before the default', () => {
  expect(() => daysInDefault(d('2025-06-27'), d('2025-06-26'))).toThrow(RangeError);
});

it.each([
  ['-1000000.00', '1000000.00', 'below zero'],
  ['0.00', '0.00', 'exactly zero is no default'],
  ['0.01', '0.00', 'above zero'],
])('a balance of %s after the batch misses %s: %s', (balance, missing) => {
  expect(shortfallFen(fen(balance))).toBe(fen(missing));
});

it.each([
  ['1000000.00', '400000.00', 1, '1000.00', '3.89', 'the worked example'],
  ['1000000.00', '400000.00', 2, '2000.00', '7.78', 'two days: 7.7777...'],
  ['400000.00', '1000000.00', 1, '1000.00', '9.72', 'the evening is the larger one'],
  ['5.00', '0.00', 1, '0.01', '0.00', 'a penalty of 0.005 is a tie'],
  ['4.99', '0.00', 2, '0.01', '0.00', '0.00998 is rounded once, not twice 0.00'],
])(
  'intraday %s, end of day %s over %s days: penalty %s, interest %s (%s)',
  (intraday, evening, days, penalty, interest) => {
    const endOfDayDefaultFen = fen(evening);
    const charged = defaultPenaltyFen({
      intradayDefaultFen: fen(intraday),
      endOfDayDefaultFen,
      penaltyRatePerDayE12: parseRate('0.001'),
      days,
    });
    expect(charged).toBe(fen(penalty));
    const reserveRatePerYearE12 = parseRate('0.0035');
    expect(defaultInterestFen({ endOfDayDefaultFen, reserveRatePerYearE12, days, dayBase: 360n })).toBe(fen(interest));
  },
);
