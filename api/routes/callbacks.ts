/** Callbacks: whom to call, when and with which questions; what came of each call. */
import { askCallbackByHand } from '../../activities/intake/callbacks/ask-by-hand';
import { beginCall as begin } from '../../activities/intake/callbacks/begin-attempt';
import { fileRecording } from '../../activities/intake/callbacks/file-recording';
import { recordCall as record } from '../../activities/intake/callbacks/record-result';
import { showCallback, shownCallbackIn, type ShownCallback } from '../../activities/intake/callbacks/show-callback';
import { CALL_RESULTS } from '../../domain/callbacks/call-result';
import { textOf } from '../../domain/errors';
import { asOf, queryAsOf } from '../as-of';
import { keyOfCursor, pageOf as page } from '../cursors';
import { rolesOf } from '../identity';
import { route } from '../route';
import { bilingual, instant, pageOf, pageQuery, reason, rowId } from '../schemas';
import { z } from '../zod';

const callbackNo = z
  .string()
  .regex(/^K\d{8}-\d{6}$/)
  .openapi({ example: 'K20250623-000001', description: '回访编号 number of the callback' });
const clientNo = z
  .string()
  .regex(/^C\d{8}$/)
  .openapi({ example: 'C00000001' });
const purpose = z
  .string()
  .regex(/^[a-z][a-z-]{1,39}$/)
  .openapi({ example: 'permission-opening', description: '回访用途 purpose' });
const state = z.enum(['open', 'escalated', 'ended']);
const outcome = z.enum(['confirmed', 'doubtful', 'refused', 'unreachable', 'withdrawn']);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const nth = z.coerce.number().int().min(1).max(1_000).openapi({ type: 'integer', example: 1 });

const lineFields = {
  callbackNo,
  purpose,
  purposeName: bilingual,
  subject: z.string().openapi({ description: '所涉事项 what it is about' }),
  clientNo,
  branch: z.string(),
  state,
  outcome: outcome.nullable(),
  askedAt: instant,
  dueAt: instant.nullable(),
  endedAt: instant.nullable(),
};
const callbackLine = z.strictObject(lineFields).openapi('CallbackLine');

const callbackView = z
  .strictObject({
    ...lineFields,
    script: z.strictObject({
      script: z.string(),
      version: z.number().int(),
      questions: z.array(
        z.strictObject({
          question: z.string(),
          zh: z.string(),
          en: z.string(),
          answers: z.array(z.strictObject({ answer: z.string(), zh: z.string(), en: z.string() })),
        }),
      ),
    }),
    window: z
      .strictObject({
        mayCallNow: z.boolean(),
        reasons: z.array(z.strictObject({ code: z.string(), sentence: bilingual })),
        from: instant.nullable(),
        until: instant.nullable(),
      })
      .nullable()
      .openapi({ description: '可拨打时段，已结束为 null when a call is allowed; null once it has ended' }),
    attempts: z.array(
      z.strictObject({
        nth: z.number().int(),
        begunBy: z.string(),
        begunAt: instant,
        result: z.enum(CALL_RESULTS).nullable().openapi({ description: 'null: 尚未登记 not recorded yet' }),
        answers: z.record(z.string(), z.string()),
        doubt: z.string().nullable(),
        recording: z.string().nullable(),
      }),
    ),
    suspension: z
      .string()
      .nullable()
      .openapi({ description: '所提请的暂停买入 request for a suspension of buying that it brought' }),
    followUps: z.array(z.strictObject({ followUp: z.string(), taskId: rowId, state: z.string() })),
  })
  .openapi('Callback');

function viewOf({
  row,
  dueAt,
  script,
  attempts,
  window,
  followUps,
  suspension,
}: ShownCallback): z.input<typeof callbackView> {
  const { purposeName, subject, branch, askedAt, endedAt } = row;
  return {
    callbackNo: row.callbackNo,
    purpose: row.purpose,
    purposeName,
    subject,
    clientNo: row.clientNo,
    branch,
    state: row.state,
    outcome: row.outcome,
    askedAt,
    dueAt,
    endedAt,
    script: {
      script: row.script,
      version: row.scriptVersion,
      questions: script.map(({ answers, ...question }) => ({
        ...question,
        answers: answers.map(({ answer, zh, en }) => ({ answer, zh, en })),
      })),
    },
    window:
      window === null
        ? null
        : {
            mayCallNow: window.mayCallNow,
            reasons: window.reasons.map((code) => ({
              code,
              sentence: textOf(code, { windowFrom: window.window?.from ?? '' }),
            })),
            from: window.window?.from ?? null,
            until: window.window?.until ?? null,
          },
    attempts: attempts.map(({ attemptId: _, recordingSha256: __, result, answers, ...attempt }) => ({
      ...attempt,
      result: result === null ? null : z.enum(CALL_RESULTS).parse(result),
      answers: answers ?? {},
    })),
    suspension,
    followUps: [...followUps],
  };
}

export const askCallback = route({
  id: 'askCallback',
  method: 'post',
  path: '/v1/callbacks',
  tag: 'callbacks',
  summary: {
    zh: '发起抽样或活动回访；发起人不得拨打。其他用途由其流程发起',
    en: 'Ask for a callback of a sample or a campaign; whoever asks does not call. Those of other purposes are asked for by their processes',
  },
  body: z.strictObject({ purpose, clientNo, subject: z.string().regex(/^[\w:.-]{1,100}$/), reason }),
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
    return { status: 201, location: `/v1/callbacks/${no}`, body: viewOf(await showCallback(pool, no)) };
  },
});

export const listCallbacks = route({
  id: 'listCallbacks',
  method: 'get',
  path: '/v1/callbacks',
  tag: 'callbacks',
  summary: { zh: '回访，按编号', en: 'Callbacks by number' },
  query: z.strictObject({
    state: state.optional(),
    outcome: outcome.optional(),
    purpose: purpose.optional(),
    client: clientNo.optional(),
    branch: z.string().max(20).optional(),
    ...pageQuery,
  }),
  answer: pageOf(callbackLine),
  respond: async ({ query }, { pool }) => {
    const [after = null] = keyOfCursor(query.cursor, [(text) => /^K\d{8}-\d{6}$/.test(text)]) ?? [];
    const { rows } = await pool.query<z.input<typeof callbackLine>>(
      `select k.callback_no as "callbackNo", k.purpose, jsonb_build_object('zh', p.name_zh, 'en', p.name_en) as "purposeName", k.subject,
              k.client_no as "clientNo", c.branch, k.state, k.outcome, k.asked_at as "askedAt", d.due_at as "dueAt", k.ended_at as "endedAt"
         from callbacks k join registered_clients c using (client_no)
         join callback_purposes p on p.purpose = k.purpose and p.valid_from = k.purpose_from
         left join deadlines d on d.business_key = 'callback:' || k.callback_no
        where ($1::text is null or k.state = $1) and ($2::text is null or k.outcome = $2) and ($3::text is null or k.purpose = $3)
          and ($4::text is null or k.client_no = $4) and ($5::text is null or c.branch = $5) and ($6::text is null or k.callback_no > $6)
        order by k.callback_no limit $7`,
      [
        query.state ?? null,
        query.outcome ?? null,
        query.purpose ?? null,
        query.client ?? null,
        query.branch ?? null,
        after,
        query.limit + 1,
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
  summary: {
    zh: '一个回访：话术、何时可拨打、各次拨打与后续',
    en: 'One callback: the questions, when a call is allowed, the calls made and what followed',
  },
  params: z.strictObject({ callbackNo }),
  query: z.strictObject({ 'as-of': asOf }),
  answer: callbackView,
  refusals: ['NOT_FOUND'],
  respond: async ({ params, query }, services) => ({
    status: 200,
    body: viewOf(await queryAsOf(services, query['as-of'], (sql) => shownCallbackIn(sql, params.callbackNo))),
  }),
});

const CALLER = ['NOT_FOUND', 'CALLBACK_ENDED', 'CALLER_IS_ACCOUNT_MANAGER', 'CALLER_HAD_A_HAND'] as const;

export const beginCall = route({
  id: 'beginCall',
  method: 'post',
  path: '/v1/callbacks/{callbackNo}/attempts',
  tag: 'callbacks',
  summary: {
    zh: '开始拨打：拨号之前判断时段、次数与回避',
    en: 'Begin a call: hours, attempts and who may call are judged before the number is dialled',
  },
  params: z.strictObject({ callbackNo }),
  body: z.strictObject({}),
  answer: callbackView,
  statuses: [201],
  refusals: [
    ...CALLER,
    'ATTEMPT_WITHOUT_RESULT',
    'PUBLIC_HOLIDAY',
    'OUTSIDE_HOURS',
    'SAME_DAY_AS_LAST_ATTEMPT',
    'NOT_LATER_TIME_OF_DAY',
    'NO_ATTEMPTS_LEFT',
  ],
  respond: async ({ params, caller, requestId, idempotencyKey }, { pool }) => {
    const key = `${caller.person}:${idempotencyKey}`;
    await begin(pool, { callbackNo: params.callbackNo, key, by: caller.person, role: 'service', requestId });
    return { status: 201, body: viewOf(await showCallback(pool, params.callbackNo)) };
  },
});

export const recordCall = route({
  id: 'recordCall',
  method: 'post',
  path: '/v1/callbacks/{callbackNo}/attempts/{nth}/result',
  tag: 'callbacks',
  summary: {
    zh: '登记拨打结果：各问题的答案、录音编号、疑点',
    en: 'Record what came of a call: an answer to each question, the recording, what makes doubt',
  },
  params: z.strictObject({ callbackNo, nth }),
  body: z.strictObject({
    result: z.enum(CALL_RESULTS),
    answers: z.record(z.string().regex(/^[a-z][a-z0-9-]{0,39}$/), z.string().max(40)).default({}),
    doubt: reason.optional().openapi({ description: '答案之外的疑点 what was heard besides the answers' }),
    recording: z
      .strictObject({ reference: z.string().regex(/^[\w:.-]{3,100}$/), sha256 })
      .optional()
      .openapi({ description: '录音编号与摘要 number of the recording and digest of its bytes' }),
  }),
  answer: callbackView,
  refusals: [
    ...CALLER,
    'ATTEMPT_HAS_RESULT',
    'CALLBACK_QUESTION_UNKNOWN',
    'CALLBACK_ANSWER_MISSING',
    'CALLBACK_ANSWER_NOT_OFFERED',
    'ANSWERS_WITHOUT_TALK',
    'RECORDING_MISSING',
    'RECORDING_KNOWN',
  ],
  respond: async ({ params, body, caller, requestId }, { pool, dispatchSignals }) => {
    const { doubt, recording, ...told } = body;
    await record(pool, {
      ...params,
      ...told,
      ...(doubt === undefined ? {} : { doubt }),
      ...(recording === undefined ? {} : { recording }),
      by: caller.person,
      role: 'service',
      requestId,
    });
    await dispatchSignals().catch(() => undefined);
    return { status: 200, body: viewOf(await showCallback(pool, params.callbackNo)) };
  },
});

/** Base64 of the longest recording, and what stands around it. */
const RECORDING_BODY_BYTES = 14_000_000;

export const fileCallRecording = route({
  id: 'fileCallRecording',
  method: 'post',
  path: '/v1/callbacks/{callbackNo}/attempts/{nth}/recording',
  tag: 'callbacks',
  summary: {
    zh: '将通话录音归入客户档案；须与登记的摘要一致',
    en: 'File the recording of a call in the file of the client: the bytes whose digest was recorded, and no others',
  },
  params: z.strictObject({ callbackNo, nth }),
  bodyBytes: RECORDING_BODY_BYTES,
  body: z.strictObject({ content: z.base64().openapi({ description: 'Base64' }) }),
  answer: z.strictObject({ entryNo: z.number().int(), sha256: z.string() }).openapi('FiledCallRecording'),
  statuses: [201],
  refusals: [
    'NOT_FOUND',
    'CALL_NOT_RECORDED',
    'DOCUMENT_EMPTY',
    'DOCUMENT_TOO_LARGE',
    'DOCUMENT_OF_OTHER_TYPE',
    'RECORDING_DIFFERS',
  ],
  respond: async ({ params, body, caller, requestId }, services) => {
    const { entryNo, sha256: digest } = await fileRecording(services, {
      ...params,
      content: Buffer.from(body.content, 'base64'),
      by: caller.person,
      role: 'service',
      requestId,
    });
    return { status: 201, body: { entryNo, sha256: digest } };
  },
});
