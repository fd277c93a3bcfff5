/** The counter is told of a permission that is opened, closed or changed; where it refuses, operations decides what follows. */
import { patched } from '@temporalio/workflow';
import type { FollowedChange } from '../../activities/permissions/follow-change';
import type { FollowedRequest } from '../../activities/permissions/follow-request';
import type { CounterAnswer } from '../../activities/permissions/tell-counter';
import { database, outside } from '../activity-groups';
import type { TaskDesk } from '../building-blocks/human-task';
import type { TaskForm } from '../building-blocks/task-spec';
import { formOfAll } from '../building-blocks/task-forms';
import type { Actor } from '../messages/tasks';
import type { Waiting } from '../building-blocks/waiting';

/** Tells the counter that the client may trade, then records the permission with its default commission (notice of A1..A5). */
export async function openAtCounter(request: FollowedRequest, desk: TaskDesk, waiting: Waiting): Promise<void> {
  const { requestNo, name } = request;
  const isTaken = await tellUntilTaken(request, desk, waiting, {
    stage: ['柜台开通', 'opening at the counter'],
    summary: '通知柜台开通 tell the counter',
    kind: 'counter-refused-permission',
    titleZh: `柜台拒绝开通 ${name.zh}`,
    titleEn: `the counter refused ${name.en}`,
    refuse: async ({ person, onBehalfOf }, reason) => {
      await takeBack(request, desk, waiting);
      await database('不予开通 the permission is refused').refusePermission({
        requestNo,
        by: person,
        ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
        reason,
      });
    },
  });
  if (!isTaken) return;
  const commission = await outside('读取净佣金率 read the net commission rate').readNetCommission({ requestNo });
  await database('登记权限与默认佣金 record permission and commission').recordPermission({ requestNo, commission });
  // Openings that were under way before do not tell it: their first comparison with the counter does.
  if (!patched('commission told')) return;
  await tellUntilTaken(request, desk, waiting, {
    stage: ['柜台佣金', 'commission at the counter'],
    summary: '通知柜台佣金 tell the counter the commission',
    what: 'commission',
    kind: 'counter-refused-commission',
    titleZh: `柜台拒绝佣金 ${name.zh}`,
    titleEn: `the counter refused the commission of ${name.en}`,
  });
}

/** A permission by half is none, and a closing that may not be is none: what the counter took is taken back. */
async function takeBack(request: FollowedRequest, desk: TaskDesk, waiting: Waiting, again = ''): Promise<void> {
  const { requestNo, name } = request;
  await tellUntilTaken(request, desk, waiting, {
    stage: ['柜台撤销', 'taking back at the counter'],
    summary: '通知柜台撤销 tell the counter to take back',
    kind: 'counter-refused-taking-back',
    titleZh: `柜台拒绝撤销 ${name.zh}`,
    titleEn: `the counter refused to take back ${name.en}`,
    taskKey: `counter-refused-taking-back${again}`,
    tell: () => outside('通知柜台撤销 tell the counter to take back').takeBackFromCounter({ requestNo }),
  });
}

/**
 * Tells the counter that the client may trade no longer, until it takes it. What was ordered between the check and that stands in the way:
 * then the block is taken back, and the request is under way again. `nth` tells one telling from another.
 */
export async function closeAtCounter(
  request: FollowedRequest,
  desk: TaskDesk,
  waiting: Waiting,
  nth: number,
): Promise<void> {
  const { requestNo, name } = request;
  await tellUntilTaken(request, desk, waiting, {
    stage: ['柜台关闭', 'closing at the counter'],
    summary: '通知柜台关闭 tell the counter to close',
    kind: 'counter-refused-closing',
    titleZh: `柜台拒绝关闭 ${name.zh}`,
    titleEn: `the counter refused to close ${name.en}`,
    taskKey: nth === 1 ? 'counter-refused' : `counter-refused:${nth}`,
  });
  const told = { requestNo, nth: `${nth}` };
  if ((await outside('再核对并登记权限关闭 look again and record the closing').recordClosed(told)) !== 'closing')
    return;
  await takeBack(request, desk, waiting, nth === 1 ? '' : `:${nth}`);
  await database('恢复在办 the request is under way again').reopenClosing(told);
}

/** Tells the counter of a change that was approved, until it takes it. */
export async function changeAtCounter(change: FollowedChange, desk: TaskDesk, waiting: Waiting): Promise<void> {
  const { name } = change;
  await tellUntilTaken(change, desk, waiting, {
    stage: ['通知柜台', 'telling the counter'],
    summary: '通知柜台 tell the counter',
    kind: 'counter-refused-change',
    titleZh: `柜台拒绝变更 ${name.zh}`,
    titleEn: `the counter refused a change of ${name.en}`,
  });
}

interface Telling {
  readonly stage: readonly [zh: string, en: string];
  readonly summary: string;
  readonly what?: 'commission';
  /** Of the task where the counter refuses. */
  readonly kind: string;
  readonly titleZh: string;
  readonly titleEn: string;
  /** Where operations may leave it instead of having it told again. */
  readonly refuse?: (by: Actor, reason: string) => Promise<unknown>;
  /** Of the tasks, where it is not the telling of the request itself. */
  readonly taskKey?: string;
  readonly tell?: () => Promise<CounterAnswer>;
}

type Told = Pick<FollowedRequest, 'requestNo' | 'branch'> & Partial<Pick<FollowedChange, 'kind'>>;

/** False where it was left. */
async function tellUntilTaken(told: Told, desk: TaskDesk, waiting: Waiting, telling: Telling): Promise<boolean> {
  for (let nth = 1; ; nth += 1) {
    waiting.stage(...telling.stage);
    const { requestNo } = told;
    const { what } = telling;
    const answer = await (telling.tell?.() ??
      outside(telling.summary).tellCounter({ requestNo, ...(what === undefined ? {} : { what }) }));
    if (answer.outcome === 'accepted') return true;
    const { form, by } = await askOperations(told, desk, telling, nth, answer.code);
    if (form['decision'] === 'refuse' && telling.refuse !== undefined && by !== undefined) {
      await telling.refuse(by, String(form['reason']));
      return false;
    }
  }
}

async function askOperations(
  { requestNo, branch, kind: change }: Told,
  desk: TaskDesk,
  { kind, what, titleZh, titleEn, refuse, taskKey = 'counter-refused' }: Telling,
  nth: number,
  code: string,
): Promise<{ readonly form: Readonly<Record<string, unknown>>; readonly by?: Actor }> {
  const task = await desk.ask({
    businessKey: `${taskKey}:${what === undefined ? '' : `${what}:`}${requestNo}:${nth}`,
    kind,
    titleZh,
    titleEn,
    role: 'operations',
    side: 'client',
    form: formOf(refuse === undefined ? ['try again'] : ['try again', 'refuse']),
    facts: { request: requestNo, branch, code, ...(change === undefined ? {} : { change }) },
    revision: 1,
  });
  const answer = await task.answered;
  if (answer.result !== 'completed') return { form: { decision: 'try again' } };
  return { form: answer.form, by: answer.by };
}

const formOf = (decisions: readonly string[]): TaskForm =>
  formOfAll({
    decision: { type: 'string', enum: [...decisions] },
    reason: { type: 'string', minLength: 5, maxLength: 500 },
  });
