/**
 * Elections of parallel clients over HTTP while worker, API and clearing house are killed at random. Once as many as are asked for are
 * acknowledged the deadline moves to a few seconds from then, and clients go on: what comes late must be refused, and the event's own process
 * closes and proves beside them. What was acknowledged is noted outside of the database, and a checker looks afterwards for what is missing, late
 * or filed twice.
 */
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { bookUrls, dropBookDatabase } from '../../prisma/migrate';
import { openPool } from '../../prisma/pool';
import { makeBook } from '../../worker/book';
import { startTemporal } from '../../worker/temporal-server';
import { endAll, unlessInterrupted } from '../measure/interrupted';
import { enterBook, moveDeadline } from './book';
import { check, journalOf, type Checked } from './check';
import { CLIENTS, electInParallel, nothingGiven, type Given } from './clients';
import { startMortals, type Mortals } from './mortals';

type Tell = (line: string) => void;

const BOOK = 'bench-elections-kills';
/** What still comes before the deadline that it moves to. */
const MOVED_BY_MS = 5_000;
const PROGRESS_MS = 15_000;
/**
 * Between one kill and the next: at times before the one killed last has found its feet, at times after a long stretch of work. Whoever is asked
 * again under a key waits until the first attempt is known to be dead.
 */
const EVERY_MS = [5_000, 60_000] as const;
/** A run that does not come to its end is a finding. */
const CLOSED_WITHIN_MS = 15 * 60_000;

export async function electUnderKills(adminUrl: string, elections: number, tell: Tell): Promise<boolean> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'southbound-kills-'));
  await dropBookDatabase(adminUrl, BOOK);
  const temporal = await startTemporal({ dir: path.join(folder, 'engine'), headless: true });
  const { appUrl, ownerUrl } = bookUrls(adminUrl, BOOK);
  const pools: Pool[] = [];
  let mortals: Mortals | undefined;
  try {
    await makeBook({ adminUrl, temporalAddress: temporal.address, name: BOOK, kind: 'test', clockMode: 'real' });
    const [pool, owner] = [openPool(appUrl, 4), openPool(ownerUrl, 2)];
    pools.push(pool, owner);
    const holders = Math.max(1, elections >> 5) * CLIENTS;
    await unlessInterrupted(() => enterBook(pool, owner, holders));
    mortals = await startMortals({ folder, book: BOOK, databaseUrl: appUrl, temporalAddress: temporal.address });
    const journal = path.join(folder, 'simulators', 'clearing-house.json.filings');
    return await run({ pool, owner, mortals, elections, holders, journal }, tell);
  } finally {
    await endAll(
      () => mortals?.stop() ?? Promise.resolve(),
      () => dropBookDatabase(adminUrl, BOOK),
      ...pools.map((pool) => () => pool.end()),
      temporal.stop,
    );
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Run {
  readonly pool: Pool;
  readonly owner: Pool;
  readonly mortals: Mortals;
  readonly elections: number;
  readonly holders: number;
  /** Where the clearing house notes what it takes. */
  readonly journal: string;
}

/** Answers whether nothing was found. */
async function run({ pool, owner, mortals, elections, holders, journal }: Run, tell: Tell): Promise<boolean> {
  const given = nothingGiven();
  const kills = { worker: 0, api: 0, 'clearing house': 0 };
  const over = new AbortController();
  const began = performance.now();
  const killing = killAtRandom(mortals, kills, over.signal);
  const progress = setInterval(() => void tellProgress(pool, given, kills, began, tell), PROGRESS_MS);
  try {
    return await unlessInterrupted(async () => {
      let moved: Promise<unknown> | undefined;
      const elected = electInParallel(mortals.apiUrl, holders, given, () => {
        if (given.acknowledged.length >= elections) moved ??= moveDeadline(pool, owner, MOVED_BY_MS);
      });
      // Nobody is asked to the end of time where one of them does not come up again.
      await Promise.race([elected, killing]);
      await elected;
      await moved;
      over.abort();
      await killing;
      const isProven = await untilProven(pool);
      const checked = await check(pool, given.acknowledged, 'ACCEPT', journalOf(journal));
      for (const line of linesOf(checked, given, kills, isProven)) tell(line);
      tell(
        `  ${((performance.now() - began) / 60_000).toFixed(1)} 分钟 minutes, ${holders} 持有人 holders, ${os.cpus().length} cores, load ${(os.loadavg()[0] ?? 0).toFixed(1)}`,
      );
      return isProven && Object.values(checked).every((count) => count === 0);
    });
  } finally {
    over.abort();
    clearInterval(progress);
    await killing.catch(() => undefined);
  }
}

type Kills = Record<keyof Mortals['kill'], number>;

/** One after another, so that two are rarely down at once; each is at work again for a while before the next dies. */
async function killAtRandom(mortals: Mortals, kills: Kills, over: AbortSignal): Promise<void> {
  let left: (keyof Kills)[] = [];
  while (await sleep(randomInt(...EVERY_MS), true, { signal: over }).catch(() => false)) {
    // Each in its turn, in an order that is drawn anew: no kind is spared by chance.
    if (left.length === 0) left = Object.keys(mortals.kill) as (keyof Kills)[];
    const [name] = left.splice(randomInt(left.length), 1);
    if (name !== undefined && (await mortals.kill[name]())) kills[name] += 1;
  }
}

async function tellProgress(pool: Pool, given: Given, kills: Kills, began: number, tell: Tell): Promise<void> {
  const { rows } = await pool.query<{ state: string; done: number; left: number }>(
    `select (select state from corporate_actions) as state, count(*) filter (where state not in ('waiting', 'sent'))::int as done,
            count(*) filter (where state in ('waiting', 'sent'))::int as left from election_filings`,
  );
  const { state = '', done = 0, left = 0 } = rows[0] ?? {};
  const seconds = ((performance.now() - began) / 1_000).toFixed(0);
  tell(
    `  ${seconds} s: ${given.acknowledged.length} 已确认 acknowledged, ${done} 已申报 filed, ${left} 待申报 to file, ${state}, 杀进程 kills ${Object.values(kills).join(' + ')}`,
  );
}

/** The event's own process has closed it and seen held = submitted = acknowledged. */
async function untilProven(pool: Pool): Promise<boolean> {
  for (const until = performance.now() + CLOSED_WITHIN_MS; performance.now() < until; await sleep(500)) {
    const { rows } = await pool.query<{ done: boolean }>(
      `select state = 'closed' and proven_round = round as done from corporate_actions`,
    );
    if (rows[0]?.done === true) return true;
  }
  return false;
}

const linesOf = (checked: Checked, given: Given, kills: Kills, isProven: boolean): readonly string[] => [
  `${given.acknowledged.length} 已确认 acknowledged, ${given.refusedLate} 逾期拒绝 refused after the deadline, ${given.askedAgain} 再次询问 asked again (${given.acknowledgedAgain} acknowledged then)`,
  `  杀进程 kills: ${Object.entries(kills)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')}; ${isProven ? '流程已核对一致 proven by its process' : '流程未核对一致 NOT proven by its process'}`,
  `  ${checked.missing} missing, ${checked.late} late, ${checked.incomplete} without default, ${checked.tallied} sums of the tally differ, ${checked.unfiled} not acknowledged by the clearing house, ${checked.differing} holders differ`,
];
