/** From the deadline to the money: results, what can only be sold, codes of a split, the day that counts, taxes and cents. */
import { expectedFrom } from '../../../domain/corporate-actions/expected-credit';
import { parseBusinessDate as d } from '../../../domain/calendar/business-date';
import { calendarOf } from '../../../domain/calendar/calendar-rows';
import { relevantDay } from '../../../domain/corporate-actions/election-cuts';
import type { EventTerms } from '../../../domain/corporate-actions/event-notice';
import { filingResult, type ResultStatus } from '../../../domain/corporate-actions/filing-result';
import { isSellOnly, type ListMark } from '../../../domain/corporate-actions/sell-only';
import { laterConversions, splitCodes } from '../../../domain/corporate-actions/split-codes';
import type { EventKind } from '../../../domain/corporate-actions/served-kinds';
import { parseAmount } from '../../../domain/money';
import { parseRatio } from '../../../domain/scaled';
import { allocateGross } from '../../../domain/settlement/allocation';
import { dividendPerShareE8, grossCents, parsePerShare, type HolderKind } from '../../../domain/settlement/entitlement';
import { readReference } from '../../../prisma/reference';

test.each<[ResultStatus, bigint, bigint, string, bigint, string]>([
  ['3', 5_000n, 5_000n, 'success', 5_000n, 'all of it'],
  ['3', 5_000n, 2_500n, 'partly', 2_500n, 'scaled down by half'],
  ['3', 5_000n, 1n, 'partly', 1n, 'one share'],
  ['3', 5_000n, 0n, 'failed', 0n, 'nothing is left of it'],
  ['3', 5_000n, 5_001n, 'partly', 5_001n, 'more than was filed'],
  ['3', 5_000n, -1n, 'partly', -1n, 'of the other sign'],
  ['3', -3_000n, -3_000n, 'success', -3_000n, 'a withdrawal, whole'],
  ['3', -3_000n, -1_500n, 'partly', -1_500n, 'half a withdrawal'],
  ['3', -3_000n, -3_001n, 'partly', -3_001n, 'more withdrawn than was filed'],
  ['3', 0n, 0n, 'success', 0n, 'a vote that was taken back'],
  ['4', 5_000n, 5_000n, 'failed', 0n, 'failed: what stands beside it does not count'],
  ['6', 5_000n, 5_000n, 'cancelled', 0n, 'cancelled'],
])('result %s of %s with %s is %s, %s: %s', (status, filed, told, state, confirmed) => {
  expect(filingResult(status, filed, told)).toEqual({ state, confirmed });
});

test.each<[EventKind, ListMark, boolean, string]>([
  ['BONUS_SHARES', 'Y', false, 'eligible'],
  ['BONUS_SHARES', 'S', true, 'left the list of purchases'],
  ['BONUS_SHARES', 'absent', true, 'not eligible'],
  ['BONUS_SHARES', 'unknown', false, 'nobody says so'],
  ['SPLIT_OR_CONSOLIDATION', 'Y', false, 'temporary code on the list'],
  ['DISTRIBUTED_WARRANTS', 'Y', true, 'warrants always'],
  ['DISTRIBUTED_WARRANTS', 'unknown', true, 'warrants always'],
])('%s with mark %s: sell only %s, %s', (kind, mark, expected) => {
  expect(isSellOnly(kind, mark)).toBe(expected);
});

// The split of the sample days: 08003 becomes 02901 on 27 June, 02902 trades from 14 July, the rest is converted on 2 August.
const split = {
  form: 'H10',
  temporaryCode: '02901',
  newCode: '02902',
  effectiveOn: '2025-06-27',
  newCodeFrom: '2025-07-14',
  newCodeAgainFrom: '2025-08-02',
};
const without = (...terms: string[]) =>
  Object.fromEntries(Object.entries(split).filter(([term]) => !terms.includes(term)));
test.each([
  [
    split,
    ['08003 old - 2025-06-27', '02901 temporary 2025-06-27 2025-08-02', '02902 new 2025-07-14 -'],
    'in parallel from 14 July',
  ],
  [
    without('newCodeAgainFrom'),
    ['08003 old - 2025-06-27', '02901 temporary 2025-06-27 2025-07-14', '02902 new 2025-07-14 -'],
    'converted at once',
  ],
  [
    without('temporaryCode', 'newCodeFrom', 'newCodeAgainFrom'),
    ['08003 old - 2025-06-27', '02902 new 2025-06-27 -'],
    'no temporary code',
  ],
  [
    without('newCode', 'newCodeFrom', 'newCodeAgainFrom'),
    ['08003 old - 2025-06-27', '02901 temporary 2025-06-27 -'],
    'what follows is not announced yet',
  ],
  [{ form: 'H01' }, [], 'no split'],
])('codes of a split %#', (terms, expected, _why) => {
  expect(
    splitCodes('08003', terms).map(({ code, role, from, until }) => `${code} ${role} ${from ?? '-'} ${until ?? '-'}`),
  ).toEqual(expected);
});

test.each([
  // Share for share where the notice names no ratio.
  [{}, ['2 2025-07-14 02901 02902 1:1', '3 2025-08-02 02901 02902 1:1'], 'both days'],
  [
    { laterNewShares: '1', laterOldShares: '5' },
    ['2 2025-07-14 02901 02902 1:5', '3 2025-08-02 02901 02902 1:5'],
    'by the later ratio',
  ],
  [{ newCodeAgainFrom: undefined }, ['2 2025-07-14 02901 02902 1:1'], 'one day only'],
  [{ temporaryCode: undefined }, [], 'no temporary code: the effective date converts into the new one'],
  [{ form: 'H01' }, [], 'no split'],
])('later conversions of a split %#: %j', (terms, expected, _why) => {
  const split = {
    ...{ form: 'H10', temporaryCode: '02901', newCode: '02902' },
    ...{ newCodeFrom: '2025-07-14', newCodeAgainFrom: '2025-08-02' },
    ...terms,
  };
  expect(
    laterConversions(split as EventTerms).map(
      ({ leg, on, out, in: into, newShares, oldShares }) => `${leg} ${on} ${out} ${into} ${newShares}:${oldShares}`,
    ),
  ).toEqual(expected);
});

const calendar = calendarOf(readReference().calendars, 'SH');
test.each([
  [{ recordOn: '2025-06-24' }, '2025-06-24', 'a plain Tuesday'],
  [
    { recordOn: '2025-06-02' },
    '2025-05-30',
    'Hong Kong works on 2 June, the mainland has the Dragon Boat holiday until Monday',
  ],
  [{ recordOn: '2025-10-02' }, '2025-09-30', 'in the National Day week: 1 October is closed in both'],
  [{ effectiveOn: '2025-06-27' }, '2025-06-27', 'a split has its effective day'],
  [{ deadlineOn: '2025-07-04' }, '2025-07-04', 'no record date: the deadline'],
  [{ recordOn: '2025-06-02', deadlineOn: '2025-07-04' }, '2025-05-30', 'the record date before the deadline'],
  [
    { form: 'H14', recordOn: '2025-06-24', deadlineOn: '2025-07-04', securityReceived: '02999' },
    '2025-07-04',
    'rights may be sold until the deadline',
  ],
  [
    { form: 'H13', recordOn: '2025-06-24', deadlineOn: '2025-07-04', securityReceived: '02999' },
    '2025-06-24',
    'an open offer has nothing to sell',
  ],
  [{}, '2025-06-23', 'neither: the day of the notice'],
])('%j counts on %s: %s', (terms, expected, _why) => {
  expect(relevantDay(terms, d('2025-06-23'), calendar)).toBe(expected);
});

// 0.5000 HKD before tax, 0.4000 after it; 0.95577 CNY a HKD.
//   A 4,901 x 0.4000 = 1,960.40 HKD, x 0.95577 = 1,873.691508 CNY
//   B   333 x 0.5000 =   166.50 HKD, x 0.95577 =   159.135705 CNY
//   exchanged in one sum: 2,126.90 HKD x 0.95577 = 2,032.827213 -> 2,032.83; 1,873.69 + 159.13 = 2,032.82, the cent to the larger rest of B
test.each<[readonly [string, HolderKind, bigint, string][], string, readonly string[], string]>([
  [
    [
      ['A900000001', 'N', 4_901n, '1960.40'],
      ['B900000001', 'I', 333n, '166.50'],
    ],
    '2032.83',
    ['1873.69', '159.14'],
    'a natural person and an institution',
  ],
  [
    [['A900000001', 'I', 4_901n, '2450.50']],
    // 2,450.50 x 0.95577 = 2,342.114385
    '2342.11',
    ['2342.11'],
    'before tax',
  ],
  [
    // 0.40 x 0.95577 = 0.382308 each; 1.20 x 0.95577 = 1.146924 -> 1.15; three times 0.38 = 1.14, a tie: the lower account
    [
      ['A900000003', 'N', 1n, '0.40'],
      ['A900000001', 'N', 1n, '0.40'],
      ['A900000002', 'N', 1n, '0.40'],
    ],
    '1.15',
    ['0.38', '0.39', '0.38'],
    'an odd cent among equals',
  ],
])('a dividend is taxed by kind of holder and given out to the cent %#', (holders, receipt, expected, _why) => {
  const prices = { beforeTaxE8: parsePerShare('0.5000'), afterTaxE8: parsePerShare('0.4000') };
  const gross = holders.map(([account, kind, shares]) => ({
    account,
    grossCents: grossCents(shares, dividendPerShareE8(kind, prices)),
  }));
  expect(gross.map((one) => one.grossCents)).toEqual(holders.map(([, , , hkd]) => parseAmount(hkd)));
  const { receiptFen, shares } = allocateGross(gross, parseRatio('0.95577'));
  expect(receiptFen).toBe(parseAmount(receipt));
  expect(shares.map(({ shareFen }) => shareFen)).toEqual(expected.map((cny) => parseAmount(cny)));
});

describe('from which day on what an event brings is expected', () => {
  const dates = { recordOn: '2025-06-20', effectiveOn: '2025-06-27', payOn: '2025-07-02', deadlineOn: '2025-07-04' };
  test.each([
    ['CASH_DIVIDEND', 'rest', '2025-07-02'],
    ['BONUS_SHARES', 'rest', '2025-07-02'],
    // Paid before anybody has chosen: no earlier than the deadline.
    ['SCRIP_DIVIDEND', 'rest', '2025-07-04'],
    ['SPLIT_OR_CONSOLIDATION', 'rest', '2025-06-27'],
    ['TAKEOVER', 'rest', '2025-07-04'],
    ['RIGHTS_ISSUE', 'rights', '2025-06-20'],
    ['RIGHTS_ISSUE', 'rest', '2025-07-04'],
    ['OPEN_OFFER', 'rest', '2025-07-04'],
  ] as const)('%s, %s: %s', (kind, part, day) => expect(expectedFrom(kind, dates, part)).toBe(day));
  test('nothing where the notice names no day', () =>
    expect(expectedFrom('CASH_DIVIDEND', {}, 'rest')).toBeUndefined());
});
