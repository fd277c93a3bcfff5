/**
 * Starts and signals that wait in the outbox, sent to Temporal in their order. Safe to repeat: a process that is there
 * already is not started twice, a signal that comes twice makes the process look again and find nothing new.
 */
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import type { StartRequest } from '../outbox/queue-message';
import { onBehalfOfRequest } from './request-id';
import { storiesQueue, type IntakeDependencies } from './dependencies';

interface MessageRow {
  readonly message_id: string;
  readonly workflow_id: string;
  readonly kind: 'signal' | 'start';
  readonly payload: StartRequest & { readonly signal: string; readonly requestId?: string };
}

/**
 * Sends what is unsent.
 * @returns how many were sent, and what stopped the rest, if anything did; it stays for the next call
 */
export async function dispatchSignals({
  pool,
  temporal,
}: Pick<IntakeDependencies, 'pool' | 'temporal'>): Promise<{ readonly sent: number; readonly stoppedBy?: string }> {
  const { rows } = await pool.query<MessageRow>(
    `select message_id::text, workflow_id, kind, payload from outbox
     where sent_at is null and kind in ('signal', 'start') order by outbox.message_id limit 500`,
  );
  let sent = 0;
  for (const row of rows) {
    try {
      await onBehalfOfRequest(row.payload.requestId, () => dispatch(temporal, row));
    } catch (error) {
      const stoppedBy = error instanceof Error ? error.message : String(error);
      await pool.query('update outbox set attempts = attempts + 1, last_error = $2 where message_id = $1', [
        row.message_id,
        stoppedBy.slice(0, 500),
      ]);
      return { sent, stoppedBy };
    }
    await pool.query('update outbox set sent_at = business_now(), attempts = attempts + 1 where message_id = $1', [
      row.message_id,
    ]);
    sent += 1;
  }
  return { sent };
}

async function dispatch(temporal: IntakeDependencies['temporal'], row: MessageRow): Promise<void> {
  try {
    if (row.kind === 'signal') {
      await temporal.workflow.getHandle(row.workflow_id).signal(row.payload.signal, ...row.payload.args);
      return;
    }
    await temporal.workflow.start(row.payload.type, {
      workflowId: row.workflow_id,
      taskQueue: storiesQueue(temporal),
      args: [...row.payload.args],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      workflowIdConflictPolicy: 'FAIL',
      ...(row.payload.summary === undefined ? {} : { staticSummary: row.payload.summary }),
      typedSearchAttributes: Object.entries(row.payload.attributes ?? {}).map(([name, value]) => ({
        key: defineSearchAttributeKey(name, 'KEYWORD'),
        value,
      })),
    });
  } catch (error) {
    // A process that is gone has looked at everything it needed; one that is there was started by an earlier attempt.
    if (error instanceof WorkflowNotFoundError || error instanceof WorkflowExecutionAlreadyStartedError) return;
    throw error;
  }
}
