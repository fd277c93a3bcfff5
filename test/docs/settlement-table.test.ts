/** The tables of what a business page asks name tests that are there, and say of everything what proves it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ROOT, tableRows } from './markdown';

describe.each([
  ['docs/settlement-table.md', 60],
  ['docs/corporate-actions-table.md', 45],
])('%s', (page, lines) => {
  const rows = tableRows(page);

  it('names a test for each line, or says that it is not built yet', () => {
    expect(rows.length).toBeGreaterThan(lines);
    const silent = rows.filter(
      ([, proof = '']) => !/\btest\/[\w./-]+\.test\.ts/.test(proof) && !proof.includes('not built yet'),
    );
    expect(silent).toEqual([]);
  });

  it('names no test that is not there', () => {
    const named = rows.flatMap(([, proof = '']) =>
      [...proof.matchAll(/\b(?:test|docs)\/[\w./-]+\.(?:ts|md)/g)].map(([file]) => file),
    );
    expect(named.length).toBeGreaterThan(lines);
    expect([...new Set(named)].filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  });
});
