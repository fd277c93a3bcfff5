/** A message to a process, left in the outbox so that it survives an outage of Temporal; the dispatcher sends it. */
import type { ClientBase } from 'pg';
import { registerProcess } from '../clock/register-process';

type Sql = Pick<ClientBase, 'query'>;

/** Signals a process that may be waiting; one that is not running needs no signal. */
export async function queueSignal(
  sql: Sql,
  {
    key,
    workflowId,
    signal,
    args = [],
  }: { key: string; workflowId: string; signal: string; args?: readonly unknown[] },
): Promise<void> {
  await queue(sql, 'signal', key, workflowId, { signal, args });
}

/** Registers a process and asks for its start. */
export async function queueStart(
  sql: Sql,
  { key, workflowId, type, args }: { key: string; workflowId: string; type: string; args: readonly unknown[] },
): Promise<void> {
  await registerProcess(sql, { workflowId, type });
  await queue(sql, 'start', key, workflowId, { type, args });
}

async function queue(sql: Sql, kind: string, key: string, workflowId: string, payload: object): Promise<void> {
  await sql.query(
    `insert into outbox (message_key, workflow_id, kind, severity, subject_zh, subject_en, text_zh, text_en, payload)
     values ($1, $2, $3, 'info', '', '', '', '', $4) on conflict (message_key) do nothing`,
    [key, workflowId, kind, JSON.stringify(payload)],
  );
}
