/**
 * `npm run bench -- tasks`: how long people wait for a page of their list when very many tasks lie in the book. Rows are copied in, the
 * list is asked over HTTP with real tokens, and each figure stands beside a bare select of as many rows by an index.
 */
import os from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg, { type Pool } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { loadReference } from '../activities/books/load-reference';
import { loadRehearsalPeople } from '../activities/books/load-rehearsal-people';
import { dataFolder } from '../cli/places';
import { startPostgres, stopPostgres } from '../prisma/embedded';
import { bookUrls, dropBookDatabase, migrate } from '../prisma/migrate';
import { openPool } from '../prisma/pool';
import { endAll, unlessInterrupted } from './measure/interrupted';
import { askedLists, quantile, times, type AskedList, type Times } from './measure/lists';
import { aligned } from './report';

export interface TasksOptions {
  readonly tasks: number;
  /** How often each list is asked. */
  readonly rounds: number;
}

type Tell = (line: string) => void;

const PAGE = 100;
const DATABASE = 'bench_tasks';
const NOW = '2025-06-23T02:00:00.000Z';
/** Of a thousand tasks so many still wait; the others are history. */
const WAITING_OF_1000 = 100;

const LISTS: readonly { readonly what: string; readonly as: string; readonly query: string }[] = [
  { what: '本人待办 own list', as: 'ops-client-1', query: '' },
  { what: '其后一页 a page further on', as: 'ops-client-1', query: '&dueFrom=2025-06-24T00:00:00Z' },
  { what: '逾期 overdue', as: 'ops-client-1', query: '&overdue=true' },
  { what: '未认领的某类 unclaimed of a kind', as: 'ops-client-1', query: '&holder=nobody&kind=approve-order' },
  { what: '本人持有 held by me', as: 'ops-client-1', query: '&holder=me' },
  { what: '标题两字 two characters of a title', as: 'ops-client-1', query: `&text=${encodeURIComponent('划付')}` },
  { what: '业务编号 a business key', as: 'ops-client-1', query: '&text=bench:123051' },
  { what: '业务编号开头 start of a business key', as: 'ops-client-1', query: '&text=bench:1230' },
  { what: '标题数词 words of a title', as: 'ops-client-1', query: '&text=funding%20order' },
  { what: '查无此文 text of no task', as: 'ops-client-1', query: `&text=${encodeURIComponent('查无此项')}` },
  { what: '已完成 done', as: 'ops-client-1', query: '&state=done' },
  { what: '某流程 of one process', as: 'supervisor-1', query: '&scope=all&process=bench:20' },
  { what: '主管全部 all, for a supervisor', as: 'supervisor-1', query: '&scope=all' },
  {
    what: '主管查找 a title, for a supervisor',
    as: 'supervisor-1',
    query: `&scope=all&text=${encodeURIComponent('佣金')}`,
  },
];

/** How many wait, by role, side and state: every row that waits is counted. */
const COUNTS = [
  { what: '本人待办件数 how many of the own list', as: 'ops-client-1', path: '/v1/task-counts' },
  { what: '主管全部件数 how many of all, for a supervisor', as: 'supervisor-1', path: '/v1/task-counts?scope=all' },
];

export async function benchmarkTasks({ tasks, rounds }: TasksOptions, tell: Tell): Promise<void> {
  const dir = dataFolder();
  const adminUrl = await startPostgres(dir);
  try {
    await dropBookDatabase(adminUrl, DATABASE);
    await migrate(adminUrl, DATABASE);
    const { appUrl, ownerUrl } = bookUrls(adminUrl, DATABASE);
    const pool = openPool(appUrl, 2);
    try {
      await pool.query(
        `insert into business_clock (book_name, book_kind, mode, now) values ($1, 'test', 'manual', $2)`,
        [DATABASE, NOW],
      );
      await loadReference(pool);
      await loadRehearsalPeople(pool);
      const began = performance.now();
      await unlessInterrupted(() => copyTasks(ownerUrl, tasks));
      tell(`${tasks} 项任务 tasks, ${((performance.now() - began) / 1_000).toFixed(0)} s (COPY, analyze)`);
      const bare = await unlessInterrupted(() => bareSelect(pool, rounds));
      const lists = await unlessInterrupted(() =>
        askedLists({
          appUrl,
          book: DATABASE,
          rounds,
          lists: [
            ...LISTS.map(({ what, as, query }) => ({ what, as, path: `/v1/tasks?limit=${PAGE}${query}` })),
            ...COUNTS,
          ],
        }),
      );

      tell(`每项 ${rounds} 次，每页至多 ${PAGE} 行 each ${rounds} times, at most ${PAGE} rows`);
      for (const line of tableOf(bare, lists)) tell(line);
      tell(`${os.cpus().length} cores, load ${(os.loadavg()[0] ?? 0).toFixed(1)}`);
    } finally {
      await endAll(
        () => dropBookDatabase(adminUrl, DATABASE),
        () => pool.end(),
      );
    }
  } finally {
    await stopPostgres(dir);
  }
}

const KINDS = [
  { kind: 'approve-order', zh: '复核：划付资金', en: 'approve: move the money' },
  { kind: 'make-funding-order', zh: '经办划付指令', en: 'make the funding order' },
  { kind: 'make-commission-order', zh: '经办佣金划转', en: 'move the commission' },
  { kind: 'explain-break', zh: '说明对账差异', en: 'explain the break' },
  { kind: 'call-client', zh: '回访客户', en: 'call the client back' },
] as const;
const PLACES = [
  { role: 'operations', side: 'client' },
  { role: 'finance', side: 'proprietary' },
  { role: 'operations', side: '\\N' },
  { role: 'compliance', side: '\\N' },
  { role: 'service', side: '\\N' },
] as const;
const COLUMNS =
  'other_key, workflow_id, kind, title_id, role, side, due_at, form_id, form_version, facts_told, revision, state, claimed_by, opened_at, done_at';

async function copyTasks(ownerUrl: string, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ form: number; titles: readonly number[] }>(
      `select task_form('{"type":"object"}') as form,
              array(select task_title(zh, en) from unnest($1::text[], $2::text[]) with ordinality t (zh, en, place) order by place) as titles`,
      [KINDS.map(({ zh }) => zh), KINDS.map(({ en }) => en)],
    );
    const [{ form, titles } = { form: 0, titles: [] }] = rows;
    await pipeline(
      Readable.from(rowsOf(count, form, titles)),
      client.query(copyFrom(`copy tasks (${COLUMNS}) from stdin`)),
    );
    await client.query('vacuum analyze tasks, task_titles');
  } finally {
    await client.end();
  }
}

/** One minute between the due times of two tasks that wait; those that wait are spread over the whole table. */
function* rowsOf(count: number, formId: number, titles: readonly number[]): Generator<string> {
  const now = Date.parse(NOW);
  const waiting = Math.ceil((count * WAITING_OF_1000) / 1_000);
  let nth = 0;
  for (let place = 0; place < count; place += 1) {
    const waits = place % 1_000 < WAITING_OF_1000;
    if (waits) nth += 1;
    const { kind } = KINDS[place % KINDS.length]!;
    const { role, side } = PLACES[Math.floor(place / KINDS.length) % PLACES.length]!;
    // A tenth of what waits is overdue.
    const due = waits ? now + (nth - waiting / 10) * 60_000 : now - (place % 500_000) * 60_000;
    const claimed = waits && place % 4 === 0;
    const at = new Date(due).toISOString();
    const fields = [
      `bench:${place}`,
      `bench:${Math.floor(place / 50)}`,
      kind,
      String(titles[place % KINDS.length]),
      role,
      side,
      at,
    ];
    const rest = [
      ...[String(formId), '1', '{"amount":"3028765.43"}', '1', waits ? (claimed ? 'claimed' : 'open') : 'done'],
      ...[claimed ? `ops-client-${(place % 8) / 4 + 1}` : '\\N', NOW, waits ? '\\N' : at],
    ];
    yield `${[...fields, ...rest].join('\t')}\n`;
  }
}

/** As many rows of the same columns by an index, without rights, filters and HTTP: what a page costs at least. */
const bareSelect = (pool: Pool, rounds: number): Promise<Times> =>
  times(rounds, async () => {
    await pool.query(
      `select task_id, kind, title_id, role, side, due_at, state, claimed_by, revision, opened_at from tasks
        where role = 'operations' and side = 'client' and state in ('open', 'claimed')
        order by coalesce(due_at, 'infinity'), task_id limit ${PAGE}`,
    );
  });

function tableOf(bare: Times, lists: readonly AskedList[]): readonly string[] {
  const floor = quantile(bare, 0.5);
  const line = (what: string, rows: number, taken: Times) => [
    what,
    String(rows),
    quantile(taken, 0.5).toFixed(1),
    quantile(taken, 0.99).toFixed(1),
    (quantile(taken, 0.5) / floor).toFixed(1),
  ];
  return aligned([
    ['清单 list', '行 rows', 'p50 ms', 'p99 ms', '倍数 x bare'],
    line('仅按索引查询 bare select by an index', PAGE, bare),
    ...lists.map(({ what, rows, times: taken }) => line(what, rows, taken)),
  ]);
}
