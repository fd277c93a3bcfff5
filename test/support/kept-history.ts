/** Histories of runs, kept in test/histories to be replayed on every change. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';

export const CORPUS = path.join(__dirname, '..', 'histories');

/** Whether this run of the tests records anew what it replays otherwise. */
export const isRecording = process.env['RECORD_HISTORIES'] !== undefined;

/** Names of the machine and places on it say nothing to a replay. */
const LEFT_OUT: readonly string[] = ['identity', 'stackTrace'];
const PROCESS_OF_WORKER = /[\w.-]+:\d+:(stories|database|bulk|outside)(-[0-9a-f]{32})?/g;

/** Writes the history of a process, one event a line: `product/settlement-day-real.json`. */
export async function keepHistory(client: Client, workflowId: string, file: string, runId?: string): Promise<void> {
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const { events } = JSON.parse(historyToJSON(history)) as { readonly events: readonly object[] };
  const lines = events.map((event) =>
    JSON.stringify(event, (key, value: unknown) => (LEFT_OUT.includes(key) ? undefined : value)).replaceAll(
      PROCESS_OF_WORKER,
      'worker:$1',
    ),
  );
  writeFileSync(path.join(CORPUS, file), `{"events":[\n${lines.join(',\n')}\n]}\n`);
}
