/** The folder of anchors: a line is kept for good, follows from the one before it, and is never written again. */
import { appendFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { anchorsFolder } from '../../../adapters/anchors/anchors-folder';
import type { Anchor } from '../../../adapters/anchors/anchors-port';

let folder: string;
let today: string;
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(tmpdir(), 'southbound-anchors-')), 'anchors');
  today = '2025-06-23';
});
afterEach(() => rmSync(path.dirname(folder), { recursive: true }));

const store = () => anchorsFolder(folder, () => today);
const anchor = (sealNo: bigint): Anchor => ({
  sealNo,
  digest: 'ab'.repeat(32),
  rows: sealNo * 3n,
  highestSeq: sealNo * 4n,
  sealedAt: '2025-06-23T02:00:00.000Z',
  closedDays: sealNo === 3n ? ['SH:2025-06-23'] : [],
});
const fileOf = (day: string) => path.join(folder, `${day}.anchors`);

it('has nothing before the first anchor', async () => {
  expect(await store().read()).toEqual({ anchors: [] });
});

it('keeps anchors in their order, a file a day, and never changes what it wrote', async () => {
  await store().append(anchor(1n));
  const before = readFileSync(fileOf('2025-06-23'), 'utf8');
  await store().append(anchor(2n));
  today = '2025-06-24';
  await store().append(anchor(3n));
  expect(readdirSync(folder).sort()).toEqual(['2025-06-23.anchors', '2025-06-24.anchors']);
  expect(readFileSync(fileOf('2025-06-23'), 'utf8').startsWith(before)).toBe(true);
  expect(await store().read()).toEqual({ anchors: [anchor(1n), anchor(2n), anchor(3n)] });
});

it('goes on after a line that a crash left half written', async () => {
  await store().append(anchor(1n));
  appendFileSync(fileOf('2025-06-23'), '\n{"seal":"2","dig');
  await store().append(anchor(3n));
  expect(await store().read()).toEqual({ anchors: [anchor(1n), anchor(3n)] });
});

describe('a folder that somebody changed', () => {
  const changes: readonly {
    readonly why: string;
    readonly to: (lines: string[]) => string[];
    readonly kept: bigint[];
  }[] = [
    { why: 'a line edited', to: (l) => l.map((t) => t.replace('"rows":"6"', '"rows":"7"')), kept: [1n] },
    { why: 'a line taken out', to: (l) => l.filter((t) => !t.includes('"seal":"2"')), kept: [1n] },
    { why: 'the first line taken out', to: (l) => l.filter((t) => !t.includes('"seal":"1"')), kept: [] },
    { why: 'a line said twice', to: (l) => [...l, l.at(-1) ?? ''], kept: [1n, 2n, 3n] },
    { why: 'two lines exchanged', to: ([a = '', b = '', c = '']) => [b, a, c], kept: [] },
  ];
  it.each(changes)('is told: $why', async ({ to, kept }) => {
    for (const sealNo of [1n, 2n, 3n]) await store().append(anchor(sealNo));
    const lines = readFileSync(fileOf('2025-06-23'), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    writeFileSync(fileOf('2025-06-23'), `${to(lines).join('\n')}\n`);
    const { anchors, brokenAt } = await store().read();
    expect([anchors.map(({ sealNo }) => String(sealNo)), brokenAt?.slice(0, 18)]).toEqual([
      kept.map(String),
      '2025-06-23.anchors',
    ]);
  });
});

it('rejects where it cannot write', async () => {
  await store().append(anchor(1n));
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'a file where the folder should be');
  await expect(store().append(anchor(2n))).rejects.toThrow();
});
