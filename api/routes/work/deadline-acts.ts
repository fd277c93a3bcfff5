/** What people do to a promise that runs, of whatever process: stop its clock with a reason, let it run again, ask for more time. */
import { askDeadlineExtension, resumeDeadlineClock, stopDeadlineClock } from '../../../activities/intake/deadline-acts';
import { actingCaller } from '../../four-eyes';
import { deadline } from '../../reads/deadlines';
import { deadlineSeen } from '../../reads/deadlines-seen';
import { route } from '../../route';
import { onBehalfOf, reason, rowId } from '../../schemas';
import { z } from '../../zod';

const deadlinePath = z.strictObject({ deadlineId: rowId });
const pathOf = (deadlineId: string) => `/v1/deadlines/${deadlineId}`;

const REFUSALS = [
  'NOT_FOUND',
  'ROLE_MISSING',
  'WRONG_SIDE',
  'WRONG_BRANCH',
  'ROLE_RESTRICTED',
  'MAKER_FRONT_AND_BACK_OFFICE',
  'MAKER_OPERATIONS_AND_TECHNOLOGY',
  'DELEGATION_NOT_IN_FORCE',
  'DELEGATION_OUT_OF_SCOPE',
  'DEADLINE_NOT_OPEN',
  'DEADLINE_FIXED',
  'REVISION_STALE',
] as const;

export const stopClock = route({
  id: 'stopDeadlineClock',
  method: 'post',
  path: '/v1/deadlines/{deadlineId}/stops',
  tag: 'tasks',
  summary: {
    zh: '中止计时（等待他人，累计有上限）',
    en: 'Stop the clock while others must act, for so many days in all',
  },
  params: deadlinePath,
  body: z.strictObject({ reason, onBehalfOf }),
  answer: deadline,
  ifMatch: true,
  refusals: [...REFUSALS, 'STOP_AFTER_LIMIT', 'CLOCK_ALREADY_STOPPED', 'STOP_BOUND_REACHED'],
  respond: async ({ params, body, caller, requestId, ifMatch }, services) => {
    const acting = await actingCaller(services.pool, caller, body.onBehalfOf);
    await stopDeadlineClock(services)({ ...params, ...actOf(body), by: caller.person, requestId, ifMatch });
    await services.dispatchSignals().catch(() => undefined);
    return { status: 200, ...(await deadlineSeen(services, acting, { ...params, requestId })) };
  },
});

export const resumeClock = route({
  id: 'resumeDeadlineClock',
  method: 'post',
  path: '/v1/deadlines/{deadlineId}/resumption',
  tag: 'tasks',
  summary: { zh: '恢复计时', en: 'Let the clock run again' },
  params: deadlinePath,
  body: z.strictObject({ reason, onBehalfOf }),
  answer: deadline,
  ifMatch: true,
  refusals: [...REFUSALS, 'CLOCK_NOT_STOPPED'],
  respond: async ({ params, body, caller, requestId, ifMatch }, services) => {
    const acting = await actingCaller(services.pool, caller, body.onBehalfOf);
    await resumeDeadlineClock(services)({ ...params, ...actOf(body), by: caller.person, requestId, ifMatch });
    await services.dispatchSignals().catch(() => undefined);
    return { status: 200, ...(await deadlineSeen(services, acting, { ...params, requestId })) };
  },
});

export const askExtension = route({
  id: 'askDeadlineExtension',
  method: 'post',
  path: '/v1/deadlines/{deadlineId}/extensions',
  tag: 'tasks',
  summary: {
    zh: '申请延期：由另一人在期限届满前复核（待办 approve-extension）',
    en: 'Ask for more time: a second person decides before the limit, by a task',
  },
  params: deadlinePath,
  body: z.strictObject({
    further: z.int().min(1).max(366).openapi({
      description: '再加若干，单位同原期限 so many more of what the limit counts: days, or hours of the desk',
    }),
    reason,
    onBehalfOf,
  }),
  answer: deadline,
  ifMatch: true,
  statuses: [202],
  refusals: [...REFUSALS, 'EXTENSION_AFTER_LIMIT', 'EXTENSION_ALREADY_ASKED'],
  respond: async ({ params, body, caller, requestId, ifMatch }, services) => {
    const acting = await actingCaller(services.pool, caller, body.onBehalfOf);
    const { further: furtherN } = body;
    const act = { ...params, ...actOf(body), by: caller.person, requestId, ifMatch };
    await askDeadlineExtension(services)({ ...act, furtherN });
    // Where Temporal is away the outbox's own loop starts the process later.
    await services.dispatchSignals().catch(() => undefined);
    const found = await deadlineSeen(services, acting, { ...params, requestId });
    return { status: 202, ...found, location: pathOf(params.deadlineId) };
  },
});

const actOf = ({
  reason: why,
  onBehalfOf: principal,
}: {
  readonly reason: string;
  readonly onBehalfOf?: string | undefined;
}) => ({
  reason: why,
  onBehalfOf: principal,
});
