/**
 * Elections of parallel clients while the process that files and closes and the clearing house are killed at random. With nine tenths of the
 * elections given the deadline moves to a second from then, and clients go on: what comes late must be refused, the close runs beside them.
 * What was acknowledged is noted outside of the database, and a checker looks afterwards for what is missing, late or filed twice.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { takeElection } from '../../activities/corporate-actions/take-election';
import { inTransaction } from '../../activities/database/transaction';
import { SeveralRefusals } from '../../domain/errors';
import { launchSimulators } from '../../simulators/launch';
import { check, type Acknowledged, type Checked } from './check';
import { accountOf, KEY } from './event';

const CLIENTS = 8;
/** Kills while the last filings are on their way. */
const KILLS_AFTER = 2;
const ROOT = path.join(__dirname, '../..');

export interface Under {
  readonly pool: Pool;
  /** As the owner of the tables: the deadline moves as an approval would move it. */
  readonly owner: Pool;
  readonly databaseUrl: string;
  readonly elections: number;
}

export async function electUnderKills(
  { pool, owner, databaseUrl, elections }: Under,
  tell: (line: string) => void,
): Promise<Checked> {
  const folder = mkdtempSync(path.join(tmpdir(), 'southbound-kills-'));
  const simulators = await launchSimulators({
    data: path.join(ROOT, 'samples/days-a'),
    inbox: path.join(folder, 'inbox'),
    stateDir: path.join(folder, 'state'),
  });
  const { clearingHouse, counter } = simulators.urls;
  const filer = (): ChildProcess =>
    spawn(
      process.execPath,
      ['--import', 'tsx', path.join(__dirname, 'filer.ts'), databaseUrl, clearingHouse, counter],
      { cwd: ROOT, stdio: 'ignore' },
    );
  let child = filer();
  let [kills, houses] = [0, 0];
  let over = false;
  const killing = (async () => {
    for (let more = KILLS_AFTER; more > 0; more -= over ? 1 : 0) {
      await untilAtWork(pool);
      await sleep(randomInt(500, 3_000));
      child.kill('SIGKILL');
      child = filer();
      kills += 1;
      // The launcher starts the clearing house again on its port with its state.
      if (randomInt(2) === 0 && (await killClearingHouse(clearingHouse))) houses += 1;
    }
  })();
  try {
    const { acknowledged, refusedLate } = await electAll(pool, owner, elections);
    over = true;
    await killing;
    await untilClosed(pool);
    const checked = await check(pool, acknowledged, 'ACCEPT');
    tell(
      `${acknowledged.length} 已确认 acknowledged, ${refusedLate} 逾期拒绝 refused after the deadline, under ${kills} + ${houses} 次杀进程 kills of worker and clearing house:`,
    );
    tell(
      `  ${checked.missing} missing, ${checked.late} late, ${checked.incomplete} without default, ${checked.tallied} sums of the tally differ, ${checked.unfiled} not acknowledged by the clearing house, ${checked.differing} holders differ`,
    );
    return checked;
  } finally {
    over = true;
    child.kill('SIGKILL');
    await simulators.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One that is killed while it still starts has nothing in its hands: some filing more must have been answered, unless none is left. */
async function untilAtWork(pool: Pool): Promise<void> {
  const answered = async () => {
    const { rows } = await pool.query<{ done: number; left: number }>(
      `select count(*) filter (where state not in ('waiting', 'sent'))::int as done, count(*) filter (where state in ('waiting', 'sent'))::int as left
         from election_filings`,
    );
    return rows[0] ?? { done: 0, left: 0 };
  };
  const { done: before } = await answered();
  for (;;) {
    const { done, left } = await answered();
    if (done > before || left === 0) return;
    await sleep(250);
  }
}

/** By its own words: a simulator tells its process id. Answers whether it was up. */
async function killClearingHouse(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/process`);
    const { pid } = (await answer.json()) as { readonly pid?: number };
    return pid !== undefined && process.kill(pid, 'SIGKILL');
  } catch {
    // It is down already.
    return false;
  }
}

interface Given {
  readonly acknowledged: readonly Acknowledged[];
  readonly refusedLate: number;
}

/** Clients go on until so many were acknowledged and the deadline has passed: each is refused a few times after it. */
async function electAll(pool: Pool, owner: Pool, elections: number): Promise<Given> {
  const acknowledged: Acknowledged[] = [];
  let [nth, refusedLate] = [0, 0];
  let moved: Promise<unknown> | undefined;
  const client = async (own: number) => {
    for (let late = 0; late < LATE_EACH;) {
      nth += 1;
      if (acknowledged.length >= elections * MOVED_AT) moved ??= moveDeadline(owner);
      // A client works on accounts of its own, so that its last acknowledgement is the last of the account.
      const account = accountOf(randomInt(Math.max(1, elections >> 5)) * CLIENTS + own);
      const asked = { account, nth, askedAt: new Date().toISOString() };
      try {
        const { quantity, electedAt } = await inTransaction(pool, (sql) =>
          takeElection(sql, {
            ...KEY,
            securitiesAccount: account,
            ballot: '',
            option: 'ACCEPT',
            quantity: `${randomInt(1_001)}`,
            versionShown: 1,
            electedBy: 'holder',
            key: randomUUID(),
            by: 'bench',
            role: 'client',
          }),
        );
        acknowledged.push({ ...asked, quantity, electedAt });
      } catch (error) {
        if (!(error instanceof SeveralRefusals)) throw error;
        if (error.all.some(({ code }) => code === 'AFTER_DEADLINE')) late += 1;
      }
    }
    refusedLate += LATE_EACH;
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, own) => client(own)));
  await moved;
  return { acknowledged, refusedLate };
}

const MOVED_AT = 0.9;
const LATE_EACH = 5;
/** Until the deadline that it moves to: about a tenth of the elections still come before it. */
const MOVED_BY = '3 seconds';

async function moveDeadline(owner: Pool): Promise<void> {
  await owner.query(
    `insert into election_cut_changes (event_id, version, broker_before, broker_after, client_after, reason, request_key, asked_by, state, decided_by, decided_at)
       select event_id, version, broker_cut_at, clock_timestamp() + interval '${MOVED_BY}' + interval '1 second', clock_timestamp() + interval '${MOVED_BY}',
              'the run ends', 'bench', 'one', 'approved', 'two', now()
       from corporate_actions`,
  );
  await owner.query(
    `update corporate_actions a set broker_cut_at = c.broker_after, client_cut_at = c.client_after from election_cut_changes c where c.event_id = a.event_id`,
  );
}

/** Closed, with an answer to every filing. */
async function untilClosed(pool: Pool): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ done: boolean }>(
      `select state = 'closed' and not exists (select from election_filings where state in ('waiting', 'sent')) as done from corporate_actions`,
    );
    if (rows[0]?.done === true) return;
    await sleep(200);
  }
}
