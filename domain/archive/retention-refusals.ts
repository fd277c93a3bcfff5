/** Why nothing is changed about how long the file of a client is kept, in the order in which it is told (A2 §15). */
import type { ErrorEntry } from '../error-entry';

export const retentionRefusals = [
  {
    code: 'RELATIONSHIP_ENDED_ALREADY',
    status: 409,
    zh: '关系已登记于 {date} 结束，不能更改。',
    en: 'The relationship is recorded to have ended on {date}; that is never changed.',
  },
  {
    code: 'RELATIONSHIP_LASTS',
    status: 409,
    zh: '客户仍有已开通的权限或在办的申请（{requests}），请先关闭或办结。',
    en: 'The client still has permissions that are open or requests under way ({requests}): close or end them first.',
  },
  {
    code: 'RETENTION_CHANGE_PENDING',
    status: 409,
    zh: '同一事项的申请 {change} 尚待审批，请等待其结果或撤回。',
    en: 'Change {change} of the same kind awaits approval: wait for its result, or have it recalled.',
  },
  {
    code: 'RETENTION_DAY_WRONG',
    status: 422,
    zh: '关系结束日不得晚于 {today}，延长保管的日期须晚于 {today}；所填为 {date}。',
    en: 'A relationship has ended on {today} at the latest, and a file is kept longer than {today}; given is {date}.',
  },
] as const satisfies readonly ErrorEntry[];
