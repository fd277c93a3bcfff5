/** Why a callback may not be made now; when it may stands beside it, in the window. */
import type { ErrorEntry } from '../error-entry';

export const callbackRefusals = [
  {
    code: 'PUBLIC_HOLIDAY',
    status: 409,
    zh: '法定节假日不回访，请在 {windowFrom} 起拨打。',
    en: 'No callbacks on public holidays: call from {windowFrom} on.',
  },
  {
    code: 'OUTSIDE_HOURS',
    status: 409,
    zh: '现在不是回访时段，请在 {windowFrom} 起拨打。',
    en: 'Outside the hours of callbacks: call from {windowFrom} on.',
  },
  {
    code: 'SAME_DAY_AS_LAST_ATTEMPT',
    status: 409,
    zh: '今天已拨打过，请在 {windowFrom} 起再次拨打。',
    en: 'There was an attempt today: call again from {windowFrom} on.',
  },
  {
    code: 'NOT_LATER_TIME_OF_DAY',
    status: 409,
    zh: '再次拨打须晚于上次的时刻，请在 {windowFrom} 起拨打。',
    en: 'A further attempt is made at a later time of day: call from {windowFrom} on.',
  },
  {
    code: 'HOLIDAYS_UNKNOWN',
    status: 409,
    zh: '当日的法定节假日尚未录入日历，请合规录入后再拨打。',
    en: 'The public holidays of this day are not entered yet: ask compliance to enter them, then call.',
  },
  {
    code: 'NO_ATTEMPTS_LEFT',
    status: 409,
    zh: '拨打次数已用完，由理财服务中心负责人在其待办中决定如何处理。',
    en: 'All attempts are used up: the head of the service department decides in a task what follows.',
  },
] as const satisfies readonly ErrorEntry[];

export type CallbackRefusal = (typeof callbackRefusals)[number]['code'];
