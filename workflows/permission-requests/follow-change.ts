/** A change of an open permission: decided by a second person within the working days that the terms name, told to the counter, recorded, filed. */
import type { FollowedChange } from '../../activities/permissions/follow-change';
import { database, outside } from '../activity-groups';
import { askApproval } from '../building-blocks/approval';
import { BusinessClock } from '../building-blocks/business-clock';
import { deliverBeside } from '../building-blocks/delivery';
import { TaskDesk } from '../building-blocks/human-task';
import { dueFrom, Owed } from '../building-blocks/owed';
import { Promises } from '../building-blocks/promises';
import { openWaiting, type Waiting } from '../building-blocks/waiting';
import type { PermissionChangeEnd, PermissionChangeInput } from '../messages/permission-change';
import { changeAtCounter } from './at-counter';
import { endsUndone } from './complete-file';

/** Whom it is asked of, and what it is called. */
export interface Deciding {
  readonly kind: string;
  readonly role: string;
  readonly side?: 'client';
  readonly zh: string;
  readonly en: string;
}

/** What one kind of change has of its own. */
export interface ChangeSteps {
  readonly name: { readonly zh: string; readonly en: string };
  readonly decidedBy: (change: FollowedChange) => Deciding;
  /** The change takes force in the books once the counter has taken it. */
  readonly record: (request: PermissionChangeInput) => Promise<unknown>;
}

export async function followPermissionChange(
  request: PermissionChangeInput,
  { name, decidedBy, record }: ChangeSteps,
): Promise<PermissionChangeEnd> {
  const waiting = openWaiting(name);
  const desk = TaskDesk.open(waiting);
  const promises = Promises.open(waiting);
  const clock = await BusinessClock.open();
  const read = () => database('读取申请 read the request').readChange(request);

  let change = await read();
  await decide(change, decidedBy(change), { clock, desk, promises, waiting });
  change = await read();
  if (change.state === 'opening') {
    await changeAtCounter(change, desk, waiting);
    await record(request);
    await file(change, waiting);
    await database('档案完整 the file is complete').endFiling(request);
    change = await read();
    // A change that was refused or recalled leaves in the file of the client that it was asked for, why, and who decided (A2 §14).
  } else if (endsUndone(change.state)) await file(change, waiting);
  waiting.stage('已结束', 'ended');
  await desk.closing();
  return change.state as PermissionChangeEnd;
}

/** The row moves on in the transaction of the decision; the process reads it afterwards. */
async function decide(
  change: FollowedChange,
  { kind, role, side, zh, en }: Deciding,
  at: {
    readonly clock: BusinessClock;
    readonly desk: TaskDesk;
    readonly promises: Promises;
    readonly waiting: Waiting;
  },
): Promise<void> {
  const { requestNo, name, branch, permission, cause, callbackNo, reason, rateBefore, rateAfter, effectiveOn } = change;
  at.waiting.stage('等待审批', 'waiting for approval');
  const promise = await Owed.give(at, {
    businessKey: `${kind}:${requestNo}`,
    step: 'decide',
    subject: requestNo,
    ...(side === undefined ? {} : { side }),
    owner: { role },
    ladder: 'PROMISE',
    limit: { kind: 'BUSINESS_DAYS', n: change.withinDays },
    receivedAt: change.requestedAt,
    titleZh: zh,
    titleEn: en,
  });
  deliverBeside();
  const asked = await askApproval(at.desk, {
    businessKey: `${kind}:${requestNo}`,
    kind,
    titleZh: `${zh}：${name.zh}`,
    titleEn: `${en}: ${name.en}`,
    role,
    ...(side === undefined ? {} : { side }),
    ...dueFrom(promise),
    facts: {
      request: requestNo,
      permission,
      branch,
      cause,
      callback: callbackNo,
      reason,
      rateBefore,
      rateAfter,
      effectiveOn,
    },
    revision: 1,
    madeBy: change.madeBy,
    otherwise: '到期上报，不自动批准 told upwards when due; never approved by itself',
    subject: { kind: 'permission change', id: requestNo },
  });
  await promise.meetBy(await asked.decided);
}

async function file({ requestNo }: FollowedChange, waiting: Waiting): Promise<void> {
  deliverBeside();
  waiting.stage('资料归档', 'filing of the documents');
  await outside('归档决定 file the decision').fileChange({ requestNo });
}
