/** Calls: begun by whoever may call now, what came of each, and its recording. */
import { beginCall as begin } from '../../../activities/intake/callbacks/begin-attempt';
import { fileRecording } from '../../../activities/intake/callbacks/file-recording';
import { recordCall as record } from '../../../activities/intake/callbacks/record-result';
import { showCallback } from '../../../activities/intake/callbacks/show-callback';
import { CALL_RESULTS } from '../../../domain/callbacks/call-result';
import { callbackNo, callbackView, callbackViewOf } from '../../reads/callbacks';
import { route } from '../../route';
import { reason } from '../../schemas';
import { z } from '../../zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const nth = z.coerce.number().int().min(1).max(1_000).openapi({ type: 'integer', example: 1 });

const CALLER = [
  'NOT_FOUND',
  'CALLBACK_ENDED',
  'CALLER_IS_ACCOUNT_MANAGER',
  'CALLER_HAD_A_HAND',
  'KEPT_OUT_OF_CASE',
] as const;

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
    'HOLIDAYS_UNKNOWN',
    'NO_ATTEMPTS_LEFT',
  ],
  respond: async ({ params, caller, requestId, idempotencyKey }, { pool }) => {
    const key = `${caller.person}:${idempotencyKey}`;
    await begin(pool, { callbackNo: params.callbackNo, key, by: caller.person, role: 'service', requestId });
    const body = callbackViewOf(await showCallback(pool, params.callbackNo));
    return { status: 201, location: `/v1/callbacks/${params.callbackNo}`, body };
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
    return { status: 200, body: callbackViewOf(await showCallback(pool, params.callbackNo)) };
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
  answer: z
    .strictObject({
      entryNo: z.number().int().nullable().openapi({
        description: '客户档案序号；非客户的归入投诉案卷 in the file of the client; null: in that of the complaint',
      }),
      sha256: z.string(),
    })
    .openapi('FiledCallRecording'),
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
    return { status: 201, location: `/v1/callbacks/${params.callbackNo}`, body: { entryNo, sha256: digest } };
  },
});
