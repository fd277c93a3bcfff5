/**
 * Starts and signals that wait, sent to Temporal in the order of each process. Safe to repeat: a process that is there
 * already is not started twice, a signal that comes twice makes the process look again and find nothing new.
 */
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import type { StartRequest } from '../outbox/queue-message';
import { onBehalfOfRequest } from './request-id';
import { storiesQueue, type IntakeDependencies } from './dependencies';
import { GRPC, grpcStatusOf } from './grpc-status';

/** A message as it waits (`waiting_messages`). */
export interface MessageToSend {
  readonly message_id: string;
  readonly workflow_id: string;
  readonly kind: 'signal' | 'start';
  readonly payload: StartRequest & { readonly signal: string; readonly requestId?: string };
}

/** $1 message, $2 what was said of it. Numbers of starts and of messages are of one sequence. */
const NOTE_FAILURE = `
  with of_start as (update waiting_starts set attempts = attempts + 1, last_error = $2 where message_id = $1)
  update outbox set attempts = attempts + 1, last_error = $2 where message_id = $1`;

/** Of a message that the server refuses for itself, whatever else it takes. */
const REFUSED: readonly (number | undefined)[] = [GRPC.INVALID_ARGUMENT, GRPC.FAILED_PRECONDITION];

/** How many processes are told side by side. */
const AT_ONCE = 16;
const PAGE = 500;

type Deps = Pick<IntakeDependencies, 'pool' | 'temporal'>;

interface Round {
  /** Of each process what it has not been told, in its order. */
  readonly left: MessageToSend[][];
  sent: number;
  stoppedBy?: string;
}

/**
 * Sends what is unsent, to several processes side by side. One that the server refuses holds up those behind it of its own process only; a
 * server that does not answer holds up all, and is asked no more. A rehearsal takes one course: in a manual book one is told after the other.
 * @returns how many were sent, and what stopped the others, if anything did; they stay for the next call
 */
export async function dispatchSignals(deps: Deps): Promise<{ readonly sent: number; readonly stoppedBy?: string }> {
  const { messages, isManual } = await nextMessages(deps.pool);
  const round: Round = { left: [...byProcess(messages).values()], sent: 0 };
  // One alone finds out whether the server answers at all.
  await sendInOrder(deps, round, round.left.shift() ?? []);
  const sendLists = async (): Promise<void> => {
    for (let list = round.left.shift(); list !== undefined; list = round.left.shift())
      await sendInOrder(deps, round, list);
  };
  const senders = await Promise.allSettled(Array.from({ length: isManual ? 1 : AT_ONCE }, sendLists));
  const failed = senders.find((sender) => sender.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  const { sent, stoppedBy } = round;
  return stoppedBy === undefined ? { sent } : { sent, stoppedBy };
}

async function nextMessages(
  pool: Deps['pool'],
): Promise<{ readonly messages: readonly MessageToSend[]; readonly isManual: boolean }> {
  const { rows } = await pool.query<MessageToSend & { readonly mode: string }>(
    // Processes of which nothing was refused come first: however many refused ones there are, they hold up themselves only.
    `with next as (
       select message_id, workflow_id, kind, max(attempts) over (partition by workflow_id) > 0 as was_refused
         from waiting_messages order by was_refused, message_id limit ${PAGE})
     select message_id::text, workflow_id, kind, (select m.payload from waiting_messages m where m.message_id = n.message_id) as payload, c.mode
       from next n cross join business_clock c order by was_refused, n.message_id`,
  );
  return { messages: rows, isManual: rows[0]?.mode === 'manual' };
}

function byProcess(messages: readonly MessageToSend[]): ReadonlyMap<string, MessageToSend[]> {
  const lists = new Map<string, MessageToSend[]>();
  for (const message of messages) {
    const list = lists.get(message.workflow_id) ?? [];
    lists.set(message.workflow_id, list);
    list.push(message);
  }
  return lists;
}

/** Ends at the first that is not taken. */
async function sendInOrder({ pool, temporal }: Deps, round: Round, list: readonly MessageToSend[]): Promise<void> {
  for (const message of list) {
    try {
      await sendAtOnce(temporal, message);
    } catch (error) {
      const cause = causeOf(error);
      const failure = cause instanceof Error ? cause.message : String(cause);
      round.stoppedBy ??= failure;
      if (!REFUSED.includes(grpcStatusOf(error))) round.left.length = 0;
      await pool.query(NOTE_FAILURE, [message.message_id, failure.slice(0, 500)]);
      return;
    }
    await noteSent(pool, message);
    round.sent += 1;
  }
}

/**
 * Sends one message, of a process that nothing else waits for: the start of a new one. Once this returns the server has it for good; it
 * is noted afterwards, and one that is not noted is sent again and found to be there.
 * @throws Error where the server does not take it: it goes on waiting, and the dispatcher sends it later
 */
export const sendAtOnce = (temporal: IntakeDependencies['temporal'], row: MessageToSend): Promise<void> =>
  onBehalfOfRequest(row.payload.requestId, () => dispatch(temporal, row));

/**
 * What a process was started with stands in its own history from now on. The start of one that is started once waits no more and is gone; of
 * another the row in the outbox keeps that it was started, and when.
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
    `update outbox set sent_at = business_now(), attempts = attempts + 1, payload_told = case when kind <> 'start' then payload_told end
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
