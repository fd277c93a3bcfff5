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
    code: 'COMPARISON_RUNNING',
    status: 503,
    zh: '另一项已关闭交收日的比对正在进行，同一时间只能有一项：请待其完成后再申请比对 {date}。',
    en: 'Another closed day is being compared, and one is at a time: ask for {date} again when that one has answered.',
  },
  {
    code: 'COMPARISON_TOO_LONG',
    status: 503,
    zh: '{date} 的比对在 {seconds} 秒内未完成，已停止，未入账：请在晚间处理以外的时间再申请，或由运维调高 API_COMPARISON_WITHIN_SECONDS。',
    en: 'The comparison of {date} was not done within {seconds} s and was stopped; nothing was booked. Ask again outside of the evening, or have whoever runs the system raise API_COMPARISON_WITHIN_SECONDS.',
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
    code: 'STEP_NOT_BY_HAND',
    status: 422,
    zh: '晨间步骤 {step} 不能这样人工处理：头寸计划可在第1批次前申请重做；指令由制单人撤回、复核人拒绝或由银行停办；垫付随前一晚入账；检查点读数照原样保留。',
    en: 'Step {step} of the morning is not acted upon in this way: the funding plan may be repeated until the 10:30 batch; an order is recalled by its maker, refused by its checker or stopped at the bank; advances follow the evening before; what a checkpoint read stays as it was read.',
  },
  {
    code: 'FUNDING_PLAN_OVER',
    status: 409,
    zh: '{date} 的第1批次结果已记录，头寸计划不再重做；缺口按违约跟踪补足。',
    en: 'The 10:30 batch of {date} is recorded: the plan is not made again. What is short is a default and followed until it is covered.',
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
