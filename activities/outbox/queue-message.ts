/** A message to a process, left in the outbox so that it survives an outage of Temporal; `dispatchSignals` sends it. */
import type { ClientBase } from 'pg';
import { currentRequestId } from '../intake/request-id';
import { registerOnce, registerProcess } from '../clock/register-process';

type Sql = Pick<ClientBase, 'query'>;

export interface SignalMessage {
  readonly key: string;
  readonly workflowId: string;
  readonly signal: string;
  readonly args?: readonly unknown[];
}

/** Signals many processes at once, in the order given. */
export async function queueSignals(sql: Sql, messages: readonly SignalMessage[]): Promise<void> {
  await sql.query(
    `insert into outbox (message_key, workflow_id, kind, severity, payload)
     select m.value ->> 'key', m.value ->> 'workflowId', 'signal', 'info', m.value -> 'payload'
       from jsonb_array_elements($1::jsonb) with ordinality m order by m.ordinality
     on conflict on constraint messages_are_told_once do nothing`,
    [
      JSON.stringify(
        messages.map(({ key, workflowId, signal, args = [] }) => ({ key, workflowId, payload: { signal, args } })),
      ),
    ],
  );
}

/** Signals a process that may be waiting; one that is not running needs no signal. */
export async function queueSignal(sql: Sql, message: SignalMessage): Promise<void> {
  const { key, workflowId, signal, args = [] } = message;
  await queue(sql, 'signal', key, workflowId, { signal, args });
}

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
 * `start:` and its id, the book itself remembers it; the message is gone when the engine has it.
 */
export async function queueStart(
  sql: Sql,
  message: StartRequest & { readonly key: string; readonly workflowId: string },
): Promise<boolean> {
  const { key, workflowId, ...request } = message;
  const process = { workflowId, type: request.type };
  if (key === `start:${workflowId}`)
    return (await registerOnce(sql, process)) && (await queue(sql, 'start', key, workflowId, request));
  const isNew = await queue(sql, 'start', key, workflowId, request);
  if (isNew) await registerProcess(sql, process);
  return isNew;
}

async function queue(sql: Sql, kind: string, key: string, workflowId: string, payload: object): Promise<boolean> {
  const { rowCount } = await sql.query(
    `insert into outbox (message_key, workflow_id, kind, severity, payload)
     values ($1, $2, $3, 'info', $4) on conflict on constraint messages_are_told_once do nothing`,
    [key, workflowId, kind, JSON.stringify({ ...payload, requestId: currentRequestId() })],
  );
  return rowCount === 1;
}
