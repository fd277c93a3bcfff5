/** What people ask for when they look for tasks: one schema for the query of a list and for the views that they keep. */
import { ROLES } from '../../domain/people/roles';
import { businessDate, channel, person, side } from '../schemas';
import { z } from '../zod';
import { taskState } from './tasks';

const role = z.enum(ROLES as [string, ...string[]]);
const instantGiven = z.iso.datetime({ offset: true });
const word = z.string().min(1).max(200);

/** Every member may be absent. */
export const filterFields = {
  state: taskState.optional().openapi({ description: '缺省为未完成 open and claimed where absent' }),
  role: role.optional(),
  side: side.optional(),
  branch: z.string().min(1).max(40).optional(),
  kind: word.optional().openapi({ example: 'approve-order' }),
  process: word.optional().openapi({ description: '流程编号 workflow id', example: 'settlement-day:SH:2025-06-26' }),
  channel: channel.optional(),
  date: businessDate
    .optional()
    .openapi({ description: '与 channel 同用：某日的任务 with channel: tasks of that settlement day' }),
  dueFrom: instantGiven.optional().openapi({ description: '到期不早于 due at this time or later' }),
  dueBefore: instantGiven.optional().openapi({ description: '到期早于 due before this time' }),
  overdue: z
    .enum(['true', 'false'])
    .optional()
    .openapi({ description: '已逾期：未完成而已过时限，或逾期完成 not done by its time, whether done since or not' }),
  holder: z
    .union([z.enum(['me', 'nobody']), person])
    .optional()
    .openapi({
      description:
        'me: 本人持有（含替岗）held by the caller or by whom the caller stands in for; nobody: 未认领 unclaimed; 或人员 or a person',
    }),
  text: z
    .string()
    .trim()
    .min(2)
    .max(100)
    .optional()
    .openapi({ description: '标题（中、英）或业务编号中的文字 text within title or business key', example: '划付' }),
};

export const taskFilter = z.strictObject(filterFields).openapi('TaskFilter');
export type TaskFilter = z.output<typeof taskFilter>;
