/** Tables of what is asked name tests that are there, by file and by words of their titles, and say of everything what proves it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ROOT, tableRows, textOf } from './markdown';

const TABLES: readonly (readonly [table: string, lines: number, titles: number])[] = [
  ['docs/settlement-table.md', 150, 220],
  ['docs/corporate-actions-table.md', 55, 90],
  ['docs/complaints-table.md', 55, 120],
  ['docs/people-and-promises-table.md', 55, 80],
];

describe.each(TABLES)('%s', (table, lines, titles) => {
  const rows = tableRows(table);
  const proofs = rows.map(([, proof = '']) => proof);

  it('names a test for each line, or says that it is not built yet', () => {
    expect(rows.length).toBeGreaterThan(lines);
    const silent = rows.filter(
      ([, proof = '']) => !/\btest\/[\w./-]+\.test\.ts/.test(proof) && !proof.includes('not built yet'),
    );
    expect(silent).toEqual([]);
  });

  it('names no test that is not there', () => {
    const named = proofs.flatMap((proof) =>
      [...proof.matchAll(/\b(?:test|docs)\/[\w./-]+\.(?:ts|md)/g)].map(([file]) => file),
    );
    expect(named.length).toBeGreaterThan(lines);
    expect([...new Set(named)].filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  });

  it('names no title that no test of its file has', () => {
    const named = proofs.flatMap((proof) =>
      [...proof.matchAll(/(test\/[\w./-]+\.ts)((?:,? "[^"]+")+)/g)].flatMap(([, file = '', quoted = '']) =>
        [...quoted.matchAll(/"([^"]+)"/g)].map(([, title = '']) => ({ file, title })),
      ),
    );
    expect(named.length).toBeGreaterThanOrEqual(titles);
    expect(named.filter(({ file, title }) => !textOf(file).includes(title))).toEqual([]);
  });
});
