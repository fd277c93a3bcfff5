/** The counter is told of a permission that is opened or closed; where it refuses, operations decides what follows. */
import type { FollowedRequest } from '../../activities/permissions/follow-request';
import { database, outside } from '../activity-groups';
import type { TaskDesk, TaskForm } from '../building-blocks/human-task';
import type { Waiting } from '../building-blocks/waiting';

/** Tells the counter that the client may trade, then records the permission with its default commission (notice of A1..A5). */
export async function openAtCounter(request: FollowedRequest, desk: TaskDesk, waiting: Waiting): Promise<void> {
  const { requestNo, name } = request;
  const refused = {
    kind: 'counter-refused-permission',
    titleZh: `柜台拒绝开通 ${name.zh}`,
    titleEn: `the counter refused ${name.en}`,
    decisions: ['try again', 'refuse'],
  };
  for (let nth = 1; ; nth += 1) {
    waiting.stage('柜台开通', 'opening at the counter');
    const answer = await outside('通知柜台开通 tell the counter').tellCounter({ requestNo });
    if (answer.outcome === 'accepted') break;
    const { form, by } = await askOperations(request, desk, { ...refused, nth, code: answer.code });
    if (form['decision'] === 'refuse') {
      const reason = String(form['reason']);
      await database('不予开通 the permission is refused').refusePermission({ requestNo, by, reason });
      return;
    }
  }
  const commission = await outside('读取净佣金率 read the net commission rate').readNetCommission({ requestNo });
  await database('登记权限与默认佣金 record permission and commission').recordPermission({ requestNo, commission });
}

/** Tells the counter that the client may trade no longer, until it takes it: what was decided about a closing stands. */
export async function closeAtCounter(request: FollowedRequest, desk: TaskDesk, waiting: Waiting): Promise<void> {
  const { requestNo, name } = request;
  const refused = {
    kind: 'counter-refused-closing',
    titleZh: `柜台拒绝关闭 ${name.zh}`,
    titleEn: `the counter refused to close ${name.en}`,
    decisions: ['try again'],
  };
  for (let nth = 1; ; nth += 1) {
    waiting.stage('柜台关闭', 'closing at the counter');
    const answer = await outside('通知柜台关闭 tell the counter to close').tellCounter({ requestNo });
    if (answer.outcome === 'accepted') break;
    await askOperations(request, desk, { ...refused, nth, code: answer.code });
  }
  await database('登记权限关闭 record the closing').recordClosed({ requestNo });
}

const formOf = (decisions: readonly string[]): TaskForm => ({
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['decision', 'reason'],
    properties: {
      decision: { type: 'string', enum: [...decisions] },
      reason: { type: 'string', minLength: 5, maxLength: 500 },
    },
  },
});

interface Refused {
  readonly kind: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly decisions: readonly string[];
  readonly nth: number;
  readonly code: string;
}

async function askOperations({ requestNo, branch }: FollowedRequest, desk: TaskDesk, refused: Refused) {
  const { kind, titleZh, titleEn, decisions, nth, code } = refused;
  const task = await desk.ask({
    businessKey: `counter-refused:${requestNo}:${nth}`,
    kind,
    titleZh,
    titleEn,
    role: 'operations',
    side: 'client',
    form: formOf(decisions),
    facts: { request: requestNo, branch, code },
    revision: 1,
  });
  const answer = await task.answered;
  if (answer.result !== 'completed') return { form: { decision: 'try again' }, by: '' };
  return { form: answer.form, by: answer.by.person };
}
