/** What the pages point to is there: files, pages, parameters, refusals, environment variables. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { isErrorCode } from '../../domain/errors';
import { findingClasses } from '../../domain/clearing-files/finding-classes';
import { pages, ROOT, textOf } from './markdown';

const FOLDERS = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !/^(\.|node_modules|dist)/.test(entry.name))
  .map(({ name }) => name);

/** Paths in code marks and links that begin with a folder of the project. */
function pathsOf(page: string): string[] {
  const text = textOf(page);
  const marks = [...text.matchAll(/`([^`\s]+)`/g), ...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, word]) => word ?? '');
  return marks.filter(
    (word) =>
      FOLDERS.some((folder) => word.startsWith(`${folder}/`)) && !/[A-Z]{4,}|\*/.test(word.replace(/README/, '')),
  );
}

/** Words in capitals with an underscore, in code marks. */
const capitalsOf = (page: string): string[] =>
  [...textOf(page).matchAll(/`(\w+)`/g)]
    .map(([, word]) => word ?? '')
    .filter((word) => /^[A-Z]+(_[A-Z0-9]+)+$/.test(word));

const code = (folders: readonly string[]): string =>
  folders
    .flatMap((folder) =>
      readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        path.join(folder, name),
      ),
    )
    .filter((name) => /\.(ts|mjs)$/.test(name))
    .map(textOf)
    .join('\n');

const product =
  code(['activities', 'domain', 'workflows', 'api', 'worker', 'cli', 'prisma', 'tools']) + textOf('docker-compose.yml');
const rules =
  code([
    'activities/settlement',
    'activities/files',
    'activities/intake',
    'activities/clients',
    'activities/complaints',
    'activities/cushion',
    'activities/corporate-actions',
    'activities/samples',
    'activities/inspections',
    'activities/archive',
    'activities/deadlines',
    'activities/directory',
    'activities/outbox',
    'activities/overdrafts',
    'activities/people',
    'activities/permissions',
    'domain',
    'workflows',
    'api',
  ]) + textOf('prisma/migrations/0001_foundation/migration.sql');
const parameters = parse<{ code: string }>(textOf('prisma/reference/parameters.csv'), { columns: true }).map(
  (row) => row.code,
);
const ladders = parse<{ ladder: string }>(textOf('prisma/reference/ladders.csv'), { columns: true }).map(
  (row) => row.ladder,
);

it.each(pages().map((page) => [page]))('%s points to what is there', (page) => {
  const missing = pathsOf(page).filter((name) => !existsSync(path.join(ROOT, name)));
  expect(missing).toEqual([]);
});

it.each(pages().map((page) => [page]))(
  '%s names parameters, refusals, classes and variables that there are',
  (page) => {
    const known = (word: string) =>
      parameters.includes(word) ||
      ladders.includes(word) ||
      isErrorCode(word) ||
      findingClasses.some(({ class: name }) => name === word) ||
      new RegExp(`\\b${word}\\b`).test(product);
    expect(capitalsOf(page).filter((word) => !known(word))).toEqual([]);
  },
);

/** Tables whose rows name the parameter that holds their value. */
const TERMS = ['prisma/reference/ladders.csv', 'prisma/reference/eligibility_terms.csv'];
const isRead = (parameter: string): boolean =>
  new RegExp(`'${parameter}'`).test(rules) || TERMS.some((file) => textOf(file).includes(`,${parameter},`));

it('numbers the questions one after the other: others refer to them by number', () => {
  const numbers = [...textOf('docs/questions.md').matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number));
  expect(numbers).toEqual(numbers.map((_, at) => at + 1));
});

it('lists every decision by its title, once', () => {
  const listed = [...textOf('docs/decisions/README.md').matchAll(/^- \[(.+)\]\((.+)\)$/gm)].map(([, title, file]) => ({
    file,
    title,
  }));
  const decided = readdirSync(path.join(ROOT, 'docs/decisions'))
    .filter((file) => /^\d/.test(file))
    .map((file) => ({ file, title: /^# (.+)$/m.exec(textOf(`docs/decisions/${file}`))?.[1] }));
  const byFile = (one: { file?: string | undefined }, other: { file?: string | undefined }) =>
    (one.file ?? '').localeCompare(other.file ?? '');
  expect(listed.sort(byFile)).toEqual(decided.sort(byFile));
});

it('says of each parameter that no rule reads that it is not read yet, and of no other', () => {
  const items = textOf('docs/questions.md')
    .split(/\n(?=\d+\. )/)
    .slice(1);
  expect(items.length).toBeGreaterThan(30);
  for (const item of items) {
    const named = [...item.matchAll(/`([A-Z_0-9]+)`/g)]
      .map(([, word]) => word ?? '')
      .filter((word) => parameters.includes(word));
    const unread = named.filter((word) => !isRead(word));
    expect([item.slice(0, 40), unread.length > 0]).toEqual([item.slice(0, 40), /not read/.test(item)]);
  }
});

it.each(parameters.map((parameter) => [parameter]))('%s is read, or named as not read', (parameter) => {
  expect(isRead(parameter) || textOf('docs/questions.md').includes(`\`${parameter}\``)).toBe(true);
});
