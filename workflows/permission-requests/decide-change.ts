/** A change of an open permission is decided by a second person, within the working days that the terms name. */
import type { FollowedChange } from '../../activities/permissions/follow-change';
import { outside } from '../activity-groups';
import { askApproval } from '../building-blocks/approval';
import type { BusinessClock } from '../building-blocks/business-clock';
import { deliverBeside } from '../building-blocks/delivery';
import type { TaskDesk } from '../building-blocks/human-task';
import type { Promises } from '../building-blocks/promises';
import type { Waiting } from '../building-blocks/waiting';

/** Whom it is asked of, and what it is called. */
export interface Deciding {
  readonly kind: string;
  readonly role: string;
  readonly side?: 'client';
  readonly zh: string;
  readonly en: string;
}

/** The row moves on in the transaction of the decision; the process reads it afterwards. */
export async function decide(
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
  const promise = await at.promises.give(at.clock, {
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
    dueAt: promise.dueAt(),
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

/** A change that was refused or recalled leaves in the file of the client that it was asked for, why, and who decided (A2 §14). */
export async function fileUndone({ requestNo }: FollowedChange, waiting: Waiting): Promise<void> {
  deliverBeside();
  waiting.stage('资料归档', 'filing of the documents');
  await outside('归档决定 file the decision').fileChange({ requestNo });
}
