/** Reads the project's own pages: their code blocks, tables and links. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.join(__dirname, '..', '..');

/** Text of a file of the project. */
export const textOf = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

/** README and every page of docs/, by path from the root. */
export function pages(): string[] {
  const inDocs = readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
  return ['README.md', ...inDocs.filter((name) => name.endsWith('.md')).map((name) => path.join('docs', name))].sort();
}

/** The `sh` blocks of a page that follow `<!-- runs: MARK -->`, in their order. */
export function marked(page: string, mark: string): string[] {
  const blocks = textOf(page).matchAll(/<!-- runs: (\w+) -->\s*```sh\n([\s\S]*?)```/g);
  return [...blocks].filter(([, name]) => name === mark).map(([, , block]) => block ?? '');
}

/** Every `sh` block of a page. */
export const shellBlocks = (page: string): string[] =>
  [...textOf(page).matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block ?? '');

/** The rows of the tables of a page, each as its cells without the code marks; heads and rules left out. */
export function tableRows(page: string): string[][] {
  const lines = textOf(page).split('\n');
  return lines
    .filter((line, index) => /^\| /.test(line) && !isRule(line) && !isRule(lines[index + 1] ?? ''))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '').replaceAll('\\|', '|')),
    );
}

const isRule = (line: string): boolean => /^\|[\s:|-]+\|$/.test(line);
