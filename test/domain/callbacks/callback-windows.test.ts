import fc from 'fast-check';
import { callbackTerms, callbackWindow } from '../../../domain/callbacks/callback-windows';
import {
  addDays,
  businessDateOf,
  parseBusinessDate as d,
  shanghaiInstant,
} from '../../../domain/calendar/business-date';
import { publicHolidaysOf } from '../../../domain/calendar/counted-days';
import { byPlace } from '../../../domain/errors';
import { parametersOn } from '../../../domain/parameters';
import { readReference } from '../../../prisma/reference';

// The published case table runs in verify-cases.test.ts; here stands what it leaves open.
const { calendars, parameters } = readReference();
const publicHolidays = publicHolidaysOf(calendars);
const terms = callbackTerms(parametersOn(parameters, d('2026-06-15'), 'SH'));
/** `DATE TIME` in Shanghai, milliseconds behind the seconds where there are any. */
const at = (wall: string) => {
  const [date = '', time = ''] = wall.split(' ');
  const [seconds = '', ms = '000'] = time.split('.');
  return shanghaiInstant(d(date), seconds).replace('.000Z', `.${ms}Z`);
};
const ask = (now: string, ...attempts: string[]) => callbackWindow(at(now), attempts.map(at), publicHolidays, terms);

it.each([
  ['2026-06-15 08:59:59', [], 'N', 'OUTSIDE_HOURS', '2026-06-15 09:00:00', 'a second before'],
  ['2026-06-15 08:59:59.999', [], 'N', 'OUTSIDE_HOURS', '2026-06-15 09:00:00', 'a millisecond before'],
  ['2026-06-15 09:00:00', [], 'Y', '', '2026-06-15 09:00:00', 'the first instant'],
  ['2026-06-15 19:59:59', [], 'Y', '', '2026-06-15 19:59:59', 'the last second'],
  ['2026-06-15 19:59:59.999', [], 'Y', '', '2026-06-15 19:59:59.999', 'the last millisecond'],
  ['2026-06-15 20:00:00', [], 'N', 'OUTSIDE_HOURS', '2026-06-16 09:00:00', 'closed'],
  ['2026-06-15 20:01:00', [], 'N', 'OUTSIDE_HOURS', '2026-06-16 09:00:00', 'a minute later'],
  ['2026-06-20 10:00:00', [], 'N', 'PUBLIC_HOLIDAY', '2026-06-22 09:00:00', 'the Saturday inside a public holiday'],
  ['2026-06-21 19:00:00', [], 'N', 'PUBLIC_HOLIDAY', '2026-06-22 09:00:00', 'its Sunday'],
  ['2026-06-18 20:00:00', [], 'N', 'OUTSIDE_HOURS', '2026-06-22 09:00:00', 'the evening before it'],
  ['2026-06-19 08:00:00', [], 'N', 'PUBLIC_HOLIDAY;OUTSIDE_HOURS', '2026-06-22 09:00:00', 'on it and too early'],
  ['2026-06-14 10:00:00', [], 'Y', '', '2026-06-14 10:00:00', 'an ordinary Sunday'],
  ['2026-09-20 10:00:00', [], 'Y', '', '2026-09-20 10:00:00', 'a make-up Sunday'],
  [
    '2026-06-16 10:00:59',
    ['2026-06-15 10:00:00'],
    'N',
    'NOT_LATER_TIME_OF_DAY',
    '2026-06-16 10:01:00',
    'a second short',
  ],
  ['2026-06-16 10:01:00', ['2026-06-15 10:00:00'], 'Y', '', '2026-06-16 10:01:00', 'a minute later'],
  [
    '2026-06-16 10:01:00',
    ['2026-06-15 10:00:00.001'],
    'N',
    'NOT_LATER_TIME_OF_DAY',
    '2026-06-16 10:01:00.001',
    'a millisecond short',
  ],
  [
    '2026-06-16 09:00:00',
    ['2026-06-15 19:58:59'],
    'N',
    'NOT_LATER_TIME_OF_DAY',
    '2026-06-16 19:59:59',
    'a second left',
  ],
  ['2026-06-16 09:00:00', ['2026-06-15 19:59:00'], 'Y', '', '2026-06-16 09:00:00', 'nothing left: any time'],
  [
    '2026-06-15 20:30:00',
    ['2026-06-15 19:58:59'],
    'N',
    'OUTSIDE_HOURS;SAME_DAY_AS_LAST_ATTEMPT',
    '2026-06-16 19:59:59',
    'late on the day of the attempt',
  ],
  [
    '2026-06-16 08:30:00',
    ['2026-06-15 10:00:00'],
    'N',
    'OUTSIDE_HOURS',
    '2026-06-16 10:01:00',
    'time not judged early',
  ],
  [
    '2026-06-19 09:30:00',
    ['2026-06-18 10:00:00'],
    'N',
    'PUBLIC_HOLIDAY;NOT_LATER_TIME_OF_DAY',
    '2026-06-22 10:01:00',
    'on a holiday and too early in the day',
  ],
  ['2026-06-16 09:00:00', ['2026-06-15 07:30:00'], 'Y', '', '2026-06-16 09:00:00', 'the last one was before the hours'],
  ['2026-06-16 09:00:00', ['2026-06-15 23:59:30'], 'Y', '', '2026-06-16 09:00:00', 'the last one was near midnight'],
  [
    '2026-06-17 10:30:00',
    ['2026-06-16 14:00:00', '2026-06-15 10:00:00'],
    'N',
    'NOT_LATER_TIME_OF_DAY',
    '2026-06-17 14:01:00',
    'the latest attempt counts, in whatever order they come',
  ],
])('%s after %j: %s %s, from %s (%s)', (now, attempts, mayCall, reasons, from, _why) => {
  const found = ask(now, ...attempts);
  expect([found.mayCallNow ? 'Y' : 'N', found.reasons.join(';')]).toEqual([mayCall, reasons]);
  expect(found.window?.from).toBe(at(from));
  expect(found.window?.until).toBe(at(`${from.slice(0, 10)} 20:00:00`));
});

it('takes hours and attempts from the terms', () => {
  const longer = { ...terms, callsFrom: '08:30', callsUntil: '20:30', attempts: 1 };
  expect(callbackWindow(at('2026-06-15 20:29:59'), [], publicHolidays, longer).mayCallNow).toBe(true);
  const used = callbackWindow(at('2026-06-15 08:30:00'), [at('2026-06-14 10:00:00')], publicHolidays, longer);
  expect(used).toEqual({ mayCallNow: false, reasons: ['NO_ATTEMPTS_LEFT'], window: null, isUnknown: false });
});

it.each([
  ['2026-12-31 19:00:00', [], [], 'the last hours of the last known day'],
  ['2026-12-31 20:00:00', [], ['OUTSIDE_HOURS'], 'closed, and the next day is not known'],
  ['2026-12-31 19:00:00', ['2026-12-31 10:00:00'], ['SAME_DAY_AS_LAST_ATTEMPT'], 'called today already'],
  ['2027-01-04 10:00:00', [], ['HOLIDAYS_UNKNOWN'], 'whether it is a holiday nobody has entered'],
  ['2027-01-04 20:01:00', [], ['OUTSIDE_HOURS', 'HOLIDAYS_UNKNOWN'], 'too late besides'],
])('where the list of holidays ends, at %s after %j: %j (%s)', (now, attempts, reasons, _why) => {
  const { mayCallNow, reasons: found, window, isUnknown } = ask(now, ...attempts);
  expect([mayCallNow, found]).toEqual([reasons.length === 0, reasons]);
  // Attempts are left: it is no callback whose attempts are used up.
  expect([window === null, isUnknown]).toEqual([reasons.length > 0, reasons.length > 0]);
});

it('takes no attempt that lies after now', () => {
  expect(() => ask('2026-06-15 10:00:00', '2026-06-15 10:00:01')).toThrow(RangeError);
});

it('knows a public holiday from a weekend', () => {
  const counted = ['2026-06-13', '2026-06-19', '2026-06-20', '2026-06-21', '2026-06-22', '2026-09-20', '2026-07-01'];
  expect(counted.filter((date) => publicHolidays.counts(d(date)))).toEqual(['2026-06-19', '2026-06-20', '2026-06-21']);
});

describe('laws', () => {
  const minuteOf = (days: number, minute: number, second = 0) => {
    const time = [Math.floor(minute / 60), minute % 60, second].map((part) => `${part}`.padStart(2, '0')).join(':');
    return shanghaiInstant(addDays(d('2026-01-01'), days), time);
  };
  /** Now, with up to two attempts on the day itself or on the three days before it. */
  const someCall = fc
    .record({
      days: fc.integer({ min: 3, max: 330 }),
      minute: fc.integer({ min: 0, max: 1439 }),
      second: fc.integer({ min: 0, max: 59 }),
      before: fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 540, max: 1199 })), { maxLength: 2 }),
    })
    .map(({ days, minute, second, before }) => {
      const now = minuteOf(days, minute, second);
      const attempts = before.map(([ago, minuteOfDay]) => minuteOf(days - ago, minuteOfDay));
      return { now, attempts: attempts.filter((attempt) => attempt <= now) };
    });

  it('a window opens within the hours of a day that is no public holiday, never before now, never on the last date', () => {
    fc.assert(
      fc.property(someCall, ({ now, attempts }) => {
        const { mayCallNow, reasons, window } = callbackWindow(now, attempts, publicHolidays, terms);
        if (window === null) throw new Error('attempts are left, so there is a window');
        const date = businessDateOf(window.from);
        expect(window.from >= shanghaiInstant(date, '09:00') && window.from < shanghaiInstant(date, '20:00')).toBe(
          true,
        );
        expect(window.until).toBe(shanghaiInstant(date, '20:00'));
        expect(publicHolidays.counts(date)).toBe(false);
        expect(attempts.map(businessDateOf)).not.toContain(date);
        expect(window.from >= now).toBe(true);
        expect(window.from === now).toBe(mayCallNow);
        expect(mayCallNow).toBe(reasons.length === 0);
        expect(reasons).toEqual([...reasons].sort(byPlace));
        // Whoever waits until the window opens may call then.
        expect(callbackWindow(window.from, attempts, publicHolidays, terms).mayCallNow).toBe(true);
      }),
    );
  });
});
