/** What a folder expects of its events, from its own files; and that a figure which is computed and not credited alike is seen. */
import path from 'node:path';
import { expectedEvents, holderFigures } from '../../cli/rehearsal/compare-events';
import type { Entitlement } from '../../cli/rehearsal/api-answers';
import { readDaysFolder } from '../../cli/rehearsal/days-folder';
import { electionsOf, loginOf, votesOn } from '../../cli/rehearsal/holders';

const folder = readDaysFolder(path.join(__dirname, '../../samples/days-a'));
const until = (date: string) => folder.days.filter((day) => day <= date);
const holdersOf = (figures: Readonly<Record<string, unknown>> | undefined) =>
  figures?.['holders'] as readonly Readonly<Record<string, unknown>>[];

test('an event is expected from the day on which it is cleared', () => {
  expect([...expectedEvents(folder, until('2025-06-25')).keys()]).toEqual([]);
  expect([...expectedEvents(folder, until('2025-06-26')).keys()]).toEqual([
    'CASH_DIVIDEND 08002',
    'BONUS_SHARES 08004',
  ]);
  const all = expectedEvents(folder, folder.days);
  expect([...all].map(([name, figures]) => `${name}: ${holdersOf(figures).length}`)).toEqual([
    'CASH_DIVIDEND 08002: 26',
    'BONUS_SHARES 08004: 27',
    'TAKEOVER 08005: 3',
    'SPLIT_OR_CONSOLIDATION 08003: 28',
  ]);
  // Its temporary code becomes the new one on 14 July and 2 August, after the last of these days.
  expect([...all.values()].map(({ state }) => state)).toEqual(['ended', 'ended', 'ended', 'announced']);
});

test('figures of a holder: money of the takeover as published, shares of the split by arithmetic', () => {
  const all = expectedEvents(folder, folder.days);
  // 5,500 x 5.85 = 32,175.00 HKD (expected.json of 27 June).
  expect(holdersOf(all.get('TAKEOVER 08005'))[0]).toEqual({
    securitiesAccount: 'A900000005',
    quantity: '5500',
    gross: '32175.00',
    computedCny: '29490.00',
    creditedCny: '29490.00',
  });
  // 800 shares on the evening of 26 June, two for one.
  expect(
    holdersOf(all.get('SPLIT_OR_CONSOLIDATION 08003')).find((one) => one['securitiesAccount'] === 'A900000001'),
  ).toEqual({
    securitiesAccount: 'A900000001',
    quantity: '800',
    out: '800 08003',
    in: '1600 02901',
  });
});

const converted: Entitlement = {
  securitiesAccount: 'A900000001',
  fundAccount: '6000000001',
  side: 'client',
  recordQuantity: '800',
  gross: null,
  expectedCny: null,
  creditedCny: null,
  outCode: '08003',
  outShares: '800',
  creditedOut: '800',
  inCode: '02901',
  inShares: '1600',
  creditedIn: '1600',
  tradableFrom: null,
};
test.each([
  ['1600', '1600 02901', 'credited as computed'],
  ['1599', 'computed 1600, credited 1599', 'one share less'],
  [null, 'computed 1600, credited -', 'nothing came'],
])('shares credited %s are told as %s: %s', (creditedIn, expected, _why) => {
  expect(holderFigures('SPLIT_OR_CONSOLIDATION', { ...converted, creditedIn })['in']).toBe(expected);
});

test('elections of the folder, and the holders of its accounts', () => {
  expect(
    electionsOf(folder, folder.days[1]!).map(({ filingNo, account, option, quantity, at }) => [
      filingNo,
      loginOf(account),
      option,
      quantity,
      at,
    ]),
  ).toEqual([
    ['F202506240001', 'holder-5', 'ACCEPT', '5500', '2025-06-24T02:20:00.000Z'],
    ['F202506240002', 'holder-6', 'ACCEPT', '8000', '2025-06-24T02:21:00.000Z'],
    ['F202506240003', 'holder-9', 'ACCEPT', '6000', '2025-06-24T02:22:00.000Z'],
  ]);
});

test.each([
  [0, 1001n, [500n, 501n, 0n], 'an odd holding on the first resolution'],
  [1, 1001n, [0n, 0n, 1001n], 'any other'],
])('votes on resolution %i of %s shares: %s, %s', (place, electable, expected, _why) => {
  expect(Object.values(votesOn(place, electable))).toEqual(expected);
});
