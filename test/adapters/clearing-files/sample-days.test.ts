import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recogniseFile } from '../../../adapters/clearing-files/file-name';
import { shanghaiLayouts, hkJsmx } from '../../../adapters/clearing-files/layouts/shanghai';
import { readWhole, sha256OfFile } from '../../../adapters/clearing-files/read-file';
import { bare, day, samples } from './dbf-bytes';

const NO_FILES_OF_OURS = new Set(['arrivals.csv', 'expected.json', 'expect.json']);
const folderOf = (date: string) => join(samples, 'days-a', date);
const days = readdirSync(join(samples, 'days-a')).filter((name) => /^\d/.test(name));

async function readSample(folder: string, name: string, date: string) {
  const recognised = recogniseFile(name, shanghaiLayouts.layouts);
  if (recognised === undefined) throw new Error(`${name} is not recognised`);
  const { layout, part } = recognised;
  const options = { businessDate: day(date), ...(part === undefined ? {} : { part }) };
  return { layout, ...(await readWhole(join(folder, name), layout, options)) };
}

describe.each(days)('clean day %s', (date) => {
  const names = readdirSync(folderOf(date)).filter((name) => !NO_FILES_OF_OURS.has(name));

  it('has its seventeen files', () => expect(names).toHaveLength(17));

  it.each(names)('%s has no finding', async (name) => {
    const { layout, rows, findings } = await readSample(folderOf(date), name, date);
    expect(findings).toEqual([]);
    if (layout.format === 'dbf') {
      expect(rows).toHaveLength(readFileSync(join(folderOf(date), name)).readUInt32LE(4));
    } else {
      const lines = readFileSync(join(folderOf(date), name), 'latin1').split('\r\n').length - 1;
      expect(rows).toHaveLength(layout.format === 'csv' ? lines - 1 : lines);
    }
  });
});

/** The part of expect.json that is read here. */
interface Expectation {
  readonly base: string;
  readonly findings: readonly { readonly class: string; readonly file: string; readonly row?: number }[];
}

/** Findings of the sample faults that need nothing but the file itself. */
const OF_THE_FILE_ALONE = new Set(['BAD_ENCODING', 'DUPLICATE_KEY', 'FILE_TRUNCATED', 'AMOUNT_TOLERANCE']);

describe.each(readdirSync(join(samples, 'faults-a')))('fault %s', (kind) => {
  const folder = join(samples, 'faults-a', kind);
  const expectation = JSON.parse(readFileSync(join(folder, 'expect.json'), 'utf8')) as Expectation;
  const names = readdirSync(folder).filter((name) => !NO_FILES_OF_OURS.has(name));

  it('shows what its expect.json says, as far as one file shows it, and nothing else', async () => {
    const found: object[] = [];
    for (const name of names) {
      const { findings } = await readSample(folder, name, '2025-06-26');
      found.push(...findings.map((one) => ({ file: name, ...bare(one) })));
    }
    const expected = expectation.findings.filter((one) => OF_THE_FILE_ALONE.has(one.class));
    expect(found).toEqual(expected.map((one): unknown => expect.objectContaining(one)));
  });
});

it('reads numbers at the scale of their fields and texts without trailing blanks', async () => {
  const path = join(folderOf('2025-06-26'), 'hk_jsmx20250626.dbf');
  const { rows } = await readWhole(path, hkJsmx, { businessDate: day('2025-06-26') });
  // The first record as a hex editor shows it: 51 shares at 109.3000 are 5,574.30 HKD; 0.96140; 5,350.99 CNY.
  expect(rows[0]).toMatchObject({
    row: 1,
    YWLX: 'H01',
    MMBZ: 'S',
    ZQZH: 'A900000037',
    ZQDM2: '',
    SL: 51n,
    JG1: 1_093_000n,
    WBJE: 557_430n,
    WBHL: '0.96140',
    YSFJE: 535_099n,
  });
  expect(rows.find(({ YWLX }) => YWLX === 'H60')).toMatchObject({ FJSM: '证券组合费', ZQDM1: '', MMBZ: '' });
});

it('gives the same fingerprint as other tools', async () => {
  const path = join(samples, 'faults-a/bad_gbk/expect.json');
  expect(await sha256OfFile(path)).toBe(createHash('sha256').update(readFileSync(path)).digest('hex'));
});
