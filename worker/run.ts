/** A worker of a book as a value: wired, started, and stopped in the right order. Wiring only, no business. */
import { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Dependencies } from '../activities/dependencies';
import { carriesRequestId } from '../activities/intake/request-id';
import { anchorsFolder } from '../adapters/anchors/anchors-folder';
import { httpBank } from '../adapters/bank/http-bank';
import { httpCcnet } from '../adapters/ccnet/http-ccnet';
import { httpCounter } from '../adapters/counter/http-counter';
import { connectMessages } from '../adapters/messages/connect-messages';
import { httpCrm } from '../adapters/crm/http-crm';
import { folderDocuments } from '../adapters/documents/folder-documents';
import type { Channel } from '../domain/channel';
import { bookOf } from '../prisma/book-of';
import { BULK_CONNECTION, openPool } from '../prisma/pool';
import type { Queue, WorkerConfig } from './config';
import { bulkLoop } from './bulks';
import { dispatchLoop, resendLoop } from './dispatcher';
import { filingLoop } from './filer';
import { forgetLoop } from './forgetter';
import { installRuntime, openLog } from './logging';
import { workerOptions, type WorkerParts } from './options';
import { reconcileSamples, reconcileSchedule } from './schedules';
import { ringLoop } from './ringer';
import { sealLoop } from './sealer';
import { workflowBundle } from './workflow-bundle';

/** Channels whose settlement days are started every morning. */
export const CHANNELS: readonly Channel[] = ['SH'];

export interface RunningWorker {
  /** Resolves when the worker has ended; rejects when it ended by a fault. */
  readonly ended: Promise<void>;
  /** Finishes what is under way, for some seconds at most, and ends. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts the workers of a book: one a queue, the sealer of the audit, and in a real book the dispatcher beside them.
 * @param workflows path of another bundle of workflows; the product's own unless told
 * @param log where it writes; lines on standard output unless told
 * @throws Error in one sentence where the book is not the one that was named
 */
export async function startWorker(
  config: WorkerConfig,
  workflows?: string,
  log: Logger = openLog(config.logLevel),
): Promise<RunningWorker> {
  installRuntime(log, config.metricsAddress);
  const pool = openPool(config.databaseUrl, config.databaseConnections, BULK_CONNECTION);
  const deps = dependenciesOf(config, pool);
  let connection: NativeConnection | undefined;
  try {
    const { mode } = await bookOf(pool, config.book);
    const [connected, bundle] = await Promise.all([
      NativeConnection.connect({ address: config.temporalAddress }),
      workflows ?? workflowBundle(),
    ]);
    connection = connected;
    return await run(config, log, { pool, deps, connection: connected, bundle, mode });
  } catch (error) {
    await connection?.close();
    await pool.end();
    throw error;
  }
}

interface Started {
  readonly pool: Pool;
  readonly deps: Dependencies;
  readonly connection: NativeConnection;
  readonly bundle: string;
  readonly mode: 'real' | 'manual';
}

async function run(config: WorkerConfig, log: Logger, started: Started): Promise<RunningWorker> {
  const { pool, deps, connection, bundle, mode } = started;
  const client = new Client({ connection, namespace: config.book, interceptors: { workflow: [carriesRequestId] } });
  const parts = {
    connection,
    book: config.book,
    deps,
    log,
    workflows: bundle,
    databaseConnections: config.databaseConnections,
  };
  const workers = await createWorkers(config.queues, parts);
  if (config.queues.includes('stories')) {
    for (const channel of CHANNELS) await reconcileSchedule(client, channel, mode);
    await reconcileSamples(client, mode);
  }

  const stopping = new AbortController();
  const end = () => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const outside = {
    pool,
    temporal: client,
    messages: deps.messages,
    inbox: deps.inbox,
    ...(config.mails === undefined ? {} : { mails: { folder: config.mails, documents: deps.documents } }),
    outsideClocks: [],
    ticks: CHANNELS,
  };
  const dispatchingLoop = mode === 'real' ? dispatchLoop : resendLoop;
  const dispatching = config.queues.includes('outside')
    ? dispatchingLoop(outside, log, stopping.signal)
    : Promise.resolve();
  const ringing =
    mode === 'real' && config.queues.includes('outside') ? ringLoop(deps, log, stopping.signal) : Promise.resolve();
  const bulks = config.queues.includes('outside')
    ? bulkLoop({ pool, temporal: client }, log, stopping.signal)
    : Promise.resolve();
  const filing = config.queues.includes('outside') ? filingLoop(deps, log, stopping.signal) : Promise.resolve();
  // One that ends by a fault takes the others with it: half a worker is worse than none.
  const running = workers.map((worker) => worker.run().finally(end));
  const forgetting = config.queues.includes('outside') ? forgetLoop(pool, log, stopping.signal) : Promise.resolve();
  const working = Promise.allSettled([...running, dispatching, ringing, bulks, forgetting, filing]);
  // The sealer ends last: verbs that were under way have written their rows by then.
  const resting = new AbortController();
  void working.then(() => resting.abort());
  // On one connection that stays: the server lets each write to pages of its own, and a seal that comes from another one begins another page.
  const sealers = openPool(config.databaseUrl, 1);
  const sealing = config.queues.includes('outside')
    ? sealLoop(sealers, anchorsFolder(config.anchors), log, resting.signal)
    : Promise.resolve();
  const ended = working.then(async (results) => {
    await sealing;
    // Connections go last: verbs that were under way have used them until now.
    await connection.close();
    await Promise.all([pool.end(), sealers.end()]);
    const fault = results.find((result) => result.status === 'rejected');
    if (fault !== undefined) throw fault.reason;
  });
  return {
    ended,
    stop: async () => {
      end();
      await ended;
    },
  };
}

/** All or none: a worker that was made and never ran would keep the process alive. */
async function createWorkers(queues: readonly Queue[], parts: WorkerParts): Promise<readonly Worker[]> {
  const made = await Promise.allSettled(queues.map((queue) => Worker.create(workerOptions(queue, parts))));
  const workers = made.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const fault = made.find((one) => one.status === 'rejected');
  if (fault === undefined) return workers;
  await Promise.all(workers.map((worker) => worker.runUntil(Promise.resolve())));
  throw fault.reason;
}

function dependenciesOf(config: WorkerConfig, pool: Pool): Dependencies {
  return {
    pool,
    bank: httpBank(config.bankUrl),
    ...(config.emergencyBankUrl === undefined ? {} : { emergencyBank: httpBank(config.emergencyBankUrl) }),
    ccnet: httpCcnet(config.clearingHouseUrl),
    counter: httpCounter(config.counterUrl),
    messages: connectMessages({
      gatewayUrl: config.messagesUrl,
      ...(config.smtp === undefined ? {} : { smtp: config.smtp }),
      ...(config.webhookSecret === undefined ? {} : { webhookSecret: config.webhookSecret }),
    }),
    crm: httpCrm(config.crmUrl),
    documents: folderDocuments(config.documents),
    inbox: config.inbox,
  };
}
