/** Why an order is not made, approved or posted: what it rests on has changed, or money would go where it may not. In the order in which it is told. */
import type { ErrorEntry } from '../error-entry';

export const orderRefusals = [
  {
    code: 'ORDER_PLAN_CHANGED',
    status: 409,
    zh: '指令 {order} 依据的头寸计划已变，请按新金额重做。',
    en: 'The plan behind order {order} has another amount by now: it is made anew.',
  },
  {
    code: 'ORDER_NOT_OPEN',
    status: 409,
    zh: '指令 {order} 的状态为 {state}，不能再操作。',
    en: 'Order {order} is {state} and no longer open.',
  },
  { code: 'ORDER_RECALLED', status: 409, zh: '指令 {order} 已撤回。', en: 'Order {order} was recalled.' },
  {
    code: 'REVISION_STALE',
    status: 412,
    zh: '您看到的是第 {shown} 版，当前为第 {current} 版，请重新查看后再决定。',
    en: 'You were shown revision {shown}, the current one is {current}: look again before deciding.',
  },
  {
    code: 'APPROVAL_STALE',
    status: 412,
    zh: '待复核内容（任务 {task}）已变更，与所示不符；将就新内容重新提请复核，请查看新任务。',
    en: 'What task {task} asks to approve has changed since it was shown: a new approval is asked for, look at the new task.',
  },
  {
    code: 'DESTINATION_REFUSED',
    status: 422,
    zh: '{side} 一侧的资金只能在本侧备付金账户与本侧银行账户之间划转。',
    en: 'Money of the {side} side moves only between its own reserve account and its own bank account.',
  },
  {
    code: 'BATCH_CONTENT_DIFFERS',
    status: 409,
    zh: '批次 {key} 已按不同内容入账。',
    en: 'Batch {key} was posted with other content.',
  },
] as const satisfies readonly ErrorEntry[];
