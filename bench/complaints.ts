/**
 * `npm run bench -- complaints --count 10000`: open complaints with their clocks, received as intake receives them, acknowledged and started by
 * the outbox; beside them as many bare processes that wait on one timer. Then, with all of them open, how long pages of lists take, and how long after the worker is
 * killed and started again an act of a person is done. It ends with what each goal asks and what was found.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { receiveComplaint } from '../activities/intake/complaints/receive-complaint';
import { dataFolder } from '../cli/places';
import { startPostgres, stopPostgres } from '../prisma/embedded';
import { bookUrls, dropBookDatabase } from '../prisma/migrate';
import { openPool } from '../prisma/pool';
import { startSimulator } from '../simulators/launch';
import { makeBook } from '../worker/book';
import { workflowBundle } from '../worker/workflow-bundle';
import { completeTask } from '../workflows/messages/tasks';
import { clearFolder, startEngineWorker, type Engine, type EngineSpec } from './measure/engine';
import { askedLists, quantile, type AskedList } from './measure/lists';
import {
  bookUrl,
  goalLine,
  measureOpenCases,
  openCaseGoals,
  openCaseLines,
  relationLines,
  slopeTo,
  startBareTimer,
  type StartCase,
} from './measure/open-cases';
import { endAll } from './measure/interrupted';
import { runName } from './measure/run-name';

export interface ComplaintsOptions {
  readonly count: number;
  /** Where the slope begins. */
  readonly from: number;
  /** How often each list is asked. */
  readonly rounds: number;
}

type Tell = (line: string) => void;

const GOALS = { pageMs: 50, restartSeconds: 15 };
const PAGE = 100;

const LISTS: readonly { readonly what: string; readonly as: string; readonly path: string }[] = [
  { what: '在办投诉 open complaints', as: 'service-1', path: '/v1/complaints?open=true' },
  { what: '某渠道 of a channel', as: 'service-1', path: '/v1/complaints?channel=telephone' },
  { what: '某营业部 of a branch', as: 'branch-1001', path: '/v1/complaints?open=true' },
  { what: '待登记 to be registered', as: 'service-1', path: '/v1/tasks?kind=register-complaint' },
  { what: '承诺 promises by due time', as: 'compliance-1', path: '/v1/deadlines?state=running' },
];

export async function benchmarkComplaints({ count, from, rounds }: ComplaintsOptions, tell: Tell): Promise<void> {
  const postgres = await startPostgres(dataFolder());
  const bundle = await workflowBundle(require.resolve('./complaints/stories'));
  const book = runName('complaints');
  const databaseUrl = bookUrl(postgres, book);
  const folder = path.join(dataFolder(), 'complaints');
  const prepare = async (temporalAddress: string) => {
    await makeBook({ adminUrl: postgres, temporalAddress, name: book, kind: 'drill', clockMode: 'real', people: true });
    await lengthenCalendar(bookUrls(postgres, book).ownerUrl);
  };
  // Who is told stands outside: where nobody took messages, each would be tried for ever, and every try is a row.
  const stateDir = path.join(folder, 'simulators');
  clearFolder(stateDir);
  const data = path.resolve(__dirname, '..', 'samples', 'days-a');
  const messages = await startSimulator('messages', { data, inbox: path.join(folder, 'inbox'), stateDir });
  const environment = { MESSAGES_URL: messages.url };
  const of = { folder, book, databaseUrl, bundle, environment, steps: slopeTo(count, from), prepare, tell };
  let lists: readonly AskedList[] = [];
  let restarted: number | undefined;
  try {
    const bare = await measureOpenCases({ ...of, kind: 'bare', start: startBareTimer(book) });
    const complaints = await measureOpenCases({
      ...of,
      kind: 'complaint',
      start: receive,
      untilBegun,
      atLast: async (engine, pool) => {
        const query = (list: string) => `${list}&limit=${PAGE}`;
        lists = await askedLists({
          appUrl: databaseUrl,
          book,
          rounds,
          lists: LISTS.map((list) => ({ ...list, path: query(list.path) })),
        });
        restarted = await restartSeconds(engine, pool, {
          folder: path.join(folder, 'complaint'),
          book,
          databaseUrl,
          bundle,
          environment,
        });
      },
    });
    const pageMs = Math.max(...lists.map(({ times }) => quantile(times, 0.95)));
    for (const line of [
      ...openCaseLines(bare.found, complaints.found),
      ...relationLines(complaints.found),
      ...lists.map(
        ({ what, rows, times }) =>
          `${what}: ${rows} 行 rows, p50 ${quantile(times, 0.5).toFixed(1)} ms, p95 ${quantile(times, 0.95).toFixed(1)} ms`,
      ),
      ...openCaseGoals(bare.found, complaints.found),
      goalLine('最慢清单 95 百分位毫秒 slowest list, 95 of a hundred pages, ms', pageMs, GOALS.pageMs, 1),
      goalLine('工作进程重启至办理秒 killed worker to work, s', restarted ?? Infinity, GOALS.restartSeconds, 1),
      `${os.cpus().length} cores, load ${(os.loadavg()[0] ?? 0).toFixed(1)}`,
    ])
      tell(line);
    const file = path.join(folder, `${book}.json`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      file,
      JSON.stringify(
        { load: os.loadavg()[0], bare: bare.found, complaints: complaints.found, lists, restarted },
        null,
        1,
      ),
    );
    tell(`JSON: ${file}`);
  } finally {
    await endAll(
      () => dropBookDatabase(postgres, book),
      () => messages.stop(),
      () => stopPostgres(dataFolder()),
    );
  }
}

/** Late in a year the holidays of the next are not known yet, and a limit that reaches into it has no answer: here weekends will do. */
async function lengthenCalendar(ownerUrl: string): Promise<void> {
  const pool = openPool(ownerUrl, 1);
  await pool.query(
    `with newest as (select max(version) as version from calendar_versions where calendar = 'CIVIL'),
          longer as (insert into calendar_versions (calendar, version, known_from, known_to, source)
                     select calendar, v.version + 1, known_from, known_to + 730, 'bench' from calendar_versions v join newest using (version)
                      where calendar = 'CIVIL' returning version)
     insert into calendar_days (calendar, version, day, kind, reason, source)
     select d.calendar, d.version + 1, d.day, d.kind, d.reason, d.source from calendar_days d join newest using (version) where d.calendar = 'CIVIL'`,
  );
  await pool.end();
}

/** Received and acknowledged as over HTTP: the outbox starts the process. */
const receive: StartCase = async (_, pool, id) => {
  const nth = Number(id.split(':')[1]);
  const { complaintNo } = await receiveComplaint(pool, {
    key: id,
    channel: nth % 3 === 0 ? 'telephone' : 'letter',
    product: 'southbound',
    category: 'service',
    branch: nth % 2 === 0 ? '1001' : '1002',
    facts: '柜台等候两小时',
    complainant: { name: '某某', contact: '来信地址' },
    by: 'service-1',
    role: 'service',
  });
  return `complaint:${complaintNo}`;
};

/**
 * Waits until the worker's own dispatcher has started all of them, and whoever is told now has been told. Several dispatchers at once would
 * start them too, but a start that comes twice leaves its history behind.
 */
async function untilBegun(pool: Pool): Promise<void> {
  for (;;) {
    const { rowCount } = await pool.query(
      `(select from waiting_messages where kind = 'start' limit 1) union all
       (select from outbox where kind = 'notice' and due_at <= business_now() limit 1)`,
    );
    if (rowCount === 0) return;
    await sleep(500);
  }
}

/** From the start of a new worker, after the old one was killed, to the answer to an act of a person. */
async function restartSeconds(engine: Engine, pool: Pool, spec: EngineSpec): Promise<number> {
  process.kill(engine.workerPid, 'SIGKILL');
  const { rows } = await pool.query<{ task: string; id: string; at: string }>(
    `select task_id::text as task, workflow_id as id, business_now() as at from tasks
      where kind = 'register-complaint' and state in ('open', 'claimed') order by task_id limit 1`,
  );
  const [task] = rows;
  if (task === undefined) throw new Error('no complaint waits to be registered');
  const began = performance.now();
  const worker = await startEngineWorker(spec, engine.address);
  try {
    await engine.client.workflow.getHandle(task.id).executeUpdate(completeTask, {
      args: [
        {
          taskId: task.task,
          revision: 1,
          form: { decision: 'complete' },
          actor: { person: 'service-1', role: 'service' },
          requestId: 'bench',
          at: task.at,
        },
      ],
      updateId: randomUUID(),
    });
    return (performance.now() - began) / 1_000;
  } finally {
    await worker.stop();
  }
}
