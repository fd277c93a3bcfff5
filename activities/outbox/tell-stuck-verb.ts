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
      template: 'STUCK_VERB',
      facts: { process: workflowId, verb, minutes: String(minutes) },
    });
  }
}
