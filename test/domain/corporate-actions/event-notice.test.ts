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

test.each([
  [undefined, false, undefined, 'valid again, as known'],
  [undefined, true, 'a notice of an event that was cancelled', 'valid after it was cancelled: people are asked'],
  ['DEL' as const, false, undefined, 'cancelled'],
  ['ADD' as const, true, undefined, 'announced anew'],
])('%s of an event (cancelled: %s): %s (%s)', (change, isCancelled, expected, _why) => {
  const told = { kind: 'TAKEOVER', code: '08005' };
  expect(contradictionOf(change, { ...told, isCancelled }, told)).toBe(expected);
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
