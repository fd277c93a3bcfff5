import { countingFindings, finding, refuses, type Finding } from '../../../domain/clearing-files/finding';
import { findingClasses } from '../../../domain/clearing-files/finding-classes';
import {
  feesCents,
  securitiesBalanceFindings,
  settlementDetailFindings,
  type SettlementDetail,
} from '../../../domain/clearing-files/row-checks';

/** 100 shares at 1.2345 = 123.45 HKD; fees 1.00 + 0.02 + 0.03 + 0 + 2.00 + 0.01 = 3.06. */
const buy: SettlementDetail = {
  row: 1,
  YWLX: 'H01',
  MMBZ: 'B',
  WBHL: '0.90000',
  SL: 100n,
  CJSL: 100n,
  JG1: 12_345n,
  WBJE: 12_345n,
  YHS: 100n,
  JYZF: 2n,
  JYF: 3n,
  SYF: 0n,
  JSF: 200n,
  QTJE: 1n,
  WBYSF: -12_651n, // -(123.45 + 3.06) HKD
  YSFJE: -11_386n, // 126.51 x 0.9 = 113.859
};
const sell: SettlementDetail = { ...buy, MMBZ: 'S', WBYSF: 12_039n, YSFJE: 10_835n }; // 120.39 x 0.9 = 108.351
/** A sell of one cheap share: its fees exceed what it brings. */
const smallSell: SettlementDetail = { ...buy, MMBZ: 'S', SL: 1n, CJSL: 1n, WBJE: 123n, WBYSF: -183n, YSFJE: -165n };
const fee: SettlementDetail = {
  ...{ ...buy, YWLX: 'H60', MMBZ: '', SL: 3n, CJSL: 0n, JG1: 0n, WBJE: 1_000_000n },
  ...{ YHS: 0n, JYZF: 0n, JYF: 0n, SYF: 0n, JSF: 0n, QTJE: 0n, WBYSF: -55n, YSFJE: -50n }, // 0.55 x 0.9 = 0.495
};
const dividend: SettlementDetail = {
  ...fee,
  YWLX: 'H54',
  SL: 100n,
  JG1: 4_000n,
  WBJE: 4_000n,
  WBYSF: 4_000n,
  YSFJE: 3_600n,
};

const said = (found: readonly Finding[]) => found.map((one) => `${one.class} ${one.field}`);

describe('settlementDetailFindings', () => {
  it.each<[string, SettlementDetail, string[]]>([
    ['a buy', buy, []],
    ['a sell', sell, []],
    ['a sell whose fees exceed it pays', smallSell, []],
    ['a fee', fee, []],
    ['a dividend', dividend, []],
    // Rounding of the consideration: half away from zero, at both sides of the half.
    ['1 share at 0.0050 is 0.01', { ...buy, SL: 1n, JG1: 50n, WBJE: 1n, WBYSF: -307n, YSFJE: -276n }, []],
    ['1 share at 0.0049 is 0.00', { ...buy, SL: 1n, JG1: 49n, WBJE: 0n, WBYSF: -306n, YSFJE: -275n }, []],
    [
      '1 share at 0.0049 is not 0.01',
      { ...buy, SL: 1n, JG1: 49n, WBJE: 1n, WBYSF: -307n, YSFJE: -276n },
      ['AMOUNT_INCONSISTENT WBJE'],
    ],
    // 0.45 x 0.9 = 0.405 -> 0.41 away from zero; 0.40 is off by 0.01.
    ['half a cent paid goes away from zero', { ...fee, WBYSF: -45n, YSFJE: -41n }, []],
    ['half a cent received goes away from zero', { ...dividend, WBYSF: 45n, YSFJE: 41n }, []],
    // More than a double holds exactly: 9,007,199,254,740,993 shares at 1.0000.
    [
      'a large quantity',
      {
        ...buy,
        WBHL: '1.00000',
        SL: 9_007_199_254_740_993n,
        JG1: 10_000n,
        WBJE: 900_719_925_474_099_300n,
        WBYSF: -900_719_925_474_099_606n,
        YSFJE: -900_719_925_474_099_606n,
      },
      [],
    ],
    ['a negative quantity comes first', { ...buy, SL: -100n, WBYSF: 1n, YSFJE: 9_999n }, ['NEGATIVE_QUANTITY SL']],
    ['both quantities', { ...buy, SL: -1n, CJSL: -1n }, ['NEGATIVE_QUANTITY SL', 'NEGATIVE_QUANTITY CJSL']],
    [
      'then the signs, all of them',
      { ...buy, WBYSF: 12_651n, YSFJE: 11_386n, YHS: -1n },
      ['SIGN_RULE YHS', 'SIGN_RULE WBYSF', 'SIGN_RULE YSFJE'],
    ],
    ['a buy of zero has no wrong sign', { ...buy, WBYSF: 0n, YSFJE: 0n }, ['AMOUNT_INCONSISTENT WBYSF']],
    [
      'a sell that pays although its fees are covered',
      { ...sell, WBYSF: -1n, YSFJE: -1n },
      ['SIGN_RULE WBYSF', 'SIGN_RULE YSFJE'],
    ],
    [
      'a sell whose fees are just its consideration may not pay',
      { ...sell, WBJE: 306n, WBYSF: -1n },
      ['SIGN_RULE WBYSF'],
    ],
    [
      'a sell whose fees are a cent more may pay',
      { ...smallSell, SL: 1n, JG1: 30_500n, WBJE: 305n, WBYSF: -1n, YSFJE: -1n },
      [],
    ],
    ['a fee that costs nothing in CNY', { ...fee, WBYSF: 0n, YSFJE: 0n }, ['SIGN_RULE YSFJE']],
    ['a fee below half a cent in HKD costs 0.01 CNY', { ...fee, WBYSF: 0n, YSFJE: -1n }, []],
    [
      'non-trade fees are paid too',
      { ...fee, YWLX: 'H70', WBYSF: 55n, YSFJE: 50n },
      ['SIGN_RULE WBYSF', 'SIGN_RULE YSFJE'],
    ],
    ['off by 0.01: a break', { ...buy, YSFJE: -11_385n }, ['AMOUNT_TOLERANCE YSFJE']],
    ['off by 0.02: refused', { ...buy, YSFJE: -11_384n }, ['AMOUNT_INCONSISTENT YSFJE']],
    ['a dividend off by 0.01: allocation', { ...dividend, YSFJE: 3_601n }, []],
    ['a dividend off by 0.02: refused', { ...dividend, YSFJE: 3_602n }, ['AMOUNT_INCONSISTENT YSFJE']],
    [
      'no tolerance beside a refusal',
      { ...buy, WBJE: 12_346n, WBYSF: -12_652n, YSFJE: -11_388n },
      ['AMOUNT_INCONSISTENT WBJE'],
    ],
  ])('%s', (_why, row, expected) => expect(said(settlementDetailFindings(row))).toEqual(expected));

  it('states the figure of the file and what the row gives', () => {
    expect(settlementDetailFindings({ ...buy, row: 72, YSFJE: -11_385n })).toEqual([
      expect.objectContaining({
        class: 'AMOUNT_TOLERANCE',
        outcome: 'break',
        row: 72,
        fileValue: '-113.85',
        computed: '-113.86',
      }),
    ]);
    expect(feesCents(buy)).toBe(306n);
  });
});

it('balances and locked shares are not below zero', () => {
  expect(securitiesBalanceFindings({ row: 1, YE: 0n, DJSL: 0n })).toEqual([]);
  expect(said(securitiesBalanceFindings({ row: 1, YE: -1n, DJSL: 0n }))).toEqual(['NEGATIVE_QUANTITY YE']);
  expect(said(securitiesBalanceFindings({ row: 1, YE: 1n, DJSL: -1n }))).toEqual(['NEGATIVE_QUANTITY DJSL']);
});

describe('findings', () => {
  it('are listed by stage: structure, values, rows, comparison, arrival', () => {
    const stages = [...new Set(findingClasses.map(({ stage }) => stage))];
    expect(stages).toEqual(['structure', 'values', 'rows', 'comparison', 'arrival']);
    expect(findingClasses.map(({ stage }) => stages.indexOf(stage))).toEqual(
      findingClasses.map(({ stage }) => stages.indexOf(stage)).sort((a, b) => a - b),
    );
    expect(new Set(findingClasses.map((one) => one.class)).size).toBe(findingClasses.length);
  });

  it('of rows do not count beside a refused value, those of the structure do', () => {
    const all = [
      finding('EXTRA_FIELD', {}),
      finding('SIGN_RULE', {}),
      finding('BAD_VALUE', {}),
      finding('DELETED_ROWS', {}),
    ];
    expect(countingFindings(all).map((one) => one.class)).toEqual(['EXTRA_FIELD', 'BAD_VALUE']);
    expect(countingFindings(all.slice(0, 2))).toHaveLength(2);
  });

  it('refuse a file, or do not', () => {
    expect(refuses([finding('EXTRA_FIELD', {}), finding('AMOUNT_TOLERANCE', {}), finding('LATE_FILE', {})])).toBe(
      false,
    );
    expect(refuses([finding('EXTRA_FIELD', {}), finding('SIGN_RULE', {})])).toBe(true);
  });
});
