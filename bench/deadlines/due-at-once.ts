/** So many promises whose rungs all ring at the same instants, counted by SQL afterwards; before them as many bare alarms. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { registerProcess } from '../../activities/clock/register-process';
import { businessDateOf, daysBetween, shanghaiTimeOf } from '../../domain/calendar/business-date';
import { openPool } from '../../prisma/pool';
import { each, startEngine, startPatiently, untilAllWait, type Engine, type EngineSpec } from '../measure/engine';
import { endAll, unlessInterrupted } from '../measure/interrupted';
import type { Owed } from './stories';

export interface Lateness {
  readonly rungs: number;
  readonly lost: number;
  readonly doubled: number;
  readonly early: number;
  /** Of the last rungs, from their instant to their record and to those who are told. */
  readonly halfSeconds: number;
  readonly p99Seconds: number;
  readonly latestSeconds: number;
  /** Until the last of the processes had seen its breach. */
  readonly followedSeconds: number | undefined;
  /** Of a process that does nothing but one empty activity at the instant, from the instant to its end. */
  readonly bareP99Seconds: number;
}

type Tell = (line: string) => void;

/** How many are given first, to know how long giving all takes. */
const TRIAL = 100;
/** As far as a timer goes. */
const NEVER = '2100-01-01T00:00:00.000Z';
const LOOK_AGAIN_MS = 1_000;
const TELL_EVERY_MS = 30_000;
/** What has not come so long after its instant is lost; a slow machine is only late. */
const PATIENCE_MS = 1_200_000;

export async function dueAtOnce(
  {
    spec,
    prepare,
    due,
  }: { readonly spec: EngineSpec; readonly prepare: (address: string) => Promise<void>; readonly due: number },
  tell: Tell,
): Promise<Lateness> {
  const engine = await startEngine({ ...spec, environment: { ...spec.environment, BENCH_EMPTY_QUEUE: '1' } }, prepare);
  const pool = openPool(spec.databaseUrl, 10);
  try {
    const bareP99Seconds = await unlessInterrupted(() => bareAlarms(engine, due, tell));
    const found = await unlessInterrupted(() => promisesAtOnce(engine, pool, due, tell));
    tell(
      `裸定时器 99 百分位 bare alarms, 99 of a hundred: ${bareP99Seconds.toFixed(1)} s, x ${(found.p99Seconds / bareP99Seconds).toFixed(2)}`,
    );
    return { ...found, bareP99Seconds };
  } finally {
    await endAll(() => pool.end(), engine.stop);
  }
}

export async function startOwed({ client }: Engine, pool: Pool, owed: Owed): Promise<void> {
  await registerProcess(pool, { workflowId: owed.key, type: 'owedAnswer' });
  await startPatiently(() =>
    client.workflow.start('owedAnswer', {
      workflowId: owed.key,
      taskQueue: `${client.options.namespace}-stories`,
      args: [owed],
    }),
  );
}

/** Seconds from the instant to the end of 99 of a hundred. */
async function bareAlarms({ client }: Engine, due: number, tell: Tell): Promise<number> {
  const start = (name: string, at: string) =>
    client.workflow.start('bareAlarm', {
      workflowId: name,
      taskQueue: `${client.options.namespace}-stories`,
      args: [at],
    });
  const at = await instantAfter(client, 1.3, due, async (place) => {
    await startPatiently(() => start(`trial:${place}`, NEVER));
    return `trial:${place}`;
  });
  await each(
    Array.from({ length: due }, (_, place) => place),
    (place) => start(`alarm:${place}`, at),
  );
  tell(`${due} 裸定时器已启动 bare alarms started, ${secondsUntil(at)} s before their instant`);
  const query = `WorkflowType = 'bareAlarm' and ExecutionStatus = 'Completed'`;
  await untilCounted(async () => (await client.workflow.count(query)).count, due, Date.parse(at), tell, 'bare');
  const late: number[] = [];
  for await (const { closeTime } of client.workflow.list({ query, pageSize: 1_000 })) {
    if (closeTime !== undefined) late.push((closeTime.getTime() - Date.parse(at)) / 1_000);
  }
  late.sort((a, b) => a - b);
  return late[Math.max(0, Math.ceil(late.length * 0.99) - 1)] ?? Number.NaN;
}

async function promisesAtOnce(
  engine: Engine,
  pool: Pool,
  due: number,
  tell: Tell,
): Promise<Omit<Lateness, 'bareP99Seconds'>> {
  const receivedAt = new Date().toISOString();
  // All are given before the first rung, which rings at half of the time.
  const dueAt = await instantAfter(engine.client, 2.4, due, async (place) => {
    const key = `trial-promise:${place}`;
    await startOwed(engine, pool, { key, receivedAt, limit: { kind: 'BUSINESS_DAYS', n: 5 } });
    return key;
  });
  const n = daysBetween(businessDateOf(receivedAt), businessDateOf(dueAt));
  const limit = { kind: 'CLOCK_TIME', n, time: shanghaiTimeOf(dueAt) } as const;
  const keys = Array.from({ length: due }, (_, place) => `due:${place}`);
  await each(keys, (key) => startOwed(engine, pool, { key, receivedAt, limit }));
  await untilAllWait(engine.client, keys.slice(-TRIAL));
  tell(`${due} 承诺已作出 promises given, ${secondsUntil(dueAt)} s before they are due`);
  const { rows: instants } = await pool.query<{ due_at: string }>(
    `select max(due_at) as due_at from deadlines where business_key like 'due:%'`,
  );
  const instant = Date.parse(instants[0]?.due_at ?? dueAt);
  await untilCounted(
    async () => {
      const { rows } = await pool.query<{ ended: number }>(
        `select count(*)::int as ended from deadlines where business_key like 'due:%' and state = 'breached'`,
      );
      return rows[0]?.ended ?? 0;
    },
    due,
    instant,
    tell,
    'breached',
  );
  const { rows } = await pool.query<Omit<Lateness, 'followedSeconds' | 'bareP99Seconds'>>(
    `select count(*)::int as rungs, (count(*) - count(distinct (subject, rung)))::int as doubled,
            ${due} * 3 - count(distinct (subject, rung))::int as lost, count(*) filter (where done_at < due_at)::int as early,
            percentile_disc(0.5) within group (order by late) filter (where rung = 3) as "halfSeconds",
            percentile_disc(0.99) within group (order by late) filter (where rung = 3) as "p99Seconds",
            max(late) filter (where rung = 3) as "latestSeconds"
       from ladder_rungs, lateral (select extract(epoch from done_at - due_at)::float8 as late) l where subject like 'due:%'`,
  );
  const [found] = rows;
  if (found === undefined) throw new RangeError('an aggregate without a row');
  tell(`同时到期 due at once: ${JSON.stringify(found)}`);
  const followed = await untilCounted(
    async () => (await engine.client.workflow.count('Breached = true')).count,
    due,
    instant,
    tell,
    'followed by their process',
  );
  return { ...found, followedSeconds: followed };
}

/** An instant that comes when all have been started with room to spare, by what the first of them took on this machine. */
async function instantAfter(
  client: Engine['client'],
  times: number,
  of: number,
  start: (place: number) => Promise<string>,
): Promise<string> {
  const before = performance.now();
  const ids: string[] = [];
  await each(
    Array.from({ length: TRIAL }, (_, place) => place),
    async (place) => ids.push(await start(place)),
  );
  await untilAllWait(client, ids, 100);
  const eachMs = Math.max(10, (performance.now() - before) / TRIAL);
  const at = Date.now() + 60_000 + of * eachMs * times;
  return new Date(Math.ceil(at / 60_000) * 60_000).toISOString();
}

/** Looks until so many are there, or patience ends; tells how far it is. Seconds from the instant to the last one, where all came. */
async function untilCounted(
  count: () => Promise<number>,
  all: number,
  instant: number,
  tell: Tell,
  what: string,
): Promise<number | undefined> {
  let toldAt = Date.now();
  for (;;) {
    const counted = await count();
    if (counted >= all) return (Date.now() - instant) / 1_000;
    if (Date.now() > instant + PATIENCE_MS) return undefined;
    if (Date.now() >= toldAt + TELL_EVERY_MS) {
      toldAt = Date.now();
      tell(`  ${what}: ${counted} / ${all}, ${((toldAt - instant) / 1_000).toFixed(0)} s`);
    }
    await sleep(LOOK_AGAIN_MS);
  }
}

const secondsUntil = (at: string): string => ((Date.parse(at) - Date.now()) / 1_000).toFixed(0);
