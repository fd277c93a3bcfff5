/** Callbacks: whom to call, when and with which questions. */
import { askCallbackByHand } from '../../../activities/intake/callbacks/ask-by-hand';
import { CALLED_BRANCH, showCallback, shownCallbackIn } from '../../../activities/intake/callbacks/show-callback';
import { asOf, queryAsOf } from '../../as-of';
import { keyOfCursor, pageOf as page } from '../../cursors';
import { rolesOf } from '../../identity';
import {
  calledClient,
  callbackLine,
  callbackNo,
  callbackOutcome,
  callbackPurpose,
  callbackState,
  callbackView,
  callbackViewOf,
} from '../../reads/callbacks';
import { CALLBACK_MEASURES, callsOf, type CallbackMeasure } from '../../reads/callback-cases';
import { calledBy, callbackSeen, isOwnCall, shownClient } from '../../reads/callbacks-seen';
import { processesKeptFrom } from '../../reads/kept-from';
import { route } from '../../route';
import { businessDate, pageOf, pageQuery, reason } from '../../schemas';
import { z } from '../../zod';
import { withKey } from '../../../activities/database/promises-found';

export const askCallback = route({
  id: 'askCallback',
  method: 'post',
  path: '/v1/callbacks',
  tag: 'callbacks',
  summary: { zh: '发起抽样或活动回访', en: 'Ask for a callback of a sample or a campaign' },
  description: {
    zh: '发起抽样或活动回访；发起人不得拨打。其他用途由其流程发起',
    en: 'Ask for a callback of a sample or a campaign; whoever asks does not call. Those of other purposes are asked for by their processes',
  },
  body: z.strictObject({
    purpose: callbackPurpose,
    clientNo: calledClient,
    subject: z.string().regex(/^[\w:.-]{1,100}$/),
    reason,
  }),
  answer: callbackView,
  statuses: [201],
  refusals: ['NOT_FOUND', 'CALLBACK_PURPOSE_UNKNOWN', 'CALLBACK_NOT_ASKED_BY_YOU'],
  respond: async ({ body, caller, requestId, idempotencyKey }, { pool, dispatchSignals }) => {
    const { callbackNo: no } = await askCallbackByHand(pool, {
      ...body,
      key: `${caller.person}:${idempotencyKey}`,
      by: caller.person,
      roles: rolesOf(caller),
      requestId,
    });
    await dispatchSignals().catch(() => undefined);
    return { status: 201, location: `/v1/callbacks/${no}`, body: callbackViewOf(await showCallback(pool, no)) };
  },
});

export const listCallbacks = route({
  id: 'listCallbacks',
  method: 'get',
  path: '/v1/callbacks',
  tag: 'callbacks',
  summary: { zh: '回访，按编号', en: 'Callbacks by number' },
  description: {
    zh: '回访，按编号；投诉回访不显示何人投诉，只读报表的角色不见客户，须回避者不见',
    en: 'Callbacks by number; of those about a complaint not who complains, no client to roles that read the report only, and none that the caller is kept out of',
  },
  query: z.strictObject({
    state: callbackState.optional(),
    outcome: callbackOutcome.optional(),
    purpose: callbackPurpose.optional(),
    subject: z.string().max(100).optional().openapi({ description: '所涉事项 what it is about' }),
    client: calledClient.optional(),
    branch: z.string().max(20).optional().openapi({ description: '- 表示无 - for none' }),
    askedFrom: businessDate.optional(),
    askedTo: businessDate.optional(),
    measure: z
      .enum(Object.keys(CALLBACK_MEASURES) as [CallbackMeasure, ...CallbackMeasure[]])
      .optional()
      .openapi({ description: '报表中的一个数 what a number of the report is about' }),
    ...pageQuery,
  }),
  answer: pageOf(callbackLine),
  respond: async ({ query, caller }, { pool }) => {
    const [after = null] = keyOfCursor(query.cursor, [(text) => /^K\d{8}-\d{6}$/.test(text)]) ?? [];
    const { rows } = await pool.query<z.input<typeof callbackLine>>(
      // The page first: calls are counted and promises looked up for its lines only.
      `with page as materialized (
         select k.*, ${CALLED_BRANCH} as branch
           from callbacks k left join registered_clients c using (client_no)
          where ($1::text is null or k.state = $1) and ($2::text is null or k.outcome = $2) and ($3::text is null or k.purpose = $3)
            and ($4::text is null or k.client_no = $4 and ${shownClient(caller, calledBy('$8'))} = $4) and ($5::text is null or coalesce(${CALLED_BRANCH}, '-') = $5) and ($6::text is null or k.callback_no > $6)
            and k.workflow_id <> all ($9::text[]) and ($10::text is null or k.subject = $10)
            and ($11::date is null or k.asked_at >= $11::date::timestamp at time zone 'Asia/Shanghai')
            and ($12::date is null or k.asked_at < ($12::date + 1)::timestamp at time zone 'Asia/Shanghai')
            and ${query.measure === undefined ? 'true' : CALLBACK_MEASURES[query.measure]}
          order by k.callback_no limit $7)
       select k.callback_no as "callbackNo", k.purpose, jsonb_build_object('zh', p.name_zh, 'en', p.name_en) as "purposeName", k.subject,
              ${shownClient(caller, 'calls.is_own')} as "clientNo", k.branch, k.state, k.outcome, k.asked_at as "askedAt", d.due_at as "dueAt", k.ended_at as "endedAt",
              calls.attempts, calls.reached
         from page k join callback_purposes p on p.purpose = k.purpose and p.valid_from = k.purpose_from
         left join deadlines d on ${withKey('d', `('callback:' || k.callback_no)`)}
         cross join ${callsOf(`, bool_or(${isOwnCall('$8')}) as is_own`)}
        order by k.callback_no`,
      [
        query.state ?? null,
        query.outcome ?? null,
        query.purpose ?? null,
        query.client ?? null,
        query.branch ?? null,
        after,
        query.limit + 1,
        caller.person,
        await processesKeptFrom(pool, caller),
        query.subject ?? null,
        query.askedFrom ?? null,
        query.askedTo ?? null,
      ],
    );
    return {
      status: 200,
      body: page(
        rows,
        query.limit,
        (row) => [row.callbackNo],
        (row) => row,
      ),
    };
  },
});

export const readCallback = route({
  id: 'readCallback',
  method: 'get',
  path: '/v1/callbacks/{callbackNo}',
  tag: 'callbacks',
  summary: { zh: '一个回访：话术、拨打与后续', en: 'One callback: its questions, its calls and what followed' },
  description: {
    zh: '一个回访：话术、何时可拨打、各次拨打与后续；投诉回访中的投诉人与答复只供办理人与回访人，查阅留痕；只读报表的角色不见客户与答复',
    en: 'One callback: the questions, when a call is allowed, the calls made and what followed; who complains and what was answered to those who handle it or call, each look audited; no client and no answer to roles that read the report only',
  },
  params: z.strictObject({ callbackNo }),
  query: z.strictObject({ 'as-of': asOf }),
  answer: callbackView,
  refusals: ['NOT_FOUND'],
  respond: async ({ params, query, caller, requestId }, services) => {
    const shown = await queryAsOf(services, query['as-of'], (sql) => shownCallbackIn(sql, params.callbackNo));
    return { status: 200, body: await callbackSeen(services.pool, caller, { shown, requestId }) };
  },
});
