/** A folder of clearing days, and a variant laid over one of them, as they lie on disk (samples/README.md). */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { addDays, parseBusinessDate, shanghaiInstant, type BusinessDate } from '../../domain/calendar/business-date';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export interface DaysFolder {
  readonly folder: string;
  /** Opening state and masters. */
  readonly opening: string;
  /** Dates that have a folder, in order. */
  readonly days: readonly BusinessDate[];
}

const variantForm = z.object({
  kind: z.string().optional(),
  base: z.string(),
  replaces: z.array(z.string()),
  adds: z.array(z.string()),
  removes: z.array(z.string()),
  refused: z.array(z.string()),
  findings: z.array(z.looseObject({ class: z.string(), file: z.string() })),
  books: z.enum(['as_base', 'held', 'differs']),
});

/** One finding that a variant must lead to: class, file, and the attributes that are compared. */
export type ExpectedFinding = Readonly<Record<string, unknown>> & { readonly class: string; readonly file: string };

export interface Overlay {
  readonly folder: string;
  readonly kind: string;
  readonly day: BusinessDate;
  readonly replaces: readonly string[];
  readonly adds: readonly string[];
  readonly removes: readonly string[];
  readonly refused: readonly string[];
  readonly findings: readonly ExpectedFinding[];
  /** What becomes of the books: equal to the clean day's, held where the file is needed, or different where it counts. */
  readonly books: 'as_base' | 'held' | 'differs';
}

/** @throws Error in one sentence where the folder is not what it should be */
export function readDaysFolder(given: string): DaysFolder {
  const folder = path.resolve(given);
  if (!isFolder(folder)) {
    throw new Error(`没有文件夹 ${folder}，请检查 --data。There is no folder ${folder}: check --data.`);
  }
  const days = readdirSync(folder)
    .filter((name) => DAY.test(name) && isFolder(path.join(folder, name)))
    .sort()
    .map(parseBusinessDate);
  if (days.length === 0) {
    throw new Error(
      `${folder} 中没有以日期 YYYY-MM-DD 命名的文件夹。${folder} holds no folder that is named by a date YYYY-MM-DD.`,
    );
  }
  const opening = path.join(folder, 'static');
  if (!existsSync(path.join(opening, 'params.json'))) {
    throw new Error(
      `${folder} 缺少期初文件夹 static（含 params.json）。${folder} has no folder static with the opening state (params.json).`,
    );
  }
  return { folder, opening, days };
}

/** @throws Error in one sentence where the variant cannot be read, lacks a file or is not one of these days */
export function readOverlay(given: string, days: DaysFolder): Overlay {
  const folder = path.resolve(given);
  const file = path.join(folder, 'expect.json');
  if (!existsSync(file)) {
    throw new Error(
      `${folder} 不是差错样本：缺少 expect.json。${folder} is no variant of a day: it has no expect.json.`,
    );
  }
  const read = variantForm.safeParse(readJson(file));
  if (!read.success) {
    const at = read.error.issues.map((issue) => issue.path.join('.') || '.').join(', ');
    throw new Error(
      `${file} 的内容不符合格式：${at}。${file} is not in the form of a variant (samples/README.md): ${at}.`,
    );
  }
  const { base, kind = path.basename(folder), ...rest } = read.data;
  const day = path.basename(base);
  if (!days.days.includes(day as BusinessDate)) {
    throw new Error(
      `${folder} 以 ${day} 为基础，${days.folder} 中没有该日。${folder} is a variant of ${day}, which ${days.folder} does not hold.`,
    );
  }
  const lacking = [...rest.replaces, ...rest.adds].filter((name) => !existsSync(path.join(folder, name)));
  if (lacking.length > 0) {
    throw new Error(
      `${folder} 缺少 expect.json 所列文件：${lacking.join('、')}。${folder} lacks files that its expect.json names: ${lacking.join(', ')}.`,
    );
  }
  return { ...rest, kind, folder, day: day as BusinessDate };
}

/** The days of a range, both ends included. @throws Error in one sentence for dates that leave nothing */
export function daysBetween(
  folder: DaysFolder,
  from: string | undefined,
  to: string | undefined,
): readonly BusinessDate[] {
  const first = from === undefined ? folder.days[0] : parseBusinessDate(from);
  const last = to === undefined ? folder.days.at(-1) : parseBusinessDate(to);
  const days = folder.days.filter((date) => first !== undefined && last !== undefined && first <= date && date <= last);
  if (days.length > 0) return days;
  throw new Error(
    `${folder.folder} 中没有 ${from ?? '首日'} 至 ${to ?? '末日'} 的日子。${folder.folder} holds no day from ${from ?? 'the first'} to ${to ?? 'the last'}.`,
  );
}

/** The figures that a day must end with; nothing where the folder does not say. @throws Error in one sentence */
export function expectedFigures(folder: DaysFolder, date: BusinessDate): unknown {
  const file = path.join(folder.folder, date, 'expected.json');
  return existsSync(file) ? readJson(file) : undefined;
}

/**
 * When the last file of a day comes, as the day's arrivals.csv (the variant's, where it has one) says. UTC.
 * @throws Error in one sentence where there is none or a time in it cannot be read
 */
export function lastArrivalOf(folder: DaysFolder, date: BusinessDate, overlay: Overlay | undefined): string {
  const isReplaced = overlay?.day === date && [...overlay.replaces, ...overlay.adds].includes('arrivals.csv');
  const file = path.join(isReplaced ? overlay.folder : path.join(folder.folder, date), 'arrivals.csv');
  if (!existsSync(file)) {
    throw new Error(
      `${path.dirname(file)} 缺少 arrivals.csv（文件到达时间）。${path.dirname(file)} has no arrivals.csv, which says when its files come.`,
    );
  }
  const [head = '', ...lines] = readFileSync(file, 'latin1').trimEnd().split(/\r?\n/);
  const column = head.split(',').indexOf('arrived_at');
  const instants = lines.map((line, index) => {
    const told = ARRIVED_AT.exec(line.split(',')[column] ?? '');
    const [, on, at] = told ?? [];
    if (on !== undefined && at !== undefined) return shanghaiInstant(parseBusinessDate(on), at);
    throw new Error(
      `${file} 第 ${index + 1} 行的到达时间无法读取。The time of arrival in line ${index + 1} of ${file} is not YYYY-MM-DD HH:MM:SS.`,
    );
  });
  return instants.sort().at(-1) ?? shanghaiInstant(date, '00:00');
}

const ARRIVED_AT = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})$/;

/** Where the clock of a book stands before its first day: the evening before, after everything. */
export const clockBefore = (first: BusinessDate): string => shanghaiInstant(addDays(first, -1), '23:59');

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const fault = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ');
    throw new Error(`${file} 不是有效的 JSON。${file} is not valid JSON (${fault}).`, { cause: error });
  }
}

const isFolder = (at: string): boolean => statSync(at, { throwIfNoEntry: false })?.isDirectory() === true;
