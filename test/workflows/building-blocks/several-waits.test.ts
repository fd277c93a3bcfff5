/**
 * A process that waits for several instants at once can be replayed, whichever arm the database answers first. Local
 * activities that run at once end in any order, but are replayed in the order of their start; so one is armed at a time.
 *
 * The clock's verbs are replaced here, because the order of their answers is what is tested.
 */
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ArmWait } from '../../../activities/clock/arm-wait';
import { installRuntime, openLog } from '../../../worker/logging';
import { registerBookNamespace } from '../../../worker/search-attributes';
import { workflowBundle } from '../../../worker/workflow-bundle';
import { testServers } from '../../support/servers';

const NOW = '2026-01-01T00:00:00.000Z';
const PAST = '2025-01-01T00:00:00.000Z';
const FUTURE = '2030-01-01T00:00:00.000Z';

const verbs = {
  openProcess: () => Promise.resolve({ mode: 'manual', now: NOW }),
  // The database is slow for what is far away.
  armWait: async ({ at }: ArmWait) => {
    await sleep(at === FUTURE ? 200 : 0);
    return { now: NOW };
  },
  note: () => Promise.resolve(),
};

test('a process with several waits at once is replayed as it ran', async () => {
  installRuntime(openLog('error'), undefined);
  const namespace = `test-several-waits-${process.pid}-${randomBytes(3).toString('hex')}`;
  const { temporal: address } = testServers();
  const [connection, native] = await Promise.all([
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
  ]);
  await registerBookNamespace(connection, namespace, 1);
  const bundle = { codePath: await workflowBundle(require.resolve('./stories')) };
  const worker = await Worker.create({
    connection: native,
    namespace,
    taskQueue: 'several-waits',
    workflowBundle: bundle,
    activities: verbs,
  });
  const client = new Client({ connection, namespace });
  try {
    const history = await worker.runUntil(async () => {
      const handle = await client.workflow.start('severalWaits', {
        workflowId: 'several-waits',
        taskQueue: 'several-waits',
        args: [PAST, FUTURE],
      });
      await handle.result();
      return handle.fetchHistory();
    });
    await expect(
      Worker.runReplayHistory({ workflowBundle: bundle }, history, 'several-waits'),
    ).resolves.toBeUndefined();
  } finally {
    await native.close();
    await connection.close();
  }
});
