/** Why an overdraft is not advanced or written off. In the order in which it is told. */
import type { ErrorEntry } from '../error-entry';

export const overdraftRefusals = [
  {
    code: 'CUSHION_TOO_SMALL',
    status: 409,
    zh: '安全气垫余额 {available} 不足以垫付 {needed}，本日不垫付；请财务补足安全气垫，下一交易日早晨自动再垫付。',
    en: 'The cushion of {available} cannot advance {needed}: nothing is advanced today. Have finance raise the cushion; it is tried again on the next morning.',
  },
  {
    code: 'AMOUNT_NOT_POSITIVE',
    status: 422,
    zh: '金额须大于 0.00。',
    en: 'The amount must be above 0.00.',
  },
  {
    code: 'CUSHION_TOP_UP_PENDING',
    status: 409,
    zh: '安全气垫已有未结的补足申请 {topUp}：请办理该申请，或先撤回。',
    en: 'Top-up {topUp} of the cushion is open already: complete that one, or take it back first.',
  },
  {
    code: 'CUSHION_TOP_UP_UNDER_WAY',
    status: 409,
    zh: '补足申请 {topUp} 的划款指令已复核，不能撤回；多出的资金请另行划回。',
    en: 'The order of top-up {topUp} is approved: it is not taken back. What turns out to be too much is moved back by itself.',
  },
  {
    code: 'OVERDRAFT_CASE_ENDED',
    status: 409,
    zh: '透支追偿 {case} 已结束（{state}），不能再办理。',
    en: 'The overdraft case {case} has ended ({state}): nothing is done about it any more.',
  },
] as const satisfies readonly ErrorEntry[];
