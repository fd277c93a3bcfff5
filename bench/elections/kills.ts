/**
 * Elections of parallel clients while the sender of filings and the clearing house are killed at random. What was acknowledged to a client
 * is noted outside of the database; afterwards a checker that knows only SQL and that note looks for what is missing, late or filed twice.
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
import { accountOf, KEY } from './event';

const CLIENTS = 8;
/** Kills while the last filings are on their way. */
const KILLS_AFTER = 2;
const ROOT = path.join(__dirname, '../..');

export interface Under {
  readonly pool: Pool;
  readonly databaseUrl: string;
  readonly elections: number;
}

/** What the checker found: all zero is the promise. */
export interface Checked {
  readonly acknowledged: number;
  readonly kills: number;
  readonly missing: number;
  readonly late: number;
  readonly unfiled: number;
  readonly differing: number;
}

export async function electUnderKills(
  { pool, databaseUrl, elections }: Under,
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
      {
        cwd: ROOT,
        stdio: 'ignore',
      },
    );
  let child = filer();
  let kills = 0;
  let over = false;
  const killing = (async () => {
    for (let more = KILLS_AFTER; more > 0; more -= over ? 1 : 0) {
      await sleep(randomInt(3_000, 7_000));
      child.kill('SIGKILL');
      child = filer();
      // The launcher starts the clearing house again on its port with its state.
      if (randomInt(2) === 0) await killClearingHouse(clearingHouse);
      kills += 1;
    }
  })();
  try {
    const acknowledged = await electAll(pool, elections);
    over = true;
    await killing;
    await untilAnswered(pool);
    const checked = { ...(await check(pool, acknowledged)), kills };
    tell(
      `${checked.acknowledged} 已确认 acknowledged under ${kills} 次杀进程 kills: ${checked.missing} missing, ${checked.late} late, ${checked.unfiled} not acknowledged by the clearing house, ${checked.differing} holders differ`,
    );
    return checked;
  } finally {
    over = true;
    child.kill('SIGKILL');
    await simulators.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** By its own words: a simulator tells its process id. */
async function killClearingHouse(url: string): Promise<void> {
  try {
    const answer = await fetch(`${url}/process`);
    const { pid } = (await answer.json()) as { readonly pid?: number };
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  } catch {
    // It is down already.
  }
}

/** Quantity acknowledged last, by account. */
async function electAll(pool: Pool, elections: number): Promise<ReadonlyMap<string, string>> {
  const acknowledged = new Map<string, string>();
  let nth = 0;
  const client = async (own: number) => {
    while (nth < elections) {
      nth += 1;
      // A client works on accounts of its own, so that its last acknowledgement is the last of the account.
      const account = accountOf(randomInt(Math.max(1, elections >> 5)) * CLIENTS + own);
      const quantity = `${randomInt(1_001)}`;
      try {
        const taken = await inTransaction(pool, (sql) =>
          takeElection(sql, {
            ...KEY,
            securitiesAccount: account,
            ballot: '',
            option: 'ACCEPT',
            quantity,
            versionShown: 1,
            electedBy: 'holder',
            key: randomUUID(),
            by: 'bench',
            role: 'client',
          }),
        );
        acknowledged.set(account, taken.quantity);
      } catch (error) {
        if (!(error instanceof SeveralRefusals)) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, own) => client(own)));
  return acknowledged;
}

async function untilAnswered(pool: Pool): Promise<void> {
  for (;;) {
    const { rowCount } = await pool.query(`select from election_filings where state in ('waiting', 'sent') limit 1`);
    if (rowCount === 0) return;
    await sleep(200);
  }
}

async function check(pool: Pool, acknowledged: ReadonlyMap<string, string>): Promise<Omit<Checked, 'kills'>> {
  const { rows } = await pool.query<Omit<Checked, 'kills' | 'acknowledged'>>(
    `with told as (select account, quantity from unnest($1::text[], $2::bigint[]) as t (account, quantity)),
     standing as (select securities_account, quantity from elections where option = 'ACCEPT'),
     filed as (select securities_account, sum(confirmed) filter (where state = 'confirmed') as confirmed from election_filings group by 1)
     select (select count(*) from told left join standing s on s.securities_account = account where coalesce(s.quantity, 0) <> told.quantity)::int as missing,
            (select count(*) from election_steps where elected_by = 'holder' and at >= cut_at)::int as late,
            (select count(*) from election_filings where state <> 'confirmed')::int as unfiled,
            (select count(*) from told left join filed f on f.securities_account = account where coalesce(f.confirmed, 0) <> told.quantity)::int as differing`,
    [[...acknowledged.keys()], [...acknowledged.values()]],
  );
  return { acknowledged: acknowledged.size, ...(rows[0] ?? { missing: -1, late: -1, unfiled: -1, differing: -1 }) };
}
