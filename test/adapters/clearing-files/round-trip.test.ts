import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { recogniseFile } from '../../../adapters/clearing-files/file-name';
import { writeDbf, type WritableRow } from '../../../adapters/clearing-files/dbf-writer';
import { readWhole } from '../../../adapters/clearing-files/read-file';
import { decodeGbk, encodeGbk } from '../../../adapters/clearing-files/gbk';
import { hkZqbd, hkZjbd, shanghaiLayouts } from '../../../adapters/clearing-files/layouts/shanghai';
import type { DbfLayout } from '../../../adapters/clearing-files/layouts/layout';
import { day, samples, temporaryFolder } from './dbf-bytes';

const folder = temporaryFolder();
const date = day('2025-06-26');
const path = join(folder, 'written.dbf');

async function writeAndRead<L extends DbfLayout>(layout: L, rows: readonly WritableRow<L>[]) {
  await writeDbf(path, layout, rows, { recordCount: rows.length, date });
  return readWhole(path, layout, { businessDate: date });
}

describe('files of the clearing house, read and written again, are the same bytes', () => {
  const clean = join(samples, 'days-a/2025-06-26');
  it.each(readdirSync(clean).filter((name) => name.endsWith('.dbf')))('%s', async (name) => {
    const layout = recogniseFile(name, shanghaiLayouts.layouts)?.layout as DbfLayout;
    const { rows } = await readWhole(join(clean, name), layout, { businessDate: date });
    await writeDbf(path, layout, rows as unknown as WritableRow<DbfLayout>[], { recordCount: rows.length, date });
    expect(readFileSync(path).equals(readFileSync(join(clean, name)))).toBe(true);
  });
});

/** GBK text of at most so many bytes, without trailing blanks. */
const gbkText = (most: number) =>
  fc
    .array(fc.oneof(fc.constantFrom(...'ABZaz09 |,"~'), fc.constantFrom(...'证券组合费港股〇一龥丂丆鱻㑳䶮！￥')), {
      maxLength: most,
    })
    .map((characters) => {
      let text = '';
      for (const character of characters) if (encodeGbk(text + character).length <= most) text += character;
      return text.trimEnd();
    });
const code = fc.stringMatching(/^[A-Z0-9]{1,4}$/);
const whole = fc.bigInt({ min: -(10n ** 11n) + 1n, max: 10n ** 11n - 1n });
const money = fc.bigInt({ min: -(10n ** 15n) + 1n, max: 10n ** 15n - 1n });

it('whatever rows are written are read', async () => {
  const movement = fc.record({
    SCDM: fc.constant('05'),
    JSBH: code,
    BDLX: fc.constantFrom('001', '003', '004', '005'),
    YWLX: fc.constantFrom('H01', 'H58', 'H10', 'H63'),
    ZQZH: code,
    ZQDM: code,
    ZQLB: fc.constantFrom('PT', 'PG', 'PZ'),
    LTLX: fc.constantFrom('0', 'N'),
    QYLB: fc.constantFrom('', 'HL', 'S', 'P', 'GG'),
    JYRQ: fc.constantFrom('20250626', '20240229', '20141117'),
    FSRQ: fc.constant('20250626'),
    XWH: code,
    BDSL: whole,
    KYRQ: fc.constant('20250627'),
    GXDM: gbkText(16),
    FJSM: gbkText(40),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(movement, { maxLength: 12, selector: (row) => row.ZQZH + row.ZQDM }),
      async (rows) => {
        const read = await writeAndRead(hkZqbd, rows);
        expect(read.findings).toEqual([]);
        expect(read.rows).toEqual(rows.map((row, index) => ({ row: index + 1, ...row })));
      },
    ),
    { numRuns: 60 },
  );
});

it('whatever amounts are written are read, up to the ends of their range', async () => {
  const account = {
    SCDM: '05',
    JSBH: '1',
    ZJZH: 'A',
    FSRQ: '20250626',
    PCH: '1',
    YWLB: 'JY',
    FSSJ: '103000',
    DFZH: '',
  };
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(money, money, gbkText(40)), { maxLength: 30 }), async (amounts) => {
      const rows = amounts.map(([FSJE, YE, ZY], index) => ({ ...account, XH: BigInt(index + 1), FSJE, YE, ZY }));
      const read = await writeAndRead(hkZjbd, rows);
      expect(read.findings).toEqual([]);
      expect(read.rows).toEqual(rows.map((row, index) => ({ row: index + 1, ...row })));
    }),
    { numRuns: 60 },
  );
});

describe('the writer refuses', () => {
  const good = {
    ...{ SCDM: '05', JSBH: '1', ZJZH: 'A', FSRQ: '20250626', PCH: '1', YWLB: 'JY', FSSJ: '103000', DFZH: '', ZY: '' },
    ...{ XH: 1n, FSJE: 1n, YE: 1n },
  };
  it.each<[string, object, number, string]>([
    ['a text that is too long', { ...good, ZJZH: 'A2345678901' }, 1, 'ZJZH takes 10 bytes'],
    ['a text whose bytes are too many', { ...good, ZY: '证'.repeat(21) }, 1, 'ZY takes 40 bytes'],
    ['a number that is too long', { ...good, FSJE: -(10n ** 17n) }, 1, 'FSJE takes 18 bytes'],
    ['a character that GBK does not have', { ...good, ZY: 'é€😀' }, 1, 'GBK does not have'],
    ['text for a number', { ...good, YE: '1.00' }, 1, 'YE is N'],
    ['fewer rows than the header says', good, 2, 'the header says 2 records, not 1'],
  ])('%s', async (_why, row, recordCount, message) => {
    const rows = [row as typeof good];
    await expect(writeDbf(path, hkZjbd, rows, { recordCount, date })).rejects.toThrow(message);
  });
});

it('GBK: every two bytes are a character that is written as these bytes, or no text', () => {
  let characters = 0;
  for (let lead = 0x80; lead <= 0xff; lead++) {
    for (let trail = 0; trail <= 0xff; trail++) {
      const bytes = Buffer.from([lead, trail]);
      const text = decodeGbk(bytes, 0, 2);
      if (text === undefined) continue;
      characters++;
      expect(text).toHaveLength(1);
      expect(text).not.toMatch(/[\uE000-\uF8FF\uFFFD\uD800-\uDFFF]/);
    }
  }
  // 21,791 characters of GBK and 83 that GB18030 added in its two-byte area.
  expect(characters).toBe(21_791 + 83);
});

it('reads 100,000 rows in a memory that could not hold them', async () => {
  const script = `
    const { writeDbf } = require('./adapters/clearing-files/dbf-writer.ts');
    const { readDbf } = require('./adapters/clearing-files/dbf-reader.ts');
    const { hkJsmx } = require('./adapters/clearing-files/layouts/shanghai.ts');
    const options = { businessDate: '2025-06-26' };
    (async () => {
      const trades = [];
      for await (const { rows } of readDbf('samples/days-a/2025-06-26/hk_jsmx20250626.dbf', hkJsmx, options)) trades.push(...rows);
      function* many() {
        for (let index = 0; index < 100000; index++) yield { ...trades[index % 200], CJBH: String(index).padStart(16, '0') };
      }
      const file = ${JSON.stringify(join(folder, 'large.dbf'))};
      await writeDbf(file, hkJsmx, many(), { recordCount: 100000, date: '2025-06-26' });
      let rows = 0, last;
      for await (const batch of readDbf(file, hkJsmx, options)) {
        rows += batch.rows.length;
        last = batch.rows.at(-1);
        if (batch.findings.length > 0) throw new Error('findings');
      }
      console.log(rows, last.row, last.CJBH);
    })();`;
  // A row takes over a kilobyte as an object, so all of them together would take more than twice this heap.
  const limits = ['--max-old-space-size=48', '--max-semi-space-size=4'];
  const { stdout } = await promisify(execFile)(process.execPath, [...limits, '--import', 'tsx', '-e', script], {
    cwd: join(__dirname, '../../..'),
  });
  expect(stdout.trim()).toBe('100000 100000 0000000000099999');
});
