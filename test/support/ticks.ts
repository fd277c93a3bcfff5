/** The ticks of the schedule that starts the settlement days. */
import type { Client } from '@temporalio/client';

export const TICK_SCHEDULE = 'settlement-day-tick:SH';

/** Waits until the schedule has taken so many actions and none of them runs any more. */
export async function ticksDone(client: Client, count: number): Promise<void> {
  for (;;) {
    const { info } = await client.schedule.getHandle(TICK_SCHEDULE).describe();
    const running = await Promise.all(
      info.recentActions.map(async ({ action }) => {
        const { workflowId, firstExecutionRunId } = action.workflow;
        return (await client.workflow.getHandle(workflowId, firstExecutionRunId).describe()).status.name;
      }),
    );
    if (info.numActionsTaken >= count && running.every((status) => status === 'COMPLETED')) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
