/** Settlement postponed by notice: entered, approved by a supervisor, taken back (A4 §40). */
import {
  askPostponement,
  askPostponementWithdrawal,
  POSTPONEMENT_CAUSES,
} from '../../../activities/intake/postpone-settlement';
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { route } from '../../route';
import { businessDate, channel, instant, pageOf, pageQuery, reason, rowId } from '../../schemas';
import { z } from '../../zod';

const cause = z
  .enum(POSTPONEMENT_CAUSES)
  .openapi({ description: '台风、单边假日、半日市、公告休市 weather, one-sided holiday, half day, closure by notice' });

const line = z
  .strictObject({
    postponementId: rowId,
    channel: z.string(),
    from: businessDate,
    to: businessDate,
    cause,
    notice: z.string(),
    state: z.enum(['awaiting approval', 'approved', 'refused', 'recalled', 'withdrawn']),
    madeBy: z.string(),
    madeAt: instant,
    approvedBy: z.string().nullable(),
    withdrawnBy: z.string().nullable(),
  })
  .openapi('SettlementPostponement');

export const listPostponements = route({
  id: 'listPostponements',
  method: 'get',
  path: '/v1/settlement-postponements',
  tag: 'days',
  summary: { zh: '交收推迟，最新在前', en: 'Postponements of settlement, newest first' },
  query: z.strictObject({ ...pageQuery }),
  answer: pageOf(line),
  respond: async ({ query }, { pool }) => {
    const [before = null] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const { rows } = await pool.query<z.input<typeof line>>(
      `select postponement_id::text as "postponementId", channel, postponed_from::text as "from", postponed_to::text as "to", cause, notice,
              state, made_by as "madeBy", made_at as "madeAt", approved_by as "approvedBy", withdrawn_by as "withdrawnBy"
       from settlement_postponements where ($1::bigint is null or postponement_id < $1) order by postponement_id desc limit $2`,
      [before, query.limit + 1],
    );
    return {
      status: 200,
      body: page(
        rows,
        query.limit,
        (row) => [row.postponementId],
        (row) => row,
      ),
    };
  },
});

export const askPostponementRoute = route({
  id: 'askPostponement',
  method: 'post',
  path: '/v1/settlement-postponements',
  tag: 'days',
  summary: {
    zh: '登记交收推迟公告，由主管审批',
    en: 'Enter a notice that postpones settlement; a supervisor approves',
  },
  body: z.strictObject({ channel, from: businessDate, to: businessDate, cause, notice: reason }),
  answer: z.strictObject({ postponementId: rowId }).openapi('AskedPostponement'),
  statuses: [202],
  refusals: [
    'CALENDAR_OUT_OF_RANGE',
    'POSTPONEMENT_BACKWARDS',
    'POSTPONED_TO_NO_SETTLEMENT_DAY',
    'POSTPONEMENT_TOO_LATE',
    'POSTPONEMENT_AFTER_BATCH',
    'POSTPONEMENT_OVERLAPS',
  ],
  respond: async ({ body, caller, requestId, idempotencyKey }, { pool }) => {
    const asked = await askPostponement(pool, {
      ...body,
      key: `${caller.person}:${idempotencyKey}`,
      by: caller.person,
      role: 'operations',
      requestId,
    });
    return { status: 202, location: '/v1/settlement-postponements', body: asked };
  },
});

export const withdrawPostponementRoute = route({
  id: 'withdrawPostponement',
  method: 'post',
  path: '/v1/settlement-postponements/{postponementId}/withdrawal',
  tag: 'days',
  summary: {
    zh: '登记公告撤回，由主管审批，恢复原定交收日',
    en: 'The notice is taken back: with the approval of a supervisor everything is due again as the files said',
  },
  params: z.strictObject({ postponementId: rowId }),
  body: z.strictObject({ reason }),
  answer: z.strictObject({ postponementId: rowId, withdrawalId: rowId }).openapi('AskedPostponementWithdrawal'),
  statuses: [202],
  refusals: ['NOT_FOUND', 'POSTPONEMENT_NOT_IN_FORCE', 'POSTPONEMENT_WITHDRAWAL_PENDING', 'POSTPONEMENT_TOO_LATE'],
  respond: async ({ params, body, caller, requestId, idempotencyKey }, { pool }) => {
    const { postponementId } = params;
    const { withdrawalId } = await askPostponementWithdrawal(pool, {
      postponementId,
      reason: body.reason,
      key: `${caller.person}:${idempotencyKey}`,
      by: caller.person,
      role: 'operations',
      requestId,
    });
    return { status: 202, location: '/v1/settlement-postponements', body: { postponementId, withdrawalId } };
  },
});
