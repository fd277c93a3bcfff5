/** Changes of dated terms: ask with a reason, see what it touches, change or recall it until it is decided. */
import {
  askParameterChange,
  reviseParameterChange,
  workflowIdOf,
} from '../../../activities/intake/ask-parameter-change';
import {
  listParameterChanges,
  parameterChangeIn,
  readParameterChange,
} from '../../../activities/intake/read-parameter-change';
import { aboutTask, byReference } from '../../../activities/intake/typed-texts';
import { BusinessError } from '../../../domain/errors';
import { VALUED_KINDS } from '../../../domain/terms/change-of-terms';
import { asOf, queryAsOf } from '../../as-of';
import { businessNow } from '../../business-now';
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { actingCaller } from '../../four-eyes';
import { fault, refuseIfAny } from '../../problems';
import { ofItsTasks } from '../../reads/tasks';
import { change, changeOf, changeLine, lineOf, state, values } from '../../reads/parameter-changes';
import { route, type Answer } from '../../route';
import { businessDate, onBehalfOf, pageOf, pageQuery, reason, rowId } from '../../schemas';
import type { Services } from '../../services';
import { z } from '../../zod';

const changePath = z.strictObject({ changeId: rowId });
const pathOf = (changeId: string) => `/v1/parameter-changes/${changeId}`;
export async function answerOf(
  services: Pick<Services, 'pool'>,
  changeId: string,
  status: 200 | 202,
  at?: string,
): Promise<Answer<z.input<typeof change>>> {
  const found =
    at === undefined
      ? await readParameterChange(services)({ changeId })
      : await queryAsOf(services, at, (sql) => parameterChangeIn(sql, changeId));
  const body = changeOf(found);
  return status === 202 ? { status, body, location: pathOf(changeId) } : { status, body };
}

export const REFUSALS = [
  'CALENDAR_OUT_OF_RANGE',
  'TERM_UNKNOWN',
  'TERM_NOT_READ',
  'EFFECTIVE_DATE_PASSED',
  'TERM_BEGINS_THEN',
  'TERM_CHANGES_LATER',
  'VALUE_UNCHANGED',
  'CHANGE_PENDING',
  'DELEGATION_NOT_IN_FORCE',
] as const;

export const askChange = route({
  id: 'askParameterChange',
  method: 'post',
  path: '/v1/parameter-changes',
  tag: 'parameters',
  summary: { zh: '提请变更参数或费率', en: 'Ask for another value of a parameter or rate' },
  body: z.strictObject({
    kind: z.enum(VALUED_KINDS),
    code: z.string().min(1).max(60),
    channel: z
      .enum(['', 'SH', 'SZ'])
      .default('')
      .openapi({ description: '参数的通道，空为各通道通用 channel of a parameter, empty: every one without its own' }),
    values,
    effectiveOn: businessDate,
    reason,
    onBehalfOf,
  }),
  answer: change,
  statuses: [202],
  refusals: REFUSALS,
  respond: async ({ body, caller, requestId, idempotencyKey }, services) => {
    const { channel, onBehalfOf: principal, ...asked } = body;
    await actingCaller(services.pool, caller, principal);
    const taken = await askParameterChange(services)({
      ...asked,
      part: asked.kind === 'parameter' ? channel : '',
      actor: { person: caller.person, onBehalfOf: principal },
      requestKey: idempotencyKey,
      requestId,
    });
    if ('refusals' in taken) refuseIfAny(taken.refusals.map(faultOf));
    else {
      // Where Temporal is away the outbox's own loop starts it later.
      await services.dispatchSignals().catch(() => undefined);
      return answerOf(services, taken.changeId, 202);
    }
    throw new RangeError('a change was neither taken nor refused');
  },
});

export const reviseChange = route({
  id: 'reviseParameterChange',
  method: 'post',
  path: '/v1/parameter-changes/{changeId}/revisions',
  tag: 'parameters',
  summary: { zh: '修改尚未复核的变更', en: 'Change what was asked for, until it is decided' },
  params: changePath,
  body: z.strictObject({ values, effectiveOn: businessDate, reason }),
  answer: change,
  statuses: [202],
  refusals: ['NOT_FOUND', 'ONLY_MAKER_RECALLS', 'CHANGE_NOT_OPEN', ...REFUSALS],
  respond: async ({ params, body, caller, requestId, idempotencyKey }, services) => {
    const taken = await reviseParameterChange(services)({
      ...body,
      changeId: params.changeId,
      actor: { person: caller.person },
      requestKey: idempotencyKey,
      requestId,
    });
    if ('refusals' in taken) refuseIfAny(taken.refusals.map(faultOf));
    await services.dispatchSignals().catch(() => undefined);
    return answerOf(services, params.changeId, 202);
  },
});

export const recallChange = route({
  id: 'recallParameterChange',
  method: 'post',
  path: '/v1/parameter-changes/{changeId}/recall',
  tag: 'parameters',
  summary: { zh: '撤回尚未复核的变更', en: 'Recall a change until it is decided' },
  params: changePath,
  body: z.strictObject({ reason }),
  answer: change,
  statuses: [200, 202],
  refusals: ['NOT_FOUND', 'ONLY_MAKER_RECALLS', 'CHANGE_NOT_OPEN', 'TASK_NOT_OPEN', 'TEMPORAL_UNAVAILABLE'],
  respond: async ({ params, body, caller, requestId, idempotencyKey }, services) => {
    const { prisma, pool, temporal } = services;
    const { changeId } = params;
    const found = await readParameterChange({ pool })({ changeId });
    const workflowId = workflowIdOf(changeId);
    if (found.madeBy !== caller.person) throw new BusinessError('ONLY_MAKER_RECALLS', { task: workflowId });
    const task = await prisma.tasks.findFirst({
      where: { ...(await ofItsTasks(prisma, workflowId)), state: { in: ['open', 'claimed'] } },
      orderBy: { task_id: 'desc' },
    });
    const updateId = `${caller.person}:${idempotencyKey}`;
    // Recalled by this very act, which is sent again: it answers as it did. Of a change that ended otherwise there is nothing to ask.
    const before = async () =>
      found.state === 'recalled' ? await temporal.takenBefore(workflowId, updateId) : undefined;
    const sent =
      task === null
        ? await before()
        : await temporal.recallTask(workflowId, updateId, {
            taskId: String(task.task_id),
            actor: { person: caller.person, role: found.madeRole },
            reason: await byReference(pool, aboutTask(task.task_id), 'reason', body.reason),
            requestId,
            at: (await businessNow(pool)).now,
          });
    if (sent === undefined || sent === 'gone')
      throw new BusinessError('CHANGE_NOT_OPEN', { change: changeId, state: found.state });
    const answer = await answerOf(services, changeId, sent === 'under way' ? 202 : 200);
    return { ...answer, tentative: sent === 'under way' };
  },
});

export const listChanges = route({
  id: 'listParameterChanges',
  method: 'get',
  path: '/v1/parameter-changes',
  tag: 'parameters',
  summary: { zh: '参数变更，最新在前', en: 'Changes of parameters, newest first' },
  query: z.strictObject({ state: state.optional(), ...pageQuery }),
  answer: pageOf(changeLine),
  respond: async ({ query }, { pool }) => {
    const [before = '9223372036854775807'] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const rows = await listParameterChanges(pool, { before, limit: query.limit + 1, state: query.state });
    return { status: 200, body: page(rows, query.limit, ({ changeId }) => [changeId], lineOf) };
  },
});

export const readChange = route({
  id: 'readParameterChange',
  method: 'get',
  path: '/v1/parameter-changes/{changeId}',
  tag: 'parameters',
  summary: { zh: '一项变更及其影响', en: 'One change with what it touches' },
  params: changePath,
  query: z.strictObject({ 'as-of': asOf }),
  answer: change,
  refusals: ['NOT_FOUND'],
  respond: ({ params, query }, services) => answerOf(services, params.changeId, 200, query['as-of']),
});

const faultOf = ({
  code,
  details,
}: {
  readonly code: BusinessError['code'];
  readonly details: BusinessError['details'];
}) => fault(code, details, typeof details['field'] === 'string' ? details['field'] : null);
