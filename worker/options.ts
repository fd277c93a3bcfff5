/** How the workers of a book run: one a queue, all in one process, sized so that bulk work never starves people. */
import os from 'node:os';
import type { NativeConnection, WorkerOptions } from '@temporalio/worker';
import { beginningVerbs, bulkVerbs, clockVerbs, databaseVerbs, outsideVerbs } from '../activities';
import type { Dependencies } from '../activities/dependencies';
import { refusalsAreFinal } from './business-errors';
import type { Logger } from 'pino';
import type { Queue } from './config';
import { beatsWhileAtWork } from './heartbeats';
import { refusalsAreKept } from './refused-updates';
import { belongsToRequest } from './request-id';
import { stuckVerbsAreTold } from './stuck-verbs';
import { textsAreGiven } from './typed-texts';

export interface WorkerParts {
  readonly connection: NativeConnection;
  /** Book and namespace. */
  readonly book: string;
  readonly deps: Dependencies;
  readonly log: Logger;
  /** Path of the bundled workflows. */
  readonly workflows: string;
  /** Short transactions at once; the pool of connections is a little larger. */
  readonly databaseConnections: number;
}

/** Options of the worker of one queue. */
export function workerOptions(queue: Queue, parts: WorkerParts): WorkerOptions {
  const { connection, book, deps, log, workflows, databaseConnections } = parts;
  const common = {
    connection,
    namespace: book,
    taskQueue: `${book}-${queue}`,
    identity: `${os.hostname()}:${process.pid}:${queue}`,
    shutdownGraceTime: '10s',
    shutdownForceTime: '20s',
    interceptors: {
      activity: [
        belongsToRequest(log),
        refusalsAreFinal,
        stuckVerbsAreTold(deps.pool),
        beatsWhileAtWork,
        textsAreGiven(deps.pool),
      ],
    },
  } satisfies WorkerOptions;
  switch (queue) {
    case 'stories':
      return {
        ...common,
        workflowBundle: { codePath: workflows },
        sinks: refusalsAreKept(deps.pool),
        activities: { ...clockVerbs(deps), ...beginningVerbs(deps) },
        // How long a process waits for the worker that knew it before another one takes it over.
        stickyQueueScheduleToStartTimeout: '2s',
        maxConcurrentLocalActivityExecutions: Math.max(2, Math.floor(databaseConnections / 4)),
        // Arms of the clock and what processes begin with are its only activities: the queue itself has none.
        enableNonLocalActivities: false,
      };
    case 'database':
      return {
        ...common,
        activities: databaseVerbs(deps),
        maxConcurrentActivityTaskExecutions: Math.max(2, Math.floor(databaseConnections / 2)),
      };
    case 'bulk':
      return { ...common, activities: bulkVerbs(deps), maxConcurrentActivityTaskExecutions: 2 };
    case 'outside':
      return { ...common, activities: outsideVerbs(deps), maxConcurrentActivityTaskExecutions: 8 };
  }
}
