import fc from 'fast-check';
import { heardSeconds, isHeardWhole, listeningFaults, type Stretch } from '../../../domain/permissions/listening';

const NOW = '2025-06-23T02:00:00.000Z';
const SINCE = '2025-06-23T01:00:00.000Z';
const LENGTH = 300;
/** A stretch played in real time from a second of the hour before NOW on. */
const played = (fromSecond: number, toSecond: number, beganAt: number, took = toSecond - fromSecond): Stretch => ({
  fromSecond,
  toSecond,
  startedAt: at(beganAt),
  endedAt: at(beganAt + took),
});
const at = (second: number) => new Date(Date.parse(SINCE) + Math.round(second * 1_000)).toISOString();
const faultsOf = (reported: readonly Stretch[], before: readonly Stretch[] = []) =>
  listeningFaults({ reported, before, recordingSeconds: LENGTH, since: SINCE, now: NOW }).map(
    ({ code, nth }) => `${nth} ${code}`,
  );

test.each<[why: string, reported: Stretch[], faults: string[]]>([
  ['the whole in one go', [played(0, 300, 0)], []],
  ['in two, with a pause', [played(0, 120, 0), played(120, 300, 500)], []],
  ['two seconds quicker than real time is the clock', [played(0, 300, 0, 298)], []],
  ['a millisecond more is forged', [played(0, 300, 0, 297.999)], ['0 STRETCH_QUICKER_THAN_TIME']],
  ['slower than real time is a pause', [played(0, 60, 0, 600)], []],
  ['an end behind the end', [played(0, 301, 0)], ['0 STRETCH_OUTSIDE_RECORDING']],
  ['a beginning before the beginning', [played(-1, 60, 0)], ['0 STRETCH_OUTSIDE_RECORDING']],
  ['nothing at all', [played(60, 60, 0)], ['0 STRETCH_OUTSIDE_RECORDING']],
  ['backwards', [played(60, 30, 0, 30)], ['0 STRETCH_OUTSIDE_RECORDING']],
  ['ends as the report comes', [played(0, 100, 3_500)], []],
  ['two seconds ahead is the clock', [played(0, 100, 3_502)], []],
  ['a millisecond more is the future', [played(0, 100, 3_502.001)], ['0 STRETCH_IN_THE_FUTURE']],
  ['two at once', [played(0, 100, 0), played(100, 200, 50)], ['1 STRETCHES_AT_ONCE']],
  ['one after the other, two seconds of clock between', [played(0, 100, 0), played(100, 200, 98)], []],
  [
    'two seconds in no time are the clock, once',
    [played(0, 2, 3_600, 0), played(2, 4, 3_600, 0)],
    ['1 STRETCH_QUICKER_THAN_TIME'],
  ],
  ['one second quicker, twice', [played(0, 10, 0, 9), played(10, 20, 9, 9)], []],
  [
    'one second quicker, three times: a pause before is no credit',
    [played(0, 10, 0, 60), played(10, 20, 60, 9), played(20, 30, 69, 9), played(30, 40, 78, 9)],
    ['3 STRETCH_QUICKER_THAN_TIME'],
  ],
  [
    'short ones at the same moment, none of which is quicker than time',
    [played(0, 2, 100), played(2, 4, 100), played(4, 6, 100)],
    ['2 STRETCH_QUICKER_THAN_TIME'],
  ],
  [
    'what is refused gives nothing to others',
    [played(0, 10, 0, 9), played(10, 20, 9, 5), played(20, 30, 20, 9)],
    ['1 STRETCH_QUICKER_THAN_TIME'],
  ],
  [
    'all that is wrong is told, of each',
    [played(0, 301, 3_500, 200), played(0, 300, 3_600, 1)],
    [
      '0 STRETCH_OUTSIDE_RECORDING',
      '0 STRETCH_QUICKER_THAN_TIME',
      '0 STRETCH_IN_THE_FUTURE',
      '1 STRETCH_QUICKER_THAN_TIME',
      '1 STRETCHES_AT_ONCE',
    ],
  ],
])('%s', (_why, reported, faults) => {
  expect(faultsOf(reported)).toEqual(faults);
});

test('what was reported earlier counts: nothing is played twice at once', () => {
  expect(faultsOf([played(100, 200, 50)], [played(0, 100, 0)])).toEqual(['0 STRETCHES_AT_ONCE']);
});

test('what was believed earlier used up the two seconds', () => {
  expect(faultsOf([played(100, 101, 98, 0)], [played(0, 100, 0, 98)])).toEqual(['0 STRETCH_QUICKER_THAN_TIME']);
});

test('law: never more is heard than time passed since the step was open, and two seconds', () => {
  const second = fc.integer({ min: 0, max: 60 });
  const stretch = fc
    .tuple(fc.nat(LENGTH - 1), fc.integer({ min: 1, max: 5 }), second, fc.integer({ min: 0, max: 4 }))
    .map(([from, length, beganAt, took]) => played(from, Math.min(from + length, LENGTH), beganAt, took));
  fc.assert(
    fc.property(fc.array(fc.array(stretch, { maxLength: 40 }), { maxLength: 4 }), second, (reports, passed) => {
      let kept: readonly Stretch[] = [];
      for (const reported of reports) {
        // Stretch by stretch, as somebody reports who wants to find out what is still taken.
        for (const one of reported) {
          const of = { reported: [one], before: kept, recordingSeconds: LENGTH, since: SINCE, now: at(passed) };
          if (listeningFaults(of).length === 0) kept = [...kept, one];
        }
      }
      expect(heardSeconds(kept)).toBeLessThanOrEqual(passed + 2);
    }),
  );
});

test.each<[why: string, stretches: [number, number][], heard: number]>([
  ['nothing', [], 0],
  ['all', [[0, 300]], 300],
  ['a jump leaves a hole', [[0, 100], [200, 300]], 200], // prettier-ignore
  ['the hole is filled afterwards', [[0, 100], [200, 300], [100, 200]], 300], // prettier-ignore
  ['the same twice counts once', [[0, 100], [50, 150], [0, 100]], 150], // prettier-ignore
  ['one second is missing', [[0, 299]], 299],
])('%s', (_why, stretches, heard) => {
  const all = stretches.map(([from, to], nth) => played(from, to, nth * 1_000));
  expect(heardSeconds(all)).toBe(heard);
  expect(isHeardWhole(all, LENGTH)).toBe(heard === LENGTH);
});

test('law: as many seconds are heard as are covered, whatever the order', () => {
  const stretches = fc.array(
    fc.tuple(fc.nat(59), fc.nat(60)).filter(([from, to]) => from < to),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(stretches, fc.integer(), (given, turn) => {
      const all = given.map(([from, to], nth) => played(from, to, nth * 100));
      const turned = all.map((_, nth) => all[(nth + Math.abs(turn)) % all.length] as Stretch);
      const covered = new Set(given.flatMap(([from, to]) => Array.from({ length: to - from }, (_, n) => from + n)));
      expect(heardSeconds(all)).toBe(covered.size);
      expect(heardSeconds(turned)).toBe(covered.size);
    }),
  );
});
