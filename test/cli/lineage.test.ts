/** Which figures rest on which record: for each kind of line what it reaches, and what lies beside its way. */
import path from 'node:path';
import type { ChangedRow, FileRecord } from '../../cli/rehearsal/changed-rows';
import { compareFigures } from '../../cli/rehearsal/compare-figures';
import { readDaysFolder } from '../../cli/rehearsal/days-folder';
import { lineageOf } from '../../cli/rehearsal/lineage';

const folder = readDaysFolder(path.join(__dirname, '../../samples/days-a'));

/** A day with one figure of each sort for two clients and both sides; every leaf is one figure. */
const sides = (figure: object) => ({ client: figure, proprietary: figure });
const clients = (figure: object) => ['6000000022', '6000000023'].map((fundAccount) => ({ fundAccount, ...figure }));
const day = (value: string) => ({
  rates: { reference: { buy: value }, settlement: { buy: value } },
  funding: sides({ amount: value, drawBackAfter1030: value }),
  settlement: sides({ missingAt1000: value }),
  defaults: [{ side: 'client', intraday: value }],
  transfers: [{ side: 'client', amount: value }],
  trades: sides({ net: value }),
  feesHKD: { YHS: value },
  corporateActions: {
    dividends: (
      [
        ['client', '08002'],
        ['proprietary', '08002'],
        ['client', '08003'],
      ] as const
    ).map(([side, security]) => ({ side, security, receiptCny: value, allocations: clients({ cny: value }) })),
    bonus: [{ securitiesAccount: 'A900000022', security: '08004', credited: value }],
  },
  portfolioFee: clients({ cny: value }),
  riskMoney: sides({ margin: value }),
  cash: clients({ available: value }),
  preClearing: clients({ correction: value }),
  overdrafts: clients({ amount: value }),
  positions: [
    ['A900000022', '08009', Number(value)],
    ['A900000022', '08001', Number(value)],
    ['A900000023', '08009', Number(value)],
  ],
  accounts: { reserve: { client: value, proprietary: value }, bank: { client: value, proprietary: value } },
  clientMoneyIdentity: { difference: value },
  forecastNext: sides({ amount: value }),
});
const { differences } = compareFigures(day('1'), day('2'));

const reachedBy = (kind: string, record: FileRecord): string[] => {
  const row: ChangedRow = { kind, record };
  return differences.filter(lineageOf(folder, [row])).map(({ path: figure }) => figure);
};

const TRADE = {
  YWLX: 'H01',
  ZJZH: 'HKB0000001',
  ZQZH: 'A900000022',
  ZQDM1: '08009',
  QSRQ: '20250626',
  JSRQ: '20250630',
};

const lines: readonly { why: string; kind: string; record: FileRecord; reaches: readonly string[] }[] = [
  {
    why: 'a trade: its client, the sums of its side, the fees of the day',
    kind: 'hk_jsmx',
    record: TRADE,
    reaches: [
      'trades.client.net',
      'feesHKD.YHS',
      'riskMoney.client.margin',
      'cash[6000000022].available',
      'preClearing[6000000022].correction',
      'forecastNext.client.amount',
    ],
  },
  {
    why: 'a trade that settles on the evening of its clearing is money of its client at once',
    kind: 'hk_jsmx',
    record: { ...TRADE, JSRQ: '20250626' },
    reaches: [
      'trades.client.net',
      'feesHKD.YHS',
      'riskMoney.client.margin',
      'cash[6000000022].available',
      'preClearing[6000000022].correction',
      'overdrafts[6000000022].amount',
      'clientMoneyIdentity.difference',
      'forecastNext.client.amount',
    ],
  },
  {
    why: 'a portfolio fee is no trade and no risk money',
    kind: 'hk_jsmx',
    record: { ...TRADE, YWLX: 'H60', ZQDM1: '' },
    reaches: ['portfolioFee[6000000022].cny', 'cash[6000000022].available', 'forecastNext.client.amount'],
  },
  {
    why: 'a dividend: the sum of its event on its side and the share of its client, no other holder, side or event',
    kind: 'hk_jsmx',
    record: { ...TRADE, YWLX: 'H54', ZQDM1: '08002' },
    reaches: [
      'corporateActions.dividends[client 08002].receiptCny',
      'corporateActions.dividends[client 08002].allocations[6000000022].cny',
      'cash[6000000022].available',
      'overdrafts[6000000022].amount',
      'clientMoneyIdentity.difference',
      'forecastNext.client.amount',
    ],
  },
  {
    why: 'shares: the holding of the account in the security, what is collateral',
    kind: 'hk_zqbd',
    record: { ZQZH: 'A900000022', ZQDM: '08009' },
    reaches: ['riskMoney.client.margin', 'positions[A900000022 08009][2]', 'forecastNext.client.amount'],
  },
  {
    why: 'bonus shares',
    kind: 'hk_zqbd',
    record: { ZQZH: 'A900000022', ZQDM: '08004', YWLX: 'H58' },
    reaches: [
      'corporateActions.bonus[A900000022 08004].credited',
      'riskMoney.client.margin',
      'forecastNext.client.amount',
    ],
  },
  {
    why: 'what the clearing house moved: settled, missing, drawn back; not what was asked for',
    kind: 'hk_zjbd',
    record: { ZJZH: 'HKB0000001', YWLB: 'JY' },
    reaches: [
      'funding.client.drawBackAfter1030',
      'settlement.client.missingAt1000',
      'defaults[client].intraday',
      'transfers[client].amount',
    ],
  },
  {
    why: 'a balance of the own side is not client money',
    kind: 'hk_zjye',
    record: { ZJZH: 'HKZ0000001' },
    reaches: ['accounts.reserve.proprietary', 'forecastNext.proprietary.amount'],
  },
  {
    why: 'a line of the client account at the bank',
    kind: 'bank_client',
    record: { account: '6200000000000000001' },
    reaches: ['transfers[client].amount', 'accounts.bank.client', 'clientMoneyIdentity.difference'],
  },
  {
    why: 'a trade of the counter: what was frozen for it',
    kind: 'counter_trades',
    record: { fund_account: '6000000022', securities_account: 'A900000022', code: '08009' },
    reaches: ['preClearing[6000000022].correction'],
  },
  {
    why: 'a deposit',
    kind: 'counter_cash',
    record: { fund_account: '6000000022' },
    reaches: ['cash[6000000022].available', 'overdrafts[6000000022].amount', 'clientMoneyIdentity.difference'],
  },
  { why: 'reference rates', kind: 'hk_ckhl', record: {}, reaches: ['rates.reference.buy'] },
  {
    why: 'a close values everybody',
    kind: 'hkexclpr04',
    record: { '1': '08009' },
    reaches: [
      'riskMoney.client.margin',
      'riskMoney.proprietary.margin',
      'forecastNext.client.amount',
      'forecastNext.proprietary.amount',
    ],
  },
  {
    why: 'totals are compared, nothing is computed from them',
    kind: 'hk_zjhz',
    record: { ZJZH: 'HKB0000001' },
    reaches: [],
  },
  { why: 'balances of shares likewise', kind: 'hk_zqye', record: { ZQZH: 'A900000022', ZQDM: '08009' }, reaches: [] },
  {
    why: 'an account that is not ours has no side',
    kind: 'hk_zqbd',
    record: { ZQZH: 'A999999999', ZQDM: '08009' },
    reaches: [],
  },
];

test.each(lines)('$why', ({ kind, record, reaches }) => {
  expect(reachedBy(kind, record)).toEqual(reaches);
});

test('without a changed record nothing may differ', () => {
  expect(differences.filter(lineageOf(folder, []))).toEqual([]);
  expect(differences.length).toBeGreaterThan(30);
});
