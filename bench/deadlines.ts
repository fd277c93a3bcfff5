/**
 * `npm run bench -- deadlines --count 10000`: what an open promise costs over a process that waits on one timer.
 *
 * Engine storage is the size of the development server's database file after it was ended, which writes its log into the file:
 * once with so many bare processes, once with so many promises, each in a file of its own. Besides, promises that are all due
 * in the same minute: how many rang, twice, late, beside as many bare alarms. It ends with what each goal asks and what was found.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Pool } from 'pg';
import { dataFolder } from '../cli/places';
import { startPostgres, stopPostgres } from '../prisma/embedded';
import { openPool } from '../prisma/pool';
import { makeBook } from '../worker/book';
import { workflowBundle } from '../worker/workflow-bundle';
import {
  clearFolder,
  each,
  engineBytes,
  highestMb,
  startEngine,
  startPatiently,
  untilAllWait,
  type Engine,
} from './measure/engine';
import { dueAtOnce, startOwed, type Lateness } from './deadlines/due-at-once';

export interface DeadlinesOptions {
  readonly count: number;
  /** Promises due in the same minute; none where 0. */
  readonly due: number;
}

/** Where the slope begins, so that what a server costs without any case is in no figure. */
const SLOPE_FROM = 2_000;

/** An open case: engine over a bare timer, bytes of the application's database, the worker's memory. Due at once: lateness. */
const GOALS = { engineRatio: 1.5, databaseBytes: 2_048, workerMb: 512, lateSeconds: 60 };

interface Measured {
  readonly count: number;
  readonly engineBytes: number;
  readonly databaseBytes: number;
  readonly workerMb: number;
  readonly seconds: number;
}

type Tell = (line: string) => void;

export async function benchmarkDeadlines({ count, due }: DeadlinesOptions, tell: Tell): Promise<void> {
  const postgres = await startPostgres(dataFolder());
  const bundle = await workflowBundle(require.resolve('./deadlines/stories'));
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  const book = `deadlines-${stamp}`;
  // Nothing but what is due at once, where no case is counted.
  const steps = count === 0 ? [] : [...new Set([Math.min(SLOPE_FROM, count), count])];
  const folder = (kind: string) => path.join(dataFolder(), 'deadlines', kind);
  const prepare = async (temporalAddress: string) => {
    await makeBook({ adminUrl: postgres, temporalAddress, name: book, kind: 'drill', clockMode: 'real' });
  };
  const measure = async (
    kind: 'bare' | 'promise',
    start: (engine: Engine, pool: Pool, id: string) => Promise<void>,
  ) => {
    clearFolder(folder(kind));
    const spec = { folder: folder(kind), book, databaseUrl: bookUrl(postgres, book), bundle };
    const found: Measured[] = [];
    const begun: string[] = [];
    for (const target of [0, ...steps]) {
      const engine = await startEngine(spec, prepare);
      const pool = openPool(spec.databaseUrl, 10);
      const before = performance.now();
      const ids = Array.from({ length: target - begun.length }, (_, place) => `${kind}:${begun.length + place}`);
      await each(ids, (id) => start(engine, pool, id));
      await untilAllWait(engine.client, ids);
      begun.push(...ids);
      const seconds = (performance.now() - before) / 1_000;
      const { rows } = await pool.query<{ bytes: bigint }>('select pg_database_size(current_database()) as bytes');
      const workerMb = highestMb(engine.workerPid);
      await pool.end();
      await engine.stop();
      const databaseBytes = Number(rows[0]?.bytes ?? 0n);
      found.push({ count: target, engineBytes: engineBytes(spec.folder), databaseBytes, workerMb, seconds });
      tell(`${kind} ${target}: ${JSON.stringify(found.at(-1))}`);
    }
    return { found, spec };
  };
  try {
    const bare = await measure('bare', async ({ client }, _, id) => {
      await startPatiently(() => client.workflow.start('bareTimer', { workflowId: id, taskQueue: `${book}-stories` }));
    });
    const now = new Date().toISOString();
    const promise = await measure('promise', (engine, pool, id) =>
      startOwed(engine, pool, { key: id, receivedAt: now, limit: { kind: 'BUSINESS_DAYS', n: 5 } }),
    );
    const outcome = {
      surroundings: { cpus: os.cpus().length, load: os.loadavg()[0], node: process.version },
      bare: bare.found,
      promise: promise.found,
    };
    for (const line of linesOf(bare.found, promise.found)) tell(line);
    for (const line of await relationLines(promise.spec.databaseUrl)) tell(line);
    const lateness = due > 0 ? await dueAtOnce({ spec: promise.spec, prepare, due }, tell) : undefined;
    for (const line of goalLines(bare.found, promise.found, lateness)) tell(line);
    const file = path.join(dataFolder(), 'deadlines', `${stamp}.json`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ ...outcome, lateness }, null, 1));
    tell(`JSON: ${file}`);
  } finally {
    await stopPostgres(dataFolder());
  }
}

/** What takes the room: bytes of each table with its indexes and of its indexes alone, the largest first. */
async function relationLines(databaseUrl: string): Promise<readonly string[]> {
  const pool = openPool(databaseUrl, 1);
  const { rows } = await pool.query<{ name: string; bytes: bigint; indexes: bigint; rows: bigint }>(
    `select c.oid::regclass::text as name, pg_total_relation_size(c.oid) as bytes, pg_indexes_size(c.oid) as indexes,
            (select n_live_tup from pg_stat_user_tables s where s.relid = c.oid) as rows
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname in ('public', 'history') order by bytes desc limit 10`,
  );
  await pool.end();
  return rows.map(
    ({ name, bytes, indexes, rows: live }) => `  ${name}: ${bytes} B, indexes ${indexes} B, ${live} rows`,
  );
}

const bookUrl = (adminUrl: string, book: string): string => {
  const url = new URL(adminUrl);
  url.username = 'southbound_app';
  url.pathname = `/${book}`;
  return url.toString();
};

/** Bytes a case from one of the steps to the last. */
function perCase(of: readonly Measured[], bytes: 'engineBytes' | 'databaseBytes', from: number): number | undefined {
  const [first, last] = [of[from], of.at(-1)];
  if (first === undefined || last === undefined || last.count === first.count) return undefined;
  return (last[bytes] - first[bytes]) / (last.count - first.count);
}

/** Each goal with what was found; of bytes the slope, where there is one. */
function goalLines(bare: readonly Measured[], promise: readonly Measured[], due: Lateness | undefined): string[] {
  const from = promise.length > 2 ? 1 : 0;
  const ratio = (perCase(promise, 'engineBytes', from) ?? 0) / (perCase(bare, 'engineBytes', from) ?? 1);
  const database = perCase(promise, 'databaseBytes', from) ?? 0;
  const workerMb = Math.max(...promise.map((step) => step.workerMb));
  const line = (what: string, found: number, goal: number, digits = 0) =>
    `${found <= goal ? '✓' : '✗'} ${what}: ${found.toFixed(digits)} (<= ${goal})`;
  const cases = [
    line('引擎倍数 engine over one timer', ratio, GOALS.engineRatio, 2),
    line('应用库每案字节 application database, bytes a case', database, GOALS.databaseBytes),
    line('工作进程 MB worker, largest resident', workerMb, GOALS.workerMb),
  ];
  return [
    ...(promise.length > 1 ? cases : []),
    ...(due === undefined
      ? []
      : [
          line(
            '同时到期 99 百分位秒 due at once, 99 of a hundred late by seconds',
            due.p99Seconds,
            GOALS.lateSeconds,
            1,
          ),
          line('丢失 lost', due.lost, 0),
          line('重复 doubled', due.doubled, 0),
          line('提前 early', due.early, 0),
        ]),
  ];
}

/** Bytes a case over what stood before the first, and from the first step of the slope to the last. */
function linesOf(bare: readonly Measured[], promise: readonly Measured[]): string[] {
  const engine = (from: number) => {
    const [one, other] = [perCase(bare, 'engineBytes', from), perCase(promise, 'engineBytes', from)];
    return one === undefined || other === undefined
      ? undefined
      : `${one.toFixed(0)} B, ${other.toFixed(0)} B: x ${(other / one).toFixed(2)}`;
  };
  const slope = bare.length > 2 ? [`引擎每案（斜率）engine a case, slope: ${engine(1) ?? '-'}`] : [];
  if (promise.length < 2) return [];
  return [
    `引擎每案 engine a case (one timer, promise): ${engine(0) ?? '-'}`,
    ...slope,
    `应用库每案 application database a case: ${perCase(promise, 'databaseBytes', 0)?.toFixed(0) ?? '-'} B`,
    ...(promise.length > 2
      ? [
          `应用库每案（斜率）application database a case, slope: ${perCase(promise, 'databaseBytes', 1)?.toFixed(0) ?? '-'} B`,
        ]
      : []),
    `工作进程常驻内存 worker, largest resident: ${Math.max(...promise.map(({ workerMb }) => workerMb))} MB`,
  ];
}
