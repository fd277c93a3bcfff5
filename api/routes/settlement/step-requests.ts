/** Steps of an open evening held, repeated or aborted by hand, with the approval of a supervisor. */
import { askStepRequest } from '../../../activities/intake/ask-step-request';
import { FUNDING_PLAN, STEP_ACTS, STEPS_BY_HAND } from '../../../domain/settlement/step-acts';
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { route } from '../../route';
import { businessDate, dayPath, instant, pageOf, pageQuery, reason, rowId } from '../../schemas';
import { z } from '../../zod';

const act = z
  .enum(STEP_ACTS)
  .openapi({ description: '暂停、重做、中止 hold, repeat (take back and do again), abort (take back and hold)' });

export const askStepRequestRoute = route({
  id: 'askStepRequest',
  method: 'post',
  path: '/v1/settlement-days/{channel}/{date}/step-requests',
  tag: 'days',
  summary: {
    zh: '申请暂停、重做或中止晚间步骤，或重做晨间头寸计划，由主管审批',
    en: 'Ask to hold, repeat or abort a step of the evening, or to repeat the funding plan; a supervisor approves',
  },
  params: dayPath,
  body: z.strictObject({
    step: z
      .string()
      .min(1)
      .max(60)
      .openapi({ description: [FUNDING_PLAN, ...STEPS_BY_HAND].join(', ') }),
    act,
    reason,
  }),
  answer: z.strictObject({ stepRequestId: rowId }).openapi('AskedStepRequest'),
  statuses: [202],
  refusals: [
    'CHANNEL_UNKNOWN',
    'DAY_NOT_STARTED',
    'DAY_CLOSED',
    'STEP_UNKNOWN',
    'STEP_NOT_BY_HAND',
    'FUNDING_PLAN_OVER',
    'STEP_ALREADY_DONE',
    'STEP_NOT_RUN',
    'STEP_REQUEST_PENDING',
  ],
  respond: async ({ params, body, caller, requestId, idempotencyKey }, { pool }) => {
    const asked = await askStepRequest(pool, {
      ...body,
      channel: params.channel,
      businessDate: params.date,
      key: `${caller.person}:${idempotencyKey}`,
      by: caller.person,
      role: 'operations',
      requestId,
    });
    const location = `/v1/settlement-days/${params.channel}/${params.date}/step-requests`;
    return { status: 202, location, body: asked };
  },
});

const line = z
  .strictObject({
    stepRequestId: rowId,
    businessDate,
    step: z.string(),
    act,
    reason: z.string(),
    state: z.enum(['awaiting approval', 'approved', 'refused', 'recalled']),
    madeBy: z.string(),
    madeAt: instant,
    approvedBy: z.string().nullable(),
    appliedAt: instant.nullable(),
  })
  .openapi('StepRequest');

export const listStepRequests = route({
  id: 'listStepRequests',
  method: 'get',
  path: '/v1/settlement-days/{channel}/{date}/step-requests',
  tag: 'days',
  summary: { zh: '当日的步骤申请', en: 'What was asked of the steps of a day' },
  params: dayPath,
  query: z.strictObject({ ...pageQuery }),
  answer: pageOf(line).openapi('StepRequests'),
  refusals: ['CHANNEL_UNKNOWN'],
  respond: async ({ params, query }, { pool }) => {
    const [after = '0'] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const { rows } = await pool.query<z.input<typeof line>>(
      `select request_id::text as "stepRequestId", business_date::text as "businessDate", step, act, reason, state, made_by as "madeBy",
              made_at as "madeAt", approved_by as "approvedBy", applied_at as "appliedAt"
       from step_requests where channel = $1 and business_date = $2 and request_id > $3::bigint order by request_id limit $4`,
      [params.channel, params.date, after, query.limit + 1],
    );
    return {
      status: 200,
      body: page(
        rows,
        query.limit,
        ({ stepRequestId }) => [stepRequestId],
        (row) => row,
      ),
    };
  },
});
