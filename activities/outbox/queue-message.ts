/** A message to a process, which waits in the database so that it survives an outage of Temporal; `dispatchSignals` sends it. */
import type { ClientBase } from 'pg';
import { currentRequestId } from '../intake/request-id';
import { registerOnce, registerProcess, type Registered } from '../clock/register-process';

type Sql = Pick<ClientBase, 'query'>;

export interface SignalMessage {
  readonly key: string;
  readonly workflowId: string;
  readonly signal: string;
  readonly args?: readonly unknown[];
}

/** Signals processes that may be waiting, in the order given; one that is not running needs no signal. Each is told by whose request it is woken. */
export async function queueSignals(sql: Sql, messages: readonly SignalMessage[]): Promise<void> {
  const requestId = currentRequestId();
  await sql.query(
    `insert into outbox (other_key, workflow_id, kind, severity, payload_told)
     select m.value ->> 'key', m.value ->> 'workflowId', 'signal', 'info', m.value -> 'payload'
       from jsonb_array_elements($1::jsonb) with ordinality m order by m.ordinality
     on conflict do nothing`,
    [
      JSON.stringify(
        messages.map(({ key, workflowId, signal, args = [] }) => ({
          ...{ key, workflowId },
          payload: { signal, args, requestId },
        })),
      ),
    ],
  );
}

/** Signals one. */
export const queueSignal = (sql: Sql, message: SignalMessage): Promise<void> => queueSignals(sql, [message]);

export interface StartRequest {
  /** Started also where an earlier run of the same id has done what it had to: what it followed has come again. */
  readonly again?: true;
  /** Name of the workflow. */
  readonly type: string;
  readonly args: readonly unknown[];
  /** Shown in the Web UI: Chinese first, no personal data. */
  readonly summary?: string;
  /** Keyword search attributes by name. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/**
 * Registers a process and asks for its start. True unless that was asked for before: of a process that is started once, whose key is
 * `start:` and its id, the book itself remembers it, and nothing is left of the start when the engine has it.
 */
export async function queueStart(
  sql: Sql,
  message: StartRequest & { readonly key: string; readonly workflowId: string },
): Promise<boolean> {
  const { key, workflowId, ...request } = message;
  const process = { workflowId, type: request.type };
  if (key === `start:${workflowId}`) return startOnce(sql, process, request);
  const isNew = await askAgain(sql, key, workflowId, request);
  if (isNew) await registerProcess(sql, process);
  return isNew;
}

/** One of several starts of a process, which are counted. */
async function askAgain(sql: Sql, key: string, workflowId: string, request: StartRequest): Promise<boolean> {
  const { rowCount } = await sql.query(
    `insert into outbox (other_key, workflow_id, kind, severity, payload_told)
     values ($1, $2, 'start', 'info', $3) on conflict do nothing`,
    [key, workflowId, JSON.stringify({ ...request, requestId: currentRequestId() })],
  );
  return rowCount === 1;
}

/**
 * The same of a process of which all else that it is started with follows from the row of its case: a complaint (`start_of_complaint`). Nothing of it
 * is written again.
 */
export const queueStartOfCase = (
  sql: Sql,
  process: { readonly workflowId: string; readonly type: 'complaint' },
): Promise<boolean> => startOnce(sql, process, null);

async function startOnce(sql: Sql, process: Registered, request: StartRequest | null): Promise<boolean> {
  const isNew = await registerOnce(sql, process);
  if (isNew)
    await sql.query('insert into waiting_starts (workflow_id, payload, request_id) values ($1, $2, $3)', [
      process.workflowId,
      request === null ? null : JSON.stringify(request),
      currentRequestId() ?? null,
    ]);
  return isNew;
}
