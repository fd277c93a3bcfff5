/**
 * What the process of an event costs the engine at two sizes: told, collected, closed, proven, and looked at with so many settlement days that were
 * closed. Events and bytes of its history; they must not grow with the holders. The dispatcher does not run: half a million messages are queued
 * and not sent, the process is started and told directly.
 */
import { Client, Connection } from '@temporalio/client';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { eventWorkflowId } from '../../activities/corporate-actions/event-row';
import { startChild } from '../../cli/processes/child';
import { bookUrls, dropBookDatabase } from '../../prisma/migrate';
import { openPool } from '../../prisma/pool';
import { makeBook } from '../../worker/book';
import { WORKER_NODE_OPTIONS } from '../../worker/config';
import { startTemporal } from '../../worker/temporal-server';
import { corporateAction } from '../../workflows';
import { eventChanged } from '../../workflows/messages/corporate-action';
import { settlementDayClosed } from '../../workflows/messages/permission-closing';
import { endAll, unlessInterrupted } from '../measure/interrupted';
import { enterBook, moveDeadline } from './book';
import { KEY } from './event';

const BOOK = 'bench-elections-history';
const SMALL = 1_000;
const DAYS = 20;
const GOALS = { events: 2_000, bytes: 2_000_000 };
const NOBODY = 'http://127.0.0.1:9';

interface Life {
  readonly events: number;
  readonly bytes: number;
}

/** Answers whether both lives are within what a history may have, and the large one has no more events than the small one. */
export async function measureHistories(
  adminUrl: string,
  holders: number,
  tell: (line: string) => void,
): Promise<boolean> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'southbound-histories-'));
  const temporal = await startTemporal({ dir: path.join(folder, 'engine'), headless: true });
  const lives: Life[] = [];
  try {
    for (const [nth, size] of [SMALL, holders].entries()) {
      const life = await lifeOf(adminUrl, temporal.address, { folder, book: `${BOOK}-${nth}`, holders: size });
      tell(
        `${size} 持有人 holders: ${life.events} 事件 events, ${(life.bytes / 1_024).toFixed(0)} KB, ${DAYS} 交收日 settlement days`,
      );
      lives.push(life);
    }
  } finally {
    await temporal.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  const [small, large] = lives;
  if (small === undefined || large === undefined) return false;
  tell(
    `  增长 growth ${large.events - small.events} 事件 events, ${((large.bytes - small.bytes) / 1_024).toFixed(1)} KB (目标 goal 0; at most ${GOALS.events} events, ${GOALS.bytes / 1e6} MB)`,
  );
  // A heartbeat or a retry beside the story is no event of the growth; a page a step would be dozens.
  return large.events <= small.events + 10 && large.events <= GOALS.events && large.bytes <= GOALS.bytes;
}

async function lifeOf(
  adminUrl: string,
  temporalAddress: string,
  of: { readonly folder: string; readonly book: string; readonly holders: number },
): Promise<Life> {
  const { book, holders } = of;
  const { appUrl, ownerUrl } = bookUrls(adminUrl, book);
  await dropBookDatabase(adminUrl, book);
  await makeBook({ adminUrl, temporalAddress, name: book, kind: 'test', clockMode: 'real' });
  const [pool, owner] = [openPool(appUrl, 4), openPool(ownerUrl, 2)];
  const connection = await Connection.connect({ address: temporalAddress });
  try {
    await unlessInterrupted(() => enterBook(pool, owner, holders));
    await owner.query(`delete from corporate_action_steps where act = 'forward to holders'`);
    const inbox = path.join(of.folder, book, 'inbox');
    mkdirSync(inbox, { recursive: true });
    const worker = await startChild({
      name: 'worker',
      module: 'worker/main.ts',
      folder: path.join(of.folder, book),
      endsWithinMs: 25_000,
      environment: {
        NODE_OPTIONS: WORKER_NODE_OPTIONS,
        WORKER_QUEUES: 'stories,database,bulk',
        BOOK_DATABASE_URL: appUrl,
        BOOK_NAME: book,
        TEMPORAL_ADDRESS: temporalAddress,
        INBOX_DIR: inbox,
        CLEARING_HOUSE_URL: NOBODY,
        BANK_URL: NOBODY,
        COUNTER_URL: NOBODY,
        MESSAGES_URL: NOBODY,
        LOG_LEVEL: 'error',
      },
    });
    try {
      return await unlessInterrupted(() => live(new Client({ connection, namespace: book }), pool, owner));
    } finally {
      await worker.stop();
    }
  } finally {
    await endAll(
      () => connection.close(),
      () => dropBookDatabase(adminUrl, book),
      () => pool.end(),
      () => owner.end(),
    );
  }
}

async function live(client: Client, pool: Pool, owner: Pool): Promise<Life> {
  const handle = await client.workflow.start(corporateAction, {
    workflowId: eventWorkflowId(KEY),
    taskQueue: `${client.options.namespace}-stories`,
    args: [KEY],
  });
  const until = async (condition: string) => {
    for (;;) {
      const { rows } = await pool.query<{ holds: boolean }>(`select ${condition} as holds from corporate_actions a`);
      if (rows[0]?.holds === true) return;
      await sleep(200);
    }
  };
  await until(
    `exists (select from corporate_action_steps s where s.event_id = a.event_id and s.act = 'forward to holders')`,
  );
  await moveDeadline(pool, owner, 2_000);
  await handle.signal(eventChanged, 2);
  await until('proven_round = round');
  for (let day = 0; day < DAYS; day += 1) {
    await handle.signal(settlementDayClosed, '2026-01-05');
    await untilAtRest(client, handle.workflowId);
  }
  const { historyLength, historySize } = await handle.describe();
  return { events: historyLength, bytes: historySize ?? 0 };
}

/** Nothing under way: what a day brought has been looked at. */
async function untilAtRest(client: Client, workflowId: string): Promise<void> {
  for (;;) {
    await sleep(300);
    const { raw } = await client.workflow.getHandle(workflowId).describe();
    // Messages are delivered beside the story, and nobody delivers here.
    const working = (raw.pendingActivities ?? []).filter(({ activityType }) => activityType?.name !== 'deliverNotices');
    if (!raw.pendingWorkflowTask && working.length === 0) return;
  }
}
