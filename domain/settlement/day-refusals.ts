/** Why a day is not compared, and a step of it not held, repeated or aborted. In the order in which it is told. */
import type { ErrorEntry } from '../error-entry';

export const dayRefusals = [
  {
    code: 'DAY_NOT_CLOSED',
    status: 409,
    zh: '{date} 尚未关闭：收到新版本文件后会自行冲回重做，无需比对。',
    en: '{date} is not closed: it takes back and posts again by itself what a newer file changes. There is nothing to compare.',
  },
] as const satisfies readonly ErrorEntry[];
