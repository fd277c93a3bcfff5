/**
 * Starts and signals that wait in the outbox, sent to Temporal in the order of each process. Safe to repeat: a process that is there
 * already is not started twice, a signal that comes twice makes the process look again and find nothing new.
 */
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import type { StartRequest } from '../outbox/queue-message';
import { onBehalfOfRequest } from './request-id';
import { storiesQueue, type IntakeDependencies } from './dependencies';
import { GRPC, grpcStatusOf } from './grpc-status';

/** A message as it waits in the outbox. */
export interface MessageToSend {
  readonly message_id: string;
  readonly workflow_id: string;
  readonly kind: 'signal' | 'start';
  readonly payload: StartRequest & { readonly signal: string; readonly requestId?: string };
}

/** Of a message that the server refuses for itself, whatever else it takes. */
const REFUSED: readonly (number | undefined)[] = [GRPC.INVALID_ARGUMENT, GRPC.FAILED_PRECONDITION];

/**
 * Sends what is unsent. One that the server refuses holds up those behind it of its own process only; a server that does not answer
 * holds up all.
 * @returns how many were sent, and what stopped the others, if anything did; they stay for the next call
 */
export async function dispatchSignals({
  pool,
  temporal,
}: Pick<IntakeDependencies, 'pool' | 'temporal'>): Promise<{ readonly sent: number; readonly stoppedBy?: string }> {
  const { rows } = await pool.query<MessageToSend>(
    // Processes of which nothing was refused come first: however many refused ones there are, they hold up themselves only.
    `select message_id::text, workflow_id, kind, payload
       from (select m.*, max(attempts) over (partition by workflow_id) > 0 as was_refused
               from outbox m where sent_at is null and kind in ('signal', 'start')) unsent
      order by was_refused, unsent.message_id limit 500`,
  );
  let sent = 0;
  let stoppedBy: string | undefined;
  const held = new Set<string>();
  for (const row of rows) {
    if (held.has(row.workflow_id)) continue;
    try {
      await onBehalfOfRequest(row.payload.requestId, () => dispatch(temporal, row));
    } catch (error) {
      const cause = causeOf(error);
      const failure = cause instanceof Error ? cause.message : String(cause);
      stoppedBy ??= failure;
      await pool.query('update outbox set attempts = attempts + 1, last_error = $2 where message_id = $1', [
        row.message_id,
        failure.slice(0, 500),
      ]);
      if (!REFUSED.includes(grpcStatusOf(error))) break;
      held.add(row.workflow_id);
      continue;
    }
    await noteSent(pool, row);
    sent += 1;
  }
  return stoppedBy === undefined ? { sent } : { sent, stoppedBy };
}

/**
 * Sends one message, of a process that nothing else waits for: the start of a new one. Once this returns the server has it for good; it
 * is noted afterwards, and one that is not noted is sent again and found to be there.
 * @throws Error where the server does not take it: it stays in the outbox, and the dispatcher sends it later
 */
export const sendAtOnce = (temporal: IntakeDependencies['temporal'], row: MessageToSend): Promise<void> =>
  onBehalfOfRequest(row.payload.requestId, () => dispatch(temporal, row));

/**
 * What a process was started with stands in its own history from now on. The start of one that is started once leaves the outbox; of
 * another the row keeps that it was started, and when.
 */
export async function noteSent(
  pool: IntakeDependencies['pool'],
  { message_id, kind }: Pick<MessageToSend, 'message_id' | 'kind'>,
): Promise<void> {
  if (kind === 'start') {
    const { rows } = await pool.query<{ done: boolean }>('select start_is_done($1) as done', [message_id]);
    if (rows[0]?.done === true) return;
  }
  await pool.query(
    `update outbox set sent_at = business_now(), attempts = attempts + 1, payload = case kind when 'start' then '{}' else payload end
      where message_id = $1`,
    [message_id],
  );
}

/** What the server said: the client wraps it in a sentence of its own. */
const causeOf = (error: unknown): unknown => (error instanceof Error ? (error.cause ?? error) : error);

async function dispatch(temporal: IntakeDependencies['temporal'], row: MessageToSend): Promise<void> {
  try {
    if (row.kind === 'signal') {
      await temporal.workflow.getHandle(row.workflow_id).signal(row.payload.signal, ...row.payload.args);
      return;
    }
    await temporal.workflow.start(row.payload.type, {
      workflowId: row.workflow_id,
      taskQueue: storiesQueue(temporal),
      args: [...row.payload.args],
      workflowIdReusePolicy: row.payload.again === true ? 'ALLOW_DUPLICATE' : 'ALLOW_DUPLICATE_FAILED_ONLY',
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
