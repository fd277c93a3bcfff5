/** The history of a process as the engine keeps it, for a file that outlives the engine's own keeping. */
import { getClient } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';

export interface HistoryEvent {
  /** Number in the history, from 1. */
  readonly eventId: string;
  /** As the Web UI names it, `EVENT_TYPE_ACTIVITY_TASK_SCHEDULED`. */
  readonly eventType: string;
  readonly eventTime: string;
}

/** The events of its newest run; undefined where the engine has none of it any more. Within an activity only. */
export async function historyOf(workflowId: string): Promise<readonly HistoryEvent[] | undefined> {
  try {
    const history = await getClient().workflow.getHandle(workflowId).fetchHistory();
    return (JSON.parse(historyToJSON(history)) as { readonly events: readonly HistoryEvent[] }).events;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
