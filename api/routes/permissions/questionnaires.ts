/** The risk questionnaire: which one is in force, and the answers of a client to it. */
import { answerQuestionnaire, questionnaireInForce } from '../../../activities/intake/answer-questionnaire';
import { clientOfLogin } from '../../../activities/intake/permissions/client-of-login';
import { businessNow } from '../../business-now';
import { fault, refuseIfAny } from '../../problems';
import { route } from '../../route';
import { businessDate } from '../../schemas';
import { z } from '../../zod';

const questionnaire = z
  .strictObject({
    version: z.string(),
    questions: z.array(z.strictObject({ question: z.string(), options: z.array(z.string()) })),
  })
  .openapi('Questionnaire');

export const readQuestionnaire = route({
  id: 'readQuestionnaire',
  method: 'get',
  path: '/v1/questionnaire',
  tag: 'permissions',
  summary: {
    zh: '现行风险测评问卷的题目与选项（不含分值）',
    en: 'Questions and options of the questionnaire in force, without scores',
  },
  answer: questionnaire,
  refusals: ['NO_PARAMETER_FOR_DATE'],
  respond: async (_, { pool }) => {
    const { today } = await businessNow(pool);
    const { questionnaire: inForce } = await questionnaireInForce(pool, today);
    const questions = [...inForce.questions].map(([question, options]) => ({ question, options: [...options.keys()] }));
    return { status: 200, body: { version: inForce.version, questions } };
  },
});

export const answerRiskQuestionnaire = route({
  id: 'answerQuestionnaire',
  method: 'post',
  path: '/v1/questionnaire-answers',
  tag: 'permissions',
  summary: {
    zh: '提交风险测评答卷；等待结果的权限申请随即重新核对',
    en: 'Answer the questionnaire; requests that wait for the result are judged again',
  },
  body: z.strictObject({
    version: z.string().max(40).openapi({ description: '所示问卷的版本 version that was shown' }),
    answers: z
      .record(z.string().regex(/^\w{1,40}$/), z.string().max(10))
      .openapi({ type: 'object', additionalProperties: { type: 'string' }, example: { q1: 'B' } }),
  }),
  answer: z
    .strictObject({
      score: z.number().int(),
      class: z.string(),
      level: z.string(),
      answeredOn: businessDate,
      validThrough: businessDate,
    })
    .openapi('RiskResult'),
  refusals: [
    'NOT_YOUR_CLIENT',
    'QUESTIONNAIRE_REVISED',
    'ANSWER_MISSING',
    'ANSWER_NOT_OFFERED',
    'NO_PARAMETER_FOR_DATE',
  ],
  respond: async ({ body, caller, requestId, idempotencyKey }, { pool, dispatchSignals }) => {
    const answered = await answerQuestionnaire(pool, {
      ...body,
      key: `${caller.person}:${idempotencyKey}`,
      clientNo: await clientOfLogin(pool, caller.person),
      by: caller.person,
      role: 'client',
      requestId,
    });
    refuseIfAny(answered.faults.map(({ code, question }) => fault(code, { question }, `answers.${question}`)));
    if (!('result' in answered)) throw new RangeError('answers without faults have a result');
    await dispatchSignals().catch(() => undefined);
    return { status: 200, body: answered.result };
  },
});
