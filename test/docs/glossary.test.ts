/** Every word of the code that people meet stands in the glossary, with its Chinese. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { findingClasses } from '../../domain/clearing-files/finding-classes';
import { ROLES } from '../../domain/people/roles';
import { eveningSteps } from '../../domain/settlement/evening-steps';
import { ROOT, tableRows, textOf } from './markdown';

const rows = tableRows('docs/glossary.md');
const words = new Set(rows.flatMap(([word = '']) => word.split(', ')));

const found = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, name]) => name ?? '');

const migration = readdirSync(path.join(ROOT, 'prisma/migrations'))
  .map((name) => textOf(`prisma/migrations/${name}/migration.sql`))
  .join('\n');
const story = ['settlement-day.ts', 'settlement-day/evening.ts'].map((part) => textOf(`workflows/${part}`)).join('\n');

const tables = found(migration, /^create table (\w+) \(/gm).filter(
  (name) => migration.lastIndexOf(`create table ${name} (`) > migration.lastIndexOf(`drop table ${name};`),
);
const ledgers = found(migration, /^ {2}\('(\w+)',\s*'(?:debit|credit)'/gm);
const stages = [
  'starting',
  ...found(textOf('activities/settlement/open-day.ts'), /calendar_version, stage\)\s+values \([^']*'(\w+)'\)/g),
  ...found(story, /stage\((?:day, )?'[^']+', '([^']+)'\)/g),
  ...found(story, /\? '(held by files)' : '(?:[^']+)'/g),
  ...found(story, /\? '(?:[^']+)' : '(waiting for signed exceptions)'/g),
];

it('finds the words to look for', () => {
  expect(tables.length).toBeGreaterThan(60);
  expect(ledgers).toHaveLength(26);
  expect(stages).toEqual(expect.arrayContaining(['starting', 'opened', 'morning funding', 'posting', 'closed']));
  expect(stages.length).toBeGreaterThanOrEqual(11);
});

it.each([
  ['table', tables],
  ['ledger', ledgers],
  ['stage', stages],
  ['evening step', eveningSteps.map(({ step }) => step)],
  ['role', [...ROLES]],
])('every %s has an entry', (_, names) => {
  expect(names.filter((name) => !words.has(name))).toEqual([]);
});

it('no entry names a table, ledger or step that is gone', () => {
  const known = new Set([...tables, ...ledgers, ...ROLES, ...stages, ...eveningSteps.map(({ step }) => step)]);
  const sections = textOf('docs/glossary.md').split(/^## /m);
  const named = sections
    .filter((section) => /^(Roles|Stages|Steps|Ledgers|Tables)/.test(section))
    .flatMap((section) => found(section, /^\| ([^|]+) \|/gm))
    .flatMap((cell) => found(cell, /`([^`]+)`/g));
  expect(named.filter((name) => !known.has(name))).toEqual([]);
  expect(named.length).toBeGreaterThan(100);
});

it('every entry has its Chinese and its meaning', () => {
  const entries = rows.filter(([word]) => word !== undefined);
  for (const entry of entries)
    expect([entry[0], entry.length === 3 && entry.every((cell) => cell !== '')]).toEqual([entry[0], true]);
  const chinese = entries.filter(([, zh = '']) => !/[\u4e00-\u9fff]/.test(zh)).map(([word]) => word);
  expect(chinese).toEqual(['CCNET']);
});

/** Classes and refusals of the reconciliation, too, stand in the page for operations staff. */
it('every finding class has its cause and next act', () => {
  const listed = new Set(tableRows('docs/operations.md').map(([name]) => name));
  const ofReconciliation = found(textOf('activities/settlement/reconcile-day.ts'), /inBooks\(\s*'([A-Z_]+)'/g);
  expect(ofReconciliation).toHaveLength(4);
  const names = [...findingClasses.map(({ class: name }) => name), ...ofReconciliation];
  expect(names.filter((name) => !listed.has(name))).toEqual([]);
});

it('each finding class is listed with its outcome', () => {
  const outcomes = new Map(tableRows('docs/operations.md').map(([name = '', outcome = '']) => [name, outcome]));
  const wrong = findingClasses.filter(({ class: name, outcome }) => !outcomes.get(name)?.includes(outcome));
  expect(wrong.map(({ class: name }) => name)).toEqual([]);
});

it('a class that nothing lists is marked so, and no other', () => {
  const code = ['activities', 'adapters', 'domain']
    .flatMap((folder) =>
      readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        path.join(folder, name),
      ),
    )
    .filter((name) => name.endsWith('.ts') && !name.endsWith('finding-classes.ts'))
    .map(textOf)
    .join('\n');
  const idle = findingClasses.map(({ class: name }) => name).filter((name) => !code.includes(`'${name}'`));
  const marked = tableRows('docs/operations.md').flatMap(([name = '', , cause = '']) =>
    cause.includes('not listed by this version yet') ? [name] : [],
  );
  expect(marked).toEqual(idle);
});
