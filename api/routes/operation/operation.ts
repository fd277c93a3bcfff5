/** For those who run the system: is it alive, can it work, how is it doing. */
import type { Pool } from 'pg';
import { hasAllMigrations } from '../../../prisma/migrate';
import { route } from '../../route';
import { z } from '../../zod';

export const readLiveness = route({
  id: 'readLiveness',
  method: 'get',
  path: '/health/live',
  tag: 'operation',
  summary: { zh: '进程存活', en: 'The process is alive' },
  answer: z.strictObject({ alive: z.literal(true) }),
  respond: () => Promise.resolve({ status: 200, body: { alive: true as const } }),
});

const part = z.enum(['up', 'down']);

export const readReadiness = route({
  id: 'readReadiness',
  method: 'get',
  path: '/health/ready',
  tag: 'operation',
  summary: {
    zh: '数据库、其结构版本、时钟与流程引擎可用',
    en: 'Database, its migrations, its clock and the process engine are as they must be',
  },
  answer: z
    .strictObject({ ready: z.boolean(), database: part, migrations: part, clock: part, temporal: part })
    .openapi('Readiness'),
  statuses: [200, 503],
  respond: async (_, { pool, temporal }) => {
    const holds = (asked: Promise<boolean>) => asked.catch(() => false);
    const [database, migrations, clock, engine] = await Promise.all([
      holds(pool.query('select 1').then(() => true)),
      holds(hasAllMigrations(pool)),
      holds(clocksAgree(pool)),
      temporal.answers(),
    ]);
    const ready = database && migrations && clock && engine;
    const said = (isUp: boolean) => (isUp ? ('up' as const) : ('down' as const));
    return {
      status: ready ? 200 : 503,
      body: {
        ready,
        database: said(database),
        migrations: said(migrations),
        clock: said(clock),
        temporal: said(engine),
      },
    };
  },
});

const CLOCKS_APART_AT_MOST_SECONDS = 5;

/** Tokens are judged by this machine's clock, deadlines by the database's: they must be one. The book's clock must be set. */
async function clocksAgree(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ apart: number; now: string | null }>(
    'select abs(extract(epoch from clock_timestamp()) - $1)::float8 as apart, business_now() as now',
    [Date.now() / 1_000],
  );
  const [read] = rows;
  return read !== undefined && read.now !== null && read.apart <= CLOCKS_APART_AT_MOST_SECONDS;
}

export const readMetrics = route({
  id: 'readMetrics',
  method: 'get',
  path: '/metrics',
  tag: 'operation',
  summary: { zh: 'Prometheus 指标', en: 'Metrics for Prometheus' },
  answer: z.string(),
  mediaType: 'text/plain',
  respond: async (_, { metrics }) => ({ status: 200, body: await metrics.metrics() }),
});
