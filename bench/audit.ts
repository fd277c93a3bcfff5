/** `npm run bench -- audit`: how long the audit is verified, beside a bare pass of the database over the same rows. */
import type { Pool } from 'pg';
import { ROW_DIGEST, sealAudit } from '../activities/audit/seal-audit';
import { verifyAudit } from '../activities/audit/verify-audit';
import { dataFolder } from '../cli/places';
import { startPostgres, stopPostgres } from '../prisma/embedded';
import { bookUrls, dropBookDatabase, migrate } from '../prisma/migrate';
import { openPool } from '../prisma/pool';
import { median } from './measure/floor';
import { endAll, unlessInterrupted } from './measure/interrupted';

/** A busy second of the sealer. */
const ROWS_OF_A_SEAL = 500;

/** Rows like those of completed tasks, each with what was before and after. */
const ROWS = `
  insert into audit (actor, role, action, outcome, object_type, object_id, before, told, request_id, other_workflow, business_key)
  select 'ops-client-' || n % 7, 'operations', 'complete task', 'done', 'task', n::text,
         jsonb_build_object('state', 'open', 'revision', 1),
         jsonb_build_object('state', 'done', 'amount', '12345.67', 'by', jsonb_build_object('person', 'ops-client-1'))::text,
         md5(n::text), 'settlement-day:SH:2025-06-23', 'SH:2025-06-23'
  from generate_series($1::int, $2::int) as n`;

export async function benchmarkAudit(
  { rows, repeat }: { readonly rows: number; readonly repeat: number },
  tell: (line: string) => void,
): Promise<void> {
  const folder = dataFolder();
  const adminUrl = await startPostgres(folder);
  const database = `bench_audit_${process.pid}`;
  await migrate(adminUrl, database);
  const pool = openPool(bookUrls(adminUrl, database).ownerUrl, 6);
  try {
    await pool.query(`insert into business_clock (book_name, book_kind, mode) values ($1, 'test', 'real')`, [database]);
    const written = await secondsOf(() =>
      unlessInterrupted(async () => {
        for (let first = 1; first <= rows; first += ROWS_OF_A_SEAL) {
          await pool.query(ROWS, [first, Math.min(rows, first + ROWS_OF_A_SEAL - 1)]);
          await sealAudit(pool);
        }
      }),
    );
    tell(`${rows} 行写入并封存 rows written and sealed: ${written.toFixed(1)} s`);
    await unlessInterrupted(() => pool.query('vacuum analyze audit, audit_seals'));
    const [bare, verified]: [number[], number[]] = [[], []];
    for (let nth = 0; nth < repeat; nth += 1) {
      bare.push(await secondsOf(() => unlessInterrupted(() => onePass(pool))));
      verified.push(
        await secondsOf(async () => {
          const { faults, rows: found } = await unlessInterrupted(() => verifyAudit(pool));
          if (faults.length > 0 || found !== rows) throw new Error('the audit of the benchmark does not hold');
        }),
      );
    }
    const [floor, seconds] = [median(bare), median(verified)];
    const each = (of: number[]) => of.map((value) => value.toFixed(2)).join(', ');
    tell(`顺序读取并摘要 one pass, each row digested: ${floor.toFixed(2)} s (${each(bare)})`);
    tell(`核对 verified: ${seconds.toFixed(2)} s (${each(verified)}), ${(seconds / floor).toFixed(2)} x`);
  } finally {
    await endAll(
      () => dropBookDatabase(adminUrl, database),
      () => pool.end(),
      () => stopPostgres(folder),
    );
  }
}

async function onePass(pool: Pool): Promise<void> {
  const sql = await pool.connect();
  await sql.query('begin; set local max_parallel_workers_per_gather = 0; set local jit = off');
  await sql.query(`select count(${ROW_DIGEST}) from audit a`);
  await sql.query('rollback');
  sql.release();
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1_000;
}
