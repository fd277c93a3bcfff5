import fc from 'fast-check';
import { addDays, parseBusinessDate as d, shanghaiInstant } from '../../../domain/calendar/business-date';
import { calendarOf } from '../../../domain/calendar/calendar-rows';
import {
  civilWorkingDaysOf,
  settlementDays,
  tradingDays,
  type CountedDays,
} from '../../../domain/calendar/counted-days';
import { deadline, isInTime } from '../../../domain/deadlines/deadline';
import { sameDay, type Limit } from '../../../domain/deadlines/limit';
import { runningAfter, type Stop } from '../../../domain/deadlines/running-time';
import { readReference } from '../../../prisma/reference';
import { codeOf } from '../refusals';

// The published case table runs in verify-cases.test.ts; here stand the limits that it leaves open, and the laws.
const { calendars } = readReference();
const civil = civilWorkingDaysOf(calendars);
const market = calendarOf(calendars, 'SH');
const DESK = { opens: '09:00', closes: '17:30' };
const at = (wall: string) => shanghaiInstant(d(wall.slice(0, 10)), wall.slice(11));
const wall = (instant: string) => new Date(Date.parse(instant) + 8 * 3_600_000).toISOString().slice(0, 19);
const due = (limit: Limit, received: string, days: CountedDays = civil, stops: readonly Stop[] = []) =>
  deadline({ limit, receivedAt: at(received), stops, desk: DESK }, days);

describe('limits of the market and of the clock', () => {
  it.each<[Limit, CountedDays, string, string, string, string]>([
    [
      { kind: 'TRADING_DAYS', n: 1 },
      tradingDays(market),
      '2025-06-30T10:00',
      '2025-07-02T09:30',
      '2025-07-02T17:30',
      '1 July: Hong Kong is closed, people work; 7.5 + 8.5 h of the desk',
    ],
    [
      { kind: 'SETTLEMENT_DAYS', n: 1 },
      settlementDays(market),
      '2025-12-23T17:30',
      '2025-12-29T13:15',
      '2025-12-29T17:30',
      '24 December is a half day: traded, not settled; 25 and 26 closed',
    ],
    [
      { kind: 'TRADING_DAYS', n: 1 },
      tradingDays(market),
      '2025-12-23T17:30',
      '2025-12-24T13:15',
      '2025-12-24T17:30',
      'the half day is a trading day',
    ],
    [
      { kind: 'CLOCK_TIME', n: 0, time: '10:00' },
      civil,
      '2025-06-26T08:00',
      '2025-06-26T09:00',
      '2025-06-26T10:00',
      'the funding deadline of the day',
    ],
    [
      { kind: 'CLOCK_TIME', n: 1, time: '10:00:00' },
      civil,
      '2025-06-28T10:00',
      '2025-06-28T22:00',
      '2025-06-29T10:00',
      'the next morning, a Sunday',
    ],
    [
      { kind: 'CLOCK_TIME', n: 0, time: '10:00' },
      civil,
      '2025-06-26T10:00',
      '2025-06-26T10:00',
      '2025-06-26T10:00',
      'received at the time itself',
    ],
    [
      { kind: 'CLOCK_TIME', n: 0, time: '10:00' },
      civil,
      '2025-06-26T10:01',
      '2025-06-26T10:00',
      '2025-06-26T10:00',
      'received too late: due before it came',
    ],
    [
      { kind: 'BUSINESS_DAYS', n: 1 },
      civil,
      '2024-02-08T17:30',
      '2024-02-09T13:15',
      '2024-02-09T17:30',
      '9 February 2024: people worked, the exchanges were closed',
    ],
    [
      { kind: 'CALENDAR_DAYS', n: 1 },
      civil,
      '2026-12-30T12:00',
      '2026-12-31T06:00',
      '2027-01-01T00:00',
      'the last known day may be promised',
    ],
  ])('%j from %s: %s', (limit, days, received, half, end, _why) => {
    const promised = due(limit, received, days);
    expect([wall(promised.at(50)), wall(promised.dueAt)]).toEqual([`${half}:00`, `${end}:00`]);
    expect(promised.at(100)).toBe(promised.dueAt);
  });

  it.each<[Limit, string, string]>([
    [{ kind: 'CALENDAR_DAYS', n: 1 }, '2026-12-31T12:00', 'one day too many'],
    [{ kind: 'BUSINESS_HOURS', n: 9 }, '2026-12-31T09:00', 'half an hour too many'],
    [{ kind: 'BUSINESS_DAYS', n: 1 }, '2023-12-29T09:00', 'received before the first known day'],
    [{ kind: 'BUSINESS_HOURS', n: 1 }, '2023-12-29T09:00', 'the day of receipt counts, and is not known'],
    [{ kind: 'CLOCK_TIME', n: 1, time: '00:01' }, '2026-12-31T09:00', 'the first minute of an unknown day'],
  ])('%j from %s is beyond the calendar: %s', (limit, received) => {
    expect(codeOf(() => due(limit, received))).toBe('CALENDAR_OUT_OF_RANGE');
  });

  it('is beyond the calendar where a stop carries it there', () => {
    const stop = { from: at('2026-12-31T09:00'), to: at('2026-12-31T09:01') };
    const limit = { kind: 'BUSINESS_HOURS', n: 8 } as const;
    expect(wall(due(limit, '2026-12-31T09:00', civil).dueAt)).toBe('2026-12-31T17:00:00');
    expect(wall(due(limit, '2026-12-31T09:00', civil, [stop]).dueAt)).toBe('2026-12-31T17:01:00');
    const longer = { from: stop.from, to: at('2026-12-31T09:31') };
    expect(codeOf(() => due(limit, '2026-12-31T09:00', civil, [longer]))).toBe('CALENDAR_OUT_OF_RANGE');
  });

  it('counts what two stops share once', () => {
    const limit = { kind: 'BUSINESS_HOURS', n: 1 } as const;
    const stops = [
      { from: at('2026-03-16T10:30'), to: at('2026-03-16T12:00') },
      { from: at('2026-03-16T10:15'), to: at('2026-03-16T11:00') },
    ];
    expect(wall(due(limit, '2026-03-16T10:00', civil, stops).dueAt)).toBe('2026-03-16T12:45:00');
  });

  it('is in time at the instant itself, late a millisecond after it', () => {
    const end = '2026-03-16T09:30:00.000Z';
    expect([isInTime('2026-03-16T09:30:00.000Z', end), isInTime('2026-03-16T09:30:00.001Z', end)]).toEqual([
      true,
      false,
    ]);
  });

  it.each<[Limit]>([[{ kind: 'BUSINESS_DAYS', n: 0 }], [{ kind: 'BUSINESS_HOURS', n: 1.5 }]])('refuses %j', (limit) => {
    expect(() => due(limit, '2026-03-16T10:00')).toThrow(RangeError);
  });

  it('refuses a share that is none, and a stop that ends before it begins', () => {
    const promised = due({ kind: 'BUSINESS_DAYS', n: 1 }, '2026-03-16T10:00');
    for (const share of [-1, 101, 33.3]) expect(() => promised.at(share)).toThrow(RangeError);
    const stop = { from: at('2026-03-16T12:00'), to: at('2026-03-16T11:59') };
    expect(() => due({ kind: 'BUSINESS_DAYS', n: 1 }, '2026-03-16T10:00', civil, [stop])).toThrow(RangeError);
  });
});

describe('laws', () => {
  // Far from the ends of the calendar, so that every promise has an answer.
  const minutes = fc.integer({ min: 0, max: 500 * 1_440 });
  const received = minutes.map((count) => instantAfter('2024-06-01T00:00', count));
  const limit = fc.oneof(
    fc.record({ kind: fc.constant('BUSINESS_DAYS' as const), n: fc.integer({ min: 1, max: 40 }) }),
    fc.record({ kind: fc.constant('BUSINESS_HOURS' as const), n: fc.integer({ min: 1, max: 80 }) }),
    fc.record({ kind: fc.constant('CALENDAR_DAYS' as const), n: fc.integer({ min: 1, max: 60 }) }),
  );
  const share = fc.integer({ min: 0, max: 100 });
  const stopAfter = (receivedAt: string) =>
    fc
      .tuple(fc.integer({ min: 0, max: 60 * 1_440 }), fc.integer({ min: 1, max: 10 * 1_440 }))
      .map(([start, length]) => ({
        from: new Date(Date.parse(receivedAt) + start * 60_000).toISOString(),
        to: new Date(Date.parse(receivedAt) + (start + length) * 60_000).toISOString(),
      }));
  const promise = received.chain((receivedAt) =>
    fc.record({ receivedAt: fc.constant(receivedAt), limit, stops: fc.array(stopAfter(receivedAt), { maxLength: 3 }) }),
  );
  const of = (promised: { receivedAt: string; limit: Limit; stops: readonly Stop[] }) =>
    deadline({ ...promised, desk: DESK }, civil);

  it('a larger share has never run earlier, and nothing is due before receipt', () => {
    fc.assert(
      fc.property(promise, share, share, (promised, one, other) => {
        const { at: instantOf } = of(promised);
        const [less, more] = one < other ? [one, other] : [other, one];
        expect(instantOf(less) <= instantOf(more)).toBe(true);
        expect(promised.receivedAt <= instantOf(less)).toBe(true);
      }),
    );
  });

  it('a stop of length zero changes nothing; a stop after the end changes nothing', () => {
    fc.assert(
      fc.property(promise, share, minutes, (promised, percent, place) => {
        const plain = of(promised);
        const here = instantAfter('2024-06-01T00:00', place);
        const later = { from: plain.dueAt, to: instantAfter('2026-06-01T00:00', 0) };
        for (const stop of [{ from: here, to: here }, later]) {
          const stopped = of({ ...promised, stops: [...promised.stops, stop] });
          expect([stopped.at(percent), stopped.dueAt]).toEqual([plain.at(percent), plain.dueAt]);
        }
      }),
    );
  });

  it('stops never change the span; what runs from receipt to the due instant without the stops is the span', () => {
    fc.assert(
      fc.property(promise, (promised) => {
        const stopped = of(promised);
        expect(stopped.spanMs).toBe(of({ ...promised, stops: [] }).spanMs);
        const desk = promised.limit.kind === 'CALENDAR_DAYS' ? undefined : DESK;
        const clock = runningAfter({ from: Date.parse(promised.receivedAt), days: civil, desk, stops: promised.stops });
        expect(clock.runUntil(stopped.dueAt)).toBe(stopped.spanMs);
      }),
    );
  });

  it('a stop before the due instant moves it by the time of the clock that fell into the stop', () => {
    fc.assert(
      fc.property(
        promise.chain((promised) => fc.tuple(fc.constant({ ...promised, stops: [] }), stopAfter(promised.receivedAt))),
        ([promised, stop]) => {
          const plain = of(promised);
          const desk = promised.limit.kind === 'CALENDAR_DAYS' ? undefined : DESK;
          const clock = runningAfter({ from: Date.parse(promised.receivedAt), days: civil, desk, stops: [] });
          const moved = of({ ...promised, stops: [stop] });
          const inStop = stop.from >= plain.dueAt ? 0 : clock.runUntil(stop.to) - clock.runUntil(stop.from);
          expect(clock.runUntil(moved.dueAt)).toBe(plain.spanMs + inStop);
        },
      ),
    );
  });

  it('one working day more is never due earlier', () => {
    fc.assert(
      fc.property(received, fc.integer({ min: 1, max: 40 }), (receivedAt, n) => {
        const dueAfter = (count: number) => of({ receivedAt, limit: { kind: 'BUSINESS_DAYS', n: count }, stops: [] });
        expect(dueAfter(n).dueAt < dueAfter(n + 1).dueAt).toBe(true);
      }),
    );
  });
});

describe('the same day', () => {
  it.each([
    ['2025-06-23 10:00:00', '2025-06-23T23:59:00', 'by the clock time'],
    ['2025-06-23 23:58:59', '2025-06-23T23:59:00', 'a second before'],
    ['2025-06-23 23:59:30', '2025-06-24T00:00:00', 'after it: by the end of the day, and not before it was received'],
    ['2026-12-31 23:59:30', '2027-01-01T00:00:00', 'the last known day too'],
  ])('received %s: due %s (%s)', (received, expected) => {
    expect(wall(due(sameDay(at(received), '23:59'), received).dueAt)).toBe(expected);
  });
});

describe('civil working days', () => {
  it.each([
    ['2026-02-14', true, 'make-up Saturday'],
    ['2026-02-16', false, 'Lunar New Year, a Monday'],
    ['2026-07-01', true, 'a holiday of Hong Kong only'],
    ['2026-10-19', true, 'a holiday of Hong Kong only'],
    ['2024-02-09', true, 'the exchanges were closed, people worked'],
    ['2026-03-15', false, 'an ordinary Sunday'],
  ])('%s counts: %s (%s)', (date, expected) => {
    expect(civil.counts(d(date))).toBe(expected);
  });

  it('answers inside its range only', () => {
    expect([civil.from, civil.to]).toEqual(['2024-01-01', '2026-12-31']);
    expect(civil.counts(civil.to)).toBe(true);
    for (const outside of [addDays(civil.from, -1), addDays(civil.to, 1)]) {
      expect(codeOf(() => civil.counts(outside))).toBe('CALENDAR_OUT_OF_RANGE');
    }
  });
});

function instantAfter(start: string, minutes: number): string {
  return new Date(Date.parse(at(start)) + minutes * 60_000).toISOString();
}
