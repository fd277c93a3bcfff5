/** Refusals around promises and their clocks; their place is in `domain/errors.ts`. */
import type { ErrorEntry } from '../error-entry';

export const deadlineRefusals = [
  {
    code: 'DEADLINE_CONTENT_DIFFERS',
    status: 409,
    zh: '期限 {deadline} 已按不同内容登记。',
    en: 'The deadline {deadline} was opened with other content.',
  },
  {
    code: 'DEADLINE_NOT_OPEN',
    status: 409,
    zh: '期限 {deadline} 已结束（{state}），不能再更改。',
    en: 'The deadline {deadline} has ended ({state}) and is no longer changed.',
  },
  {
    code: 'DEADLINE_FIXED',
    status: 409,
    zh: '期限 {deadline} 按钟点确定，不能中止或延长，请在期限前完成或按逾期办理。',
    en: 'The deadline {deadline} follows clock times: it can neither be stopped nor extended. Be done by then, or go on as overdue.',
  },
  {
    code: 'EXTENSION_AFTER_LIMIT',
    status: 409,
    zh: '期限 {deadline} 已于 {dueAt} 届满，不能再延长，请按逾期办理。',
    en: 'The deadline {deadline} was due at {dueAt}: it cannot be extended any more; go on as overdue.',
  },
  {
    code: 'EXTENSION_ALREADY_ASKED',
    status: 409,
    zh: '期限 {deadline} 已有待复核的延长申请，请等待其结果。',
    en: 'An extension of the deadline {deadline} waits for its decision already: wait for it.',
  },
  {
    code: 'EXTENSION_ALREADY_DECIDED',
    status: 409,
    zh: '延长申请 {extension} 已有结果（{state}）。',
    en: 'Extension {extension} has its decision already ({state}).',
  },
  {
    code: 'STOP_AFTER_LIMIT',
    status: 409,
    zh: '期限 {deadline} 已于 {dueAt} 届满，不能再中止，请按逾期办理。',
    en: 'The deadline {deadline} was due at {dueAt}: its clock cannot be stopped any more; go on as overdue.',
  },
  {
    code: 'CLOCK_ALREADY_STOPPED',
    status: 409,
    zh: '期限 {deadline} 已中止计时，最迟 {resumesAt} 恢复。',
    en: 'The clock of the deadline {deadline} stands already; it resumes at {resumesAt} at the latest.',
  },
  {
    code: 'CLOCK_NOT_STOPPED',
    status: 409,
    zh: '期限 {deadline} 没有中止，无须恢复。',
    en: 'The clock of the deadline {deadline} runs: there is nothing to resume.',
  },
  {
    code: 'STOP_BOUND_REACHED',
    status: 409,
    zh: '期限 {deadline} 的中止时间累计已满 {days} 天，不能再中止。',
    en: 'The clock of the deadline {deadline} stood for {days} days in all: it cannot be stopped again.',
  },
] as const satisfies readonly ErrorEntry[];
