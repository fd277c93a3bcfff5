/**
 * A published day with its files open for change: a test spoils rows as a person would describe it, and gets a day's files
 * in which everything else is as published. dBase files are written with the product's writer, text files line by line.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import iconv from 'iconv-lite';
import { recogniseFile, type RecognisedFile } from '../../adapters/clearing-files/file-name';
import { writeDbf } from '../../adapters/clearing-files/dbf-writer';
import type { DbfLayout } from '../../adapters/clearing-files/layouts/layout';
import { shanghaiLayouts } from '../../adapters/clearing-files/layouts/shanghai';
import { readWhole } from '../../adapters/clearing-files/read-file';
import { parseBusinessDate } from '../../domain/calendar/business-date';
import { filesOf, type DayFiles } from './days-of-verbs';

/** A row of a dBase file by field; numbers scaled as the layout says. */
export type DbfRow = Record<string, bigint | string>;
/** A line of a CSV file by column. */
export type CsvLine = Record<string, string>;

export class FaultyDay {
  private readonly dbf = new Map<string, { readonly layout: DbfLayout; readonly rows: DbfRow[] }>();
  private readonly csv = new Map<string, { readonly columns: readonly string[]; readonly lines: CsvLine[] }>();
  private readonly bars = new Map<string, string[][]>();
  private readonly changed = new Set<string>();

  private constructor(
    readonly date: string,
    private readonly files: DayFiles,
  ) {}

  static async read(folder: string): Promise<FaultyDay> {
    const date = path.basename(folder);
    const day = new FaultyDay(date, filesOf(folder));
    for (const [name, where] of day.files) await day.open(name, where, recogniseFile(name, shanghaiLayouts.layouts)!);
    return day;
  }

  private async open(name: string, where: string, { layout, part }: RecognisedFile): Promise<void> {
    if (layout.format === 'dbf') {
      const options = { businessDate: parseBusinessDate(this.date), ...(part === undefined ? {} : { part }) };
      const { rows } = await readWhole(where, layout, options);
      this.dbf.set(name, { layout, rows: rows.map(({ row: _, ...fields }) => fields) });
      return;
    }
    const lines = iconv.decode(readFileSync(where), 'gbk').split('\r\n').slice(0, -1);
    if (layout.format === 'bars') {
      this.bars.set(
        name,
        lines.map((line) => line.split('|')),
      );
      return;
    }
    const columns = (lines[0] ?? '').split(',');
    const told = lines.slice(1).map((line) => {
      const cells = line.split(',');
      return Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? '']));
    });
    this.csv.set(name, { columns, lines: told });
  }

  /** The full name of the day's file whose name begins so. */
  name(beginning: string): string {
    const names = [...this.files.keys()].filter((name) => name.startsWith(beginning));
    if (names.length !== 1) throw new Error(`${names.length} files begin with ${beginning}`);
    return names[0]!;
  }

  /** All rows of a dBase file, to change, add or take away. Row 1 of the file is the first. */
  rows(beginning: string): DbfRow[] {
    const name = this.name(beginning);
    this.changed.add(name);
    return this.dbf.get(name)!.rows;
  }

  /** One row of a dBase file by its record number. */
  row(beginning: string, row: number): DbfRow {
    return this.rows(beginning)[row - 1]!;
  }

  /** Record number of the first row with these values. */
  rowWith(beginning: string, values: DbfRow): number {
    const { rows } = this.dbf.get(this.name(beginning))!;
    const index = rows.findIndex((row) => Object.entries(values).every(([field, value]) => row[field] === value));
    if (index < 0) throw new Error(`no such row in ${beginning}`);
    return index + 1;
  }

  /** All lines of a CSV file after its heading. */
  lines(beginning: string): CsvLine[] {
    const name = this.name(beginning);
    this.changed.add(name);
    return this.csv.get(name)!.lines;
  }

  /** All lines of an exchange text file. */
  cells(beginning: string): string[][] {
    const name = this.name(beginning);
    this.changed.add(name);
    return this.bars.get(name)!;
  }

  /** Writes the changed files into the folder; answers the day's files, the unchanged ones where they are published. */
  async write(folder: string): Promise<DayFiles> {
    mkdirSync(folder, { recursive: true });
    const files = new Map(this.files);
    for (const name of this.changed) {
      const where = path.join(folder, name);
      files.set(name, where);
      const dbf = this.dbf.get(name);
      const csv = this.csv.get(name);
      const bars = this.bars.get(name);
      if (dbf !== undefined) {
        const of = { recordCount: dbf.rows.length, date: parseBusinessDate(this.date) };
        await writeDbf(where, dbf.layout, dbf.rows as never[], of);
      } else if (csv !== undefined) {
        const lines = csv.lines.map((line) => csv.columns.map((column) => line[column]).join(','));
        writeText(where, [csv.columns.join(','), ...lines]);
      } else if (bars !== undefined)
        writeText(
          where,
          bars.map((line) => line.join('|')),
        );
    }
    return files;
  }
}

const writeText = (where: string, lines: readonly string[]) =>
  writeFileSync(where, iconv.encode(lines.map((line) => `${line}\r\n`).join(''), 'gbk'));
