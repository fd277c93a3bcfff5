/** What people do with a task that its process hears of: complete it, take back what one made, send back. */
import { holdingOf } from '../../../activities/intake/holding';
import { tagRefusals } from '../../../activities/intake/task-tag';
import { aboutTask, byReference, formByReference } from '../../../activities/intake/typed-texts';
import { isYetToBegin } from '../../../activities/intake/yet-to-begin';
import { BusinessError, byPlace } from '../../../domain/errors';
import { FOUR_EYES_CODES } from '../../../domain/people/four-eyes';
import { CONFLICT_CODES } from '../../../domain/people/role-conflicts';
import { businessNow } from '../../business-now';
import { formFaults } from '../../forms';
import { actingCaller, actorFaults } from '../../four-eyes';
import type { Caller } from '../../identity';
import { fault, faultOfError, refuseIfAny, type Fault } from '../../problems';
import { instantText } from '../../reads/columns';
import { task, taskEtag, taskOf, visibleTask, type TaskRow } from '../../reads/tasks';
import { route, type Answer } from '../../route';
import { onBehalfOf, reason, rowId } from '../../schemas';
import type { TemporalGateway, UpdateState } from '../../temporal-gateway';
import { z } from '../../zod';

export const taskPath = z.strictObject({ taskId: rowId });
export const pathOf = (taskId: string) => `/v1/tasks/${taskId}`;

export const ENDED = ['TASK_NOT_OPEN', 'TASK_RECALLED', 'TASK_RETURNED', 'TASK_WITHDRAWN'] as const;
export const BARRED = ['NOT_FOUND', 'ROLE_MISSING', 'WRONG_SIDE', 'WRONG_BRANCH'] as const;
export const NOT_ALLOWED = [...BARRED, ...FOUR_EYES_CODES, 'CHECKERS_ARE_ONE_PERSON', 'ROLE_RESTRICTED'] as const;
export const BY_DELEGATION = ['DELEGATION_NOT_IN_FORCE', 'DELEGATION_OUT_OF_SCOPE'] as const;
/** What is decided about is not open any more, or too late. */
const SUBJECT_ENDED = [
  'GRANT_NOT_OPEN',
  'ORDER_PLAN_CHANGED',
  'ORDER_NOT_OPEN',
  'ORDER_RECALLED',
  'CHANGE_NOT_OPEN',
  'EFFECTIVE_DATE_PASSED',
  'DEADLINE_NOT_OPEN',
  'EXTENSION_AFTER_LIMIT',
  'EXTENSION_ALREADY_DECIDED',
  'CALENDAR_OUT_OF_RANGE',
  'PERMISSION_NOT_OPEN',
  'PERMISSION_BEING_CLOSED',
  'REQUEST_ENDED',
  'COMMISSION_TOO_EARLY',
  // Of a complaint that is given to somebody.
  'KEPT_OUT_OF_CASE',
] as const;
export const SEEN = ['REVISION_STALE', 'TASK_CLAIMED_BY_ANOTHER'] as const;
const revision = z.int().min(0).openapi({ description: '所见的版本 the revision that was shown' });

export const completeTask = route({
  id: 'completeTask',
  method: 'post',
  path: '/v1/tasks/{taskId}/completion',
  tag: 'tasks',
  summary: { zh: '完成任务（含复核）', en: 'Complete a task, approvals included' },
  params: taskPath,
  body: z.strictObject({
    revision,
    form: z.record(z.string(), z.unknown()).openapi({ type: 'object', additionalProperties: true }),
    onBehalfOf,
  }),
  answer: task,
  ifMatch: true,
  statuses: [200, 202],
  refusals: [
    ...NOT_ALLOWED,
    ...ENDED,
    ...SEEN,
    ...BY_DELEGATION,
    'APPROVAL_STALE',
    ...SUBJECT_ENDED,
    // Of a role that is granted or approved.
    'GRANT_NEEDS_OTHER_HANDS',
    'GRANT_OVERLAPS',
    'PERSON_LEFT',
    ...CONFLICT_CODES,
    'AMOUNT_NOT_TEXT',
    'TEMPORAL_UNAVAILABLE',
  ],
  respond: async ({ params, body, caller, requestId, idempotencyKey, ifMatch }, services) => {
    const { prisma, pool, temporal } = services;
    const acting = await actingCaller(pool, caller, body.onBehalfOf);
    const row = await visibleTask(prisma, acting, params.taskId);
    const { now } = await businessNow(pool);
    const updateId = `${caller.person}:${idempotencyKey}`;
    const before = await takenBefore(temporal, row, { person: caller.person, updateId });
    if (before !== undefined) return answerOf(row, before);
    refuseInOrder([
      ...formFaults(row.task_forms.form, body.form),
      ...shownFaults(row, { revision: body.revision, ifMatch }),
      ...endFaults(row),
      ...(await holderFaults(services, row, acting)),
      ...(await actorFaults(pool, acting, row)),
    ]);
    const wasYetToBegin = await isYetToBegin(pool, row.workflow_id);
    const state = await temporal.completeTask(row.workflow_id, updateId, {
      taskId: params.taskId,
      revision: body.revision,
      form: await formByReference(pool, aboutTask(params.taskId), row.task_forms.form, body.form),
      actor: actorOf(acting, row),
      requestId,
      at: now,
    });
    requireBegun(wasYetToBegin, state);
    return answerOf(await visibleTask(prisma, acting, params.taskId), state);
  },
});

export const returnTask = route({
  id: 'returnTask',
  method: 'post',
  path: '/v1/tasks/{taskId}/return-to-maker',
  tag: 'tasks',
  summary: { zh: '复核人退回经办人重新经办', en: 'The checker sends it back to its maker, with a reason' },
  params: taskPath,
  body: z.strictObject({ revision, reason, onBehalfOf }),
  answer: task,
  ifMatch: true,
  statuses: [200, 202],
  refusals: [...NOT_ALLOWED, ...ENDED, ...SEEN, ...BY_DELEGATION, 'TASK_HAS_NO_MAKER', 'TEMPORAL_UNAVAILABLE'],
  respond: async ({ params, body, caller, requestId, idempotencyKey, ifMatch }, services) => {
    const { prisma, pool, temporal } = services;
    const acting = await actingCaller(pool, caller, body.onBehalfOf);
    const row = await visibleTask(prisma, acting, params.taskId);
    const { now } = await businessNow(pool);
    const updateId = `${caller.person}:${idempotencyKey}`;
    const before = await takenBefore(temporal, row, { person: caller.person, updateId });
    if (before !== undefined) return answerOf(row, before);
    refuseInOrder([
      ...shownFaults(row, { revision: body.revision, ifMatch }),
      ...endFaults(row),
      ...(row.made_by === null ? [fault('TASK_HAS_NO_MAKER', { task: params.taskId })] : []),
      ...(await holderFaults(services, row, acting)),
      ...(await actorFaults(pool, acting, row)),
    ]);
    const wasYetToBegin = await isYetToBegin(pool, row.workflow_id);
    const state = await temporal.returnTask(row.workflow_id, updateId, {
      taskId: params.taskId,
      revision: body.revision,
      reason: await byReference(pool, aboutTask(params.taskId), 'reason', body.reason),
      actor: actorOf(acting, row),
      requestId,
      at: now,
    });
    requireBegun(wasYetToBegin, state);
    return answerOf(await visibleTask(prisma, acting, params.taskId), state);
  },
});

export const recallTask = route({
  id: 'recallTask',
  method: 'post',
  path: '/v1/tasks/{taskId}/recall',
  tag: 'tasks',
  summary: { zh: '经办人撤回待复核事项', en: 'The maker recalls what waits for approval' },
  params: taskPath,
  body: z.strictObject({ reason }),
  answer: task,
  ifMatch: true,
  statuses: [200, 202],
  refusals: [...BARRED, 'ONLY_MAKER_RECALLS', ...ENDED, 'REVISION_STALE', 'TEMPORAL_UNAVAILABLE'],
  respond: async ({ params, body, caller, requestId, idempotencyKey, ifMatch }, { prisma, pool, temporal }) => {
    const row = await visibleTask(prisma, caller, params.taskId);
    const updateId = `${caller.person}:${idempotencyKey}`;
    const before = await takenBefore(temporal, row, { person: caller.person, updateId });
    if (before !== undefined) return answerOf(row, before);
    refuseInOrder([
      ...(row.made_by === caller.person ? [] : [fault('ONLY_MAKER_RECALLS', { task: params.taskId })]),
      ...endFaults(row),
      ...tagRefusals(row, ifMatch).map(faultOfError),
    ]);
    const { now } = await businessNow(pool);
    const wasYetToBegin = await isYetToBegin(pool, row.workflow_id);
    const state = await temporal.recallTask(row.workflow_id, updateId, {
      taskId: params.taskId,
      // Of several roles that a person holds it is the one in which the work was made.
      actor: { person: caller.person, role: row.role },
      reason: await byReference(pool, aboutTask(params.taskId), 'reason', body.reason),
      requestId,
      at: now,
    });
    requireBegun(wasYetToBegin, state);
    return answerOf(await visibleTask(prisma, caller, params.taskId), state);
  },
});

export const whoOf = ({ person: key, onBehalfOf: principal }: Caller) => ({
  person: key,
  ...(principal === undefined ? {} : { onBehalfOf: principal }),
});
const actorOf = (acting: Caller, { role }: TaskRow) => ({ ...whoOf(acting), role });

/** A task may stand before its process does, as was asked before it was told: whoever does it in between is told to come back. */
function requireBegun(wasYetToBegin: boolean, state: UpdateState): void {
  if (state === 'gone' && wasYetToBegin) throw new BusinessError('TEMPORAL_UNAVAILABLE');
}

/** The task as it stands now; where the process has not answered in time, with the place to ask again. */
export function answerOf(row: TaskRow, state: UpdateState): Answer<z.input<typeof task>> {
  const taskId = String(row.task_id);
  if (state === 'gone') throw new BusinessError('TASK_NOT_OPEN', { task: taskId });
  const late = state === 'under way';
  return {
    status: late ? 202 : 200,
    tentative: late,
    location: pathOf(taskId),
    etag: taskEtag(row),
    body: taskOf(row),
  };
}

const refuseInOrder = (faults: readonly Fault[]): void =>
  refuseIfAny([...faults].sort((a, b) => byPlace(a.code, b.code)));

/**
 * A task that has ended by the very act that is sent again: that act answers as it did, and is not refused for what it did itself. A task
 * keeps who ended it, so the process is asked by that person only, who is told to come back where nothing is heard; the others are refused at once.
 */
async function takenBefore(
  temporal: TemporalGateway,
  row: TaskRow,
  { person: acting, updateId }: { readonly person: string; readonly updateId: string },
): Promise<UpdateState | undefined> {
  if (ended.safeParse(row.outcome).data?.by?.person !== acting) return undefined;
  return temporal.takenBefore(row.workflow_id, updateId);
}

/** Two people may have looked at different revisions: nobody decides on what was not shown. */
function shownFaults(
  row: TaskRow,
  shown: { readonly revision: number; readonly ifMatch: string | undefined },
): readonly Fault[] {
  if (shown.revision !== row.revision)
    return [fault('REVISION_STALE', { shown: shown.revision, current: row.revision }, 'revision')];
  return tagRefusals(row, shown.ifMatch).map(faultOfError);
}

/** Of a task that has ended it does not matter any more who had taken it. */
async function holderFaults(
  { pool }: { readonly pool: Parameters<typeof holdingOf>[0] },
  row: TaskRow,
  acting: Caller,
): Promise<readonly Fault[]> {
  const { task_id: id, claimed_by: holder } = row;
  if (row.state !== 'claimed') return [];
  const { refusals } = await holdingOf(pool, { task_id: String(id), state: 'claimed', claimed_by: holder }, acting);
  return refusals.map(faultOfError);
}

const ended = z.object({ result: z.string(), by: z.object({ person: z.string() }).optional() });

function endFaults(row: TaskRow): readonly Fault[] {
  if (row.state === 'open' || row.state === 'claimed') return [];
  const details = { task: String(row.task_id), endedAt: instantText(row.done_at) };
  switch (ended.safeParse(row.outcome).data?.result) {
    case 'recalled':
      return [fault('TASK_RECALLED', details)];
    case 'returned':
      return [fault('TASK_RETURNED', details)];
    case 'withdrawn':
      return [fault('TASK_WITHDRAWN', details)];
    default:
      return [fault('TASK_NOT_OPEN', details)];
  }
}
