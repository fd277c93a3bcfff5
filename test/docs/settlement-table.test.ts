/** The table of what a settlement day must do names tests that are there, and says of everything what proves it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ROOT, tableRows } from './markdown';

const rows = tableRows('docs/settlement-table.md');

it('names a test for each line, or says that it is not built yet', () => {
  expect(rows.length).toBeGreaterThan(60);
  const silent = rows.filter(
    ([, proof = '']) => !/\btest\/[\w./-]+\.test\.ts/.test(proof) && !proof.includes('not built yet'),
  );
  expect(silent).toEqual([]);
});

it('names no test that is not there', () => {
  const named = rows.flatMap(([, proof = '']) =>
    [...proof.matchAll(/\b(?:test|docs)\/[\w./-]+\.(?:ts|md)/g)].map(([file]) => file),
  );
  expect(named.length).toBeGreaterThan(60);
  expect([...new Set(named)].filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
});
