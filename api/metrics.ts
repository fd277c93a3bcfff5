/** What Prometheus reads: requests by route and status, and what waits in the book. */
import type { RequestHandler } from 'express';
import type { Pool } from 'pg';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Metrics of one process. Labels are route names, statuses and roles: never a person, an account or a path. */
export function openMetrics(pool: Pool): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'southbound_tasks_open',
    help: 'Tasks that wait for a person, by role and side',
    labelNames: ['role', 'side'],
    registers: [registry],
    async collect() {
      const { rows } = await pool.query<{ role: string; side: string; waiting: number }>(
        `select role, coalesce(side::text, 'none') as side, count(*)::int as waiting
           from tasks where state in ('open', 'claimed') group by role, side`,
      );
      this.reset();
      for (const { role, side, waiting } of rows) this.set({ role, side }, waiting);
    },
  });
  new Gauge({
    name: 'southbound_outbox_unsent',
    help: 'Messages not sent yet, by kind',
    labelNames: ['kind'],
    registers: [registry],
    async collect() {
      const { rows } = await pool.query<{ kind: string; unsent: number }>(
        'select kind, count(*)::int as unsent from outbox where sent_at is null group by kind',
      );
      this.reset();
      for (const { kind, unsent } of rows) this.set({ kind }, unsent);
    },
  });
  new Gauge({
    name: 'southbound_settlement_days_open',
    help: 'Settlement days that are not closed, by stage',
    labelNames: ['stage'],
    registers: [registry],
    async collect() {
      const { rows } = await pool.query<{ stage: string; days: number }>(
        'select stage, count(*)::int as days from settlement_days where closed_at is null group by stage',
      );
      this.reset();
      for (const { stage, days } of rows) this.set({ stage }, days);
    },
  });
  return registry;
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
