/** How far what is owed to a complainant may be put off, and which of two limits holds (facts 6.2: extension at most 30 days). */
import { latestExtendedDueAt, limitIn, sooner } from '../../../domain/complaints/complaint-limits';

const at = (day: string) => `2025-${day}T09:30:00.000Z`;

it.each([
  // 14 July and 30 days are 13 August; 22 August and 30 days would be later.
  ['answer', '07-14', '08-22', '08-13', 'the days that are given count from what is due now'],
  // 22 August and 30 days are 21 September.
  ['answer', '08-29', '08-22', '09-21', 'past the outer limit as many days, and no more'],
  ['answer', '08-22', '08-22', '09-21', 'both are one day'],
  ['accept', '06-26', '07-08', '07-08', 'the acceptance never past the outer limit'],
  ['accept', '06-26', '08-22', '07-26', 'nor by more days than are given'],
] as const)('%s due %s, by law %s: until %s (%s)', (stage, due, legal, latest, _why) => {
  expect(latestExtendedDueAt({ stage, dueAt: at(due), legalDueAt: at(legal), furtherDays: 30 })).toBe(at(latest));
});

it('of two limits the one that is due first holds, of two on one day the first', () => {
  const [house, law] = [limitIn('15 BUSINESS_DAYS'), limitIn('60 CALENDAR_DAYS')];
  const of = (own: string, other: string) => sooner({ limit: house, dueAt: at(own) }, { limit: law, dueAt: at(other) });
  expect([of('07-14', '08-22'), of('08-22', '07-14'), of('07-14', '07-14')]).toEqual([house, law, house]);
});

it.each(['0 BUSINESS_DAYS', '15 WEEKS', '15', '-1 CALENDAR_DAYS', '15 BUSINESS_DAYS or so'])(
  '"%s" is no limit',
  (text) => {
    expect(() => limitIn(text)).toThrow(RangeError);
  },
);
