/** Why a break is not assigned, excepted or written off. In the order in which it is told. */
import type { ErrorEntry } from '../error-entry';

export const breakRefusals = [
  {
    code: 'EXCEPTION_BY_MAKER',
    status: 403,
    zh: '差异 {id} 涉及您经办、复核的指令或由您核查，例外须由他人签署。',
    en: 'Break {id} is about an order that you made or approved, or is looked into by you: somebody else must sign the exception.',
  },
  {
    code: 'BREAK_CANNOT_BE_WRITTEN_OFF',
    status: 422,
    zh: '差异 {id}（{class}）不涉及可核销的金额，请更正数据或由主管签署例外。',
    en: 'Break {id} ({class}) has no money that could be written off: have it put right, or an exception signed.',
  },
  {
    code: 'BREAK_WRITE_OFF_PENDING',
    status: 409,
    zh: '差异 {id} 已有核销申请（{state}），请等待其结果。',
    en: 'A write-off of break {id} was asked for already ({state}): wait for its decision.',
  },
] as const satisfies readonly ErrorEntry[];
