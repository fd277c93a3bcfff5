/** What an open case costs over a process that waits on one timer: engine, application's database and worker, from step to step. */
import path from 'node:path';
import type { Pool } from 'pg';
import { openPool } from '../../prisma/pool';
import {
  clearFolder,
  each,
  engineBytes,
  highestMb,
  startEngine,
  startPatiently,
  untilAllWait,
  type Engine,
  type EngineSpec,
} from './engine';
import { endAll, unlessInterrupted } from './interrupted';

/** Where the slope begins unless told, so that what a server costs without any case is in no figure. */
export const SLOPE_FROM = 2_000;

/** An open case: engine over a bare timer, bytes of the application's database, the worker's memory. */
const GOALS = { engineRatio: 1.5, databaseBytes: 2_048, workerMb: 512 };

export interface Measured {
  readonly count: number;
  readonly engineBytes: number;
  readonly databaseBytes: number;
  readonly workerMb: number;
  readonly seconds: number;
  readonly relations: readonly Relation[];
}

/** Starts the case of an id; @returns the id of its process, where it is another one */
export type StartCase = (engine: Engine, pool: Pool, id: string) => Promise<string | void>;

export interface OpenCases {
  readonly kind: string;
  readonly folder: string;
  readonly book: string;
  readonly databaseUrl: string;
  readonly bundle: string;
  readonly steps: readonly number[];
  readonly prepare: (temporalAddress: string) => Promise<void>;
  readonly start: StartCase;
  readonly tell: (line: string) => void;
  /** Waits until the processes of all that were started have begun, where they do not at once. */
  readonly untilBegun?: (pool: Pool) => Promise<void>;
  /** What else is looked at while the last step stands. */
  readonly atLast?: (engine: Engine, pool: Pool) => Promise<void>;
}

export const slopeTo = (count: number, from: number): readonly number[] => [...new Set([Math.min(from, count), count])];

/** Each step on a server and worker that were just started, on the same files. */
export async function measureOpenCases({
  kind,
  steps,
  prepare,
  start,
  tell,
  untilBegun,
  atLast,
  ...of
}: OpenCases): Promise<{ readonly found: readonly Measured[]; readonly spec: EngineSpec }> {
  const spec: EngineSpec = { ...of, folder: path.join(of.folder, kind) };
  clearFolder(spec.folder);
  const found: Measured[] = [];
  const begun: string[] = [];
  for (const target of [0, ...steps]) {
    const engine = await startEngine(spec, prepare);
    const pool = openPool(spec.databaseUrl, 10);
    const measure = async (): Promise<Omit<Measured, 'count' | 'engineBytes'>> => {
      const before = performance.now();
      const ids = Array.from({ length: target - begun.length }, (_, place) => `${kind}:${begun.length + place}`);
      const processes: string[] = [];
      await each(ids, async (id) => processes.push((await start(engine, pool, id)) ?? id));
      await untilBegun?.(pool);
      await untilAllWait(engine.client, processes);
      begun.push(...ids);
      const seconds = (performance.now() - before) / 1_000;
      const { rows } = await pool.query<{ bytes: bigint }>('select pg_database_size(current_database()) as bytes');
      const relations = await relationsOf(pool);
      const workerMb = highestMb(engine.workerPid);
      if (target === steps.at(-1)) await atLast?.(engine, pool);
      return { databaseBytes: Number(rows[0]?.bytes ?? 0n), workerMb, seconds, relations };
    };
    const measured = await unlessInterrupted(measure).finally(() => endAll(() => pool.end(), engine.stop));
    found.push({ count: target, engineBytes: engineBytes(spec.folder), ...measured });
    tell(`${kind} ${target}: ${JSON.stringify({ ...found.at(-1), relations: undefined })}`);
  }
  return { found, spec };
}

/** The least that a waiting process can be: `bareTimer` of the bundle. */
export const startBareTimer =
  (book: string): StartCase =>
  ({ client }, _, id) =>
    startPatiently(() => client.workflow.start('bareTimer', { workflowId: id, taskQueue: `${book}-stories` }));

export const bookUrl = (adminUrl: string, book: string): string => {
  const url = new URL(adminUrl);
  url.username = 'southbound_app';
  url.pathname = `/${book}`;
  return url.toString();
};

/** Bytes of a table with its indexes, and of its indexes alone. */
export interface Relation {
  readonly name: string;
  readonly bytes: number;
  readonly indexBytes: number;
}

async function relationsOf(pool: Pool): Promise<readonly Relation[]> {
  const { rows } = await pool.query<Relation>(
    `select c.oid::regclass::text as name, pg_total_relation_size(c.oid)::float8 as bytes, pg_indexes_size(c.oid)::float8 as "indexBytes"
       from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and n.nspname in ('public', 'history')`,
  );
  return rows;
}

/** What takes the room of a case: growth of each table and of its indexes from where the slope begins, the largest first. */
export function relationLines(cases: readonly Measured[]): readonly string[] {
  const [first, last] = [cases[cases.length > 2 ? 1 : 0], cases.at(-1)];
  if (first === undefined || last === undefined || last.count === first.count) return [];
  const before = new Map(first.relations.map((relation) => [relation.name, relation]));
  const grown = (now: number, then: number | undefined) => (now - (then ?? 0)) / (last.count - first.count);
  return last.relations
    .map(({ name, bytes, indexBytes }) => ({
      name,
      bytes: grown(bytes, before.get(name)?.bytes),
      indexBytes: grown(indexBytes, before.get(name)?.indexBytes),
    }))
    .filter(({ bytes }) => bytes >= 1)
    .sort((a, b) => b.bytes - a.bytes)
    .map(
      ({ name, bytes, indexBytes }) =>
        `  ${name}: ${bytes.toFixed(0)} B 每案 a case, 其中索引 indexes ${indexBytes.toFixed(0)} B`,
    );
}

/** Bytes a case from one of the steps to the last. */
function perCase(of: readonly Measured[], bytes: 'engineBytes' | 'databaseBytes', from: number): number | undefined {
  const [first, last] = [of[from], of.at(-1)];
  if (first === undefined || last === undefined || last.count === first.count) return undefined;
  return (last[bytes] - first[bytes]) / (last.count - first.count);
}

export const goalLine = (what: string, found: number, goal: number, digits = 0): string =>
  `${found <= goal ? '✓' : '✗'} ${what}: ${found.toFixed(digits)} (<= ${goal})`;

/** Each goal with what was found; of bytes the slope, where there is one. */
export function openCaseGoals(bare: readonly Measured[], cases: readonly Measured[]): string[] {
  const from = cases.length > 2 ? 1 : 0;
  const ratio = (perCase(cases, 'engineBytes', from) ?? 0) / (perCase(bare, 'engineBytes', from) ?? 1);
  const database = perCase(cases, 'databaseBytes', from) ?? 0;
  const workerMb = Math.max(...cases.map((step) => step.workerMb));
  return [
    goalLine('引擎倍数 engine over one timer', ratio, GOALS.engineRatio, 2),
    goalLine('应用库每案字节 application database, bytes a case', database, GOALS.databaseBytes),
    goalLine('工作进程 MB worker, largest resident', workerMb, GOALS.workerMb),
  ];
}

/** Bytes a case over what stood before the first, and from the first step of the slope to the last. */
export function openCaseLines(bare: readonly Measured[], cases: readonly Measured[]): string[] {
  if (cases.length < 2) return [];
  const engine = (from: number) => {
    const [one, other] = [perCase(bare, 'engineBytes', from), perCase(cases, 'engineBytes', from)];
    return one === undefined || other === undefined
      ? undefined
      : `${one.toFixed(0)} B, ${other.toFixed(0)} B: x ${(other / one).toFixed(2)}`;
  };
  const slope = bare.length > 2 ? [`引擎每案（斜率）engine a case, slope: ${engine(1) ?? '-'}`] : [];
  return [
    `引擎每案 engine a case (one timer, open case): ${engine(0) ?? '-'}`,
    ...slope,
    `应用库每案 application database a case: ${perCase(cases, 'databaseBytes', 0)?.toFixed(0) ?? '-'} B`,
    ...(cases.length > 2
      ? [
          `应用库每案（斜率）application database a case, slope: ${perCase(cases, 'databaseBytes', 1)?.toFixed(0) ?? '-'} B`,
        ]
      : []),
    `工作进程常驻内存 worker, largest resident: ${Math.max(...cases.map(({ workerMb }) => workerMb))} MB`,
  ];
}
