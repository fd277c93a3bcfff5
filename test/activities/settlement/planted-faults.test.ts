import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkpoints, dayOf, DAYS_A, evening, morning, receive } from '../../support/days-of-verbs';
import { add, addMoney, asCny, followSummary, followTrade, moveShares } from '../../support/consistent-totals';
import { eveningOf, undoneEveningOf } from '../../support/evenings';
import { FaultyDay } from '../../support/faulty-day';
import { findingsOf, refusedFiles } from '../../support/findings';

/** Faults that do not touch one another, planted in one day: each must be found, and nothing beside them. */
interface Planted {
  readonly why: string;
  readonly date: string;
  readonly spoil: (day: FaultyDay) => void;
  readonly findings: readonly object[];
  readonly refused?: readonly string[];
}

const JSMX = 'hk_jsmx20250626.dbf';
const ZJHZ = 'hk_zjhz20250626.dbf';
const ZQYE = 'hk_zqye20250626.dbf';
const ZQBD = 'hk_zqbd20250626.dbf';
const ZJYE = 'hk_zjye20250626.dbf';
const ZJBD_1 = 'hk_zjbd20250626_1.dbf';
const ZJBD_2 = 'hk_zjbd20250626_2.dbf';
const COUNTER = 'counter_trades_20250626.csv';

const trades: Planted = {
  why: 'rows of trades that agree in themselves and with the totals, and not with our terms, masters and counter',
  date: '2025-06-26',
  spoil: (day) => {
    // Row 2 is a purchase of 327,900.00 HKD: stamp duty is 328 HKD.
    add(day.row(JSMX, 2), 'YHS', 100n);
    followTrade(day.row(JSMX, 2));
    // Row 5 is a purchase; the ratio of sales is 0.96140.
    day.row(JSMX, 5)['WBHL'] = '0.96140';
    followTrade(day.row(JSMX, 5));
    // Trades of 26 June settle on 30 June. A total of its own goes with the other date.
    day.row(JSMX, 3)['JSRQ'] = '20250702';
    day.rows(ZJHZ).push({ ...day.row(ZJHZ, 1), JSRQ: '20250702' });
    // Row 7 in a code that stands nowhere, at the counter likewise.
    day.row(JSMX, 7)['ZQDM1'] = '09999';
    const counter = day.lines(COUNTER);
    counter[6]!['code'] = '09999';
    Object.assign(counter[8]!, { securities_account: 'A900000001', quantity: '1', price: '0.001' });
    counter[10]!['side'] = 'S';
    counter.push({ ...counter[12]!, trade_no: '2025062600009999' });
    counter.splice(19, 1);
    followSummary(day);
  },
  findings: [
    { class: 'CLEARING_MISSING', file: COUNTER, row: 200, trade: '2025062600009999' },
    ...[
      ['JG1', '17.5400', '0.0010'],
      ['SL', '1000', '1'],
      ['ZQZH', 'A900000026', 'A900000001'],
    ].map(([field, fileValue, computed]) => ({
      class: 'COUNTER_DIFFERENT',
      file: JSMX,
      row: 9,
      field,
      fileValue,
      computed,
      trade: '2025062600000009',
    })),
    {
      class: 'COUNTER_DIFFERENT',
      file: JSMX,
      row: 11,
      field: 'MMBZ',
      fileValue: 'B',
      computed: 'S',
      trade: '2025062600000011',
    },
    { class: 'COUNTER_MISSING', file: JSMX, row: 20, trade: '2025062600000020' },
    { class: 'FEE_MISMATCH', file: JSMX, row: 2, field: 'YHS', fileValue: '329.00', computed: '328.00' },
    { class: 'RATIO_MISMATCH', file: JSMX, row: 5, field: 'WBHL', fileValue: '0.96140', computed: '0.96168' },
    { class: 'SETTLE_DATE_MISMATCH', file: JSMX, row: 3, field: 'JSRQ', fileValue: '20250702', computed: '20250630' },
    { class: 'UNKNOWN_SECURITY', file: JSMX, row: 7, field: 'ZQDM1', value: '09999' },
  ],
};

const accounts: Planted = {
  why: 'a fund account and a reserve account that are none of ours',
  date: '2025-06-26',
  spoil: (day) => {
    day.lines('counter_cash')[0]!['fund_account'] = '6999999999';
    const fee = day.row(JSMX, 201);
    fee['ZJZH'] = 'HKX0000009';
    // The totals know the account too, today's and tomorrow's.
    const cleared = { ...day.row(ZJHZ, 2), ZJZH: 'HKX0000009' };
    const settling = { ...day.row(ZJHZ, 14), ZJZH: 'HKX0000009' };
    const total = { ...day.row(ZJHZ, 16), ZJZH: 'HKX0000009' };
    day.rows(ZJHZ).push(cleared, settling, total);
    followSummary(day);
  },
  findings: [
    { class: 'UNKNOWN_ACCOUNT', file: 'counter_cash_20250626.csv', row: 1, field: 'fund_account', value: '6999999999' },
    { class: 'UNKNOWN_ACCOUNT', file: JSMX, row: 201, field: 'ZJZH', value: 'HKX0000009' },
    ...[23, 24, 25].map((row) => ({
      class: 'UNKNOWN_ACCOUNT',
      file: ZJHZ,
      row,
      field: 'ZJZH',
      value: 'HKX0000009',
    })),
  ],
};

const fees: Planted = {
  why: 'portfolio fees: 0.01 off is tolerated, 0.02 is not; an account without its row',
  date: '2025-06-26',
  spoil: (day) => {
    for (const [row, fen] of [
      [201, 1n],
      [202, 2n],
      [203, -2n],
    ] as const) {
      add(day.row(JSMX, row), 'WBYSF', -fen);
      add(day.row(JSMX, row), 'YSFJE', -fen);
    }
    day.rows(JSMX).splice(210, 1);
    followSummary(day);
  },
  findings: [
    { class: 'FEE_MISMATCH', file: JSMX, row: 202, field: 'YSFJE', fileValue: '-0.55', computed: '-0.53' },
    { class: 'FEE_MISMATCH', file: JSMX, row: 203, field: 'YSFJE', fileValue: '-15.48', computed: '-15.50' },
    { class: 'FEE_MISMATCH', file: JSMX, field: 'YSFJE', fileValue: '0.00', computed: '-0.30', key: ['A900000011'] },
  ],
};

const dividend: Planted = {
  why: 'a dividend: quantity, amount per share and allocation, each wrong alone and once with the rest of its row following',
  date: '2025-06-26',
  spoil: (day) => {
    add(day.row(JSMX, 242), 'SL', 100n);
    add(day.row(JSMX, 243), 'JG1', 1n);
    const following = day.row(JSMX, 244);
    following['SL'] = 833n;
    following['WBYSF'] = 833n * 40n;
    following['YSFJE'] = asCny(833n * 40n, '0.91873');
    add(day.row(JSMX, 245), 'YSFJE', 1n);
    add(day.row(JSMX, 246), 'YSFJE', -1n);
    followSummary(day);
  },
  findings: [
    { row: 242, field: 'SL', fileValue: '5000', computed: '4900' },
    { row: 243, field: 'JG1', fileValue: '0.4001', computed: '0.4000' },
    { row: 244, field: 'SL', fileValue: '833', computed: '733' },
    { row: 245, field: 'YSFJE', fileValue: '76.08', computed: '76.07' },
    { row: 246, field: 'YSFJE', fileValue: '1727.20', computed: '1727.21' },
  ].map((found) => ({ class: 'ENTITLEMENT_MISMATCH', file: JSMX, ...found })),
};

const splitDay: Planted = {
  why: 'the day of a split: takeover money, and shares of a trade from before it that arrive in the new code',
  date: '2025-06-27',
  spoil: (day) => {
    add(day.row('hk_jsmx', 242), 'SL', 100n);
    add(day.row('hk_jsmx', 243), 'JG1', -1000n);
    moveShares(day, day.row('hk_zqbd', 100), 100n);
  },
  findings: [
    { class: 'ENTITLEMENT_MISMATCH', row: 242, field: 'SL', fileValue: '5600', computed: '5500' },
    { class: 'ENTITLEMENT_MISMATCH', row: 243, field: 'JG1', fileValue: '5.7500', computed: '5.8500' },
    {
      class: 'MOVEMENT_MISMATCH',
      file: 'hk_zqbd20250627.dbf',
      row: 100,
      field: 'BDSL',
      fileValue: '-500',
      computed: '-600',
      key: ['A900000014', '02901', '2025-06-25'],
    },
  ].map((found) => ({ file: 'hk_jsmx20250627.dbf', ...found })),
};

const unannounced: Planted = {
  why: 'a dividend of an event that no notice tells of, and one account twice in an event',
  date: '2025-06-27',
  spoil: (day) => {
    const rows = day.rows('hk_jsmx');
    rows.push({ ...rows[241]!, CJBH: '20250627F9999999' });
    rows[243]!['SQBH'] = 'NOSUCHEVENT1';
    followSummary(day);
  },
  findings: [
    { row: 244, field: 'SQBH', value: 'NOSUCHEVENT1' },
    { row: 245, field: 'ZQZH', value: 'A900000005' },
  ].map((found) => ({ class: 'ENTITLEMENT_MISMATCH', file: 'hk_jsmx20250627.dbf', ...found })),
};

const movements: Planted = {
  why: 'deliveries of trades: one of other quantity, one that did not come, one that nobody traded',
  date: '2025-06-26',
  spoil: (day) => {
    const rows = day.rows(ZQBD);
    moveShares(day, rows[0]!, 100n);
    // Shares of 13,740 HKD: too few to show in a portfolio fee.
    moveShares(day, { ...rows[116]! }, -6_000n);
    rows.splice(116, 1);
    const extra = { ...rows[0]!, JYRQ: '20250625', BDSL: 0n };
    rows.push(extra);
    moveShares(day, extra, 7n);
  },
  findings: [
    { row: 1, fileValue: '65100', computed: '65000', key: ['A900000001', '08010', '2025-06-24'] },
    { row: 171, fileValue: '7', computed: '0', key: ['A900000001', '08010', '2025-06-25'] },
    { fileValue: '0', computed: '6000', key: ['A900000037', '08010', '2025-06-24'] },
  ].map((found) => ({ class: 'MOVEMENT_MISMATCH', file: ZQBD, field: 'BDSL', ...found })),
};

const settled: Planted = {
  why: 'settled otherwise than announced: trades of the client side 1.00 more, the fee of the proprietary side not at all',
  date: '2025-06-26',
  spoil: (day) => {
    add(day.row(ZJBD_1, 4), 'FSJE', -100n);
    add(day.row(ZJBD_1, 4), 'YE', -100n);
    add(day.row(ZJBD_1, 5), 'YE', -100n);
    add(day.row(ZJBD_2, 1), 'YE', -100n);
    day.rows(ZJBD_2).splice(1, 1);
    for (const [row, fen] of [
      [1, -100n],
      [3, 398n],
    ] as const) {
      add(day.row(ZJYE, row), 'ZCJE', fen);
      add(day.row(ZJYE, row), 'YE', fen);
    }
  },
  findings: [
    {
      class: 'SETTLED_DIFFERENT',
      file: ZJBD_1,
      row: 4,
      field: 'FSJE',
      fileValue: '-21803489.02',
      computed: '-21803488.02',
      key: ['HKB0000001', '1', 'JY'],
    },
    {
      class: 'SETTLED_DIFFERENT',
      file: ZJBD_1,
      field: 'FSJE',
      fileValue: '0.00',
      computed: '-3.98',
      key: ['HKZ0000001', '2', 'ZF'],
    },
  ],
};

const bank: Planted = {
  why: 'a transfer that the bank does not show, one that only the bank shows, one wrong running balance',
  date: '2025-06-26',
  spoil: (day) => {
    day.lines('bank_own').splice(2, 1);
    const lines = day.lines('bank_client');
    lines[2]!['balance'] = addMoney(lines[2]!['balance']!, 100n);
    lines.splice(5, 0, {
      ...lines[4]!,
      time: '110000',
      reference: 'C202506269999',
      debit: '250.00',
      credit: '',
      counterparty: 'HKB0000001',
      balance: lines[4]!['balance']!,
    });
    for (const line of lines.slice(5)) line['balance'] = addMoney(line['balance']!, -25_000n);
  },
  findings: [
    {
      class: 'BANK_BALANCE',
      file: 'bank_client_20250626.csv',
      row: 3,
      field: 'balance',
      fileValue: '101460006.00',
      computed: '101460005.00',
      time: '091000',
      amount: '121846.01',
    },
    { class: 'BANK_EXTRA', file: 'bank_client_20250626.csv', row: 6, time: '110000', amount: '250.00' },
    { class: 'BANK_MISSING', file: ZJBD_1, row: 7, time: '093200', amount: '6265502.56' },
  ],
};

const bankOpening: Planted = {
  why: 'a statement that does not begin where the last one ended; a transfer at another time is missing and extra',
  date: '2025-06-26',
  spoil: (day) => {
    const lines = day.lines('bank_own');
    for (const line of lines) line['balance'] = addMoney(line['balance']!, 100n);
    lines[2]!['time'] = '093300';
  },
  findings: [
    {
      class: 'BANK_BALANCE',
      file: 'bank_own_20250626.csv',
      row: 1,
      field: 'balance',
      fileValue: '76560705.26',
      computed: '76560704.26',
      time: '000000',
      amount: '0.00',
    },
    { class: 'BANK_EXTRA', file: 'bank_own_20250626.csv', row: 3, time: '093300', amount: '6265502.56' },
    { class: 'BANK_MISSING', file: ZJBD_1, row: 7, time: '093200', amount: '6265502.56' },
  ],
};

const clearedTotals: Planted = {
  why: 'each figure of a total of what was cleared, and a total that is not there: both files of the check are refused',
  date: '2025-06-26',
  spoil: (day) => {
    add(day.row(ZJHZ, 1), 'BS', 1n);
    add(day.row(ZJHZ, 2), 'YSJE', 1n);
    add(day.row(ZJHZ, 6), 'YFJE', -1n);
    add(day.row(ZJHZ, 7), 'JSJE', 100n);
    day.rows(ZJHZ).splice(2, 1);
  },
  refused: [JSMX, ZJHZ],
  findings: [
    { row: 1, field: 'BS', fileValue: '198', computed: '197' },
    { row: 2, field: 'YSJE', fileValue: '0.01', computed: '0.00' },
    { row: 5, field: 'YFJE', fileValue: '-3040342.27', computed: '-3040342.26' },
    { row: 6, field: 'JSJE', fileValue: '-4.44', computed: '-5.44' },
    { field: 'BS', fileValue: '0', computed: '26', key: ['HKB0000001', 'GX', '2025-06-27'] },
    { field: 'JSJE', fileValue: '0.00', computed: '37161.89', key: ['HKB0000001', 'GX', '2025-06-27'] },
    { field: 'YSJE', fileValue: '0.00', computed: '37161.89', key: ['HKB0000001', 'GX', '2025-06-27'] },
  ].map((found) => ({ class: 'CONTROL_TOTAL_MISMATCH', file: ZJHZ, ...found })),
};

const settlingTotals: Planted = {
  why: 'totals of what settles tomorrow: a row alone, a row that its batch total followed, a batch total alone',
  date: '2025-06-26',
  spoil: (day) => {
    for (const row of [11, 15, 16]) {
      add(day.row(ZJHZ, row), 'YSJE', 100n);
      add(day.row(ZJHZ, row), 'JSJE', 100n);
    }
    add(day.row(ZJHZ, 22), 'JSJE', 100n);
  },
  refused: [ZJHZ],
  findings: [
    { row: 11, field: 'JSJE', fileValue: '3473858.13', computed: '3473857.13' },
    { row: 11, field: 'YSJE', fileValue: '3473858.13', computed: '3473857.13' },
    { row: 15, field: 'JSJE', fileValue: '5690707.99', computed: '5690706.99' },
    { row: 15, field: 'YSJE', fileValue: '5690707.99', computed: '5690706.99' },
    { row: 22, field: 'JSJE', fileValue: '1010334.96', computed: '1010333.96' },
  ].map((found) => ({ class: 'CONTROL_TOTAL_MISMATCH', file: ZJHZ, ...found })),
};

const shares: Planted = {
  why: 'balances of shares that do not follow: another quantity, a row too few, a row too many',
  date: '2025-06-26',
  spoil: (day) => {
    add(day.row(ZQYE, 5), 'YE', 100n);
    day.rows(ZQYE).splice(8, 1);
    day.rows(ZQYE).push({ ...day.row(ZQYE, 11), QYLB: 'HL' });
  },
  refused: [ZQBD, ZQYE],
  findings: [
    { row: 5, fileValue: '240100', computed: '240000' },
    { row: 11, fileValue: '300000', computed: '150000' },
    { fileValue: '0', computed: '2548', key: ['A900000002', '08007'] },
  ].map((found) => ({ class: 'ROLL_FORWARD_MISMATCH', file: ZQYE, field: 'YE', ...found })),
};

const money: Planted = {
  why: 'balances of money that do not follow: at the end, at the start, in between, and an account that is not there',
  date: '2025-06-26',
  spoil: (day) => {
    add(day.row(ZJYE, 1), 'YE', 100n);
    add(day.row(ZJYE, 2), 'QCYE', 100n);
    day.rows(ZJYE).splice(3, 1);
    add(day.row(ZJBD_1, 2), 'YE', 100n);
  },
  refused: [ZJBD_1, ZJBD_2, ZJYE],
  findings: [
    { file: ZJBD_1, row: 2, field: 'YE', fileValue: '25277378.04', computed: '25277377.04' },
    { row: 1, field: 'YE', fileValue: '1.00', computed: '0.00' },
    { row: 2, field: 'QCYE', fileValue: '6272728.25', computed: '6272727.25' },
    { field: 'QCYE', fileValue: '0.00', computed: '1666376.57', key: ['HKF0000002'] },
    { field: 'SRJE', fileValue: '0.00', computed: '1134508.45', key: ['HKF0000002'] },
    { field: 'YE', fileValue: '0.00', computed: '1134508.45', key: ['HKF0000002'] },
    { field: 'ZCJE', fileValue: '0.00', computed: '-1666376.57', key: ['HKF0000002'] },
  ].map((found) => ({ class: 'ROLL_FORWARD_MISMATCH', file: ZJYE, ...found })),
};

const planted: readonly Planted[] = [
  trades,
  accounts,
  fees,
  dividend,
  splitDay,
  unannounced,
  movements,
  settled,
  bank,
  bankOpening,
  clearedTotals,
  settlingTotals,
  shares,
  money,
];

const folder = mkdtempSync(path.join(tmpdir(), 'planted-faults-'));
afterAll(() => rmSync(folder, { recursive: true }));
// Made here, so that no test waits for them.
beforeAll(() => eveningOf('2025-06-26'), 240_000);

const dayBefore: Readonly<Record<string, string>> = { '2025-06-26': '2025-06-25', '2025-06-27': '2025-06-26' };

test.each(planted.map((fault) => [fault.why, fault] as const))('%s', async (_why, fault) => {
  const faulty = await FaultyDay.read(path.join(DAYS_A, fault.date));
  fault.spoil(faulty);
  const files = await faulty.write(mkdtempSync(path.join(folder, 'day-')));
  const day = dayOf(fault.date);
  await undoneEveningOf(dayBefore[fault.date]!, async ({ pool }) => {
    const orders = await morning(pool, day);
    await receive(pool, day, files);
    await checkpoints(pool, day, orders);
    const held = await evening(pool, day);
    // The whole evening with its reconciliation: what follows from a fault is no fault of its own.
    expect(await findingsOf(pool, day)).toEqual(fault.findings);
    expect(await refusedFiles(pool, day)).toEqual(fault.refused ?? []);
    expect(Object.keys(held).length > 0).toBe(fault.refused !== undefined);
  });
});
