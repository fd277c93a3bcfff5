/** A callback as people see it: the questions, when a call is allowed, the calls made and what followed. */
import type { ShownCallback } from '../../activities/intake/callbacks/show-callback';
import { CALL_RESULTS } from '../../domain/callbacks/call-result';
import { callFrom } from '../../domain/callbacks/callback-windows';
import { textOf } from '../../domain/errors';
import { bilingual, instant, rowId } from '../schemas';
import { z } from '../zod';

export const callbackNo = z
  .string()
  .regex(/^K\d{8}-\d{6}$/)
  .openapi({ example: 'K20250623-000001', description: '回访编号 number of the callback' });
export const calledClient = z
  .string()
  .regex(/^C\d{8}$/)
  .openapi({ example: 'C00000001' });
export const callbackPurpose = z
  .string()
  .regex(/^[a-z][a-z-]{1,39}$/)
  .openapi({ example: 'permission-opening', description: '回访用途 purpose' });
export const callbackState = z.enum(['open', 'escalated', 'ended']);
export const callbackOutcome = z.enum(['confirmed', 'doubtful', 'refused', 'unreachable', 'withdrawn']);

const lineFields = {
  callbackNo,
  purpose: callbackPurpose,
  purposeName: bilingual,
  subject: z.string().openapi({ description: '所涉事项 what it is about' }),
  clientNo: calledClient.nullable().openapi({
    description:
      '非客户投诉人为 null；投诉回访只告知正在拨打的人，只读报表的角色不告知 null: who complained and is no client; of a complaint told to whoever calls only; not told to roles that read the report only',
  }),
  branch: z.string().nullable(),
  state: callbackState,
  outcome: callbackOutcome.nullable(),
  askedAt: instant,
  dueAt: instant.nullable(),
  endedAt: instant.nullable(),
};
export const callbackLine = z
  .strictObject({
    ...lineFields,
    attempts: z.number().int().openapi({ description: '已拨打次数 calls made' }),
    reached: z.number().int().openapi({ description: '接通次数 talks' }),
  })
  .openapi('CallbackLine');

export const callbackView = z
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

export function callbackViewOf({
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
              sentence: textOf(code, { windowFrom: callFrom(window) }),
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
