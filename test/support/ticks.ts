/** The ticks of the schedule that starts the settlement days. */
import type { Client } from '@temporalio/client';
import { untilTrue } from './eventually';

export const TICK_SCHEDULE = 'settlement-day-tick:SH';

/** Waits until the schedule has taken so many actions and none of them runs any more. */
export const ticksDone = (client: Client, count: number): Promise<void> =>
  untilTrue(async () => {
    const { info } = await client.schedule.getHandle(TICK_SCHEDULE).describe();
    const running = await Promise.all(
      info.recentActions.map(async ({ action }) => {
        const { workflowId, firstExecutionRunId } = action.workflow;
        return (await client.workflow.getHandle(workflowId, firstExecutionRunId).describe()).status.name;
      }),
    );
    return info.numActionsTaken >= count && running.every((status) => status === 'COMPLETED');
  });
