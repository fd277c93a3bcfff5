/** One action on many tasks: asked for with the count that was seen, worked row by row, with a result for each. */
import { createHash } from 'node:crypto';
import { knownBulk, makeBulk, retryBulk as retry, type BulkAction } from '../../../activities/intake/task-bulks';
import { canonicalJson } from '../../../domain/canonical-json';
import { BusinessError } from '../../../domain/errors';
import { keyOfCursor, idKey, pageOf as page } from '../../cursors';
import { actingCaller } from '../../four-eyes';
import { holdsAnyOf, READS_BOTH_SIDES, type Caller } from '../../identity';
import { taskFilter } from '../../reads/task-filter';
import { listedTasks, readableTaskIds } from '../../reads/task-list';
import { route } from '../../route';
import { bilingual, instant, onBehalfOf, pageOf, pageQuery, person, reason, rowId } from '../../schemas';
import type { Services } from '../../services';
import { z } from '../../zod';

const path = z.strictObject({ bulkId: rowId });

const bulk = z
  .strictObject({
    bulkId: rowId,
    action: z.enum(['claim', 'release', 'assign', 'complete']),
    madeBy: z.string(),
    madeAt: instant,
    count: z.number().int(),
    waiting: z.number().int(),
    done: z.number().int(),
    refused: z.number().int(),
    failed: z.number().int(),
  })
  .openapi('TaskBulk');

const bulkRow = z
  .strictObject({
    place: z.number().int(),
    taskId: rowId,
    state: z.enum(['waiting', 'done', 'refused', 'failed']),
    attempt: z.number().int(),
    code: z.string().nullable(),
    sentence: bilingual.nullable(),
    doneAt: instant.nullable(),
  })
  .openapi('TaskBulkRow');

const action = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('claim') }),
  z.strictObject({ action: z.literal('release') }),
  z.strictObject({ action: z.literal('assign'), to: person, reason }),
  z.strictObject({
    action: z.literal('complete'),
    form: z.record(z.string(), z.unknown()).openapi({ type: 'object', additionalProperties: true }),
  }),
]);

export const makeTaskBulk = route({
  id: 'makeTaskBulk',
  method: 'post',
  path: '/v1/task-bulks',
  tag: 'tasks',
  summary: {
    zh: '批量办理：清单即时冻结，笔数须与所见一致',
    en: 'One action on many tasks: the list is frozen now and must count what was seen',
  },
  body: z.strictObject({
    asked: action,
    taskIds: z.array(rowId).max(10_000).optional().openapi({ description: '或 filter; or filter' }),
    filter: taskFilter.optional().openapi({ description: '即时按此筛选冻结 frozen to the tasks that it finds now' }),
    count: z.int().min(1).openapi({ description: '所见笔数 how many were seen' }),
    onBehalfOf,
  }),
  answer: bulk,
  statuses: [202],
  refusals: [
    'NOT_FOUND',
    'BULK_TOO_LARGE',
    'BULK_COUNT_DIFFERS',
    'BULK_NOT_ALLOWED',
    'BULK_FORMS_DIFFER',
    'DELEGATION_NOT_IN_FORCE',
  ],
  respond: async ({ body, caller, requestId, idempotencyKey }, services) => {
    const acting = await actingCaller(services.pool, caller, body.onBehalfOf);
    const asking = {
      person: caller.person,
      requestKey: idempotencyKey,
      requestSha256: createHash('sha256').update(canonicalJson(body)).digest('hex'),
    };
    const bulkId =
      (await knownBulk(services.pool, asking)) ??
      (await makeBulk(services)({
        ...asking,
        onBehalfOf: body.onBehalfOf,
        requestId,
        asked: body.asked satisfies BulkAction,
        taskIds: await frozenList(services, acting, body),
      }));
    return { status: 202, location: `/v1/task-bulks/${bulkId}`, body: await bulkOf(services, bulkId) };
  },
});

/** The tasks that the list holds at this moment, each once; refused unless they are as many as were seen. */
async function frozenList(
  { pool, bulkRowsAtMost: limit }: Services,
  caller: Caller,
  asked: {
    readonly taskIds?: readonly string[] | undefined;
    readonly filter?: z.output<typeof taskFilter> | undefined;
    readonly count: number;
  },
): Promise<readonly string[]> {
  const { taskIds, filter, count } = asked;
  if ((taskIds === undefined) === (filter === undefined))
    throw new BusinessError('INPUT_INVALID', { field: 'taskIds', reason: 'taskIds | filter' });
  const given = [...new Set(taskIds)];
  const found =
    filter === undefined
      ? await readableTaskIds(pool, caller, given)
      : (await listedTasks(pool, caller, { scope: 'mine', filter, limit: limit + 1 })).map(({ line }) => line.taskId);
  const missing = given.find((taskId) => !found.includes(taskId));
  if (missing !== undefined) throw new BusinessError('NOT_FOUND', { what: '任务 task', key: missing });
  if (found.length > limit) throw new BusinessError('BULK_TOO_LARGE', { limit, count: Math.max(found.length, count) });
  if (found.length !== count) throw new BusinessError('BULK_COUNT_DIFFERS', { shown: count, current: found.length });
  return found;
}

export const readTaskBulk = route({
  id: 'readTaskBulk',
  method: 'get',
  path: '/v1/task-bulks/{bulkId}',
  tag: 'tasks',
  summary: { zh: '批量办理的进度', en: 'How far a bulk has come' },
  params: path,
  answer: bulk,
  refusals: ['NOT_FOUND'],
  respond: async ({ params, caller }, services) => {
    await refuseStranger(services, caller, params.bulkId);
    return { status: 200, body: await bulkOf(services, params.bulkId) };
  },
});

export const listTaskBulkRows = route({
  id: 'listTaskBulkRows',
  method: 'get',
  path: '/v1/task-bulks/{bulkId}/rows',
  tag: 'tasks',
  summary: { zh: '批量办理逐项结果', en: 'The result of each task of a bulk' },
  params: path,
  query: z.strictObject({ state: bulkRow.shape.state.optional(), ...pageQuery }),
  answer: pageOf(bulkRow),
  refusals: ['NOT_FOUND'],
  respond: async ({ params, query, caller }, services) => {
    await refuseStranger(services, caller, params.bulkId);
    const [after = '0'] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const { rows } = await services.pool.query<z.input<typeof bulkRow>>(
      `select place, task_id::text as "taskId", state, attempt, code, sentence, done_at as "doneAt" from task_bulk_rows
        where bulk_id = $1 and place > $2 and ($3::text is null or state = $3) order by place limit $4`,
      [params.bulkId, after, query.state ?? null, query.limit + 1],
    );
    return {
      status: 200,
      body: page(
        rows,
        query.limit,
        ({ place }) => [String(place)],
        (row) => row,
      ),
    };
  },
});

export const retryTaskBulk = route({
  id: 'retryTaskBulk',
  method: 'post',
  path: '/v1/task-bulks/{bulkId}/retry',
  tag: 'tasks',
  summary: { zh: '重试未办成的各项', en: 'Try again what was not done, and nothing else' },
  params: path,
  answer: bulk,
  statuses: [202],
  refusals: ['NOT_FOUND', 'BULK_UNDER_WAY', 'BULK_NOTHING_TO_RETRY'],
  respond: async ({ params, caller, requestId }, services) => {
    await refuseStranger(services, caller, params.bulkId, true);
    await retry(services)({ ...params, person: caller.person, requestId });
    return { status: 202, location: `/v1/task-bulks/${params.bulkId}`, body: await bulkOf(services, params.bulkId) };
  },
});

/** A bulk is its maker's; those who read both sides may look at it. */
async function refuseStranger({ pool }: Services, caller: Caller, bulkId: string, makerOnly = false): Promise<void> {
  const { rows } = await pool.query<{ made_by: string }>('select made_by from task_bulks where bulk_id = $1', [bulkId]);
  const reads = rows[0]?.made_by === caller.person || (!makerOnly && holdsAnyOf(caller, READS_BOTH_SIDES));
  if (rows[0] === undefined || !reads) throw new BusinessError('NOT_FOUND', { what: '批量 bulk', key: bulkId });
}

async function bulkOf({ pool }: Services, bulkId: string): Promise<z.input<typeof bulk>> {
  const { rows } = await pool.query<z.input<typeof bulk>>(
    `select b.bulk_id::text as "bulkId", b.action, b.made_by as "madeBy", b.made_at as "madeAt", b.row_count as count,
            (count(*) filter (where r.state = 'waiting'))::int as waiting, (count(*) filter (where r.state = 'done'))::int as done,
            (count(*) filter (where r.state = 'refused'))::int as refused, (count(*) filter (where r.state = 'failed'))::int as failed
       from task_bulks b join task_bulk_rows r using (bulk_id) where b.bulk_id = $1 group by b.bulk_id`,
    [bulkId],
  );
  const [row] = rows;
  if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '批量 bulk', key: bulkId });
  return row;
}
