/** Why a callback is not asked for, a call not begun or its result not taken, in the order in which it is told. */
import type { ErrorEntry } from '../error-entry';

export const callRefusals = [
  {
    code: 'CALLBACK_PURPOSE_UNKNOWN',
    status: 404,
    zh: '{date} 没有回访用途 {purpose}。',
    en: 'There is no purpose {purpose} of callbacks on {date}.',
  },
  {
    code: 'CALLBACK_NOT_ASKED_BY_YOU',
    status: 403,
    zh: '用途 {purpose} 的回访不由您的角色发起，应为：{roles}。',
    en: 'Callbacks of the purpose {purpose} are not asked for by your role, but by: {roles}.',
  },
  {
    code: 'CALLBACK_ENDED',
    status: 409,
    zh: '回访 {callback} 已结束（{outcome}），无须再拨打。',
    en: 'Callback {callback} has ended ({outcome}): there is nothing left to call about.',
  },
  {
    code: 'CALLER_IS_ACCOUNT_MANAGER',
    status: 403,
    zh: '您是该客户的客户经理，请由他人回访。',
    en: "You are the client's own account manager: somebody else has to call.",
  },
  {
    code: 'CALLER_HAD_A_HAND',
    status: 403,
    zh: '您经办过回访所涉事项，请由他人回访。',
    en: 'You had a hand in what the client is called about: somebody else has to call.',
  },
  {
    code: 'ATTEMPT_WITHOUT_RESULT',
    status: 409,
    zh: '第 {nth} 次拨打尚未登记结果，请先登记。',
    en: 'Attempt {nth} has no result yet: record that first.',
  },
  {
    code: 'ATTEMPT_HAS_RESULT',
    status: 409,
    zh: '第 {nth} 次拨打的结果已登记，不能更改。',
    en: 'The result of attempt {nth} is recorded and never changed.',
  },
  {
    code: 'CALLBACK_QUESTION_UNKNOWN',
    status: 422,
    zh: '话术中没有问题 {question}。',
    en: 'The script has no question {question}.',
  },
  {
    code: 'CALLBACK_ANSWER_MISSING',
    status: 422,
    zh: '问题 {question} 没有答案，请问完话术。',
    en: 'The question {question} has no answer: ask the whole script.',
  },
  {
    code: 'CALLBACK_ANSWER_NOT_OFFERED',
    status: 422,
    zh: '问题 {question} 的答案应为：{answers}。',
    en: 'The question {question} is answered by one of: {answers}.',
  },
  {
    code: 'ANSWERS_WITHOUT_TALK',
    status: 422,
    zh: '结果为“{result}”，没有通话内容可登记。',
    en: 'The result is "{result}": there was no talk whose answers could be recorded.',
  },
  {
    code: 'RECORDING_MISSING',
    status: 422,
    zh: '通话须有录音编号与摘要，请补充。',
    en: 'A talk has a recording: give its number and digest.',
  },
  {
    code: 'RECORDING_KNOWN',
    status: 409,
    zh: '录音 {recording} 已用于另一次通话，请核对编号。',
    en: 'The recording {recording} belongs to another call already: check its number.',
  },
  {
    code: 'CALL_NOT_RECORDED',
    status: 409,
    zh: '第 {nth} 次拨打没有登记录音，请先登记通话结果及录音摘要。',
    en: 'No recording was named with attempt {nth}: record the result of the talk with its digest first.',
  },
  {
    code: 'RECORDING_DIFFERS',
    status: 422,
    zh: '录音与第 {nth} 次拨打登记的摘要不符，请从录音系统重新取出。',
    en: 'The recording is not the one whose digest was recorded with attempt {nth}: take it from the telephone system again.',
  },
] as const satisfies readonly ErrorEntry[];
