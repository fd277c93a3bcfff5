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
    code: 'OVERDRAFT_CASE_ENDED',
    status: 409,
    zh: '透支追偿 {case} 已结束（{state}），不能再办理。',
    en: 'The overdraft case {case} has ended ({state}): nothing is done about it any more.',
  },
] as const satisfies readonly ErrorEntry[];
