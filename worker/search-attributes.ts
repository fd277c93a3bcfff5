/** What a supervisor can filter the processes of a book by, and the namespace of a book that knows them. */
import type { Connection } from '@temporalio/client';
import type { SearchAttributeType } from '@temporalio/common';
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes';
import { msToTs } from '@temporalio/common/lib/time';
import { setTimeout as sleep } from 'node:timers/promises';
import * as keys from '../workflows/messages/search-attributes';

/** Search attributes of every process. No personal data may ever stand in one. */
export const searchAttributes: readonly { readonly name: string; readonly type: SearchAttributeType }[] =
  Object.values(keys);

/** gRPC status of "there is one already". */
const ALREADY_EXISTS = 6;
const READY_WITHIN_MS = 30_000;

/**
 * Makes the Temporal namespace of a book with its search attributes, and waits until both can be used. Safe to repeat:
 * what is there already is left as it is, what is missing is added.
 *
 * @param retentionDays how long the history of a closed process stays readable; the evidence pack outlives it.
 */
export async function registerBookNamespace(
  connection: Connection,
  namespace: string,
  retentionDays = 30,
): Promise<void> {
  await unlessThere(
    connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs(`${retentionDays} days`),
    }),
  );
  await untilReady(async () => {
    const known = await knownAttributes(connection, namespace);
    const missing = searchAttributes.filter(({ name }) => !known.has(name));
    if (missing.length === 0) return true;
    await unlessThere(
      connection.operatorService.addSearchAttributes({
        namespace,
        searchAttributes: Object.fromEntries(
          missing.map(({ name, type }) => [name, encodeSearchAttributeIndexedValueType(type)!]),
        ),
      }),
    );
    return false;
  });
}

async function knownAttributes(connection: Connection, namespace: string): Promise<ReadonlySet<string>> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return new Set(Object.keys(customAttributes ?? {}));
}

async function unlessThere(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if ((error as { code?: number }).code !== ALREADY_EXISTS) throw error;
  }
}

/** A namespace just made takes a moment to be known everywhere in the server; the last refusal is told if it never is. */
async function untilReady(attempt: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      if (await attempt()) return;
    } catch (error) {
      if (performance.now() > until) throw error;
    }
    await sleep(50);
  }
}
