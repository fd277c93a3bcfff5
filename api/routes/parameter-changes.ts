/** Changes of dated terms: ask with a reason, see what it touches, change or recall it until it is decided. */
import { askParameterChange, reviseParameterChange, workflowIdOf } from '../../activities/intake/ask-parameter-change';
import {
  listParameterChanges,
  parameterChangeIn,
  readParameterChange,
  type ParameterChange,
} from '../../activities/intake/read-parameter-change';
import { aboutTask, byReference } from '../../activities/intake/typed-texts';
import { BusinessError } from '../../domain/errors';
import { TERM_KINDS, VALUED_KINDS } from '../../domain/terms/change-of-terms';
import { asOf, queryAsOf } from '../as-of';
import { businessNow } from '../business-now';
import { idKey, keyOfCursor, pageOf as page } from '../cursors';
import { actingCaller } from '../four-eyes';
import { fault, refuseIfAny } from '../problems';
import { route, type Answer } from '../route';
import { bilingual, businessDate, instant, onBehalfOf, pageOf, pageQuery, reason, rowId } from '../schemas';
import type { Services } from '../services';
import { z } from '../zod';

const changePath = z.strictObject({ changeId: rowId });
const pathOf = (changeId: string) => `/v1/parameter-changes/${changeId}`;
const state = z.enum(['awaiting approval', 'approved', 'in force', 'refused', 'recalled', 'withdrawn']);
const values = z.record(z.string(), z.string().max(40).nullable()).openapi({
  type: 'object',
  additionalProperties: { type: ['string', 'null'] },
  description:
    '新值，文本 new values as text; parameter: value; fee_rate: rate, flat_hkd, minimum_hkd, maximum_hkd, rounding; calendar: 日期 days, OPEN | HALF | CLOSED; restricted_list: version',
  example: { value: '09:50:00' },
});

const changeLine = z
  .strictObject({
    changeId: rowId,
    kind: z.enum(TERM_KINDS),
    code: z.string(),
    part: z.string(),
    oldValues: values,
    newValues: values,
    effectiveOn: z.string().openapi({ format: 'date' }),
    reason: z.string(),
    risk: z.string(),
    revision: z.number().int(),
    state,
    madeBy: z.string(),
    madeFor: z.string().nullable(),
    madeRole: z.string(),
    madeAt: instant,
    approvedBy: z.string().nullable(),
    workflowId: z.string(),
  })
  .openapi('ParameterChangeLine');

export const change = changeLine
  .extend({
    preview: z.strictObject({
      readBy: bilingual,
      process: z.string(),
      runningDays: z.array(z.string()).openapi({ description: '已在进行的流程 processes that run already' }),
      firstNewDay: z.string().openapi({ format: 'date' }),
      rows: z.array(z.strictObject({ values, validFrom: z.string(), validTo: z.string().nullable() })),
      calendar: z
        .strictObject({
          version: z.number().int(),
          open: z.number().int().openapi({ description: '依此日历的未结承诺 open promises that rest on it' }),
          moved: z.number().int(),
          lines: z.array(
            z.strictObject({ businessKey: z.string(), workflowId: z.string(), dueBefore: instant, dueAfter: instant }),
          ),
        })
        .nullable()
        .openapi({ description: '日历：哪些承诺改期（前百条） of a calendar: which promises move, the first hundred' }),
      restrictedList: z
        .strictObject({
          sha256: z.string(),
          added: z.number().int(),
          removed: z.number().int(),
          unchanged: z.number().int(),
          clientsAdded: z.number().int(),
          clientsRemoved: z.number().int(),
          firstAdded: z.array(z.string()),
          firstRemoved: z.array(z.string()),
        })
        .nullable()
        .openapi({
          description:
            '限制名单：与所替换版本的差异，涉及的客户只列编号（前百名） of a list of restricted persons: its difference to the version that it takes the place of, clients by number only, the first hundred',
        }),
      ownRows: z.array(z.string()).openapi({ description: '另有本通道取值的通道 channels with a value of their own' }),
    }),
  })
  .strict()
  .openapi('ParameterChange');

const lineOf = (of: Omit<ParameterChange, 'preview'>): z.input<typeof changeLine> => ({
  changeId: of.changeId,
  kind: of.kind,
  code: of.code,
  part: of.part,
  oldValues: { ...of.oldValues },
  newValues: { ...of.newValues },
  effectiveOn: of.effectiveOn,
  reason: of.reason,
  risk: of.risk,
  revision: of.revision,
  state: state.parse(of.state),
  madeBy: of.madeBy,
  madeFor: of.madeFor ?? null,
  madeRole: of.madeRole,
  madeAt: of.madeAt,
  approvedBy: of.approvedBy,
  workflowId: workflowIdOf(of.changeId),
});

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
  const { preview } = found;
  const rows = preview.rows.map((row) => ({ ...row, values: { ...row.values } }));
  return {
    status,
    body: {
      ...lineOf(found),
      preview: {
        ...preview,
        calendar: calendarOf(preview.calendar),
        restrictedList: listOf(preview.restrictedList),
        runningDays: [...preview.runningDays],
        ownRows: [...preview.ownRows],
        rows,
      },
    },
    ...(status === 202 ? { location: pathOf(changeId) } : {}),
  };
}

const listOf = (preview: ParameterChange['preview']['restrictedList']) =>
  preview === null
    ? null
    : { ...preview, firstAdded: [...preview.firstAdded], firstRemoved: [...preview.firstRemoved] };

const calendarOf = (preview: ParameterChange['preview']['calendar']) =>
  preview === null ? null : { ...preview, lines: preview.lines.map((line) => ({ ...line })) };

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
      where: { workflow_id: workflowId, state: { in: ['open', 'claimed'] } },
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
