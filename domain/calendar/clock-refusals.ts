/** Why the clock of a rehearsal is not moved. In the order in which it is told. */
import type { ErrorEntry } from '../error-entry';

export const clockRefusals = [
  {
    code: 'NOT_A_REHEARSAL',
    status: 409,
    zh: '业务时钟只能在演练环境中手工移动。',
    en: 'The business clock can be moved by hand in a rehearsal only.',
  },
  {
    code: 'CLOCK_MOVES_FORWARD_ONLY',
    status: 409,
    zh: '业务时钟现为 {now}，不能拨回 {asked}。',
    en: 'The business clock stands at {now} and cannot go back to {asked}.',
  },
  {
    code: 'CLOCK_MOVE_UNDER_WAY',
    status: 409,
    zh: '业务时钟正在移动中，请等待其完成。',
    en: 'The business clock is being moved already: wait until that is done.',
  },
  {
    code: 'BOOK_NOT_SETTLED',
    status: 503,
    zh: '时钟停在 {now}：{waited} 秒内流程未静止，仍在进行：{busy}。',
    en: 'The clock stays at {now}: for {waited} s the processes did not come to rest; still busy: {busy}.',
  },
] as const satisfies readonly ErrorEntry[];
