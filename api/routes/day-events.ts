/**
 * What people watch: the stage, the steps and the tasks of a day as server-sent events. The database is looked at once
 * a second; what changed since the last look is sent. A stream ends by itself after an hour, and the client comes back.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { BusinessError } from '../../domain/errors';
import { sidesReadBy } from '../identity';
import { readSettlementDay, type settlementDay } from '../reads/settlement-day';
import { dayNotFound } from './settlement-days';
import { route } from '../route';
import { dayPath } from '../schemas';
import { z } from '../zod';

const LOOK_EVERY_MS = 1_000;
const STREAM_ENDS_AFTER_MS = 3_600_000;
const HEARTBEAT_EVERY_LOOKS = 15;
/** Streams that one process keeps open at once. */
const MOST_STREAMS = 200;

type Day = z.input<typeof settlementDay>;

let open = 0;

export const watchDay = route({
  id: 'watchSettlementDay',
  method: 'get',
  path: '/v1/settlement-days/{channel}/{date}/events',
  tag: 'days',
  summary: { zh: '跟看一个交收日：阶段、步骤、任务', en: 'Watch a day: stage, steps and tasks as they change' },
  params: dayPath,
  answer: z.string(),
  mediaType: 'text/event-stream',
  refusals: ['NOT_FOUND', 'CHANNEL_UNKNOWN'],
  respond: () => Promise.resolve({ status: 200, body: '' }),
  stream: async ({ params, caller }, { prisma }, response) => {
    const asked = { channel: params.channel, businessDate: params.date };
    const sides = sidesReadBy(caller);
    const first = await readSettlementDay(prisma, asked, sides);
    if (first === undefined) throw dayNotFound(asked);
    if (open >= MOST_STREAMS) throw new BusinessError('TOO_MANY_REQUESTS');
    open += 1;
    try {
      const left = new AbortController();
      response.on('close', () => left.abort());
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      const ends = performance.now() + STREAM_ENDS_AFTER_MS;
      let before: Day | undefined;
      let now: Day | undefined = first;
      for (let look = 1; !left.signal.aborted && performance.now() < ends; look += 1) {
        for (const event of now === undefined ? [] : changes(before, now)) response.write(event);
        before = now;
        if (look % HEARTBEAT_EVERY_LOOKS === 0) response.write(': \n\n');
        await sleep(LOOK_EVERY_MS, undefined, { signal: left.signal }).catch(() => undefined);
        if (!left.signal.aborted) now = await readSettlementDay(prisma, asked, sides);
      }
      response.end();
    } finally {
      open -= 1;
    }
  },
});

/** Events from one look to the next: everything at first, then what is new or different. */
function changes(before: Day | undefined, now: Day): string[] {
  const events: string[] = [];
  if (before?.stage !== now.stage || before.closedAt !== now.closedAt) {
    events.push(eventOf('stage', { stage: now.stage, closedAt: now.closedAt }));
  }
  const steps = new Map(before?.steps.map((step) => [step.step, JSON.stringify(step)]));
  for (const step of now.steps) {
    if (steps.get(step.step) !== JSON.stringify(step)) events.push(eventOf('step', step));
  }
  const tasks = new Map(before?.waiting.map((task) => [task.taskId, JSON.stringify(task)]));
  for (const task of now.waiting) {
    if (tasks.get(task.taskId) !== JSON.stringify(task)) events.push(eventOf('task', task));
    tasks.delete(task.taskId);
  }
  for (const taskId of tasks.keys()) events.push(eventOf('task-ended', { taskId }));
  return events;
}

const eventOf = (event: string, content: unknown): string => `event: ${event}\ndata: ${JSON.stringify(content)}\n\n`;
