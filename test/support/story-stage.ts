/**
 * A book at work for a test of stories: its own database and namespace, a real worker with the workflows of the test,
 * and a mover. Time passes only when the test says so, in a manual book.
 */
import { Client, Connection } from '@temporalio/client';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Pool } from 'pg';
import { loadMessages } from '../../activities/books/load-messages';
import { inTransaction } from '../../activities/database/transaction';
import { advanceClock, type Advanced } from '../../activities/intake/clock/advance-clock';
import type { IntakeDependencies } from '../../activities/intake/dependencies';
import { registerProcess } from '../../activities/clock/register-process';
import { connectMessages } from '../../adapters/messages/connect-messages';
import { openPool } from '../../prisma/pool';
import { readReference } from '../../prisma/reference';
import type { WorkerConfig } from '../../worker/config';
import { startWorker, type RunningWorker } from '../../worker/run';
import { enterPeople } from './people';
import { workflowBundle } from '../../worker/workflow-bundle';
import { beginTestBook, type TestBook } from './book';

/** Nobody listens on the discard port: what is sent there is refused at once. */
export const NOBODY = 'http://127.0.0.1:9';

export interface StoryStage {
  readonly book: TestBook;
  readonly pool: Pool;
  readonly client: Client;
  readonly intake: IntakeDependencies;
  readonly config: WorkerConfig;
  /** Path of the test's bundle of workflows. */
  readonly bundle: string;
  /** Starts a process: registered first, as everybody does. */
  start(workflow: string, workflowId: string, ...args: readonly unknown[]): Promise<void>;
  /** Moves the clock to an instant, from wake-up to wake-up. */
  advance(to: string): Promise<Advanced>;
  /** Ends the worker of this process, where it runs one. */
  stopWorker(): Promise<void>;
  close(): Promise<void>;
}

/** The only channel of a test's messages. */
type ChannelOfAll = 'in-app' | 'app';

export interface Staging {
  readonly name: string;
  /** File that exports the workflows of the test. */
  readonly workflowsPath: string;
  readonly mode: 'real' | 'manual';
  /** Where a manual clock stands at first, UTC. */
  readonly now?: string;
  /** The messages gateway. Unless named, messages are found in our own application at once, and none waits to be tried again. */
  readonly messagesUrl?: string;
  /** Counter and CRM; nobody unless told. */
  readonly counterUrl?: string;
  /** CCNET; nobody unless told. */
  readonly ccnetUrl?: string;
  /** Whether it also makes long passes over the lines of a day; stories of tests call none of them. */
  readonly bulk?: boolean;
  /** The deposit bank; nobody unless told. */
  readonly bankUrl?: string;
  /** The second bank of the emergency channel; none unless told. */
  readonly emergencyBankUrl?: string;
  /** False where the test starts workers of its own. */
  readonly worker?: boolean;
  readonly ticks?: IntakeDependencies['ticks'];
  /** What the book holds besides its clock; three roles, some operators and the texts of messages unless told otherwise. */
  readonly prepare?: (pool: Pool) => Promise<void>;
}

export async function openStoryStage(staging: Staging): Promise<StoryStage> {
  const { name, mode, now, messagesUrl = NOBODY } = staging;
  const channel = staging.messagesUrl === undefined ? 'in-app' : 'app';
  const { book, served } = await beginTestBook(name);
  const pool = openPool(book.appUrl, 12);
  await pool.query(`insert into business_clock (book_name, book_kind, mode, now) values ($1, 'test', $2, $3)`, [
    book.namespace,
    mode,
    now ?? null,
  ]);
  await (staging.prepare?.(pool) ?? rolesAndPeople(pool, channel));
  const folder = mkdtempSync(path.join(tmpdir(), 'southbound-story-'));
  const bundle = await workflowBundle(staging.workflowsPath);
  await served;

  const connection = await Connection.connect({ address: book.address });
  const client = new Client({ connection, namespace: book.namespace });
  const config: WorkerConfig = {
    databaseUrl: book.appUrl,
    book: book.namespace,
    temporalAddress: book.address,
    inbox: folder,
    anchors: path.join(folder, 'anchors'),
    documents: path.join(folder, 'documents'),
    clearingHouseUrl: staging.ccnetUrl ?? NOBODY,
    bankUrl: staging.bankUrl ?? NOBODY,
    ...(staging.emergencyBankUrl === undefined ? {} : { emergencyBankUrl: staging.emergencyBankUrl }),
    counterUrl: staging.counterUrl ?? NOBODY,
    crmUrl: staging.counterUrl ?? NOBODY,
    messagesUrl,
    queues: ['stories', 'database', 'outside', ...(staging.bulk === true ? (['bulk'] as const) : [])],
    databaseConnections: 12,
    metricsAddress: undefined,
    logLevel: 'error',
  };
  let worker: RunningWorker | undefined;
  if (staging.worker !== false) worker = await startWorker(config, bundle);
  const intake: IntakeDependencies = {
    pool,
    temporal: client,
    messages: connectMessages({ gatewayUrl: messagesUrl }),
    outsideClocks: [],
    ticks: staging.ticks ?? [],
  };
  const stopWorker = async () => {
    await worker?.stop();
    worker = undefined;
  };
  return {
    book,
    pool,
    client,
    intake,
    config,
    bundle,
    start: async (workflow, workflowId, ...args) => {
      await registerProcess(pool, { workflowId, type: workflow });
      await client.workflow.start(workflow, { workflowId, taskQueue: `${book.namespace}-stories`, args: [...args] });
    },
    advance: (to) => advanceClock(intake, to, { seconds: 90 }),
    stopWorker,
    close: async () => {
      await stopWorker();
      await connection.close();
      await pool.end();
      rmSync(folder, { recursive: true, force: true });
      await book.close();
    },
  };
}

async function rolesAndPeople(pool: Pool, channel: ChannelOfAll): Promise<void> {
  await pool.query(
    `insert into roles (role, name_zh, name_en, office) values
     ('operations', '运营', 'operations', 'back'), ('finance', '财务', 'finance', 'back'), ('admin', '技术', 'technology', 'back')`,
  );
  const operators = ['wang', 'li', 'zhao', 'zhang'];
  await enterPeople(
    pool,
    operators.map((person) => ({ person, role: 'operations', side: 'client' as const })),
  );
  await loadTexts(pool, channel);
}

/**
 * The texts of the product; every message goes by one channel and by no other, however long that is down. Before the reference where
 * a book has both: nobody is telephoned then. By a gateway where nobody is, each message would be tried again at each instant.
 */
export async function loadTexts(pool: Pool, channel: ChannelOfAll = 'in-app'): Promise<void> {
  const { messagePurposes, messageTemplates } = readReference();
  await inTransaction(pool, (sql) =>
    loadMessages(sql, {
      messagePurposes: messagePurposes.map((row) => ({
        ...row,
        taskRole: null,
        taskHours: null,
        obeysQuietHours: false,
      })),
      deliverySteps: messagePurposes.map(({ purpose, validFrom }) => ({
        purpose,
        step: 1,
        channel,
        waitMinutes: null,
        validFrom,
        validTo: null,
        source: 'test',
      })),
      messageTemplates,
    }),
  );
}

/** The failure type of a refused update, which is the code of the refusal. */
export async function refusalOf(update: Promise<unknown>): Promise<string> {
  try {
    await update;
  } catch (error) {
    const type: unknown = ((error as Error).cause as { type?: unknown } | undefined)?.type;
    if (typeof type === 'string') return type;
    throw error;
  }
  return 'accepted';
}
