import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import {
  bankClient,
  counterCash,
  counterTrades,
  hkexclpr04,
  reff04,
} from '../../../adapters/clearing-files/layouts/shanghai-text-files';
import { readWhole } from '../../../adapters/clearing-files/read-file';
import type { TextLayout } from '../../../adapters/clearing-files/layouts/layout';
import { day, findingsIn, samples, temporaryFolder } from './dbf-bytes';

const folder = temporaryFolder();
const sample = (name: string) => readFileSync(join(samples, 'days-a/2025-06-26', name));
const gbk = (text: string) => iconv.encode(text, 'gbk');
const trades = () => iconv.decode(sample('counter_trades_20250626.csv'), 'gbk').split('\r\n');
const found = (lines: readonly string[], layout: TextLayout) => findingsIn(folder, gbk(lines.join('\r\n')), layout);
const read = async (name: string, layout: TextLayout) =>
  (await readWhole(join(samples, 'days-a/2025-06-26', name), layout, { businessDate: day('2025-06-26') })).rows;

it('reads amounts at the scale of their columns and leaves texts as they are', async () => {
  const [first] = await read('counter_trades_20250626.csv', counterTrades);
  expect(first).toEqual({
    row: 1,
    fund_account: '6000000037',
    securities_account: 'A900000037',
    code: '08007',
    side: 'S',
    quantity: 51n,
    price: 1_093_000n,
    order_no: 'Q000000000000525',
    trade_no: '2025062600000001',
    time: '093005',
    frozen_cny: 0n,
  });
  const [opening, out] = await read('bank_client_20250626.csv', bankClient);
  expect(opening).toMatchObject({ row: 1, debit: null, credit: null, balance: 10_134_974_172n, text: '期初余额' });
  expect(out).toMatchObject({ row: 2, debit: 1_158_273n, credit: null, counterparty: '' });
  expect((await read('reff040626.txt', reff04))[0]).toMatchObject({ row: 1, code: '08001', lot: 100n, trading: 'Y' });
});

describe('counter_trades', () => {
  const last = trades().length - 2;
  const edit = (line: number, change: (cells: string[]) => void) => {
    const lines = trades();
    const cells = lines[line]!.split(',');
    change(cells);
    lines[line] = cells.join(',');
    return lines;
  };
  const bad = (row: number, field: string, value: string) => ({ class: 'BAD_VALUE', row, field, value });

  it.each([1, 100, last])('one bad cell in line %i', async (row) => {
    const cases: [number, string, string][] = [
      [1, 'securities_account', ''],
      [3, 'side', 'X'],
      [4, 'quantity', '-51'],
      [4, 'quantity', '51.0'],
      [4, 'quantity', ' 51'],
      [5, 'price', '109.30000'],
      [5, 'price', '109,3'.replace(',', '·')],
      [5, 'price', ''],
      [8, 'time', '240000'],
      [9, 'frozen_cny', '0'],
      [9, 'frozen_cny', '0.001'],
      [9, 'frozen_cny', '-1.00'],
      [9, 'frozen_cny', '01.00'],
      [9, 'frozen_cny', 'NaN'],
    ];
    for (const [cell, field, value] of cases) {
      const lines = edit(row, (cells) => (cells[cell] = value));
      expect(await found(lines, counterTrades)).toEqual([bad(row, field, value)]);
    }
  });

  it.each([1, 100, last])('a cell too many, too few, and an empty line at %i', async (row) => {
    const place = { class: 'BAD_VALUE', row };
    expect(
      await found(
        edit(row, (cells) => cells.push('')),
        counterTrades,
      ),
    ).toEqual([place]);
    expect(
      await found(
        edit(row, (cells) => cells.pop()),
        counterTrades,
      ),
    ).toEqual([place]);
    expect(
      await found(
        edit(row, (cells) => cells.splice(0)),
        counterTrades,
      ),
    ).toEqual([place]);
  });

  it('columns in another order, in quotes', async () => {
    const turned = trades().map((line) => line.split(',').reverse().join(','));
    expect(await found(turned, counterTrades)).toEqual([]);
    const quoted = trades().map((line) =>
      line === ''
        ? ''
        : line
            .split(',')
            .map((cell) => `"${cell}"`)
            .join(','),
    );
    expect(await found(quoted, counterTrades)).toEqual([]);
  });

  it('missing, unknown and repeated columns', async () => {
    const withHeader = (header: string) => [header, ...trades().slice(1)];
    const header = trades()[0]!;
    expect(await found(withHeader(header.replace('side', 'way').replace('price', 'at')), counterTrades)).toEqual([
      { class: 'FIELD_MISSING', field: 'side' },
      { class: 'FIELD_MISSING', field: 'price' },
    ]);
    const wider = trades().map((line, index) => (line === '' ? '' : `${line},${index === 0 ? 'desk' : '7'}`));
    expect(await found(wider, counterTrades)).toEqual([{ class: 'EXTRA_FIELD', field: 'desk' }]);
    expect(await found(withHeader(header.replace('price', 'side')), counterTrades)).toEqual([
      { class: 'HEADER_INVALID', field: 'side' },
    ]);
  });

  it.each<[string, string, boolean]>([
    ['a quote within', '60000"00037', false],
    ['a quote at the end', '6000000037"', false],
    ['something behind the closing quote', '"6000000037"x', false],
    ['a quote that never ends', '"6000000037', false],
    ['a quote that is doubled', '"60""37"', true],
    ['a separator in quotes', '"60,37"', true],
    ['nothing but quotes', '""', false],
  ])('quotes: %s', async (_why, cell, isGood) => {
    // Neither line beside it is lost by it.
    const lines = edit(100, (cells) => (cells[0] = cell));
    lines[102] = lines[102]!.replace(',B,', ',X,').replace(',S,', ',X,');
    const faults = await found(lines, counterTrades);
    expect(faults.map(({ class: name, row }) => [name, row])).toEqual([
      ...(isGood ? [] : [['BAD_VALUE', 100]]),
      ['BAD_VALUE', 102],
    ]);
  });

  it('a trade number twice', async () => {
    const key = trades()[1]!.split(',')[7]!;
    expect(
      await found(
        edit(last, (cells) => (cells[7] = key)),
        counterTrades,
      ),
    ).toEqual([{ class: 'DUPLICATE_KEY', row: last, field: 'trade_no', firstRow: 1, key: [key], value: key }]);
  });

  it('no bytes; only a header; a quote that never ends', async () => {
    expect(await findingsIn(folder, Buffer.alloc(0), counterTrades)).toEqual([{ class: 'EMPTY_FILE' }]);
    expect(await found([trades()[0]!, ''], counterTrades)).toEqual([]);
    expect(
      await found(
        edit(2, (cells) => (cells[0] = '"6000000037')),
        counterTrades,
      ),
    ).toEqual([{ class: 'BAD_VALUE', row: 2 }]);
  });
});

describe('lines', () => {
  const lfOnly = [{ class: 'HEADER_INVALID', field: 'line end', fileValue: 'LF', computed: 'CRLF' }];
  const tenLines = Array.from({ length: 10 }, (_, line) => `0800${line}|甲|100|HKD|508.000|Y`);
  const bomOf = (bytes: string) => [
    { class: 'HEADER_INVALID', field: 'byte order mark', fileValue: bytes, computed: '' },
  ];

  it.each<[string, Buffer, TextLayout, readonly object[]]>([
    ['LF in a CSV', gbk(trades().join('\n')), counterTrades, lfOnly],
    ['LF in lines with |', gbk(`${tenLines.join('\n')}\n`), reff04, lfOnly],
    ['LF, and more than fits a line', gbk(`${tenLines.join('\n')}\n`.repeat(500)), reff04, lfOnly],
    [
      'one LF among others',
      gbk(`${tenLines.slice(0, 5).join('\r\n')}\n${tenLines[5]}\r\n`),
      reff04,
      [{ class: 'BAD_VALUE', row: 5 }],
    ],
    ['the last line without its end', gbk(tenLines.join('\r\n')), reff04, [{ class: 'FILE_TRUNCATED', row: 10 }]],
    [
      'the last line with half its end',
      gbk(`${tenLines.join('\r\n')}\r`),
      reff04,
      [
        { class: 'FILE_TRUNCATED', row: 10 },
        { class: 'BAD_VALUE', row: 10, field: 'trading', value: 'Y\\x0D' },
      ],
    ],
    ['a header without its end', gbk('fund_account,time,amount'), counterCash, [{ class: 'FILE_TRUNCATED' }]],
    [
      'UTF-8 with its mark',
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), gbk(trades().join('\r\n'))]),
      counterTrades,
      bomOf('EFBBBF'),
    ],
    [
      'UTF-8 with its mark, no header',
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), gbk(`${tenLines.join('\r\n')}\r\n`)]),
      reff04,
      bomOf('EFBBBF'),
    ],
    ['UTF-16', Buffer.from(`\uFEFF${tenLines.join('\r\n')}\r\n`, 'utf16le'), reff04, bomOf('FFFE')],
    [
      'a line that never ends',
      gbk('8'.repeat(70_000)),
      reff04,
      [
        { class: 'FILE_TRUNCATED', row: 1 },
        { class: 'BAD_VALUE', row: 1 },
      ],
    ],
    [
      'a bank statement without lines',
      gbk('account,date,time,reference,text,debit,credit,balance,counterparty\r\n'),
      bankClient,
      [{ class: 'BAD_VALUE', row: 1 }],
    ],
  ])('%s', async (_why, bytes, layout, expected) => {
    expect(await findingsIn(folder, bytes, layout)).toEqual(expected);
  });

  it('the first line of a bank statement is the opening balance', async () => {
    const lines = iconv.decode(sample('bank_client_20250626.csv'), 'gbk').split('\r\n');
    lines.splice(1, 1);
    expect(await found(lines, bankClient)).toEqual([{ class: 'BAD_VALUE', row: 1, field: 'debit', value: '11582.73' }]);
  });
});

describe('encoding', () => {
  it('bytes that are no text, in the cell where they stand', async () => {
    const text = `${trades().slice(0, 3).join('\r\n')}\r\n`;
    const [before, after] = text.split('A900000037');
    const bytes = Buffer.concat([gbk(before!), Buffer.from([0xff, 0xd6]), gbk(after!)]);
    expect(await findingsIn(folder, bytes, counterTrades)).toEqual([
      { class: 'BAD_ENCODING', row: 1, field: 'securities_account', value: '\\xFF\\xD6' },
    ]);
  });

  it('a character whose second byte is the field separator', async () => {
    // 0xB5 0x7C is no simplified character in use, but one of GBK; cut at the separator it would be two cells.
    const name = iconv.decode(Buffer.from([0x81, 0x7c]), 'gbk');
    const line = Buffer.concat([gbk('08001|'), Buffer.from([0x81, 0x7c]), gbk('|100|HKD|508.000|Y\r\n')]);
    expect(await findingsIn(folder, line, reff04)).toEqual([]);
    expect(name).toHaveLength(1);
  });

  it('characters that lie across two reads of the stream', async () => {
    const lines = Array.from(
      { length: 9_000 },
      (_, index) => `${10_000 + index}|${'测试港股'.repeat(3)}x|100|HKD|5.000|S`,
    );
    expect(gbk(lines.join('\r\n')).length).toBeGreaterThan(4 * 65_536);
    expect(await found([...lines, ''], reff04)).toEqual([]);
  });

  it('the first byte of a character ends the file', async () => {
    const bytes = Buffer.concat([gbk('08001|甲|100|HKD|508.000|Y'), Buffer.from([0xd6])]);
    expect(await findingsIn(folder, bytes, reff04)).toEqual([
      { class: 'FILE_TRUNCATED', row: 1 },
      { class: 'BAD_ENCODING', row: 1, field: 'trading', value: 'Y\\xD6' },
    ]);
  });
});

describe('dates and codes of the other files', () => {
  it('closing prices of another day', async () => {
    const lines = sample('hkexclpr04_20250626.txt').toString('latin1').replaceAll('20250626', '20250625').split('\r\n');
    expect(await found(lines, hkexclpr04)).toEqual([
      { class: 'DATE_MISMATCH', field: 'date', count: lines.length - 1, firstRow: 1, value: '20250625' },
    ]);
  });

  it('one line of another day in a bank statement', async () => {
    const lines = iconv.decode(sample('bank_client_20250626.csv'), 'gbk').split('\r\n');
    lines[3] = lines[3]!.replace('2025-06-26', '2025-06-27');
    expect(await found(lines, bankClient)).toEqual([
      { class: 'DATE_MISMATCH', row: 3, field: 'date', value: '2025-06-27' },
    ]);
    lines[3] = lines[3].replace('2025-06-27', '20250626');
    expect(await found(lines, bankClient)).toEqual([{ class: 'BAD_VALUE', row: 3, field: 'date', value: '20250626' }]);
  });

  it('a security is either Y or S; withdrawals have a sign', async () => {
    expect(await found(['08001|甲|100|HKD|508.000|N', ''], reff04)).toEqual([
      { class: 'BAD_VALUE', row: 1, field: 'trading', value: 'N' },
    ]);
    expect(await found(['fund_account,time,amount', '6000000037,091000,-100.00', ''], counterCash)).toEqual([]);
  });
});
