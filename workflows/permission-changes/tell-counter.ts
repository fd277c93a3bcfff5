/** The counter is told of a change that was approved; where it refuses, operations has it told again, until it is taken. */
import type { FollowedChange } from '../../activities/permissions/follow-change';
import { outside } from '../activity-groups';
import type { TaskDesk, TaskForm } from '../building-blocks/human-task';
import type { Waiting } from '../building-blocks/waiting';

const COUNTER_REFUSED: TaskForm = {
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['decision', 'reason'],
    properties: {
      decision: { type: 'string', const: 'try again' },
      reason: { type: 'string', minLength: 5, maxLength: 500 },
    },
  },
};

export async function tellCounter(
  { requestNo, branch, name, kind }: FollowedChange,
  desk: TaskDesk,
  waiting: Waiting,
): Promise<void> {
  for (let nth = 1; ; nth += 1) {
    waiting.stage('通知柜台', 'telling the counter');
    const answer = await outside('通知柜台 tell the counter').tellCounterOfChange({ requestNo });
    if (answer.outcome === 'accepted') return;
    const task = await desk.ask({
      businessKey: `counter-refused:${requestNo}:${nth}`,
      kind: 'counter-refused-change',
      titleZh: `柜台拒绝变更 ${name.zh}`,
      titleEn: `the counter refused a change of ${name.en}`,
      role: 'operations',
      side: 'client',
      form: COUNTER_REFUSED,
      facts: { request: requestNo, branch, change: kind, code: answer.code },
      revision: 1,
    });
    await task.answered;
  }
}
