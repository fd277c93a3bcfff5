import { parseAmount } from '../../../domain/money';
import { parseRate, parseRatio } from '../../../domain/scaled';
import {
  amountAgreement,
  foreignAsFen,
  netForeignCents,
  ratioForTrade,
} from '../../../domain/settlement/clearing-amounts';
import { commissionFen } from '../../../domain/settlement/commission';
import {
  freezeCorrectionFen,
  intradayFreezeFen,
  preClearingPayableFen,
  preClearingReceivableFen,
} from '../../../domain/settlement/freeze';

const fen = (text: string) => parseAmount(text);

it.each([
  ['B', '10000.00', '13.27', '-10013.27', 'a purchase pays its fees too'],
  ['S', '10000.00', '13.27', '9986.73', 'a sale pays them out of the money'],
  ['S', '3.47', '3.50', '-0.03', 'a tiny sale may cost more than it brings'],
  ['S', '3.50', '3.50', '0.00', 'exactly nothing is left'],
] as const)('%s %s with fees %s nets %s: %s', (side, consideration, fees, expected, _why) => {
  expect(netForeignCents(side, fen(consideration), fen(fees))).toBe(fen(expected));
});

it('takes BL1 for purchases and BL2 for sales, whichever is larger', () => {
  const shanghai = { buyRatioE5: 79143n, sellRatioE5: 79017n };
  const shenzhen = { buyRatioE5: 88621n, sellRatioE5: 88679n };
  expect([ratioForTrade('B', shanghai), ratioForTrade('S', shanghai)]).toEqual([79143n, 79017n]);
  expect([ratioForTrade('B', shenzhen), ratioForTrade('S', shenzhen)]).toEqual([88621n, 88679n]);
});

it.each([
  ['100.00', '0.50005', '50.01', '50.005 is a tie'],
  ['-100.00', '0.50005', '-50.01', 'away from zero on both sides'],
  ['100.00', '0.50004', '50.00', 'just below the tie'],
  ['0.00', '0.96168', '0.00', 'nothing'],
])('%s at %s is CNY %s: %s', (foreign, ratio, expected) => {
  expect(foreignAsFen(fen(foreign), parseRatio(ratio))).toBe(fen(expected));
});

it.each([
  ['-96.17', 'exact', '-96.168 rounds to -96.17'],
  ['-96.16', 'off by one cent', 'truncated instead of rounded'],
  ['-96.18', 'off by one cent', 'a cent too much'],
  ['-96.15', 'further', 'two cents'],
  ['96.17', 'further', 'the wrong sign'],
] as const)("the file's %s agrees: %s (%s)", (file, expected, _why) => {
  expect(amountAgreement(fen(file), fen('-100.00'), parseRatio('0.96168'))).toBe(expected);
});

describe('commission', () => {
  it.each([
    // 20,000 x 1 x 0.00025 = 5.00
    ['20000.00', '1.00000', '0.00025', '5.00', '5.00', 'exactly the minimum'],
    ['20040.00', '1.00000', '0.00025', '5.00', '5.01', '5.01 above the minimum'],
    ['19960.00', '1.00000', '0.00025', '5.00', '5.00', '4.99 is lifted to the minimum'],
    ['20020.00', '1.00000', '0.00025', '5.00', '5.01', '5.005 is a tie'],
    ['1000000.00', '0.92345', '0.00000', '5.00', '0.00', 'rate zero: no minimum either'],
    ['100.00', '0.92345', '0.0003', '0.00', '0.03', 'no minimum: 0.0277035'],
    ['33333.33', '0.91111', '0.00025', '5.00', '7.59', '7.5925...: CNY 30,370.33 is not rounded before'],
    // 0.01 x 0.50000 = 0.005 CNY would round to 0.01 first; x 0.5 exact is 0.0025.
    ['0.01', '0.50000', '0.5', '0.00', '0.00', 'rounded once: 0.0025, not half of 0.01'],
  ])('%s at %s and rate %s, minimum %s, is %s: %s', (consideration, ratio, rate, minimum, expected) => {
    const terms = { rateE12: parseRate(rate), minimumFen: fen(minimum) };
    expect(commissionFen(fen(consideration), parseRatio(ratio), terms)).toBe(fen(expected));
  });
});

describe('freeze and its correction', () => {
  it('freezes consideration and fees at HL1 with the commission at HL1', () => {
    // (10,000.00 + 11.28) x 0.98745 = 9,885.638436 -> 9,885.64; 10,000 x 0.98745 x 0.001 = 9.8745 -> 9.87
    const frozen = intradayFreezeFen({
      considerationCents: fen('10000.00'),
      totalFeesCents: fen('11.28'),
      referenceRatioE5: parseRatio('0.98745'),
      commission: { rateE12: parseRate('0.001'), minimumFen: fen('5.00') },
    });
    expect(frozen).toBe(fen('9895.51'));
  });

  it('corrects in either direction', () => {
    // 2025-06-26, fund account 6000000001 of the sample days: 1,183,802.59 payable, 1,215,524.64 frozen.
    expect(freezeCorrectionFen(fen('1183802.59'), fen('1215524.64'))).toBe(fen('-31722.05'));
    expect(freezeCorrectionFen(fen('100.01'), fen('100.00'))).toBe(1n);
  });

  it('adds the commission to what is paid and takes it from what is received', () => {
    expect(preClearingPayableFen(fen('-9627.64'), fen('5.00'))).toBe(fen('9632.64'));
    expect(preClearingReceivableFen(fen('9627.64'), fen('5.00'))).toBe(fen('9622.64'));
  });
});
