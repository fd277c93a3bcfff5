/** The histories of a process as the engine keeps them, for a file that outlives the engine's own keeping. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { Run } from '../../domain/complaints/event-meant';
import { runIdsOf } from '../intake/describe-process';

export interface HistoryEvent {
  /** Number in the history of its run, from 1. */
  readonly eventId: string;
  /** As the Web UI names it, `EVENT_TYPE_ACTIVITY_TASK_SCHEDULED`. */
  readonly eventType: string;
  readonly eventTime: string;
  readonly workflowExecutionStartedEventAttributes?: { readonly continuedExecutionRunId?: string };
}

/**
 * All runs that the engine still has, oldest first: those that went on in one another, which each names the one before, and those that were
 * started anew, which its list tells (seconds late, so the newest is asked for beside it). None where it has nothing of it any more.
 */
export async function runsOf(client: Client, workflowId: string): Promise<readonly Run<HistoryEvent>[]> {
  const { runId: newest } = await unlessGone(client.workflow.getHandle(workflowId).describe());
  const asked = [...(newest === undefined ? [] : [newest]), ...(await runIdsOf(client, workflowId))];
  const found = new Map<string, Run<HistoryEvent>>();
  for (let runId = asked.shift(); runId !== undefined; runId = asked.shift()) {
    if (found.has(runId)) continue;
    const history = await unlessGone(client.workflow.getHandle(workflowId, runId).fetchHistory());
    if (history.events === undefined) continue;
    const { events } = JSON.parse(historyToJSON(history)) as { readonly events: readonly HistoryEvent[] };
    found.set(runId, { runId, events });
    const before = events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
    if (before !== undefined && before !== '') asked.push(before);
  }
  const begun = ({ events }: Run<HistoryEvent>) => events[0]?.eventTime ?? '';
  return [...found.values()].sort((a, b) => (begun(a) < begun(b) ? -1 : 1));
}

async function unlessGone<Found extends object>(asked: Promise<Found>): Promise<Partial<Found>> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return {};
    throw error;
  }
}
