import fc from 'fast-check';
import {
  addDays,
  addMonths,
  addYears,
  businessDateOf,
  dateOfDue,
  compactDate,
  daysBetween,
  parseBusinessDate,
  parseCompactDate,
  shanghaiInstant,
  shanghaiTimeOf,
  weekday,
} from '../../../domain/calendar/business-date';
import { minutesAfter, shanghaiWallClock } from '../../../domain/calendar/instants';
import { codeOf } from '../refusals';

const anyDate = fc
  .date({ min: new Date('1600-01-01T00:00:00Z'), max: new Date('2400-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => parseBusinessDate(date.toISOString().slice(0, 10)));

describe('a business date', () => {
  it.each(['2024-02-29', '2000-02-29', '2025-12-31', '0001-01-01'])('%s exists', (text) => {
    expect(parseBusinessDate(text)).toBe(text);
  });

  it.each([
    ['2025-02-29', 'no leap year'],
    ['1900-02-29', 'a century is no leap year'],
    ['2025-04-31', 'April has 30 days'],
    ['2025-13-01', 'month 13'],
    ['2025-00-10', 'month 0'],
    ['2025-01-00', 'day 0'],
    ['2025-1-1', 'one digit'],
    ['20250101', 'compact'],
    ['2025-01-01T00:00:00Z', 'an instant'],
    ['', 'empty'],
  ])('"%s" is refused: %s', (text) => {
    expect(codeOf(() => parseBusinessDate(text))).toBe('BUSINESS_DATE_INVALID');
  });

  it('is written compact in files', () => {
    const date = parseCompactDate('20250626');
    expect(date).toBe('2025-06-26');
    expect(compactDate(date)).toBe('20250626');
    expect(codeOf(() => parseCompactDate('20250231'))).toBe('BUSINESS_DATE_INVALID');
    expect(codeOf(() => parseCompactDate('2025-06-26'))).toBe('BUSINESS_DATE_INVALID');
  });

  it('counts days like the platform calendar', () => {
    fc.assert(
      fc.property(anyDate, fc.integer({ min: -20_000, max: 20_000 }), (date, days) => {
        const later = addDays(date, days);
        const expected = new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
        expect(later).toBe(expected);
        expect(daysBetween(date, later)).toBe(days);
        expect(weekday(date) % 7).toBe(new Date(`${date}T00:00:00Z`).getUTCDay());
      }),
    );
  });
});

describe('months later', () => {
  it.each([
    ['2026-03-31', -1, '2026-02-28', 'clamped to the month that is shorter'],
    ['2024-03-31', -1, '2024-02-29', 'of a leap year'],
    ['2026-02-28', 1, '2026-03-28', 'a month end stays no month end'],
    ['2026-01-30', 1, '2026-02-28', 'two days too many'],
    ['2026-12-31', 2, '2027-02-28', 'over the turn of the year'],
    ['2026-01-15', -1, '2025-12-15', 'back over it'],
    ['2026-05-31', 0, '2026-05-31', 'none'],
    ['2024-02-29', 48, '2028-02-29', 'from leap day to leap day'],
  ])('%s and %i months: %s (%s)', (date, months, expected, _why) => {
    expect(addMonths(parseBusinessDate(date), months)).toBe(expected);
  });

  it('counts years of twelve months', () => {
    expect(addYears(parseBusinessDate('2024-02-29'), 1)).toBe('2025-02-28');
  });

  it('keeps the day, or takes the last one of the month', () => {
    fc.assert(
      fc.property(anyDate, fc.integer({ min: -600, max: 600 }), (date, months) => {
        const later = addMonths(date, months);
        const count = (of: string) => parseInt(of.slice(0, 4), 10) * 12 + parseInt(of.slice(5, 7), 10);
        expect(parseBusinessDate(later)).toBe(later);
        expect(count(later)).toBe(count(date) + months);
        const isLastOfMonth = addDays(later, 1).endsWith('-01');
        expect(later.slice(8) === date.slice(8) || (isLastOfMonth && later.slice(8) < date.slice(8))).toBe(true);
      }),
    );
  });
});

describe('Shanghai time', () => {
  const date = parseBusinessDate('2025-06-26');

  it.each([
    ['10:00', '2025-06-26T02:00:00.000Z', 'morning'],
    ['08:00:00', '2025-06-26T00:00:00.000Z', 'midnight in UTC'],
    ['07:59:59', '2025-06-25T23:59:59.000Z', 'the day before in UTC'],
    ['00:00', '2025-06-25T16:00:00.000Z', 'start of the date'],
    ['23:59:59', '2025-06-26T15:59:59.000Z', 'last second of the date'],
  ])('%s is %s: %s', (time, instant) => {
    expect(shanghaiInstant(date, time)).toBe(instant);
    expect(businessDateOf(instant)).toBe(date);
    expect(shanghaiTimeOf(instant).startsWith(time)).toBe(true);
  });

  it.each(['24:00', '10:60', '9:30', '10:00:60', '10', ''])('refuses the time "%s"', (time) => {
    expect(codeOf(() => shanghaiInstant(date, time))).toBe('INPUT_INVALID');
  });

  it.each(['2025-06-26', '2025-06-26T02:00:00Z', '2025-06-26T02:00:00.000+08:00', '2025-06-26T25:00:00.000Z', 'now'])(
    'refuses the instant "%s"',
    (instant) => {
      expect(codeOf(() => businessDateOf(instant))).toBe('INPUT_INVALID');
    },
  );

  it('keeps the date of an instant with milliseconds', () => {
    expect(businessDateOf('2025-06-26T15:59:59.999Z')).toBe('2025-06-26');
    expect(businessDateOf('2025-06-26T16:00:00.000Z')).toBe('2025-06-27');
    // What is due at the end of a day is due on it.
    expect(dateOfDue('2025-06-26T16:00:00.000Z')).toBe('2025-06-26');
    expect(dateOfDue('2025-06-26T16:00:00.001Z')).toBe('2025-06-27');
    expect(shanghaiTimeOf('2025-06-26T01:59:59.999Z')).toBe('09:59:59');
  });

  it.each([
    ['2025-06-26T02:00:00.000Z', '2025-06-26 10:00:00', 'eight hours before'],
    ['2025-06-26T02:00:00Z', '2025-06-26 10:00:00', 'without milliseconds too'],
    ['2025-06-26T01:59:59.999Z', '2025-06-26 09:59:59', 'a started second'],
    ['2025-06-26T15:59:59.000Z', '2025-06-26 23:59:59', 'last second of the date'],
    ['2024-12-31T16:00:00.000Z', '2025-01-01 00:00:00', 'the next year'],
  ])('the wall clock at %s shows %s: %s', (instant, shown) => {
    expect(shanghaiWallClock(instant)).toBe(shown);
  });

  it.each([
    ['2025-06-26T02:00:00.000Z', 30, '2025-06-26T02:30:00.000Z'],
    ['2025-06-26T02:00:00.000Z', -30, '2025-06-26T01:30:00.000Z'],
    ['2025-12-31T23:50:00.000Z', 15, '2026-01-01T00:05:00.000Z'],
    ['2025-06-26T02:00:00Z', 0, '2025-06-26T02:00:00.000Z'],
  ])('%s and %i minutes is %s', (instant, minutes, expected) => {
    expect(minutesAfter(instant, minutes)).toBe(expected);
  });

  it('shows and shifts nothing that is no instant', () => {
    expect(() => shanghaiWallClock('now')).toThrow(RangeError);
    expect(() => minutesAfter('now', 1)).toThrow(RangeError);
  });
});
