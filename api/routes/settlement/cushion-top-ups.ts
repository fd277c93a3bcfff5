/** The cushion as it stands, and what finance adds to it (A4 §28). */
import { askCushionTopUp, withdrawCushionTopUp } from '../../../activities/intake/cushion-top-ups';
import { parseAmount, yuan } from '../../../domain/money';
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { route } from '../../route';
import { businessDate, channel, instant, money, pageOf, pageQuery, reason, rowId } from '../../schemas';
import { z } from '../../zod';

const line = z
  .strictObject({
    topUpId: rowId,
    channel: z.string(),
    businessDate,
    origin: z
      .enum(['alarm', 'finance'])
      .openapi({ description: '由告警或由财务提出 asked for by the alarm or by finance' }),
    amount: money.openapi({
      description: '申请金额；告警提出的为建议最低金额 asked for; of the alarm the least advised',
    }),
    reason: z.string(),
    state: z.enum(['open', 'paid', 'not needed']),
    askedBy: z.string(),
    askedAt: instant,
    endedBy: z.string().nullable(),
    endedAt: instant.nullable(),
    paid: money.nullable().openapi({ description: '实际划入 what was paid in' }),
    workflowId: z.string(),
  })
  .openapi('CushionTopUp');

interface Row {
  readonly topUpId: string;
  readonly channel: string;
  readonly businessDate: string;
  readonly origin: 'alarm' | 'finance';
  readonly fen: bigint;
  readonly reason: string;
  readonly state: 'open' | 'paid' | 'not needed';
  readonly askedBy: string;
  readonly askedAt: string;
  readonly endedBy: string | null;
  readonly endedAt: string | null;
  readonly paidFen: bigint | null;
  readonly workflowId: string;
}

export const listCushionTopUps = route({
  id: 'listCushionTopUps',
  method: 'get',
  path: '/v1/cushion-top-ups',
  tag: 'days',
  summary: { zh: '安全气垫的补足，最新在前', en: 'Top-ups of the cushion, newest first' },
  query: z.strictObject({ ...pageQuery }),
  answer: pageOf(line),
  respond: async ({ query }, { pool }) => {
    const [before = null] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const { rows } = await pool.query<Row>(
      `select t.top_up_id::text as "topUpId", t.channel, t.business_date::text as "businessDate", t.origin, t.amount_fen as fen, t.reason, t.state,
              t.asked_by as "askedBy", t.asked_at as "askedAt", t.ended_by as "endedBy", t.ended_at as "endedAt", o.amount_fen as "paidFen",
              t.workflow_id as "workflowId"
       from cushion_top_ups t
       left join orders o on o.kind = 'CUSHION' and o.case_key = 'top-up-' || t.top_up_id and o.state = 'executed'
       where ($1::bigint is null or t.top_up_id < $1) order by t.top_up_id desc limit $2`,
      [before, query.limit + 1],
    );
    const body = page(
      rows,
      query.limit,
      (row) => [row.topUpId],
      ({ fen, paidFen, ...row }): z.input<typeof line> => ({
        ...row,
        amount: yuan(fen),
        paid: paidFen === null ? null : yuan(paidFen),
      }),
    );
    return { status: 200, body };
  },
});

export const askCushionTopUpRoute = route({
  id: 'askCushionTopUp',
  method: 'post',
  path: '/v1/cushion-top-ups',
  tag: 'days',
  summary: {
    zh: '申请补足安全气垫，由财务一人经办、另一人复核',
    en: 'Ask for a top-up of the cushion, ordered by one person of finance and approved by another',
  },
  body: z.strictObject({
    channel,
    amount: z.strictObject({
      currency: z.literal('CNY'),
      amount: z
        .string()
        .regex(/^-?(0|[1-9]\d{0,11})\.\d{2}$/)
        .openapi({ example: '100000.00' }),
    }),
    reason,
  }),
  answer: z.strictObject({ topUpId: rowId }).openapi('AskedCushionTopUp'),
  statuses: [202],
  refusals: ['NOT_FOUND', 'AMOUNT_NOT_POSITIVE', 'CUSHION_TOP_UP_PENDING'],
  respond: async ({ body, caller, requestId, idempotencyKey }, { pool }) => {
    const asked = await askCushionTopUp(pool, {
      channel: body.channel,
      amountFen: parseAmount(body.amount.amount),
      reason: body.reason,
      key: `${caller.person}:${idempotencyKey}`,
      by: caller.person,
      requestId,
    });
    return { status: 202, location: '/v1/cushion-top-ups', body: asked };
  },
});

export const withdrawCushionTopUpRoute = route({
  id: 'withdrawCushionTopUp',
  method: 'post',
  path: '/v1/cushion-top-ups/{topUpId}/withdrawal',
  tag: 'days',
  summary: {
    zh: '撤回补足申请；指令已复核的不能撤回',
    en: 'A top-up is not needed any more; not once its order is approved',
  },
  params: z.strictObject({ topUpId: rowId }),
  body: z.strictObject({ reason }),
  answer: z.strictObject({ topUpId: rowId }).openapi('WithdrawnCushionTopUp'),
  statuses: [202],
  refusals: ['NOT_FOUND', 'CUSHION_TOP_UP_UNDER_WAY'],
  respond: async ({ params, body, caller, requestId }, { pool }) => {
    const { topUpId } = params;
    await withdrawCushionTopUp(pool, { topUpId, reason: body.reason, by: caller.person, requestId });
    return { status: 202, location: '/v1/cushion-top-ups', body: { topUpId } };
  },
});
