import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Pool } from 'pg';
import { dayReport } from '../../../api/reports/day-report';
import { readWhole } from '../../../adapters/clearing-files/read-file';
import { parseBusinessDate } from '../../../domain/calendar/business-date';
import { SIDES } from '../../../domain/channel';
import {
  checkpoints,
  clockAt,
  dayOf,
  evening,
  morning,
  receive,
  stepsOf,
  verbsOf,
  workflowOf,
} from '../../support/days-of-verbs';
import { eveningOf, undoneEveningOf } from '../../support/evenings';
import {
  fieldsOf,
  HOSTILE_DATE,
  hostileBytes,
  hostileDay,
  rowsUsing,
  spoilable,
  spoiled,
  type HostileValue,
  type SpoilableFile,
} from '../../support/hostile-values';

/*
 * What the readers accept (test/adapters/clearing-files/hostile-values.test.ts) must run through every verb of the day. Each pack
 * puts one accepted hostile value into each field of every file of a day, each in a row of its own as far as rows go.
 */

const day = dayOf(HOSTILE_DATE);
const folder = mkdtempSync(path.join(tmpdir(), 'hostile-days-'));
const PACKS = 3;
let files: readonly SpoilableFile[];
let packs: readonly (readonly HostileValue[])[];

beforeAll(async () => {
  await eveningOf('2025-06-25');
  const written = path.join(folder, 'day');
  mkdirSync(written);
  files = spoilable(await hostileDay(written));
  packs = await packedValues();
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true }));

async function isAccepted(file: SpoilableFile, values: readonly HostileValue[]): Promise<boolean> {
  const where = path.join(folder, 'tried');
  writeFileSync(where, spoiled(file, values));
  const options = { businessDate: parseBusinessDate(HOSTILE_DATE), ...(file.part && { part: file.part }) };
  const { findings } = await readWhole(where, file.layout, options);
  return findings.every(({ outcome }) => outcome !== 'refused');
}

/** A text that may be anything only names somebody else: a few are enough. */
const MOST_TEXTS = 3;

async function packedValues(): Promise<readonly (readonly HostileValue[])[]> {
  const all: HostileValue[][] = Array.from({ length: PACKS }, () => []);
  for (const file of files) {
    for (const [nth, field] of fieldsOf(file.layout).entries()) {
      const rows = rowsUsing(file, field.name);
      const most = field.range === undefined && field.form === undefined ? MOST_TEXTS : PACKS;
      let taken = 0;
      for (const bytes of hostileBytes(field)) {
        const pack = (taken + nth) % PACKS;
        const row = rows[(nth * 7 + taken * 3) % rows.length]!;
        const value = { file: file.name, row, field: field.name, bytes };
        const beside = all[pack]!.filter((one) => one.file === file.name);
        if (taken === most) break;
        if (!(await isAccepted(file, [...beside, value]))) continue;
        all[pack]!.push(value);
        taken += 1;
      }
    }
  }
  return all;
}

/** The day with a pack in its files. */
function filesOfPack(nth: number): ReadonlyMap<string, string> {
  const into = path.join(folder, `pack-${nth}`);
  mkdirSync(into, { recursive: true });
  return new Map(
    files.map((file) => {
      const where = path.join(into, file.name);
      writeFileSync(
        where,
        spoiled(
          file,
          packs[nth]!.filter((one) => one.file === file.name),
        ),
      );
      return [file.name, where];
    }),
  );
}

/** Received up to its verdicts; a file that the rules of rows refuse names the rows of the pack, and is sent again without them. */
async function receivePack(pool: Pool, nth: number): Promise<void> {
  const receipts = await receive(pool, day, filesOfPack(nth));
  for (const file of files) {
    if (receipts.get(file.name)?.state !== 'refused') continue;
    const { rows } = await pool.query<{ class: string; row_no: bigint | null }>(
      `select class, row_no from findings_in_force where file_name = $1 and outcome = 'refused'`,
      [file.name],
    );
    const bad = new Set(rows.map(({ row_no }) => Number(row_no)));
    const values = packs[nth]!.filter((one) => one.file === file.name);
    const elsewhere = [...bad].filter((row) => !values.some((one) => one.row === row));
    expect({ file: file.name, rows, elsewhere }).toMatchObject({ elsewhere: [] });
    const [stem, extension] = [path.parse(file.name).name, path.parse(file.name).ext];
    const resent = `${stem}_v2${extension}`;
    const where = path.join(folder, resent);
    writeFileSync(
      where,
      spoiled(
        file,
        values.filter(({ row }) => !bad.has(row)),
      ),
    );
    const again = await receive(pool, day, [[resent, where]]);
    expect([resent, again.get(resent)?.state]).toEqual([resent, 'accepted']);
  }
}

const eachPack = Array.from({ length: PACKS }, (_, nth) => [nth]);

test.each(eachPack)('pack %i: the evening runs, and holds what the comparisons refuse', async (nth) => {
  await undoneEveningOf('2025-06-25', async ({ pool }) => {
    const orders = await morning(pool, day);
    await receivePack(pool, nth);
    await checkpoints(pool, day, orders);
    await evening(pool, day);
    expect(await dayReport(pool, day.channel, day.businessDate)).toBeDefined();
  });
});

test.each(eachPack)('pack %i: even where no comparison refuses a file, every verb of the evening runs', async (nth) => {
  await undoneEveningOf('2025-06-25', async ({ pool }) => {
    await morning(pool, day);
    await receivePack(pool, nth);
    await clockAt(pool, day, '20:00');
    for (const acts of Object.values(stepsOf(pool, day))) for (const act of acts) await act();
    await verbsOf(pool).compareFiles({ ...day, workflowId: workflowOf(day) });
    expect(await dayReport(pool, day.channel, day.businessDate)).toBeDefined();
    const next = dayOf('2025-06-27');
    await clockAt(pool, next, '08:00');
    await verbsOf(pool).openDay({ ...next, workflowId: workflowOf(next) });
    // Amounts that no cushion holds are refused by name, and nothing is advanced.
    await verbsOf(pool)
      .advanceOverdrafts(next)
      .catch((error: unknown) => expect(error).toMatchObject({ code: 'CUSHION_TOO_SMALL' }));
    for (const side of SIDES) await verbsOf(pool).planFunding({ ...next, side });
  });
});
