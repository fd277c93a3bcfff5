/**
 * The folder of days that a simulator plays, with a variant laid over one of them.
 *
 * `static/` holds the opening state; `YYYY-MM-DD/` the files of a day. A variant's folder holds its files and an
 * `expect.json` that names the day under it (`base`) and what it replaces, adds and removes.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import iconv from 'iconv-lite';
import { z } from 'zod';

/** One day as it is played: file name to path. `baseFiles` are the day's own, before a variant was laid over them. */
export type PlayedDay = {
  readonly businessDate: string;
  readonly files: ReadonlyMap<string, string>;
  readonly baseFiles: ReadonlyMap<string, string>;
};

/** An account of the opening state; balance is money text. */
export type OpeningAccount = {
  readonly account: string;
  readonly kind: 'reserve' | 'risk_fund' | 'bank' | 'cushion';
  readonly side: 'C' | 'P';
  readonly balance: string;
};

const variantForm = z.object({
  base: z.string().min(1),
  replaces: z.array(z.string()),
  adds: z.array(z.string()),
  removes: z.array(z.string()),
});

const openingForm = z.array(
  z.object({
    account: z.string().min(1),
    kind: z.enum(['reserve', 'risk_fund', 'bank', 'cushion']),
    side: z.enum(['C', 'P']),
    balance: z.string(),
  }),
);

/**
 * The days in a folder, earliest first, the variant laid over its day. Throws where the folder holds no day, the
 * variant's day is not there, or the variant lacks a file that it names.
 */
export function readDays(dataFolder: string, overlayFolder?: string): readonly PlayedDay[] {
  const dates = readdirSync(dataFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^\d{4}-\d{2}-\d{2}$/.test(entry.name))
    .map((entry) => entry.name)
    .sort();
  if (dates.length === 0) throw new Error(`${dataFolder} holds no day folder YYYY-MM-DD`);
  const days = dates.map((businessDate): PlayedDay => {
    const baseFiles = filesIn(join(dataFolder, businessDate));
    return { businessDate, files: baseFiles, baseFiles };
  });
  return overlayFolder === undefined ? days : layOver(days, overlayFolder);
}

/** The accounts of the evening before the first day. */
export function readOpeningAccounts(dataFolder: string): readonly OpeningAccount[] {
  return openingForm.parse(readCsv(join(dataFolder, 'static', 'opening_accounts.csv')));
}

/** The records of a GBK comma-separated file with a header line. Throws on ragged lines. */
export function readCsv(path: string): readonly Record<string, string>[] {
  return parse<Record<string, string>>(iconv.decode(readFileSync(path), 'gbk'), {
    columns: true,
    skip_empty_lines: true,
  });
}

/**
 * The copies of a file that may tell what truly happened, best first: the variant's, then the day's own, each with its
 * highest version first. A fault in a delivered file is a fault of the file; the account behind it is as it is.
 */
export function copiesOf(day: PlayedDay, stem: string, ending: string): readonly string[] {
  const named = (files: ReadonlyMap<string, string>): string[] =>
    [...files.keys()]
      .map((name) => ({ name, version: versionOf(name, stem, ending) }))
      .filter((copy) => copy.version > 0)
      .sort((left, right) => right.version - left.version)
      .map((copy) => files.get(copy.name) as string);
  return [...new Set([...named(day.files), ...named(day.baseFiles)])];
}

/** Version of a file `stem[_vN]ending`, 1 without a mark, 0 for another file. */
function versionOf(name: string, stem: string, ending: string): number {
  const lower = name.toLowerCase();
  if (!lower.startsWith(stem.toLowerCase()) || !lower.endsWith(ending)) return 0;
  const mark = lower.slice(stem.length, lower.length - ending.length);
  if (mark === '') return 1;
  return /^_v[1-9]\d*$/.test(mark) ? Number(mark.slice(2)) : 0;
}

function filesIn(folder: string): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => [entry.name, join(folder, entry.name)]),
  );
}

function layOver(days: readonly PlayedDay[], overlayFolder: string): readonly PlayedDay[] {
  const variant = variantForm.parse(JSON.parse(readFileSync(join(overlayFolder, 'expect.json'), 'utf8')));
  const businessDate = basename(variant.base);
  if (!days.some((day) => day.businessDate === businessDate)) {
    throw new Error(`the variant in ${overlayFolder} belongs to ${businessDate}, which is not among the days`);
  }
  const laid = [...variant.replaces, ...variant.adds].map((name): [string, string] => {
    const path = join(overlayFolder, name);
    if (!existsSync(path)) throw new Error(`the variant in ${overlayFolder} names ${name} and does not hold it`);
    return [name, path];
  });
  return days.map((day) => {
    if (day.businessDate !== businessDate) return day;
    const files = new Map([...day.baseFiles, ...laid]);
    for (const name of variant.removes) files.delete(name);
    return { ...day, files };
  });
}
