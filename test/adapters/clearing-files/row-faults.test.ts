import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDbf } from '../../../adapters/clearing-files/dbf-reader';
import { hkCkhl, hkJsmx, hkZjhz, hkZqbd, hkZqye } from '../../../adapters/clearing-files/layouts/shanghai';
import { parseScaled, scaledText } from '../../../domain/scaled';
import { DbfBytes, day, findingsIn, temporaryFolder } from './dbf-bytes';

const folder = temporaryFolder();
const clean = () => DbfBytes.sample('days-a/2025-06-26/hk_jsmx20250626.dbf');
const found = (file: DbfBytes) => findingsIn(folder, file.bytes, hkJsmx);
const rows = [1, 134, 267];
const buy = clean().rowWith({ MMBZ: 'B' });
const sell = clean().rowWith({ MMBZ: 'S' });
const fee = clean().rowWith({ YWLX: 'H60' });
const dividend = clean().rowWith({ YWLX: 'H54' });

describe('DELETED_ROWS', () => {
  it.each(rows)('record %i is garbage, but deleted', async (row) => {
    const file = clean();
    file.bytes.fill(0xff, file.headerBytes + (row - 1) * 343, file.headerBytes + row * 343);
    expect(await found(file.mark(row, 0x2a))).toEqual([{ class: 'DELETED_ROWS', count: 1 }]);
  });

  it('row numbers count deleted records; a deleted row has no key', async () => {
    const file = clean().put(3, 'CJBH', clean().get(2, 'CJBH')).mark(1, 0x2a).mark(3, 0x2a);
    expect(await found(file.put(5, 'QSRQ', '20250627'))).toEqual([
      { class: 'DELETED_ROWS', count: 2 },
      { class: 'DATE_MISMATCH', row: 5, field: 'QSRQ', value: '20250627' },
    ]);
  });

  it('every row deleted: no rows, nothing else to find', async () => {
    const file = clean();
    for (let row = 1; row <= 267; row++) file.mark(row, 0x2a);
    expect(await found(file)).toEqual([{ class: 'DELETED_ROWS', count: 267 }]);
  });
});

describe('DATE_MISMATCH', () => {
  it.each(rows)('record %i', async (row) => {
    expect(await found(clean().put(row, 'QSRQ', '20250625'))).toEqual([
      { class: 'DATE_MISMATCH', row, field: 'QSRQ', value: '20250625' },
    ]);
  });

  it('some rows, neighbours too, with different dates: one finding each', async () => {
    const file = clean().put(1, 'QSRQ', '20250625').put(2, 'QSRQ', '20250625').put(3, 'QSRQ', '20250627');
    const each = (row: number, value: string) => ({ class: 'DATE_MISMATCH', row, field: 'QSRQ', value });
    expect(await found(file)).toEqual([each(1, '20250625'), each(2, '20250625'), each(3, '20250627')]);
  });

  it('every live row: one finding', async () => {
    const file = clean().mark(1, 0x2a);
    for (let row = 2; row <= 267; row++) file.put(row, 'QSRQ', '20250625');
    expect(await found(file)).toEqual([
      { class: 'DELETED_ROWS', count: 1 },
      { class: 'DATE_MISMATCH', field: 'QSRQ', count: 266, firstRow: 2, value: '20250625' },
    ]);
  });

  it('every row but the last: one finding a row', async () => {
    const file = clean();
    for (let row = 1; row <= 266; row++) file.put(row, 'QSRQ', '20250625');
    const all = await found(file);
    expect(all).toHaveLength(266);
    expect(all.at(-1)).toEqual({ class: 'DATE_MISMATCH', row: 266, field: 'QSRQ', value: '20250625' });
  });

  it('the only row of a file is this row and every row', async () => {
    const file = DbfBytes.sample('days-a/2025-06-25/hk_ckhl20250625.dbf');
    expect(await findingsIn(folder, file.bytes, hkCkhl)).toEqual([
      { class: 'DATE_MISMATCH', row: 1, field: 'RQ', value: '20250625', count: 1 },
    ]);
  });
});

describe('DUPLICATE_KEY', () => {
  it.each<[string, number[], object[]]>([
    ['the last row repeats the first', [1, 267], [[267, 1]]],
    ['neighbours', [20, 21], [[21, 20]]],
    [
      'three times: the first stands',
      [5, 100, 267],
      [
        [100, 5],
        [267, 5],
      ],
    ],
  ])('%s', async (_why, [first, ...later], expected) => {
    const file = clean();
    const key = file.get(first!, 'CJBH');
    for (const row of later) file.put(row, 'CJBH', key);
    expect(await found(file)).toEqual(
      (expected as number[][]).map(([row, firstRow]) => ({
        class: 'DUPLICATE_KEY',
        row,
        field: 'CJBH',
        firstRow,
        key: [key],
        value: key,
      })),
    );
  });

  it('a key of several fields, some of them empty', async () => {
    const file = DbfBytes.sample('days-a/2025-06-26/hk_zqye20250626.dbf');
    for (const field of ['ZQZH', 'ZQDM']) file.put(9, field, file.get(4, field));
    const key = [file.get(4, 'ZQZH'), file.get(4, 'ZQDM'), '', '0'];
    expect(await findingsIn(folder, file.bytes, hkZqye)).toEqual([
      { class: 'DUPLICATE_KEY', row: 9, field: 'ZQZH+ZQDM+QYLB+LTLX', firstRow: 4, key, value: key.join('+') },
    ]);
  });
});

describe('NEGATIVE_QUANTITY', () => {
  const negative = (row: number, field: string, value: string) => ({ class: 'NEGATIVE_QUANTITY', row, field, value });

  it.each(rows)('SL of record %i; the row stops there, whatever else does not fit', async (row) => {
    expect(await found(clean().putNumber(row, 'SL', '-100').putNumber(row, 'WBYSF', '0.01'))).toEqual([
      negative(row, 'SL', '-100'),
    ]);
  });

  it('SL and CJSL of one row', async () => {
    expect(await found(clean().putNumber(7, 'SL', '-1').putNumber(7, 'CJSL', '-2'))).toEqual([
      negative(7, 'SL', '-1'),
      negative(7, 'CJSL', '-2'),
    ]);
  });

  it('a balance below zero; movements may be', async () => {
    const balances = DbfBytes.sample('days-a/2025-06-26/hk_zqye20250626.dbf').putNumber(306, 'YE', '-19');
    expect(await findingsIn(folder, balances.bytes, hkZqye)).toEqual([negative(306, 'YE', '-19')]);
    const movements = DbfBytes.sample('days-a/2025-06-26/hk_zqbd20250626.dbf').putNumber(3, 'BDSL', '-700');
    expect(await findingsIn(folder, movements.bytes, hkZqbd)).toEqual([]);
  });
});

describe('SIGN_RULE', () => {
  const sign = (row: number, field: string, value: string) => ({ class: 'SIGN_RULE', row, field, value });

  it.each<[string, number, string, string, boolean]>([
    ['a buy receives HKD', buy, 'WBYSF', '0.01', true],
    ['a buy receives CNY', buy, 'YSFJE', '315683.41', true],
    ['a sell pays HKD', sell, 'WBYSF', '-5565.83', true],
    ['a sell pays CNY', sell, 'YSFJE', '-0.01', true],
    ['a fee of zero', fee, 'YSFJE', '0.00', true],
    ['a fee comes in', fee, 'WBYSF', '0.01', true],
    ['a fee of less than half a cent in HKD', fee, 'WBYSF', '0.00', false],
    ['stamp duty below zero', buy, 'YHS', '-328.00', true],
    ['last fee field below zero', sell, 'QTJE', '-0.01', true],
    ['consideration below zero', sell, 'WBJE', '-5574.30', true],
    ['market value of a fee row below zero', fee, 'WBJE', '-0.01', true],
    ['a dividend has no rule of its own', dividend, 'YHS', '0.00', false],
  ])('%s', async (_why, row, field, value, isFound) => {
    const all = await found(clean().putNumber(row, field, value));
    expect(all.filter((one) => one.class === 'SIGN_RULE')).toEqual(isFound ? [sign(row, field, value)] : []);
    if (isFound) expect(all).toHaveLength(1);
  });
});

describe('AMOUNT_INCONSISTENT and AMOUNT_TOLERANCE', () => {
  /** A text moved by so many hundredths. */
  const moved = (text: string, by: number) => scaledText(parseScaled(text, 2) + BigInt(by), 2);

  it.each<[string, number, string, number, string | undefined]>([
    ['buy: HKD consideration', buy, 'WBJE', 1, 'AMOUNT_INCONSISTENT'],
    ['sell: CNY up by 0.02', sell, 'YSFJE', 2, 'AMOUNT_INCONSISTENT'],
    ['sell: CNY down by 0.02', sell, 'YSFJE', -2, 'AMOUNT_INCONSISTENT'],
    ['sell: CNY up by 0.01', sell, 'YSFJE', 1, 'AMOUNT_TOLERANCE'],
    ['sell: CNY down by 0.01', sell, 'YSFJE', -1, 'AMOUNT_TOLERANCE'],
    ['buy: CNY up by 0.01', buy, 'YSFJE', 1, 'AMOUNT_TOLERANCE'],
    ['dividend: CNY up by 0.02', dividend, 'YSFJE', 2, 'AMOUNT_INCONSISTENT'],
    ['fee: CNY down by 0.02', fee, 'YSFJE', -2, 'AMOUNT_INCONSISTENT'],
    ['fee: CNY down by 0.01', fee, 'YSFJE', -1, undefined],
  ])('%s', async (_why, row, field, by, expected) => {
    const file = clean();
    const exact = file.get(row, field);
    const fileValue = moved(exact, by);
    const all = await found(file.putNumber(row, field, fileValue));
    expect(all[0]).toEqual(expected && { class: expected, row, field, fileValue, computed: exact });
    // A wrong consideration no longer carries the amount that follows from it either.
    const alsoWrong = field === 'WBJE' ? ['WBYSF'] : [];
    expect(all.slice(1).map((one) => one.field)).toEqual(alsoWrong);
  });

  it('each of a wrong price and a wrong sum is listed, with what the other figures give', async () => {
    // 51 shares at 109.3000 = 5,574.30; fees 6.00 + 0.15 + 0.31 + 0.00 + 2.00 + 0.01 = 8.47; 5,565.83 x 0.96140 = 5,350.99.
    const file = clean().putNumber(1, 'JG1', '109.4000').putNumber(1, 'WBYSF', '5574.30');
    const wrong = (field: string, fileValue: string, computed: string) => ({
      class: 'AMOUNT_INCONSISTENT',
      row: 1,
      field,
      fileValue,
      computed,
    });
    expect(await found(file)).toEqual([
      wrong('WBJE', '5574.30', '5579.40'),
      wrong('WBYSF', '5574.30', '5565.83'),
      wrong('YSFJE', '5350.99', '5359.13'),
    ]);
  });
});

it('sums of the money summary are no check of the row: they are compared with the details', async () => {
  const file = DbfBytes.sample('faults-a/wrong_control_total/hk_zjhz20250626.dbf');
  expect(await findingsIn(folder, file.bytes, hkZjhz)).toEqual([]);
});

it('a batch ends between any two rows, and the rows are the same', async () => {
  const path = join(folder, 'batches.dbf');
  writeFileSync(path, clean().put(200, 'FJSM', '证券').bytes);
  const readBy = async (rowsPerBatch: number) => {
    const all: object[] = [];
    for await (const batch of readDbf(path, hkJsmx, { businessDate: day('2025-06-26'), rowsPerBatch })) {
      expect(batch.rows.length).toBeLessThanOrEqual(rowsPerBatch);
      all.push(...batch.rows);
    }
    return all;
  };
  const whole = await readBy(1_000);
  expect(whole).toHaveLength(267);
  for (const rowsPerBatch of [1, 7, 266, 267]) expect(await readBy(rowsPerBatch)).toEqual(whole);
});
