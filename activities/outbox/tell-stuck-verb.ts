/** A step that fails again and again without a business reason: somebody must look, it does not cure itself for ever. */
import type { Pool } from 'pg';
import { queueNotice } from './queue-notice';

export interface StuckVerb {
  readonly workflowId: string;
  readonly activityId: string;
  /** Name of the verb, e.g. `readReserveAccount`. */
  readonly verb: string;
  readonly minutes: number;
}

/** One alarm a step. Carries no message of the failure: that may name what must not leave the log. */
export async function tellStuckVerb(pool: Pool, { workflowId, activityId, verb, minutes }: StuckVerb): Promise<void> {
  for (const role of ['operations', 'admin']) {
    await queueNotice(pool, {
      key: `stuck:${workflowId}:${activityId}:${verb}:${role}`,
      workflowId,
      severity: 'critical',
      recipientRole: role,
      subject: { zh: `步骤持续失败：${verb}`, en: `A step fails again and again: ${verb}` },
      text: {
        zh: `${workflowId} 的步骤 ${verb} 已失败 ${minutes} 分钟并仍在重试。请检查对方系统、网络与日志；恢复后自动继续。`,
        en: `The step ${verb} of ${workflowId} has failed for ${minutes} minutes and is tried again. Check the other system, the network and the log; it goes on by itself once they are well.`,
      },
    });
  }
}
