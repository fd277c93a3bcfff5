/** What a day ended with, kept as `result.json` in the shape of `expected.json`, and compared with what was expected. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { ApiClient } from './api-client';
import type { BatchLine, DayReport, FileLine, Finding } from './api-answers';
import { SUPERVISOR } from './cast';
import { changedRows } from './changed-rows';
import { compareBooks } from './compare-books';
import { compareFigures, differenceText } from './compare-figures';
import { compareFindings } from './compare-findings';
import { dayPath } from './day-summary';
import { expectedFigures, type DaysFolder, type Overlay } from './days-folder';
import { lineageOf } from './lineage';

/** Outcome of the comparison of one day. */
export interface DayComparison {
  readonly compared: number;
  readonly differ: number;
  /** One line a difference. */
  readonly differences: readonly string[];
  /** What is told besides: sections that are held, figures that rest on a faulty row. */
  readonly remarks: readonly string[];
}

/** Reads the report of a day and writes it under `out`, never into the folder of days. */
export async function writeResult(api: ApiClient, date: BusinessDate, out: string): Promise<DayReport> {
  const report = await api.read<DayReport>(SUPERVISOR, `${dayPath(date)}/report`);
  const folder = path.join(out, date);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'result.json'), `${JSON.stringify(report, null, 1)}\n`);
  return report;
}

/** A day on its own files; nothing where the folder does not say what to expect. */
export function compareDay(folder: DaysFolder, date: BusinessDate, report: DayReport): DayComparison | undefined {
  const expected = expectedFigures(folder, date);
  if (expected === undefined) return undefined;
  const { compared, differences } = compareFigures(expected, report);
  const lines = differences.map((difference) => `${date} ${differenceText(difference)}`);
  return { compared, differ: lines.length, differences: lines, remarks: heldRemarks(date, report.held) };
}

/** A day on a variant's files: findings and refused files, then the books as the variant says. */
export async function compareVariant(
  api: ApiClient,
  folder: DaysFolder,
  overlay: Overlay,
  report: DayReport,
): Promise<DayComparison> {
  const { day } = overlay;
  const [files, findings, batches] = await Promise.all([
    api.readAll<FileLine>(SUPERVISOR, `${dayPath(day)}/files`),
    api.readAll<Finding>(SUPERVISOR, `${dayPath(day)}/findings`),
    api.readAll<BatchLine>(SUPERVISOR, `${dayPath(day)}/batches`),
  ]);
  const found = compareFindings(overlay, files, findings);
  const books = compareBooks(
    overlay,
    expectedFigures(folder, day) ?? {},
    { found: report, batches },
    lineageOf(folder, changedRows(folder, overlay)),
  );
  const differences = [
    ...found.differences,
    ...books.faults.map((fault) => `books ${overlay.books}: ${fault}`),
    ...books.differences.map(differenceText),
  ];
  return {
    compared: found.compared + books.compared,
    differ: differences.length,
    differences: differences.map((line) => `${day} ${line}`),
    remarks: [
      ...heldRemarks(day, books.held),
      ...books.allowed.map((difference) => `${day} 出自差错 rests on the fault: ${differenceText(difference)}`),
    ],
  };
}

const heldRemarks = (date: BusinessDate, held: DayReport['held']): string[] =>
  Object.entries(held).map(([section, cause]) => `${date} 暂停 held: ${section}: ${onceEach(cause)}`);

/** Several steps of a section may be held by one file. */
const onceEach = (causes: string): string => [...new Set(causes.split('; '))].join('; ');
