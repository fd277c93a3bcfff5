/** Memory of processes while something runs, as Linux tells it in /proc; sampled, so that nothing of theirs is changed. */
import { readFileSync } from 'node:fs';
import pg from 'pg';

const EVERY_MS = 200;
const BACKENDS_EVERY = 5;

interface Sample {
  readonly atMs: number;
  /** Resident memory of the worker. */
  readonly workerKb: number;
  /** Private memory of all connections of the book's database, where it was looked at. */
  readonly databaseKb?: number;
}

export interface MemoryWatch {
  /** Largest of a span of real time, KB; undefined where nothing was seen. */
  readonly peak: (of: 'workerKb' | 'databaseKb', fromMs: number, toMs: number) => number | undefined;
  /** Median of the worker over a span. */
  readonly median: (fromMs: number, toMs: number) => number | undefined;
  /** Largest that the system itself has seen of the worker since it was started. */
  readonly highestKb: () => number | undefined;
  readonly stop: () => Promise<void>;
}

/** Watches a worker, and the connections of a database on the same machine. */
export async function watchMemory(workerPid: number, adminUrl: string, database: string): Promise<MemoryWatch> {
  const samples: Sample[] = [];
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  let highest: number | undefined;
  let rounds = 0;
  let looking: Promise<void> = Promise.resolve();
  const look = async () => {
    const workerKb = statusKb(workerPid, 'VmRSS');
    if (workerKb === undefined) return;
    highest = statusKb(workerPid, 'VmHWM') ?? highest;
    const databaseKb = rounds % BACKENDS_EVERY === 0 ? await backendsKb(client, database) : undefined;
    rounds += 1;
    samples.push({ atMs: Date.now(), workerKb, ...(databaseKb === undefined ? {} : { databaseKb }) });
  };
  const timer = setInterval(() => {
    looking = looking.then(look).catch(() => undefined);
  }, EVERY_MS);
  const within = (fromMs: number, toMs: number) => samples.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  return {
    peak: (of, fromMs, toMs) => {
      const seen = within(fromMs, toMs).flatMap((sample) => sample[of] ?? []);
      return seen.length === 0 ? undefined : Math.max(...seen);
    },
    median: (fromMs, toMs) => {
      const seen = within(fromMs, toMs)
        .map(({ workerKb }) => workerKb)
        .sort((a, b) => a - b);
      return seen[Math.floor(seen.length / 2)];
    },
    highestKb: () => highest,
    stop: async () => {
      clearInterval(timer);
      await looking;
      await client.end();
    },
  };
}

/** Shared buffers are none of it: only what the connections have for themselves. */
async function backendsKb(client: pg.Client, database: string): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('select pid from pg_stat_activity where datname = $1', [
    database,
  ]);
  const seen = rows.flatMap(({ pid }) => statusKb(pid, 'RssAnon') ?? []);
  return seen.length === 0 ? undefined : seen.reduce((sum, kb) => sum + kb, 0);
}

function statusKb(pid: number, line: 'VmRSS' | 'VmHWM' | 'RssAnon'): number | undefined {
  try {
    const found = new RegExp(`^${line}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return found === undefined ? undefined : Number.parseInt(found, 10);
  } catch {
    // Ended, or another system than Linux.
    return undefined;
  }
}
