/**
 * `southbound verify cases --data FOLDER`: runs the case tables of a folder, known by file name, through the
 * product's own rules and lists every difference.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { BusinessError } from '../domain/errors';
import { readReference, type ReferenceRows } from '../prisma/reference';
import { readCaseLines, type Answer, type CaseLine, type CaseTable } from './case-tables/case-table';
import { callbackWindowsTable } from './case-tables/callback-table';
import { businessDeadlinesTable } from './case-tables/deadline-table';
import { fourEyesTable } from './case-tables/four-eyes-table';
import { concentrationTable } from './case-tables/concentration-table';
import { electionAcceptTable } from './case-tables/election-table';
import { gradeTable } from './case-tables/grade-table';
import { identityNumbersTable } from './case-tables/identity-table';
import { closingBlockersTable, eligibilityTable, questionnaireTable } from './case-tables/permission-tables';
import {
  allocationTable,
  defaultChargesTable,
  fundingTable,
  portfolioFeeTable,
  settlementDatesTable,
  tradeFeesTable,
} from './case-tables/settlement-tables';

const TABLES: readonly CaseTable[] = [
  tradeFeesTable,
  settlementDatesTable,
  fundingTable,
  defaultChargesTable,
  portfolioFeeTable,
  allocationTable,
  fourEyesTable,
  businessDeadlinesTable,
  eligibilityTable,
  questionnaireTable,
  closingBlockersTable,
  callbackWindowsTable,
  identityNumbersTable,
  electionAcceptTable,
  gradeTable,
  concentrationTable,
];

/** One figure that differs. */
export interface CaseDifference {
  readonly case: string;
  readonly line: number;
  readonly column: string;
  readonly expected: string;
  readonly computed: string;
}

/** What became of one table; without a rule nothing was computed and nothing counts. */
export interface TableResult {
  readonly table: string;
  readonly hasRule: boolean;
  readonly rows: number;
  /** Rows with at least one difference. */
  readonly differ: number;
  readonly differences: readonly CaseDifference[];
}

/**
 * Runs every table (`*.csv`) of a folder, in the order of the file names.
 * @throws BusinessError NOT_FOUND for a folder that is not there or holds no table, CASE_TABLE_MALFORMED for a table
 *         that cannot be read
 */
export async function verifyCases(folder: string): Promise<TableResult[]> {
  const files = await tableFilesOf(folder);
  const reference = readReference();
  return Promise.all(
    files.map(async (file) => verifyTable(basename(file, '.csv'), await readFile(join(folder, file)), reference)),
  );
}

/** The results as lines for people; the last one is `N rows, N differ`. */
export function verificationLines(results: readonly TableResult[]): string[] {
  const lines = results.flatMap((result) =>
    result.hasRule
      ? [
          `${result.table}: ${result.rows} rows, ${result.differ} differ`,
          ...result.differences.map(
            ({ case: number, column, expected, computed }) =>
              `  case ${number} ${column}: expected "${expected}", computed "${computed}"`,
          ),
        ]
      : [`${result.table}: no rule yet, not counted`],
  );
  const sum = (count: (result: TableResult) => number) => results.reduce((total, result) => total + count(result), 0);
  return [...lines, `${sum(({ rows }) => rows)} rows, ${sum(({ differ }) => differ)} differ`];
}

async function tableFilesOf(folder: string): Promise<string[]> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new BusinessError('NOT_FOUND', { what: 'folder', key: folder });
  const files = (await readdir(folder)).filter((name) => name.endsWith('.csv')).sort();
  if (files.length === 0) throw new BusinessError('NOT_FOUND', { what: 'case table in folder', key: folder });
  return files;
}

function verifyTable(name: string, bytes: Uint8Array, reference: ReferenceRows): TableResult {
  const table = TABLES.find((candidate) => candidate.name === name);
  if (table === undefined) return { table: name, hasRule: false, rows: 0, differ: 0, differences: [] };
  const lines = readCaseLines(table, bytes);
  const differences = casesOf(table, lines).flatMap((ofCase) => {
    const answers = answersOf(table, ofCase, reference);
    return ofCase.flatMap((line, index) => differencesOf(table, line, answers[index] ?? {}));
  });
  const differ = new Set(differences.map(({ line }) => line)).size;
  return { table: name, hasRule: true, rows: lines.length, differ, differences };
}

/** Lines that are answered together: one, or all of a case number. */
function casesOf(table: CaseTable, lines: readonly CaseLine[]): (readonly CaseLine[])[] {
  if (table.linesPerCase === 'one') return lines.map((line) => [line]);
  const cases = new Map<string, CaseLine[]>();
  for (const line of lines) cases.set(line.case, [...(cases.get(line.case) ?? []), line]);
  return [...cases.values()];
}

/** The rule's answers; a refusal is an answer too, its code is the outcome. */
function answersOf(table: CaseTable, lines: readonly CaseLine[], reference: ReferenceRows): readonly Answer[] {
  try {
    return table.answer(lines, reference);
  } catch (error) {
    if (error instanceof BusinessError && error.code !== 'CASE_TABLE_MALFORMED') {
      return lines.map(() => ({ outcome: error.code }));
    }
    // A rule throws RangeError for input that no caller may give it: here the table gave it.
    if (error instanceof RangeError) throw lines[0]?.malformed(error.message) ?? error;
    throw error;
  }
}

function differencesOf(table: CaseTable, line: CaseLine, answer: Answer): CaseDifference[] {
  const columns = new Set([...table.expected, ...Object.keys(answer)]);
  return [...columns].flatMap((column) => {
    const expected = line.text(column);
    const computed = answer[column] ?? '';
    return expected === computed ? [] : [{ case: line.case, line: line.line, column, expected, computed }];
  });
}
