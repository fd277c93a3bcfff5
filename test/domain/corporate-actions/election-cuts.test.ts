/** Until when is elected, and when the silent are reminded: each instant by its clock time in Shanghai, eight hours before it in UTC. */
import { parseBusinessDate as d } from '../../../domain/calendar/business-date';
import { calendarOf } from '../../../domain/calendar/calendar-rows';
import {
  clientCutFor,
  electionCuts,
  isElectiveKind,
  isReminderDue,
  reminderInstants,
  type CutTerms,
} from '../../../domain/corporate-actions/election-cuts';
import type { EventTerms } from '../../../domain/corporate-actions/event-notice';
import type { EventKind } from '../../../domain/corporate-actions/served-kinds';
import { readReference } from '../../../prisma/reference';

const calendar = calendarOf(readReference().calendars, 'SH');
/** Opens at 09:00; the clearing house closes at 15:00, the broker two hours before it, holders half an hour before the broker. */
const HOUSE: CutTerms = {
  opensTime: '09:00',
  clearingTime: '15:00',
  brokerMarginMinutes: 120,
  clientMarginMinutes: 30,
  hksccDays: 1,
};

test.each<[EventTerms, string, number, string, string, string]>([
  [{ deadlineOn: '2025-06-25' }, '2025-06-20', 1, '2025-06-23', '2025-06-26', 'announced on a Friday, open on Monday'],
  [
    { deadlineOn: '2025-06-25', startsOn: '2025-06-24' },
    '2025-06-20',
    1,
    '2025-06-24',
    '2025-06-26',
    'not before its window',
  ],
  [
    { deadlineOn: '2025-06-25', startsOn: '2025-06-19' },
    '2025-06-20',
    1,
    '2025-06-23',
    '2025-06-26',
    'a window that began before the notice',
  ],
  [
    { deadlineOn: '2025-06-26' },
    '2025-06-20',
    3,
    '2025-06-23',
    '2025-07-02',
    '27, 30 June, 1 July, closed in Hong Kong',
  ],
  // The mainland works on 25, 26 and 29 December, Southbound trades on 29, 30 and 31.
  [{ deadlineOn: '2025-12-24' }, '2025-12-19', 3, '2025-12-22', '2025-12-29', 'Christmas counts in the mainland'],
  [{ deadlineOn: '2025-12-24' }, '2025-12-19', 1, '2025-12-22', '2025-12-29', 'Christmas ends it nowhere'],
  [{ deadlineOn: '2025-06-27' }, '2025-06-20', 1, '2025-06-23', '2025-06-30', 'over a weekend'],
])('%j, told on %s, %i days of HKSCC: open on %s, HKSCC on %s (%s)', (terms, told, hksccDays, opens, hkscc, _why) => {
  expect(electionCuts(terms, d(told), { ...HOUSE, hksccDays }, calendar)).toEqual({
    opensAt: `${opens}T01:00:00.000Z`,
    clientCutAt: `${terms['deadlineOn']}T04:30:00.000Z`,
    brokerCutAt: `${terms['deadlineOn']}T05:00:00.000Z`,
    clearingCutAt: `${terms['deadlineOn']}T07:00:00.000Z`,
    hksccCutAt: `${hkscc}T07:00:00.000Z`,
  });
});

test('a notice without a deadline has none, and a margin is a whole minute at least', () => {
  expect(electionCuts({}, d('2025-06-20'), HOUSE, calendar)).toBeUndefined();
  const terms = { deadlineOn: '2025-06-25' };
  for (const margin of [{ brokerMarginMinutes: 0 }, { clientMarginMinutes: 0 }, { clientMarginMinutes: 0.5 }])
    expect(() => electionCuts(terms, d('2025-06-20'), { ...HOUSE, ...margin }, calendar)).toThrow(RangeError);
});

test.each([
  ['2025-06-25T06:59:59.999Z', '2025-06-25T06:29:59.999Z', 'a millisecond before the clearing house'],
  ['2025-06-25T07:00:00.000Z', undefined, 'at its deadline'],
  ['2025-06-25T07:00:00.001Z', undefined, 'behind it'],
])('a deadline of the broker at %s leaves holders until %s: %s', (broker, client, _why) => {
  expect(clientCutFor(broker, '2025-06-25T07:00:00.000Z', 30)).toBe(client);
});

test.each<[EventKind, EventTerms, boolean]>([
  ['TAKEOVER', { condition: '1' }, true],
  ['TAKEOVER', { condition: '3' }, false],
  ['SCRIP_DIVIDEND', {}, true],
  ['RIGHTS_ISSUE', {}, true],
  ['OPEN_OFFER', {}, true],
  ['VOTING', {}, true],
  ['CASH_DIVIDEND', {}, false],
  ['BONUS_SHARES', {}, false],
  ['SPLIT_OR_CONSOLIDATION', {}, false],
])('holders choose in %s %j: %s', (kind, terms, expected) => expect(isElectiveKind(kind, terms)).toBe(expected));

const rungs = (opensAt: string, cutAt: string) =>
  reminderInstants(opensAt, cutAt).map(({ rung, at }) => `${rung} ${at}`);

test('the silent are reminded at half, at four fifths, a day and three hours before the cut', () => {
  // Ten days: five days and eight days after the opening.
  expect(rungs('2025-06-10T01:00:00.000Z', '2025-06-20T01:00:00.000Z')).toEqual([
    '50 % 2025-06-15T01:00:00.000Z',
    '80 % 2025-06-18T01:00:00.000Z',
    '1 day 2025-06-19T01:00:00.000Z',
    '3 hours 2025-06-19T22:00:00.000Z',
  ]);
  // Ten hours: a day before lies before the opening; five, seven and eight hours after it, in the order of time.
  expect(rungs('2025-06-20T00:00:00.000Z', '2025-06-20T10:00:00.000Z')).toEqual([
    '50 % 2025-06-20T05:00:00.000Z',
    '3 hours 2025-06-20T07:00:00.000Z',
    '80 % 2025-06-20T08:00:00.000Z',
  ]);
  // Six hours: half of them and three hours before the cut are one instant.
  expect(rungs('2025-06-20T00:00:00.000Z', '2025-06-20T06:00:00.000Z')).toEqual([
    '50 % 2025-06-20T03:00:00.000Z',
    '80 % 2025-06-20T04:48:00.000Z',
  ]);
});

test.each([
  ['50 %', '2025-06-15T01:00:00.000Z', undefined, true, 'at its instant'],
  ['50 %', '2025-06-18T00:59:59.999Z', undefined, true, 'late, and before the next one'],
  ['50 %', '2025-06-18T01:00:00.000Z', undefined, false, 'the next one is due as well'],
  ['3 hours', '2025-06-20T00:59:59.999Z', undefined, true, 'the last one, until the cut'],
  ['3 hours', '2025-06-20T01:00:00.000Z', undefined, false, 'at the cut'],
  ['80 %', '2025-06-18T01:00:00.000Z', '2025-06-18T00:00:00.001Z', false, 'they were told less than an hour before'],
  ['80 %', '2025-06-18T01:00:00.000Z', '2025-06-18T00:00:00.000Z', true, 'they were told an hour before'],
  ['20 %', '2025-06-18T01:00:00.000Z', undefined, false, 'no such rung'],
])('%s at %s, told at %s: rings %s (%s)', (rung, now, toldAt, expected, _why) => {
  const event = { opensAt: '2025-06-10T01:00:00.000Z', cutAt: '2025-06-20T01:00:00.000Z', toldAt };
  expect(isReminderDue(event, rung, now)).toBe(expected);
});
