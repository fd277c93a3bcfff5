/** A folder of clearing days, and a variant laid over one of them, as they lie on disk (samples/README.md). */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { addDays, parseBusinessDate, shanghaiInstant, type BusinessDate } from '../../domain/calendar/business-date';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export interface DaysFolder {
  readonly folder: string;
  /** Opening state and masters. */
  readonly opening: string;
  /** Dates that have a folder, in order. */
  readonly days: readonly BusinessDate[];
}

/** One finding that a variant must lead to: class, file, and the attributes that are compared. */
export type ExpectedFinding = Readonly<Record<string, unknown>> & { readonly class: string; readonly file: string };

export interface Overlay {
  readonly folder: string;
  readonly kind: string;
  readonly day: BusinessDate;
  readonly replaces: readonly string[];
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

/** @throws Error in one sentence where the variant cannot be read or is not one of these days */
export function readOverlay(given: string, days: DaysFolder): Overlay {
  const folder = path.resolve(given);
  const file = path.join(folder, 'expect.json');
  if (!existsSync(file)) {
    throw new Error(
      `${folder} 不是差错样本：缺少 expect.json。${folder} is no variant of a day: it has no expect.json.`,
    );
  }
  const read = JSON.parse(readFileSync(file, 'utf8')) as Omit<Overlay, 'folder' | 'day'> & { readonly base: string };
  const day = parseBusinessDate(path.basename(read.base));
  if (!days.days.includes(day)) {
    throw new Error(
      `${folder} 以 ${day} 为基础，${days.folder} 中没有该日。${folder} is a variant of ${day}, which ${days.folder} does not hold.`,
    );
  }
  return { ...read, folder, day };
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
    `${folder.folder} 中没有 ${from ?? ''} 至 ${to ?? ''} 的日子。${folder.folder} holds no day from ${from ?? 'the first'} to ${to ?? 'the last'}.`,
  );
}

/** The figures that a day must end with; nothing where the folder does not say. */
export function expectedFigures(folder: DaysFolder, date: BusinessDate): unknown {
  const file = path.join(folder.folder, date, 'expected.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** Where the clock of a book stands before its first day: the evening before, after everything. */
export const clockBefore = (first: BusinessDate): string => shanghaiInstant(addDays(first, -1), '23:59');

const isFolder = (at: string): boolean => statSync(at, { throwIfNoEntry: false })?.isDirectory() === true;
