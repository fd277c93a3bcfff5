/** What the rows of a notice file say, in the forms of both channels. */
import { parseBusinessDate as d } from '../../../domain/calendar/business-date';
import { contradictionOf } from '../../../domain/corporate-actions/event-changes';
import { eventNotices, type NoticeRow } from '../../../domain/corporate-actions/event-notice';

const row = (of: Partial<NoticeRow>): NoticeRow => ({
  rowNo: 1n,
  kind: 'H07',
  code: '08005',
  entitlementClass: '',
  date1: d('2025-06-23'),
  date2: d('2025-06-24'),
  date3: d('2025-06-25'),
  price1: '5.60000000',
  price2: null,
  ratio1: null,
  ratio2: null,
  quantity1: null,
  quantity2: null,
  mark1: '1',
  mark2: '',
  standing: null,
  eventCode: 'TKOV1',
  secondCode: '',
  reserved: '',
  currency: 'HKD',
  ...of,
});

test.each<[Partial<NoticeRow>, string, string | undefined, string]>([
  [{ mark2: 'ADD' }, 'TAKEOVER', 'ADD', 'Shanghai: announced'],
  [{ mark2: 'UPD' }, 'TAKEOVER', 'UPD', 'Shanghai: changed'],
  [{ mark2: 'DEL' }, 'TAKEOVER', 'DEL', 'Shanghai: cancelled'],
  [{ standing: 'Y' }, 'TAKEOVER', undefined, 'Shenzhen: valid, new or changed as the book knows'],
  [{ standing: 'N' }, 'TAKEOVER', 'DEL', 'Shenzhen: cancelled'],
  [
    { kind: 'H01', entitlementClass: 'HL', mark2: 'N' },
    'CASH_DIVIDEND',
    undefined,
    'N is no optional dividend, not a cancellation',
  ],
  [
    { kind: 'H01', entitlementClass: 'HL', mark2: 'Y', standing: 'N' },
    'SCRIP_DIVIDEND',
    'DEL',
    'an optional dividend that is cancelled',
  ],
  [
    { kind: 'H01', entitlementClass: 'HL', mark2: 'N', standing: 'Y' },
    'CASH_DIVIDEND',
    undefined,
    'a dividend of Shenzhen',
  ],
  [{ kind: 'H01', entitlementClass: 'S', standing: 'Y' }, 'BONUS_SHARES', undefined, 'bonus shares'],
  [
    { kind: 'H01', entitlementClass: 'S', secondCode: '08099', standing: 'Y' },
    'DISTRIBUTED_WARRANTS',
    undefined,
    'another security',
  ],
  [
    { kind: 'H01', entitlementClass: 'S', secondCode: '08099' },
    'BONUS_SHARES',
    undefined,
    'in Shanghai the code is that of the entitlement',
  ],
  [
    { kind: 'H01', entitlementClass: 'S', secondCode: '08005', standing: 'Y' },
    'BONUS_SHARES',
    undefined,
    'the security itself',
  ],
  [
    { kind: 'H01', entitlementClass: 'HG', standing: 'Y' },
    'RIGHTS_ISSUE',
    undefined,
    'Shenzhen registers rights as well',
  ],
])('a notice %#', (of, kind, change, _why) => {
  expect(eventNotices([row(of)])).toMatchObject([{ eventNo: 'TKOV1', kind, change, code: '08005' }]);
});

test.each([
  ['H07', { priceBeforeTax: '5.6' }, 'cash'],
  ['H08', { priceBeforeTax: '5.6', sharesPerShare: '0.35', assuredRatio: '0.1', securityReceived: '08010' }, 'shares'],
  ['H09', { priceBeforeTax: '5.6', sharesPerShare: '0.35', assuredRatio: '0.1', securityReceived: '08010' }, 'both'],
])('a takeover %s says what is given for a share: %s, %s', (kind, terms, _why) => {
  const ratios = kind === 'H07' ? {} : { ratio1: '0.35000', ratio2: '0.10000', secondCode: '08010' };
  const [notice] = eventNotices([row({ kind, mark2: 'ADD', ...ratios })]);
  expect(notice?.terms).toMatchObject(terms);
  expect(Object.keys(notice?.terms ?? {})).not.toContain('sharesHeld');
});

test('a resolution of Shenzhen is put while its notice is valid', () => {
  const meeting = row({ kind: 'H06', mark1: 'Y', standing: 'Y', eventCode: 'MEET1' });
  const resolution = (secondCode: string, standing: string) =>
    row({ kind: 'H12', eventCode: 'MEET1', secondCode, standing, price1: null });
  const [notice] = eventNotices([meeting, resolution('1', 'Y'), resolution('2', 'N')]);
  expect(notice?.terms).toMatchObject({ 'resolution 1': 'put', 'resolution 2': 'withdrawn' });
});

const TAKEOVER = { kind: 'TAKEOVER', code: '08005' };
const CANCELLED = { ...TAKEOVER, isCancelled: true };
const KNOWN = { ...TAKEOVER, isCancelled: false };
const CANCELLED_SINCE = '已取消的事件又有公告 a notice of an event that was cancelled';
test.each([
  [undefined, KNOWN, TAKEOVER, undefined, 'valid again, as known'],
  [undefined, CANCELLED, TAKEOVER, CANCELLED_SINCE, 'valid after it was cancelled: people are asked'],
  [
    'UPD' as const,
    CANCELLED,
    TAKEOVER,
    '已取消的事件又有公告 UPD of an event that was cancelled',
    'changed after that',
  ],
  ['DEL' as const, KNOWN, TAKEOVER, undefined, 'cancelled'],
  ['ADD' as const, CANCELLED, TAKEOVER, undefined, 'announced anew'],
  ['ADD' as const, KNOWN, TAKEOVER, 'ADD 的事件已公告过 ADD of an event that is known', 'announced twice'],
  ['ADD' as const, undefined, TAKEOVER, undefined, 'announced'],
  ['UPD' as const, undefined, TAKEOVER, 'UPD 的事件未曾公告 UPD of an event that nobody announced', 'not announced'],
  ['DEL' as const, undefined, TAKEOVER, 'DEL 的事件未曾公告 DEL of an event that nobody announced', 'not announced'],
  [
    'UPD' as const,
    KNOWN,
    { ...TAKEOVER, code: '08006' },
    '同一事件编号下证券不同 another security under the same event number',
    'of another security',
  ],
  [
    'UPD' as const,
    KNOWN,
    { ...TAKEOVER, kind: 'VOTING' },
    '同一事件编号下类别不同 another kind of event under the same number',
    'of another kind',
  ],
])('%s of %j, told %j: %s (%s)', (change, known, told, expected, _why) => {
  expect(contradictionOf(change, known, told)).toBe(expected);
});

test('rows of one event in one file that differ: the last is taken, and people are asked which are meant', () => {
  const told = (...rows: readonly Partial<NoticeRow>[]) =>
    eventNotices(rows.map((of, place) => row({ mark2: 'UPD', rowNo: BigInt(place + 1), ...of })));
  const [differing] = told({ price1: '5.60000000' }, { price1: '5.85000000' });
  expect(differing).toMatchObject({ change: 'UPD', terms: { priceBeforeTax: '5.85' }, rowNos: [1n, 2n] });
  expect(differing?.contradiction).toMatch(/rows of one event differ, the last was taken: 1, 2$/);
  const [cancelled] = told({}, { mark2: 'DEL' });
  expect([cancelled?.change, cancelled?.contradiction === undefined]).toEqual(['DEL', false]);
  expect(told({}, {})[0]).not.toHaveProperty('contradiction');
  // Of two events each has its own row.
  expect(told({}, { eventCode: 'TKOV2', price1: '4.00000000' }).map(({ contradiction }) => contradiction)).toEqual([
    undefined,
    undefined,
  ]);
});

test.each<[Partial<NoticeRow>, string, Readonly<Record<string, string>>, string]>([
  [
    { kind: 'H01', entitlementClass: 'HL', mark2: 'Y', ratio1: '7.30000000' },
    '08005',
    { scripPrice: '7.3' },
    'of an optional dividend BL1 is the price of its shares',
  ],
  [
    { kind: 'H14', ratio1: '10', ratio2: '3', secondCode: '02999' },
    '08005',
    { sharesHeld: '10', sharesReceived: '3', securityReceived: '02999' },
    'rights of Shanghai stand beside the stock',
  ],
  [
    { kind: 'H14', code: '02999', ratio1: '10', ratio2: '3', secondCode: '08005', standing: 'Y' },
    '08005',
    { sharesHeld: '10', sharesReceived: '3', securityReceived: '02999' },
    'in Shenzhen the stock stands beside the rights',
  ],
])('terms of what is subscribed for %#', (of, code, terms, _why) => {
  const [notice] = eventNotices([row({ mark2: 'ADD', ...of })]);
  expect(notice?.code).toBe(code);
  expect(notice?.terms).toMatchObject(terms);
});
