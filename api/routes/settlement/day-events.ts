/** What people watch: the stage, the steps and the tasks of a day as server-sent events, looked at once a second. */
import { BusinessError } from '../../../domain/errors';
import { streamChanges, type Part } from '../../event-stream';
import { sidesReadBy } from '../../identity';
import { readSettlementDay, type settlementDay } from '../../reads/settlement-day';
import { dayNotFound } from './settlement-days';
import { route } from '../../route';
import { dayPath } from '../../schemas';
import { z } from '../../zod';

/** A stream ends by itself after an hour, and the client comes back. */
const WATCHING = { everyMs: 1_000, endsAfterMs: 3_600_000, patienceMs: 30_000 };
/** Streams that one process keeps open at once. */
const MOST_STREAMS = 200;

type Day = z.input<typeof settlementDay>;

let open = 0;

export const watchDay = route({
  id: 'watchSettlementDay',
  method: 'get',
  path: '/v1/settlement-days/{channel}/{date}/events',
  tag: 'days',
  summary: {
    zh: '跟看一个交收日：阶段、步骤、任务；凭 Last-Event-ID 续看',
    en: 'Watch a day: stage, steps and tasks as they change; goes on from Last-Event-ID',
  },
  params: dayPath,
  answer: z.string(),
  mediaType: 'text/event-stream',
  refusals: ['NOT_FOUND', 'CHANNEL_UNKNOWN'],
  // What HEAD asks: whether there is something to watch.
  respond: async ({ params, caller }, { prisma }) => {
    const asked = { channel: params.channel, businessDate: params.date };
    if ((await readSettlementDay(prisma, asked, sidesReadBy(caller))) === undefined) throw dayNotFound(asked);
    return { status: 200, body: '' };
  },
  stream: async ({ params, caller }, { prisma }, response) => {
    const asked = { channel: params.channel, businessDate: params.date };
    const look = async () => {
      const day = await readSettlementDay(prisma, asked, sidesReadBy(caller));
      return day === undefined ? undefined : partsOf(day);
    };
    if ((await look()) === undefined) throw dayNotFound(asked);
    if (open >= MOST_STREAMS) throw new BusinessError('TOO_MANY_REQUESTS');
    open += 1;
    try {
      await streamChanges(response, { look, ...WATCHING });
    } finally {
      open -= 1;
    }
  },
});

const partsOf = ({ stage, closedAt, steps, waiting }: Day): readonly Part[] => [
  { kind: 'stage', name: 'stage', content: { stage, closedAt } },
  ...steps.map((step) => ({ kind: 'step', name: `step ${step.step}`, content: step })),
  ...waiting.map((task) => ({
    kind: 'task',
    name: `task ${task.taskId}`,
    content: task,
    gone: { kind: 'task-ended', content: { taskId: task.taskId } },
  })),
];
