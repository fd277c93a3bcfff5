/** Any process, now or as it was: whether it is open, its tasks, what of its promises has come due. */
import { BusinessError } from '../../../domain/errors';
import { asOf, readAsOf, type Tables } from '../../as-of';
import { etagOf } from '../../etag';
import { refuseKeptFrom } from '../../reads/kept-from';
import { ladderRung, rungOf } from '../../reads/settlement-day';
import { ofItsTasks, taskLine, taskLineOf } from '../../reads/tasks';
import { route } from '../../route';
import { instant } from '../../schemas';
import { z } from '../../zod';

const ended = z
  .enum(['completed', 'failed', 'cancelled', 'terminated', 'timed out', 'not found'])
  .nullable()
  .openapi({ description: '如何结束 how its last run ended' });

const processState = z
  .strictObject({
    workflowId: z.string(),
    type: z.string(),
    businessKey: z.string(),
    closed: z.boolean(),
    ended,
    registeredAt: instant,
    tasks: z.array(taskLine),
    ladder: z.array(ladderRung),
  })
  .openapi('Process');

export const readProcess = route({
  id: 'readProcess',
  method: 'get',
  path: '/v1/processes/{workflowId}',
  tag: 'operation',
  summary: {
    zh: '一个流程：是否在进行、待办、时限；可按时刻回看',
    en: 'One process: whether it is open, its tasks and its ladder; also as it was at an instant',
  },
  params: z.strictObject({
    workflowId: z.string().min(1).max(200).openapi({ example: 'settlement-day:SH:2025-06-23' }),
  }),
  query: z.strictObject({ 'as-of': asOf }),
  answer: processState,
  etag: true,
  refusals: ['NOT_FOUND'],
  respond: async ({ params, query, caller }, services) => {
    const { workflowId } = params;
    await refuseKeptFrom(services.pool, caller, workflowId, notFound(workflowId));
    const found = await readAsOf(services, query['as-of'], (tables) => processOf(tables, workflowId));
    if (found === undefined) throw new BusinessError('NOT_FOUND', notFound(workflowId));
    return { status: 200, body: found, etag: etagOf(found) };
  },
});

const notFound = (workflowId: string) => ({ what: '流程 process', key: workflowId });

async function processOf(tables: Tables, workflowId: string): Promise<z.input<typeof processState> | undefined> {
  const found = await tables.processes.findUnique({ where: { workflow_id: workflowId } });
  if (found === null) return undefined;
  const tasks = await tables.tasks.findMany({
    where: await ofItsTasks(tables, workflowId),
    orderBy: { task_id: 'asc' },
    include: { task_titles: true },
  });
  const rungs = await tables.ladder_rungs.findMany({
    where: { workflow_id: workflowId },
    orderBy: [{ due_at: 'asc' }, { ladder: 'asc' }, { rung: 'asc' }, { subject: 'asc' }],
  });
  return {
    workflowId,
    type: found.type,
    businessKey: workflowId.slice(workflowId.indexOf(':') + 1),
    closed: found.closed,
    ended: ended.parse(found.ended),
    registeredAt: found.registered_at.toISOString(),
    tasks: tasks.map(taskLineOf),
    ladder: rungs.map(rungOf),
  };
}
