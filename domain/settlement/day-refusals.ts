/** Why a day is not compared, its risk money not tried with other terms, and a step of it not held, repeated or aborted. In the order in which it is told. */
import type { ErrorEntry } from '../error-entry';

export const dayRefusals = [
  {
    code: 'DAY_NOT_CLOSED',
    status: 409,
    zh: '{date} 尚未关闭：收到新版本文件后会自行冲回重做，无需比对。',
    en: '{date} is not closed: it takes back and posts again by itself what a newer file changes. There is nothing to compare.',
  },
  {
    code: 'RISK_MONEY_NOT_COMPUTED',
    status: 409,
    zh: '{date} 的风控资金尚未计算，无可试算：请待当晚该步骤完成后再试。',
    en: 'Risk money of {date} is not computed yet, so there is nothing to try other terms on: ask again when that step of the evening is done.',
  },
  {
    code: 'STEP_UNKNOWN',
    status: 422,
    zh: '没有步骤 {step}；可选：{steps}。',
    en: 'There is no step {step}; there are {steps}.',
  },
  {
    code: 'STEP_ALREADY_DONE',
    status: 409,
    zh: '步骤 {step} 已完成，无可暂停；要收回请申请中止。',
    en: 'Step {step} is done: there is nothing to hold. Ask to abort it to have it taken back.',
  },
  {
    code: 'STEP_NOT_RUN',
    status: 409,
    zh: '步骤 {step} 尚未执行，届时自行执行，无需重做。',
    en: 'Step {step} was not run yet: it is run by itself, there is nothing to repeat.',
  },
  {
    code: 'STEP_REQUEST_PENDING',
    status: 409,
    zh: '步骤 {step} 已有申请 {request} 待审批。',
    en: 'Request {request} about step {step} waits for its decision.',
  },
] as const satisfies readonly ErrorEntry[];
