/** A day is known only where every date that it rests on is known. */
import { marketCalendar } from '../../../domain/calendar/market-calendar';
import { datesOfDay } from '../../../domain/settlement/day-dates';
import { parseBusinessDate } from '../../../domain/calendar/business-date';

const day = parseBusinessDate;
/** Two weeks of which the second ends the known range; Wednesday the 10th is closed in Hong Kong. */
const calendar = marketCalendar({
  from: day('2025-09-01'),
  to: day('2025-09-12'),
  days: [{ exchange: 'SEHK', date: day('2025-09-10'), kind: 'CLOSED' }],
});

test.each([
  ['2025-09-02', '2025-09-04', 'two settlement days on'],
  ['2025-09-08', '2025-09-11', 'over a closed Wednesday'],
  ['2025-09-09', '2025-09-12', 'the last day whose trades settle inside the range'],
])('%s settles on %s: %s', (date, settles) => {
  expect(datesOfDay(calendar, day(date), 2)).toMatchObject({ dayKind: 'full', tradesSettle: settles });
});

test.each([
  ['2025-09-11', 'CALENDAR_OUT_OF_RANGE', 'its trades settle after the range'],
  ['2025-09-12', 'CALENDAR_OUT_OF_RANGE', 'the next trading day is not known'],
  ['2025-09-01', 'CALENDAR_OUT_OF_RANGE', 'the day before is not known'],
  ['2025-09-10', 'NOT_A_TRADING_DAY', 'closed'],
])('%s is refused: %s, %s', (date, code) => {
  expect(() => datesOfDay(calendar, day(date), 2)).toThrow(expect.objectContaining({ code }) as Error);
});
