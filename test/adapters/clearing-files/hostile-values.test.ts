import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../../../domain/clearing-files/finding';
import { readWhole } from '../../../adapters/clearing-files/read-file';
import { shanghaiLayouts } from '../../../adapters/clearing-files/layouts/shanghai';
import {
  fieldsOf,
  HOSTILE_DATE,
  hostileBytes,
  hostileDay,
  spoilable,
  spoiled,
  type HostileValue,
  type SpoilableFile,
} from '../../support/hostile-values';
import { day, temporaryFolder } from './dbf-bytes';

const folder = temporaryFolder();
let files: readonly SpoilableFile[];

beforeAll(async () => {
  const written = join(folder, 'day');
  mkdirSync(written);
  files = spoilable(await hostileDay(written));
});

it('every number has its range, every text of a line its length', () => {
  for (const layout of shanghaiLayouts.layouts) {
    for (const field of fieldsOf(layout)) {
      const isNumber = field.type === 'N' || field.type === 'number';
      expect([layout.kind, field.name, field.range !== undefined]).toEqual([layout.kind, field.name, isNumber]);
      if (field.range !== undefined) expect(field.range.most >= field.range.least).toBe(true);
      if (field.type === 'text') expect([layout.kind, field.name, 'mostCharacters' in field]).toContain(true);
    }
  }
});

const kinds = shanghaiLayouts.layouts.map(({ kind }) => kind);

/** Another row for each field, the first and the last among them: what is found must name the very row. */
const rowFor = (nth: number, { rows }: SpoilableFile) => (nth === 0 ? rows : (((nth - 1) * 7) % rows) + 1);

async function findingsIn(file: SpoilableFile, values: readonly HostileValue[]): Promise<readonly Finding[]> {
  const where = join(folder, file.name);
  writeFileSync(where, spoiled(file, values));
  const options = { businessDate: day(HOSTILE_DATE), ...(file.part === undefined ? {} : { part: file.part }) };
  return (await readWhole(where, file.layout, options)).findings;
}

/** The place of the value: its row, or the row that it now repeats; a row that every file has may be missing now. */
const isAt = (found: Finding, { row, field }: HostileValue) =>
  found.row === row || found.firstRow === row || (found.row === undefined && found.field === field);

it.each(kinds)(
  '%s: a hostile value is refused where it stands, or the file is taken',
  async (kind) => {
    for (const file of files.filter(({ layout }) => layout.kind === kind)) {
      expect(await findingsIn(file, [])).toEqual([]);
      for (const [nth, field] of fieldsOf(file.layout).entries()) {
        for (const bytes of hostileBytes(field)) {
          const value = { file: file.name, row: rowFor(nth, file), field: field.name, bytes };
          const elsewhere = (await findingsIn(file, [value])).filter((found) => !isAt(found, value));
          if (elsewhere.length > 0) throw new Error(JSON.stringify({ ...value, bytes: bytes.toString(), elsewhere }));
        }
      }
    }
  },
  120_000,
);
