/** Why a break is not assigned, excepted or written off. In the order in which it is told. */
import type { ErrorEntry } from '../error-entry';

export const breakRefusals = [
  {
    code: 'EXCEPTION_BY_MAKER',
    status: 403,
    zh: '差异 {id} 涉及您经办、复核的指令或曾由您核查或申请核销，例外须由他人签署。',
    en: 'Break {id} is about orders that you made or approved, or you looked into it or asked for its write-off: somebody else must sign the exception.',
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
  {
    code: 'BREAK_CHANGED',
    status: 409,
    zh: '差异 {id} 已不存在或金额已变，核销申请不再有效。',
    en: 'Break {id} is gone or has another amount: its write-off is void.',
  },
  {
    code: 'EXCEPTION_TOO_LONG',
    status: 422,
    zh: '例外最长 {days} 天，到期日不得晚于 {latest}。',
    en: 'An exception runs for {days} days at most: until {latest}.',
  },
] as const satisfies readonly ErrorEntry[];
