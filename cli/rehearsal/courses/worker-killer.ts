/** Kills the worker of a rehearsal in the middle of named verbs, each once, as the Temporal server says what is under way. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';

export interface WorkerKiller {
  /** Verbs in the middle of which it was killed, `DATE VERB`. */
  readonly hit: ReadonlySet<string>;
  readonly stop: () => Promise<void>;
}

export interface KilledWorker {
  readonly temporalAddress: string;
  readonly book: string;
  readonly kills: readonly { readonly date: string; readonly verb: string }[];
  /** Kills the worker at once and starts another one. */
  readonly kill: () => Promise<void>;
}

const LOOK_EVERY_MS = 5;

export function watchAndKill({ temporalAddress, book, kills, kill }: KilledWorker): WorkerKiller {
  const hit = new Set<string>();
  let over = false;
  const watching = (async () => {
    if (kills.length === 0) return;
    const connection = await Connection.connect({ address: temporalAddress });
    const client = new Client({ connection, namespace: book });
    try {
      while (!over && hit.size < kills.length) {
        for (const { date, verb } of kills.filter((one) => !hit.has(`${one.date} ${one.verb}`))) {
          const handle = client.workflow.getHandle(`settlement-day:SH:${date}`);
          const description = await handle.describe().catch(() => undefined);
          const isUnderWay = description?.raw.pendingActivities?.some(
            ({ activityType }) => activityType?.name === verb,
          );
          if (isUnderWay !== true || over) continue;
          hit.add(`${date} ${verb}`);
          await kill();
        }
        await sleep(LOOK_EVERY_MS);
      }
    } finally {
      await connection.close();
    }
  })();
  return {
    hit,
    stop: async () => {
      over = true;
      await watching;
    },
  };
}
