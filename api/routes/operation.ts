/** For those who run the system: is it alive, can it work, how is it doing. */
import { route } from '../route';
import { z } from '../zod';

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
  summary: { zh: '数据库与流程引擎可用', en: 'Database and process engine answer' },
  answer: z.strictObject({ ready: z.boolean(), database: part, temporal: part }).openapi('Readiness'),
  statuses: [200, 503],
  respond: async (_, { pool, temporal }) => {
    const [database, engine] = await Promise.all([
      pool.query('select 1').then(
        () => true,
        () => false,
      ),
      temporal.answers(),
    ]);
    const ready = database && engine;
    const body = { ready, database: database ? 'up' : 'down', temporal: engine ? 'up' : 'down' } as const;
    return { status: ready ? 200 : 503, body };
  },
});

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
