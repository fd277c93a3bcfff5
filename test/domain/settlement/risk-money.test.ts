import { parseBusinessDate as d } from '../../../domain/calendar/business-date';
import { parseRate } from '../../../domain/scaled';
import {
  flatMarginFen,
  flatModelOn,
  marginModelOn,
  markToMarketFen,
  rpfExposure,
  riskMoneyPayableFen,
  rpfMarginFen,
  unsettledValuesCents,
  type UnsettledSecurity,
} from '../../../domain/settlement/risk-money';
import { readReference } from '../../../prisma/reference';
import { codeOf } from '../refusals';

const { marginModels } = readReference();
const security = (change: Partial<UnsettledSecurity>): UnsettledSecurity => ({
  code: '08001',
  closeE4: 100_000n, // HKD 10
  netQuantity: 0n,
  netConsiderationCents: 0n,
  longQuantity: 0n,
  shortQuantity: 0n,
  heldByNetSellers: 0n,
  ...change,
});
const bought = (shares: bigint, hkd: bigint) => security({ netQuantity: shares, netConsiderationCents: hkd * 100n });

describe('mark-to-market', () => {
  it.each([
    [[bought(100n, 1_100n)], true, 10_000n, 'bought at 11, worth 10: 100.00 of loss'],
    [[bought(100n, 900n)], true, 0n, 'a gain is not paid out'],
    [[bought(-100n, -900n)], true, 10_000n, 'sold at 9, worth 10'],
    [[bought(100n, 1_000n)], true, 0n, 'exactly the close'],
    [[bought(100n, 1_100n), bought(-100n, -1_050n)], true, 5_000n, 'securities offset each other'],
    [[bought(100n, 1_100n), bought(-100n, -1_050n)], false, 10_000n, 'unless the parameter says otherwise'],
    [[], true, 0n, 'nothing unsettled'],
  ])('%#', (securities, nettedOverSecurities, expectedFen) => {
    expect(markToMarketFen({ securities, ratioE5: 100_000n, nettedOverSecurities })).toBe(expectedFen);
  });

  it('converts at BL1 and rounds once', () => {
    // A loss of HKD 0.01 at 0.5 is 0.005 CNY: a tie.
    const securities = [security({ netQuantity: 0n, netConsiderationCents: 1n })];
    expect(markToMarketFen({ securities, ratioE5: 50_000n, nettedOverSecurities: true })).toBe(1n);
    expect(markToMarketFen({ securities, ratioE5: 49_999n, nettedOverSecurities: true })).toBe(0n);
  });
});

describe('margin, model rpf', () => {
  it.each([
    [{ netQuantity: 100n, heldByNetSellers: 500n }, 100n, 'long: the whole net quantity, holdings do not help'],
    [{ netQuantity: -100n, heldByNetSellers: 99n }, 1n, 'short: what the sellers do not hold'],
    [{ netQuantity: -100n, heldByNetSellers: 100n }, 0n, 'short and covered'],
    [{ netQuantity: -100n, heldByNetSellers: 101n }, 0n, 'never below zero'],
    [{ netQuantity: 0n, heldByNetSellers: 0n }, 0n, 'flat'],
  ])('exposure %#', (change, expected) => {
    expect(rpfExposure(security(change))).toBe(expected);
  });

  it('takes the newest rate of each security in force, and refuses exposure without a rate', () => {
    const securities = [security({ netQuantity: 1_000n })];
    const rates = [
      { code: '08001', rateE12: parseRate('0.3'), from: d('2025-06-27') },
      { code: '08001', rateE12: parseRate('0.05'), from: d('2025-06-26') },
      { code: '08001', rateE12: parseRate('0.032'), from: d('2022-06-13') },
    ];
    const marginOn = (date: string) => rpfMarginFen({ securities, rates, date: d(date), ratioE5: 100_000n });
    // HKD 10,000 x rate
    expect([marginOn('2025-06-25'), marginOn('2025-06-26'), marginOn('2025-06-27')]).toEqual([
      32_000n,
      50_000n,
      300_000n,
    ]);
    expect(codeOf(() => marginOn('2022-06-12'))).toBe('NO_RATE_FOR_DATE');
    const covered = [security({ netQuantity: -1n, heldByNetSellers: 1n })];
    expect(rpfMarginFen({ securities: covered, rates: [], date: d('2025-06-26'), ratioE5: 100_000n })).toBe(0n);
  });
});

describe('margin, model flat22', () => {
  const flat = { rateE12: parseRate('0.22'), multiplierE12: parseRate('1'), ratioE5: 100_000n };

  it.each([
    [{ longQuantity: 100n }, 22_000n, '22 % of HKD 1,000'],
    [{ longQuantity: 100n, shortQuantity: 300n }, 66_000n, 'the larger of long and short'],
    [{ longQuantity: 100n, shortQuantity: 300n, heldByNetSellers: 200n }, 22_000n, 'less the collateral'],
    [{ longQuantity: 100n, shortQuantity: 300n, heldByNetSellers: 300n }, 0n, 'exactly covered'],
    [{ longQuantity: 100n, shortQuantity: 300n, heldByNetSellers: 301n }, 0n, 'not below zero'],
  ])('%#', (change, expectedFen, _why) => {
    expect(flatMarginFen({ securities: [security(change)], ...flat })).toBe(expectedFen);
  });

  it('multiplies', () => {
    const multiplierE12 = parseRate('1.5');
    expect(flatMarginFen({ securities: [security({ longQuantity: 100n })], ...flat, multiplierE12 })).toBe(33_000n);
  });
});

it.each([
  [2_850n, 1n, 29n, 'HKD 0.285 x 1 share: a tie, away from zero'],
  [2_849n, 1n, 28n, 'just below the tie'],
  [2_850n, 2n, 57n, 'HKD 0.57: nothing to round'],
])('shows unsettled values in whole cents: %s x %s', (closeE4, shares, cents) => {
  const change = { closeE4, longQuantity: shares, shortQuantity: shares, heldByNetSellers: shares };
  const shown = { longCents: cents, shortCents: cents, collateralCents: cents };
  expect(unsettledValuesCents([security(change)])).toEqual(shown);
});

it('rounds the sum of the securities, not each of them', () => {
  // 0.005 + 0.005 = 0.01
  const halves = [security({ closeE4: 50n, longQuantity: 1n }), security({ closeE4: 50n, longQuantity: 1n })];
  expect(unsettledValuesCents(halves).longCents).toBe(1n);
});

it.each([
  ['2014-11-17', 'flat22', 'first day of the link'],
  ['2022-06-12', 'flat22', 'last day of the flat model'],
  ['2022-06-13', 'rpf', 'first day of the parameter file'],
])('on %s the model is %s: %s', (date, model) => {
  expect(marginModelOn(marginModels, d(date)).model).toBe(model);
  expect(flatModelOn(marginModels, d(date)).rateE12).toBe(parseRate('0.22'));
});

it('knows no model before the link', () => {
  expect(codeOf(() => marginModelOn(marginModels, d('2014-11-16')))).toBe('NO_RATE_FOR_DATE');
  expect(codeOf(() => flatModelOn(marginModels, d('2014-11-16')))).toBe('NO_RATE_FOR_DATE');
});

it.each([
  [0n, 1_000n, 'no credit: marks and margin in full'],
  [399n, 601n, 'a credit below the margin comes off it'],
  [400n, 600n, 'a credit of the whole margin: marks alone'],
  [401n, 600n, 'more credit than margin takes nothing off the marks'],
])('of marks 600 and margin 400 a credit of %s leaves %s: %s', (creditFen, payable) => {
  expect(riskMoneyPayableFen({ markToMarketFen: 600n, marginFen: 400n, creditFen })).toBe(payable);
});
