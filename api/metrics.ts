/** What Prometheus reads: requests by route and status, and what waits in the book. */
import type { RequestHandler } from 'express';
import type { Pool } from 'pg';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

interface Reading {
  readonly name: string;
  readonly help: string;
  /** Columns of the query besides `value`. Roles, kinds, states and spans of age: never a person, an account or a path. */
  readonly labels: readonly string[];
  readonly sql: string;
}

/** How long something has waited, in few words: ages on the business clock. */
const ageOf = (column: string): string => `case
  when business_now() - ${column} < interval '1 hour' then 'under 1 h'
  when business_now() - ${column} < interval '4 hours' then 'under 4 h'
  when business_now() - ${column} < interval '1 day' then 'under 1 d'
  when business_now() - ${column} < interval '3 days' then 'under 3 d'
  else 'over 3 d' end`;

/** Read anew at every scrape; each looks at what is open, so that none grows with the years. */
const READINGS: readonly Reading[] = [
  {
    name: 'southbound_tasks_open',
    help: 'Tasks that wait for a person, by role, side and age',
    labels: ['role', 'side', 'age'],
    sql: `select role, coalesce(side::text, 'none') as side, ${ageOf('opened_at')} as age, count(*)::int as value
            from tasks where state in ('open', 'claimed') group by 1, 2, 3`,
  },
  {
    name: 'southbound_deadlines_open',
    help: 'Promises that have not ended, by state and whether the limit has passed',
    labels: ['state', 'limit'],
    sql: `select state, case when due_at <= business_now() then 'passed' else 'ahead' end as limit, count(*)::int as value
            from deadlines where ended_at is null group by 1, 2`,
  },
  {
    name: 'southbound_outbox_unsent',
    help: 'Messages not sent yet, by kind, state and age',
    labels: ['kind', 'state', 'age'],
    sql: `select kind, state, ${ageOf('created_at')} as age, count(*)::int as value
            from (select kind, state, created_at from outbox where sent_at is null and kind = 'notice'
                     and (due_at is not null or state not in ('queued', 'sent', 'delivered'))
                  union all select kind, 'queued', created_at from waiting_messages) unsent group by 1, 2, 3`,
  },
  {
    name: 'southbound_dispatcher_lag_seconds',
    help: 'Age of the oldest start or signal that Temporal was not told of; 0: none waits',
    labels: [],
    sql: `select coalesce(extract(epoch from business_now() - min(created_at)), 0)::float8 as value
            from waiting_messages`,
  },
  {
    name: 'southbound_audit_unsealed_seconds',
    help: 'Age of the oldest audit row behind the newest seal; 0: all are sealed',
    labels: [],
    sql: `select greatest(0, coalesce(extract(epoch from clock_timestamp() - min(recorded_at)), 0))::float8 as value
            from audit where seq > coalesce((select highest_seq from audit_seals order by seal_no desc limit 1), 0)`,
  },
  {
    name: 'southbound_idempotency_under_way',
    help: 'Writes whose answer is not known yet; stale: their process is gone',
    labels: ['state'],
    sql: `select case when created_at < clock_timestamp() - interval '2 minutes' then 'stale' else 'fresh' end as state,
                 count(*)::int as value
            from idempotency where status is null and created_at > '-infinity' group by 1`,
  },
  {
    name: 'southbound_idempotency_oldest_seconds',
    help: 'Age of the oldest answer kept: above the term where nobody forgets',
    labels: [],
    sql: `select coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8 as value
            from idempotency where created_at > '-infinity'`,
  },
  {
    name: 'southbound_settlement_days_open',
    help: 'Settlement days that are not closed, by stage',
    labels: ['stage'],
    sql: 'select stage, count(*)::int as value from settlement_days where closed_at is null group by stage',
  },
];

/** Metrics of one process. Without its database it still tells of itself, and that the database is away. */
export function openMetrics(pool: Pool): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  // Before the readings, which take a connection themselves.
  new Gauge({
    name: 'southbound_database_connections',
    help: 'Connections of this process, and requests that wait for one',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
      this.set({ state: 'idle' }, pool.idleCount);
      this.set({ state: 'waiting' }, pool.waitingCount);
    },
  });
  const inTurn = oneAtATime();
  for (const reading of READINGS) addReading(registry, reading, (sql) => inTurn(() => pool.query<Row>(sql)));
  new Gauge({
    name: 'southbound_database_up',
    help: '1 while the database answers',
    registers: [registry],
    async collect() {
      this.set(
        await pool.query('select 1').then(
          () => 1,
          () => 0,
        ),
      );
    },
  });
  return registry;
}

type Row = Record<string, string | number>;

/** A scrape takes one connection, however much it reads: requests come first. */
function oneAtATime(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

function addReading(
  registry: Registry,
  { name, help, labels, sql }: Reading,
  read: (sql: string) => Promise<{ readonly rows: readonly Row[] }>,
): void {
  new Gauge({
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
    async collect() {
      const rows = await read(sql).then(
        (result) => result.rows,
        () => [],
      );
      this.reset();
      for (const { value, ...of } of rows) this.set(of, Number(value));
    },
  });
}

/** Times every request under the name of its route. */
export function countRequests(registry: Registry): RequestHandler {
  const seconds = new Histogram({
    name: 'southbound_http_request_seconds',
    help: 'Requests by route, status and refusal code',
    labelNames: ['route', 'status', 'code'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.3, 1, 3, 10],
    registers: [registry],
  });
  return (_, response, next) => {
    const done = seconds.startTimer();
    response.on('finish', () => {
      const locals: Record<string, unknown> = response.locals;
      const text = (value: unknown) => (typeof value === 'string' ? value : '');
      done({ route: text(locals['route']), status: response.statusCode, code: text(locals['code']) });
    });
    next();
  };
}
