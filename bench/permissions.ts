/**
 * `npm run bench -- permissions --count 200`: openings beside a process that does nothing as often, on the same worker in the same run.
 *
 * Throughput: clients have gone through all steps but the last. Measured is from the first start to the last permission that is open and
 * handed to its callback, the signatures in between included. The empty process has the activities, timers and signals of such a history.
 * Request to durable start: a request entered and its process started, beside a start by the client alone; in turns, each when what was
 * started before it has come to rest. It ends when the server has acknowledged; that it did is noted in the outbox after that.
 */
import { randomUUID } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import { noteSent, sendAtOnce, type MessageToSend } from '../activities/intake/dispatch-signals';
import { dataFolder } from '../cli/places';
import { startPostgres, stopPostgres } from '../prisma/embedded';
import { bookUrls } from '../prisma/migrate';
import { openPool } from '../prisma/pool';
import { startSimulator } from '../simulators/launch';
import { dropBook, makeBook } from '../worker/book';
import { workflowBundle } from '../worker/workflow-bundle';
import { clearFolder, each, startEngine, startPatiently, untilAllWait, type Engine } from './measure/engine';
import { median } from './measure/floor';
import { endAll, unlessInterrupted } from './measure/interrupted';
import { ask, goToAgreements, regularClients, sign } from './permissions/clients';
import type { Steps } from './permissions/stories';

export interface PermissionsOptions {
  /** Openings, and empty processes. */
  readonly count: number;
  /** Starts of each kind. */
  readonly starts: number;
}

type Tell = (line: string) => void;

/** Throughput of the empty process at least so often; a start by the client alone at most so often. */
const GOALS = { throughput: 0.6, start: 1.6 };
const WITHIN_MS = 300_000;
const LOOK_AGAIN_MS = 20;
/** What the server does after a process has ended or waits would be measured with the next start. */
const REST_MS = 50;
const DAYS = path.resolve(__dirname, '..', 'samples', 'days-a');

export async function benchmarkPermissions(options: PermissionsOptions, tell: Tell): Promise<void> {
  const postgres = await startPostgres(dataFolder());
  try {
    await onOutside(postgres, options, tell);
  } finally {
    await stopPostgres(dataFolder());
  }
}

/** Counter and messages are there, and end with this process where what follows fails. */
async function onOutside(postgres: string, { count, starts }: PermissionsOptions, tell: Tell): Promise<void> {
  const bundle = await workflowBundle(require.resolve('./permissions/stories'));
  const book = `permissions-${process.pid}`;
  const folder = path.join(dataFolder(), 'permissions');
  clearFolder(folder);
  const playing = { data: DAYS, inbox: path.join(folder, 'inbox'), stateDir: path.join(folder, 'simulators') };
  const [counter, messages] = await Promise.all([
    startSimulator('counter', playing),
    startSimulator('messages', playing),
  ]);
  const databaseUrl = bookUrls(postgres, book).appUrl;
  const environment = { COUNTER_URL: counter.url, MESSAGES_URL: messages.url, BENCH_EMPTY_QUEUE: '1' };
  let prepared: Prepared | undefined;
  const engine = await startEngine({ folder, book, databaseUrl, bundle, environment }, async (temporalAddress) => {
    await makeBook({ adminUrl: postgres, temporalAddress, name: book, kind: 'drill', clockMode: 'real' });
    prepared = await unlessInterrupted(() => prepare(databaseUrl, count, starts));
  });
  const pool = openPool(databaseUrl, 20);
  try {
    const { requests, others } = prepared ?? { requests: [], others: [] };
    await unlessInterrupted(() => measure({ engine, pool, book }, requests, others, tell));
  } finally {
    await endAll(
      () => dropBook(postgres, engine.address, book).catch(() => undefined),
      () => pool.end(),
      engine.stop,
      () => counter.stop(),
      () => messages.stop(),
    );
  }
}

async function measure(
  of: Measured,
  requests: readonly string[],
  others: readonly string[],
  tell: Tell,
): Promise<void> {
  const count = requests.length;
  await startPatiently(() => runEmpty(of, { activities: 1, timers: 0, signals: 0 }));
  const openings = await secondsOf(() => open(of, requests));
  const steps = await usualSteps(of.engine.client, requests);
  const empty = await secondsOf(() => runAllEmpty(of, count, steps));
  tell(`每案 each: ${steps.activities} activities, ${steps.timers} timers, ${steps.signals} signals`);
  tell(`开通 openings: ${count}, ${openings.toFixed(1)} s, ${(count / openings).toFixed(1)} /s`);
  tell(`空流程 empty: ${count}, ${empty.toFixed(1)} s, ${(count / empty).toFixed(1)} /s`);

  const { commit, entered, request, bare } = await compareStarts(of, others);
  tell(`一次提交 one commit of one row, p50: ${commit.toFixed(1)} ms`);
  tell(`受理入库 entered, p50: ${entered.toFixed(1)} ms`);
  tell(`受理并启动 request to durable start, p50: ${request.toFixed(1)} ms`);
  tell(`仅启动 bare start, p50: ${bare.toFixed(1)} ms`);
  tell(`${os.cpus().length} cores, load ${(os.loadavg()[0] ?? 0).toFixed(1)}`);
  for (const line of goalLines(empty / openings, request / bare)) tell(line);
}

interface Prepared {
  readonly requests: readonly string[];
  /** Clients who have asked for nothing yet. */
  readonly others: readonly string[];
}

/** What clients do is done before the worker is there, and what it would send is taken as sent: none of it is measured. */
async function prepare(databaseUrl: string, count: number, starts: number): Promise<Prepared> {
  const pool = openPool(databaseUrl, 20);
  try {
    const clients = await regularClients(pool, count + starts);
    const requests: string[] = [];
    await each(clients.slice(0, count), async (clientNo) => {
      const { requestNo } = await ask(pool, clientNo);
      await goToAgreements(pool, requestNo);
      requests.push(requestNo);
    });
    await pool.query('update outbox set sent_at = business_now() where sent_at is null');
    await pool.query('select start_is_done(message_id) from waiting_starts');
    return { requests, others: clients.slice(count) };
  } finally {
    await pool.end();
  }
}

interface Measured {
  readonly engine: Engine;
  readonly pool: Pool;
  readonly book: string;
}

const idOf = (requestNo: string): string => `permission-opening:HKSC:${requestNo}`;

async function open({ engine: { client }, pool, book }: Measured, requests: readonly string[]): Promise<void> {
  await each(requests, (requestNo) =>
    client.workflow.start('permissionOpening', {
      workflowId: idOf(requestNo),
      taskQueue: `${book}-stories`,
      args: [{ requestNo }],
    }),
  );
  await each(requests, async (requestNo) => {
    await sign(pool, requestNo);
    const { rows } = await pool.query<{ revision: number }>(
      'select revision from permission_requests where request_no = $1',
      [requestNo],
    );
    await client.workflow.getHandle(idOf(requestNo)).signal('requestChanged', rows[0]?.revision);
  });
  const until = Date.now() + WITHIN_MS;
  for (;;) {
    const { rows } = await pool.query<{ opened: number }>(
      `select count(*)::int as opened from permission_requests where state = 'filing' and step = 'callback'`,
    );
    if (rows[0]?.opened === requests.length) return;
    if (Date.now() > until) throw new Error(`${rows[0]?.opened} of ${requests.length} were opened`);
    await sleep(50);
  }
}

/** Medians: how often an opening waits depends on how soon its client went on. */
async function usualSteps(client: Client, requests: readonly string[]): Promise<Steps> {
  const found: Steps[] = [];
  await each(requests, async (requestNo) => found.push(await stepsOf(client, requestNo)));
  const usual = (key: keyof Steps) => Math.round(median(found.map((steps) => steps[key])));
  return { activities: usual('activities'), timers: usual('timers'), signals: usual('signals') };
}

/** What cost the engine something in the history of an opening, as far as it has got. */
async function stepsOf(client: Client, requestNo: string): Promise<Steps> {
  const { events } = await client.workflow.getHandle(idOf(requestNo)).fetchHistory();
  const count = (key: 'activityTaskScheduled' | 'timerStarted' | 'workflowExecutionSignaled') =>
    (events ?? []).filter(
      (event) => event[`${key}EventAttributes`] !== undefined && event[`${key}EventAttributes`] !== null,
    ).length;
  return {
    activities: count('activityTaskScheduled'),
    timers: count('timerStarted'),
    signals: count('workflowExecutionSignaled'),
  };
}

const startEmpty = ({ engine: { client }, book }: Measured, steps: Steps) =>
  client.workflow.start('emptyOpening', {
    workflowId: `empty:${randomUUID()}`,
    taskQueue: `${book}-stories`,
    args: [steps],
  });

async function runEmpty(of: Measured, steps: Steps): Promise<void> {
  await (await startEmpty(of, steps)).result();
}

/** As the openings: all are started, then all are told, then all end. */
async function runAllEmpty(of: Measured, count: number, steps: Steps): Promise<void> {
  const handles: Awaited<ReturnType<typeof startEmpty>>[] = [];
  await each(Array.from({ length: count }), async () => handles.push(await startEmpty(of, steps)));
  await each(handles, async (handle) => {
    for (let nth = 0; nth < steps.signals; nth += 1) await handle.signal('next');
  });
  await Promise.all(handles.map((handle) => handle.result()));
}

/** Medians in milliseconds; one of each kind in turns, so that both meet the same neighbours. */
async function compareStarts(
  of: Measured,
  clients: readonly string[],
): Promise<{ readonly commit: number; readonly entered: number; readonly request: number; readonly bare: number }> {
  const { engine, pool } = of;
  const entered: number[] = [];
  const requests: number[] = [];
  const bare: number[] = [];
  const commits: number[] = [];
  for (const clientNo of clients) {
    let start: MessageToSend | undefined;
    await sleep(REST_MS);
    requests.push(
      await secondsOf(async () => {
        entered.push(await secondsOf(async () => void ({ start } = await ask(pool, clientNo))));
        if (start === undefined) throw new Error(`the request of ${clientNo} was there already`);
        await sendAtOnce(engine.client, start);
      }),
    );
    if (start === undefined) continue;
    // What is written anyhow, and the least that can be kept: one row, one way to the database, one commit.
    const started = start;
    commits.push(await secondsOf(() => noteSent(pool, started)));
    await untilAllWait(engine.client, [start.workflow_id], LOOK_AGAIN_MS);
    await sleep(REST_MS);
    let empty: Awaited<ReturnType<typeof startEmpty>> | undefined;
    bare.push(
      await secondsOf(async () => void (empty = await startEmpty(of, { activities: 1, timers: 0, signals: 0 }))),
    );
    await empty?.result();
  }
  const p50 = (times: readonly number[]) => median(times) * 1_000;
  return { commit: p50(commits), entered: p50(entered), request: p50(requests), bare: p50(bare) };
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return (performance.now() - before) / 1_000;
}

const goalLines = (throughput: number, start: number): readonly string[] => [
  `${throughput >= GOALS.throughput ? '✓' : '✗'} 吞吐量倍数 throughput over the empty process: ${throughput.toFixed(2)} (>= ${GOALS.throughput})`,
  `${start <= GOALS.start ? '✓' : '✗'} 启动倍数 request to durable start over a bare start: ${start.toFixed(2)} (<= ${GOALS.start})`,
];
