/**
 * `npm run bench -- deadlines --count 10000`: what an open promise costs over a process that waits on one timer.
 *
 * Engine storage is the size of the development server's database file after it was ended, which writes its log into the file:
 * once with so many bare processes, once with so many promises, each in a file of its own. Besides, promises that are all due
 * in the same minute: how many rang, twice, late. It ends with what each goal asks and what was found.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { registerProcess } from '../activities/clock/register-process';
import { dataFolder } from '../cli/places';
import { businessDateOf, daysBetween, shanghaiTimeOf } from '../domain/calendar/business-date';
import type { Limit } from '../domain/deadlines/limit';
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
import type { Owed } from './deadlines/stories';

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
  const steps = [...new Set([Math.min(SLOPE_FROM, count), count])];
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
      startOwed(engine, pool, book, { key: id, receivedAt: now, limit: { kind: 'BUSINESS_DAYS', n: 5 } }),
    );
    const outcome = {
      surroundings: { cpus: os.cpus().length, load: os.loadavg()[0], node: process.version },
      bare: bare.found,
      promise: promise.found,
    };
    for (const line of linesOf(bare.found, promise.found)) tell(line);
    const lateness =
      due > 0
        ? await allDueAtOnce(promise.spec, prepare, { book, due, eachMs: eachMsOf(promise.found) }, tell)
        : undefined;
    for (const line of goalLines(bare.found, promise.found, lateness)) tell(line);
    const file = path.join(dataFolder(), 'deadlines', `${stamp}.json`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ ...outcome, lateness }, null, 1));
    tell(`JSON: ${file}`);
  } finally {
    await stopPostgres(dataFolder());
  }
}

async function startOwed({ client }: Engine, pool: Pool, book: string, owed: Owed): Promise<void> {
  await registerProcess(pool, { workflowId: owed.key, type: 'owedAnswer' });
  await startPatiently(() =>
    client.workflow.start('owedAnswer', { workflowId: owed.key, taskQueue: `${book}-stories`, args: [owed] }),
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
  return [
    line('引擎倍数 engine over one timer', ratio, GOALS.engineRatio, 2),
    line('应用库每案字节 application database, bytes a case', database, GOALS.databaseBytes),
    line('工作进程 MB worker, largest resident', workerMb, GOALS.workerMb),
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

/** What giving one promise took in the last step. */
function eachMsOf(found: readonly Measured[]): number {
  const [before, last] = [found.at(-2), found.at(-1)];
  if (last === undefined) return 100;
  return Math.max(10, (last.seconds * 1_000) / (last.count - (before?.count ?? 0)));
}

interface Lateness {
  readonly rungs: number;
  readonly lost: number;
  readonly doubled: number;
  readonly early: number;
  readonly halfSeconds: number;
  readonly p99Seconds: number;
  readonly latestSeconds: number;
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

/** So many promises whose rungs all ring at the same instants: counted by SQL, afterwards. */
async function allDueAtOnce(
  spec: Parameters<typeof startEngine>[0],
  prepare: Parameters<typeof startEngine>[1],
  { book, due, eachMs }: { readonly book: string; readonly due: number; readonly eachMs: number },
  tell: Tell,
): Promise<Lateness | undefined> {
  const engine = await startEngine(spec, prepare);
  const pool = openPool(spec.databaseUrl, 10);
  try {
    const receivedAt = new Date().toISOString();
    // Time to give them all before the first rung, which rings at half of it, by what giving one took on this machine a moment ago.
    const dueAt = new Date(Date.parse(receivedAt) + 60_000 + due * eachMs * 3).toISOString();
    const n = daysBetween(businessDateOf(receivedAt), businessDateOf(dueAt));
    const limit: Limit = { kind: 'CLOCK_TIME', n, time: shanghaiTimeOf(dueAt) };
    const keys = Array.from({ length: due }, (_, place) => `due:${place}`);
    await each(keys, (key) => startOwed(engine, pool, book, { key, receivedAt, limit }));
    await untilAllWait(engine.client, keys);
    tell(`${due} 同时到期 due at once, waiting after ${((Date.now() - Date.parse(receivedAt)) / 1_000).toFixed(0)} s`);
    const count = async () => {
      const { rows } = await pool.query<{ ended: number }>(
        `select count(*)::int as ended from deadlines where business_key like 'due:%' and state = 'breached'`,
      );
      return rows[0]?.ended ?? 0;
    };
    // What has not rung by then counts as lost; a slow machine is only late.
    const patience = Date.parse(dueAt) + 600_000 + due * eachMs * 3;
    while ((await count()) < due && Date.now() < patience) await sleep(1_000);
    const { rows } = await pool.query<Lateness>(
      `select count(*)::int as rungs, (count(*) - count(distinct (subject, rung)))::int as doubled,
              ${due} * 3 - count(distinct (subject, rung))::int as lost, count(*) filter (where done_at < due_at)::int as early,
              percentile_disc(0.5) within group (order by late) filter (where rung = 3) as "halfSeconds",
              percentile_disc(0.99) within group (order by late) filter (where rung = 3) as "p99Seconds",
              max(late) filter (where rung = 3) as "latestSeconds"
         from ladder_rungs, lateral (select extract(epoch from done_at - due_at)::float8 as late) l where subject like 'due:%'`,
    );
    tell(`同时到期 due at once: ${JSON.stringify(rows[0])}`);
    return rows[0];
  } finally {
    await pool.end();
    await engine.stop();
  }
}
