/** A bare transaction of the rows that an election writes, and how an election is measured beside it: both take turns. */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { inTransaction } from '../../activities/database/transaction';
import { CLIENTS } from './clients';
import { accountOf } from './event';

interface Measured {
  readonly perSecond: number;
  readonly p99: number;
}

/** Rounds in which both kinds take turns, so that neighbours of the machine disturb both alike. */
const ROUNDS = 4;

/** Clients one after another's heels for so many seconds; the first half second warms up. Answers how long each took, in ms. */
async function measured(seconds: number, from: number, work: (nth: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  const began = performance.now();
  const [counts, until] = [began + 500, began + 500 + 1_000 * seconds];
  let nth = from;
  const client = async () => {
    while (performance.now() < until) {
      const start = performance.now();
      await work((nth += 1));
      if (start >= counts) times.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return times;
}

function told(times: readonly number[], seconds: number): Measured {
  const sorted = [...times].sort((a, b) => a - b);
  return { perSecond: sorted.length / seconds, p99: sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0 };
}

interface Beside {
  readonly bare: Measured;
  readonly ours: Measured;
}

/** So many seconds of each kind. @param seconds of each, in turns */
export async function inTurns(
  seconds: number,
  bareOf: (nth: number) => Promise<unknown>,
  oursOf: (nth: number) => Promise<unknown>,
): Promise<Beside> {
  const times = { bare: [] as number[], ours: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    const each = seconds / ROUNDS;
    const counted = [times.bare.length, times.ours.length] as const;
    times.bare.push(...(await measured(each, counted[0] * 2, bareOf)));
    times.ours.push(...(await measured(each, counted[1] * 2, oursOf)));
  }
  return { bare: told(times.bare, seconds), ours: told(times.ours, seconds) };
}

export const toldBeside = (bare: Measured, ours: Measured): string =>
  `bare ${bare.perSecond.toFixed(0)}/s p99 ${bare.p99.toFixed(1)} ms, ours ${ours.perSecond.toFixed(0)}/s p99 ${ours.p99.toFixed(1)} ms`;

export const ratiosOf = (bare: Measured, ours: Measured): string =>
  `${(ours.perSecond / bare.perSecond).toFixed(2)} of the bare rate; p99 ${(ours.p99 / bare.p99).toFixed(1)} times`;

/** @param owner as the owner of the tables */
export const enterBareElections = async (owner: Pool): Promise<void> =>
  void (await owner.query(
    'create table bench_elections (account text primary key, quantity bigint); grant select, insert, update on bench_elections to southbound_app',
  ));

/** An idempotency row, an upsert, an audit row and an outbox row, in one transaction. */
export const bareElection = (pool: Pool, nth: number, holders: number): Promise<void> =>
  inTransaction(pool, async (sql) => {
    const key = randomUUID();
    await sql.query({
      name: 'bare key',
      text: `insert into idempotency (actor, key, route, request_sha256) values ('bench', $1, 'elect', 'x')`,
      values: [key],
    });
    await sql.query({
      name: 'bare election',
      text: 'insert into bench_elections values ($1, $2) on conflict (account) do update set quantity = excluded.quantity',
      values: [accountOf(nth % holders), nth],
    });
    await sql.query({
      name: 'bare audit',
      text: `insert into audit (actor, action, outcome, object_type, object_id) values ('bench', 'elect', 'done', 'bench', $1)`,
      values: [key],
    });
    await sql.query({
      name: 'bare outbox',
      text: `insert into outbox (other_key, other_ref, kind, severity, sent_at, due_at)
             values ($1, 'x', 'notice', 'info', now(), null)`,
      values: [key],
    });
  });
