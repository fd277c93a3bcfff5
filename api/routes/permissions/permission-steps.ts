/** The steps of an opening, by the channel that acts for its client: code, conditions, listening, test, agreements. */
import { showAgreements, signAgreements } from '../../../activities/intake/permissions/agreements';
import { clientOfLogin } from '../../../activities/intake/permissions/client-of-login';
import { judgeEligibility } from '../../../activities/intake/permissions/judge-eligibility';
import { answerAttempt, beginAttempt } from '../../../activities/intake/permissions/knowledge-test';
import { enterCode, sendCode } from '../../../activities/intake/permissions/one-time-code';
import { reportListening } from '../../../activities/intake/permissions/report-listening';
import { requestNo, requestStep, requestView, viewOf, visibleRequest } from '../../reads/permission-requests';
import { route, type Asked } from '../../route';
import { bilingual, instant, rowId } from '../../schemas';
import type { Services } from '../../services';
import { z } from '../../zod';
import { clientChannel, requestPath } from './permission-requests';

const STEP = [
  'NOT_YOUR_CLIENT',
  'NOT_FOUND',
  'CHANNEL_NOT_TAKEN',
  'REQUEST_ENDED',
  'REQUEST_LAPSED',
  'PERMISSION_BEING_OPENED',
  'STEP_NOT_OPEN',
] as const;

const throughChannel = z.strictObject({ channel: clientChannel });

type OfStep = Asked<{ readonly requestNo: string }, undefined, { readonly channel: string }>;

/** Who acts, for which client, through what, under which key. */
const actOf = async ({ params, body, caller, requestId, idempotencyKey }: OfStep, { pool }: Services) => ({
  requestNo: params.requestNo,
  clientNo: await clientOfLogin(pool, caller.person),
  key: `${caller.person}:${idempotencyKey}`,
  by: caller.person,
  role: 'client',
  channel: body.channel,
  requestId,
});

/** The process is told at once; where Temporal is away the outbox does it later. */
const told = async <Done>({ dispatchSignals }: Services, done: Promise<Done>): Promise<Done> => {
  const answer = await done;
  await dispatchSignals().catch(() => undefined);
  return answer;
};

export const sendOneTimeCode = route({
  id: 'sendOneTimeCode',
  method: 'post',
  path: '/v1/permission-requests/{requestNo}/one-time-codes',
  tag: 'permissions',
  summary: { zh: '第一步：向客户手机发送验证码', en: 'Step 1: send a one-time code to the telephone of the client' },
  params: requestPath,
  body: throughChannel,
  answer: z.strictObject({ validUntil: instant }).openapi('SentCode'),
  refusals: [...STEP, 'CODE_LOCKED', 'CODE_SENDS_USED_UP'],
  respond: async (asked, services) => ({
    status: 200,
    body: await sendCode(services, await actOf(asked, services)),
  }),
});

export const enterOneTimeCode = route({
  id: 'enterOneTimeCode',
  method: 'post',
  path: '/v1/permission-requests/{requestNo}/one-time-code-entries',
  tag: 'permissions',
  summary: { zh: '第一步：输入验证码', en: 'Step 1: enter the code' },
  params: requestPath,
  body: throughChannel.extend({ code: z.string().regex(/^\d{6}$/) }),
  answer: z.strictObject({ step: requestStep }).openapi('EnteredCode'),
  refusals: [...STEP, 'CODE_LOCKED', 'CODE_NOT_SENT', 'CODE_WRONG'],
  respond: async (asked, services) => {
    const act = await actOf(asked, services);
    const { step } = await told(services, enterCode(services, { ...act, code: asked.body.code }));
    return { status: 200, body: { step: requestStep.parse(step) } };
  },
});

export const checkEligibility = route({
  id: 'checkEligibility',
  method: 'post',
  path: '/v1/permission-requests/{requestNo}/eligibility-checks',
  tag: 'permissions',
  summary: {
    zh: '第二步：核对全部条件，未满足者一并告知；开通前的再次核对亦由此重试',
    en: 'Step 2: judge all conditions, those not met are told together; also to try the second check again',
  },
  params: requestPath,
  body: throughChannel,
  answer: requestView,
  refusals: STEP,
  respond: async (asked, services) => {
    await told(services, judgeEligibility(services.pool, await actOf(asked, services)));
    const { pool } = services;
    return {
      status: 200,
      body: await viewOf(
        pool,
        asked.caller,
        await visibleRequest(pool, asked.caller, asked.params.requestNo, 'checkEligibility'),
      ),
    };
  },
});

const second = z.int().min(0).max(86_400);

export const reportListened = route({
  id: 'reportListening',
  method: 'post',
  path: '/v1/permission-requests/{requestNo}/listening-reports',
  tag: 'permissions',
  summary: {
    zh: '第三步：上报风险揭示录音的播放区间；跳过的不计',
    en: 'Step 3: report what was played of the risk disclosure; what was jumped over does not count',
  },
  params: requestPath,
  body: throughChannel.extend({
    stretches: z
      .array(
        z.strictObject({
          fromSecond: second,
          toSecond: second,
          startedAt: z.iso.datetime({ offset: true }),
          endedAt: z.iso.datetime({ offset: true }),
        }),
      )
      .min(1)
      .max(200),
  }),
  answer: z
    .strictObject({ heardSeconds: z.number().int(), recordingSeconds: z.number().int(), isHeardWhole: z.boolean() })
    .openapi('Heard'),
  refusals: [
    ...STEP,
    'STRETCH_BEFORE_STEP',
    'STRETCH_OUTSIDE_RECORDING',
    'STRETCH_QUICKER_THAN_TIME',
    'STRETCH_IN_THE_FUTURE',
    'STRETCHES_AT_ONCE',
  ],
  respond: async (asked, services) => {
    const stretches = asked.body.stretches.map(({ startedAt, endedAt, ...stretch }) => ({
      ...stretch,
      startedAt: new Date(startedAt).toISOString(),
      endedAt: new Date(endedAt).toISOString(),
    }));
    const act = await actOf(asked, services);
    return { status: 200, body: await told(services, reportListening(services.pool, { ...act, stretches })) };
  },
});

const shownAttempt = z
  .strictObject({
    attemptId: rowId,
    nth: z.number().int(),
    questions: z.array(
      z.strictObject({
        questionNo: z.number().int(),
        zh: z.string(),
        en: z.string(),
        options: z.array(z.strictObject({ option: z.string(), zh: z.string(), en: z.string() })),
      }),
    ),
  })
  .openapi('KnowledgeTestAttempt');

export const beginTestAttempt = route({
  id: 'beginTestAttempt',
  method: 'post',
  path: '/v1/permission-requests/{requestNo}/test-attempts',
  tag: 'permissions',
  summary: {
    zh: '第三步：开始知识测试；未作答的试卷会再次出示',
    en: 'Step 3: begin the knowledge test; one not answered yet is shown again',
  },
  params: requestPath,
  body: throughChannel,
  answer: shownAttempt,
  refusals: [...STEP, 'TEST_TOO_SOON', 'TEST_ATTEMPTS_USED_UP'],
  respond: async (asked, services) => {
    const { questions, ...attempt } = await beginAttempt(services.pool, await actOf(asked, services));
    const shown = questions.map((question) => ({ ...question, options: [...question.options] }));
    return { status: 200, body: { ...attempt, questions: shown } };
  },
});

export const answerTestAttempt = route({
  id: 'answerTestAttempt',
  method: 'post',
  path: '/v1/permission-requests/{requestNo}/test-attempts/{attemptId}/answers',
  tag: 'permissions',
  summary: { zh: '第三步：作答；全部正确方为通过', en: 'Step 3: answer; passed with every answer right' },
  params: z.strictObject({ requestNo, attemptId: rowId }),
  body: throughChannel.extend({
    answers: z
      .record(z.string().regex(/^\d{1,6}$/), z.string().max(10))
      .openapi({ type: 'object', additionalProperties: { type: 'string' }, example: { 17: 'B' } }),
  }),
  answer: z
    .strictObject({
      isPassed: z.boolean(),
      right: z.number().int(),
      of: z.number().int(),
      nextFrom: instant
        .nullable()
        .openapi({ description: '何时可再测，null 为次日 when to try again; null: another day' }),
    })
    .openapi('KnowledgeTestResult'),
  refusals: [
    ...STEP,
    'ATTEMPT_ANSWERED_ALREADY',
    'QUESTION_NOT_ASKED',
    'TEST_ANSWER_MISSING',
    'TEST_ANSWER_NOT_OFFERED',
  ],
  respond: async (asked, services) => {
    const { attemptId } = asked.params;
    const act = { ...(await actOf(asked, services)), attemptId, answers: asked.body.answers };
    return { status: 200, body: await told(services, answerAttempt(services.pool, act)) };
  },
});

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const showAgreementTexts = route({
  id: 'showAgreements',
  method: 'post',
  path: '/v1/permission-requests/{requestNo}/agreement-showings',
  tag: 'permissions',
  summary: {
    zh: '第四步：出示现行协议文本及其版本、摘要',
    en: 'Step 4: show the agreements in force with version and digest',
  },
  params: requestPath,
  body: throughChannel,
  answer: z
    .strictObject({
      items: z.array(
        z.strictObject({ agreement: z.string(), version: z.string(), sha256, title: bilingual, text: bilingual }),
      ),
    })
    .openapi('AgreementTexts'),
  refusals: STEP,
  respond: async (asked, services) => {
    const texts = await showAgreements(services.pool, await actOf(asked, services));
    const items = texts.map(({ titleZh, titleEn, textZh, textEn, ...text }) => ({
      ...text,
      title: { zh: titleZh, en: titleEn },
      text: { zh: textZh, en: textEn },
    }));
    return { status: 200, body: { items } };
  },
});

export const signAgreementTexts = route({
  id: 'signAgreements',
  method: 'post',
  path: '/v1/permission-requests/{requestNo}/signatures',
  tag: 'permissions',
  summary: {
    zh: '第四步：签署全部协议；旧版本不予受理，须先阅读新版',
    en: 'Step 4: sign all agreements; an older version is refused, the new one is read first',
  },
  params: requestPath,
  body: throughChannel.extend({
    signatures: z
      .array(z.strictObject({ agreement: z.string().max(100), version: z.string().max(40), sha256 }))
      .min(1)
      .max(20),
  }),
  answer: z.strictObject({ step: requestStep }).openapi('SignedAgreements'),
  refusals: [
    ...STEP,
    'AGREEMENT_NOT_ASKED',
    'AGREEMENT_NOT_SHOWN',
    'AGREEMENT_REVISED',
    'AGREEMENT_DIGEST_DIFFERS',
    'AGREEMENT_NOT_SIGNED',
  ],
  respond: async (asked, services) => {
    const act = { ...(await actOf(asked, services)), signed: asked.body.signatures };
    const { step } = await told(services, signAgreements(services.pool, act));
    return { status: 200, body: { step: requestStep.parse(step) } };
  },
});
