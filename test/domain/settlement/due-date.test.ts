/** Notices and calendars that cross: June 2025, as the calendar was (1 July closed in Hong Kong) and as corrections make it. */
import { weekday, type BusinessDate } from '../../../domain/calendar/business-date';
import { dueDate } from '../../../domain/settlement/due-date';

const day = (date: string) => `2025-${date}` as BusinessDate;
const on = (closed: readonly string[]) => (date: BusinessDate) =>
  weekday(date) < 6 && !closed.some((one) => day(one) === date);

it.each<[string, string, readonly [string, string][], readonly string[], string]>([
  // filed, notices, days on which nothing settles, due, why this row
  ['as filed', '06-25', [], ['07-01'], '06-25'],
  ['a notice moves it', '06-25', [['06-25', '06-26']], ['07-01'], '06-26'],
  ['a holiday is added on the day filed', '06-25', [], ['06-25', '07-01'], '06-26'],
  ['a holiday on the day filed, and a notice beyond the next day', '06-25', [['06-25', '06-27']], ['06-25'], '06-27'],
  ['a holiday is added where the notice moved it to', '06-25', [['06-25', '06-26']], ['06-26'], '06-27'],
  ['the day to which the calendar moved it is postponed itself', '06-25', [['06-26', '06-30']], ['06-25'], '06-30'],
  ['holiday, weekend and a holiday behind it', '06-27', [], ['06-27', '06-30', '07-01'], '07-02'],
  [
    'two notices, one behind the other, then a holiday',
    '06-25',
    [
      ['06-25', '06-26'],
      ['06-26', '06-30'],
    ],
    ['06-30', '07-01'],
    '07-02',
  ],
  ['a notice over a holiday that was taken out of the calendar stays', '06-25', [['06-25', '06-27']], [], '06-27'],
  ['half day or a holiday of one side: no settlement day either', '06-30', [], ['06-30', '07-01'], '07-02'],
])('%s: of %s', (_, filed, notices, closed, due) => {
  expect(
    dueDate(
      day(filed),
      notices.map(([from, to]) => ({ from: day(from), to: day(to) })),
      on(closed),
    ),
  ).toBe(day(due));
});
