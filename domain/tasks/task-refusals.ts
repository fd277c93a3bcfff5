/** Refusals around work that waits for people; their place is in `domain/errors.ts`. */
import type { ErrorEntry } from '../error-entry';

export const taskRefusals = [
  {
    code: 'TASK_RETURNED',
    status: 409,
    zh: '任务 {task} 已退回经办人，重新经办后另有新任务。',
    en: 'Task {task} was sent back to its maker: look for the new task once it is made again.',
  },
  {
    code: 'TASK_HAS_NO_MAKER',
    status: 409,
    zh: '任务 {task} 没有经办人，不能退回；请办理或放回。',
    en: 'Task {task} has no maker to be sent back to: complete it or release it.',
  },
  {
    code: 'TEXT_NOT_BY_REFERENCE',
    status: 400,
    zh: '{field} 须先存入数据库、以引用传入流程，请经由接口办理；流程历史不得含人工录入的文字。',
    en: '{field} must reach the process as a reference to a text that is kept: use the API. Histories hold nothing that people typed.',
  },
  {
    code: 'BULK_TOO_LARGE',
    status: 422,
    zh: '批量办理至多 {limit} 项，所选为 {count} 项；请缩小范围。',
    en: 'At most {limit} tasks at once, {count} are chosen: narrow the list.',
  },
  {
    code: 'BULK_COUNT_DIFFERS',
    status: 409,
    zh: '您看到的是 {shown} 项，现为 {current} 项；请重新查看清单。',
    en: 'You were shown {shown} tasks, there are {current} now: look at the list again.',
  },
  {
    code: 'BULK_FORMS_DIFFER',
    status: 422,
    zh: '任务 {task} 的种类或表单与其他任务不同；请按种类分批办理。',
    en: 'Task {task} is of another kind or form than the others: complete each kind by itself.',
  },
  {
    code: 'BULK_NOT_ALLOWED',
    status: 422,
    zh: '任务 {task} 须逐项办理，请移出清单。',
    en: 'Task {task} needs a look of its own: take it off the list.',
  },
  {
    code: 'BULK_UNDER_WAY',
    status: 409,
    zh: '批量 {bulk} 尚未办完，请稍后再试。',
    en: 'Bulk {bulk} has not ended yet: try again later.',
  },
  {
    code: 'BULK_NOTHING_TO_RETRY',
    status: 409,
    zh: '批量 {bulk} 已全部办成，无须重试。',
    en: 'Every task of bulk {bulk} is done: there is nothing to try again.',
  },
  {
    code: 'SUBSTITUTE_IS_AWAY',
    status: 422,
    zh: '{person} 在此期间也不在岗，请另选替岗人。',
    en: '{person} is away in that time too: choose another substitute.',
  },
  {
    code: 'SUBSTITUTION_OVERLAPS',
    status: 409,
    zh: '{person} 在此期间已有替岗 {substitution}；请先结束它。',
    en: '{person} has substitution {substitution} in that time: end it first.',
  },
  {
    code: 'SUBSTITUTION_OVER',
    status: 409,
    zh: '替岗 {substitution} 已结束。',
    en: 'Substitution {substitution} has ended.',
  },
  {
    code: 'VIEW_NAME_TAKEN',
    status: 409,
    zh: '您已有同名视图 {view}，请另取名称。',
    en: 'Your view {view} has this name: choose another.',
  },
] as const satisfies readonly ErrorEntry[];
