/**
 * `npm run bench -- elections`: how long an election takes from request to acknowledgement beside a bare transaction of the same rows, and
 * what telling and closing half a million holders takes beside the bare set statements: the same rows, into tables that have only their keys. With `--kill` elections go on over HTTP while
 * worker, API and clearing house are killed at random; an independent checker then looks for acknowledged elections that are missing, and for late
 * ones; it ends with status 1 where it finds any.
 */
import os from 'node:os';
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { loadReference } from '../activities/books/load-reference';
import { closeElections } from '../activities/corporate-actions/close-elections';
import { forwardEvent } from '../activities/corporate-actions/forward-event';
import { takeElection } from '../activities/corporate-actions/take-election';
import { inTransaction } from '../activities/database/transaction';
import { dataFolder } from '../cli/places';
import { startPostgres, stopPostgres } from '../prisma/embedded';
import { bookUrls, dropBookDatabase, migrate } from '../prisma/migrate';
import { openPool } from '../prisma/pool';
import { measureHistories } from './elections/history';
import { electUnderKills } from './elections/kills';
import { accountOf, enterEvent, KEY } from './elections/event';

export interface ElectionsOptions {
  readonly holders: number;
  readonly seconds: number;
  /** Elections of the run with kills; 0: none. */
  readonly kill: number;
  /** What the process of an event costs the engine instead. */
  readonly history: boolean;
}

type Tell = (line: string) => void;

const DATABASE = 'bench_elections';
const CLIENTS = 8;

export async function benchmarkElections(options: ElectionsOptions, tell: Tell): Promise<void> {
  const dir = dataFolder();
  const adminUrl = await startPostgres(dir);
  try {
    if (options.kill > 0) {
      if (!(await electUnderKills(adminUrl, options.kill, tell))) process.exitCode = 1;
      return;
    }
    if (options.history) {
      if (!(await measureHistories(adminUrl, options.holders, tell))) process.exitCode = 1;
      return;
    }
    await dropBookDatabase(adminUrl, DATABASE);
    await migrate(adminUrl, DATABASE);
    const { appUrl, ownerUrl } = bookUrls(adminUrl, DATABASE);
    const pool = openPool(appUrl, CLIENTS + 4);
    const owner = openPool(ownerUrl, 2);
    try {
      await pool.query(
        `insert into business_clock (book_name, book_kind, mode, now) values ($1, 'test', 'real', null)`,
        [DATABASE],
      );
      await loadReference(pool);
      await enterEvent(owner, options.holders);
      tell(`${options.holders} 持有人 holders, ${os.cpus().length} cores, load ${(os.loadavg()[0] ?? 0).toFixed(1)}`);
      await acceptPath(pool, owner, options, tell);
      await fanOut(pool, owner, tell);
      await closing(pool, owner, tell);
    } finally {
      await pool.end();
      await owner.end();
    }
    await dropBookDatabase(adminUrl, DATABASE);
  } finally {
    await stopPostgres(dir);
  }
}

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

async function acceptPath(pool: Pool, owner: Pool, { seconds, holders }: ElectionsOptions, tell: Tell): Promise<void> {
  await owner.query(
    'create table bench_elections (account text primary key, quantity bigint); grant select, insert, update on bench_elections to southbound_app',
  );
  const elected = (nth: number) =>
    inTransaction(pool, (sql) =>
      takeElection(sql, {
        ...KEY,
        securitiesAccount: accountOf(nth % holders),
        ballot: '',
        option: 'ACCEPT',
        quantity: `${(nth % 900) + 1}`,
        versionShown: 1,
        electedBy: 'holder',
        key: randomUUID(),
        by: 'bench',
        role: 'client',
      }),
    );
  const times = { bare: [] as number[], ours: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    const each = seconds / ROUNDS;
    const counted = [times.bare.length, times.ours.length] as const;
    times.bare.push(...(await measured(each, counted[0] * 2, (nth) => bareElection(pool, nth, holders))));
    times.ours.push(...(await measured(each, counted[1] * 2, elected)));
  }
  const [bare, ours] = [told(times.bare, seconds), told(times.ours, seconds)];
  tell(
    `选择确认 accept: bare ${bare.perSecond.toFixed(0)}/s p99 ${bare.p99.toFixed(1)} ms, ours ${ours.perSecond.toFixed(0)}/s p99 ${ours.p99.toFixed(1)} ms`,
  );
  tell(
    `  ${(ours.perSecond / bare.perSecond).toFixed(2)} of the bare rate (goal 0.40, aim 0.60); p99 ${(ours.p99 / bare.p99).toFixed(1)} times (goal 3, aim 2)`,
  );
}

/** An idempotency row, an upsert, an audit row and an outbox row, in one transaction. */
const bareElection = (pool: Pool, nth: number, holders: number): Promise<void> =>
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
      text: `insert into outbox (message_key, recipient_ref, kind, severity, sent_at, due_at)
             values ($1, 'x', 'notice', 'info', now(), null)`,
      values: [key],
    });
  });

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1_000;
}

/** The messages that must be there, with their key and their text, by one statement into a table that has only its keys. */
async function fanOut(pool: Pool, owner: Pool, tell: Tell): Promise<void> {
  await owner.query(
    `create table bench_messages (like outbox including defaults including identity);
     alter table bench_messages add primary key (message_id), add unique (message_key)`,
  );
  const bare = await timed(() =>
    owner.query(
      `insert into bench_messages (message_key, recipient_ref, workflow_id, case_key, kind, severity, purpose, template, template_version, facts, state, created_at, due_at, side, branch)
       select 'corporate-action:' || event_id || ':v1:' || securities_account, 'fund-account:' || fund_account, 'bench', 'bench', 'notice', 'info',
              'case-event', 'CORPORATE_ACTION', 1, jsonb_build_object('event', event_id, 'terms', repeat('文', 60)), 'queued', now(), now(),
              side, branch
         from corporate_action_holders`,
    ),
  );
  const ours = await timed(() => forwardEvent({ pool })(KEY));
  const { rows } = await pool.query<{ queued: number }>(
    `select count(*)::int as queued from outbox where starts_with(message_key, 'corporate-action:')`,
  );
  tell(
    `转发 fan out: bare ${bare.toFixed(2)} s, ours ${ours.toFixed(2)} s, ${(ours / bare).toFixed(1)} times (goal 6, aim 3); ${rows[0]?.queued} 消息 messages`,
  );
}

/** The cut comes; whoever has not elected gets the default. */
async function closing(pool: Pool, owner: Pool, tell: Tell): Promise<void> {
  await owner.query(
    `update corporate_actions set version = version + 1, client_cut_at = now() - interval '2 minutes', broker_cut_at = now() - interval '1 minute'`,
  );
  await owner.query(
    `create table bench_defaults (like elections including defaults);
     alter table bench_defaults add primary key (event_id, securities_account, ballot, option);
     create table bench_steps (like election_steps including defaults including identity);
     alter table bench_steps add primary key (step_id), add unique (act_key)`,
  );
  // What must be there after a close: what each silent holder has now, the step of its history, and the tally.
  const bare = await timed(() =>
    owner.query(
      `with silent as (
         select h.event_id, h.securities_account, h.electable - coalesce(e.quantity, 0) as quantity
           from corporate_action_holders h left join (select securities_account, sum(quantity)::bigint as quantity from elections group by 1) e
             using (securities_account)
          where h.electable > coalesce(e.quantity, 0)),
       put as (
         insert into bench_defaults (event_id, securities_account, option, quantity, version_shown, elected_by, at, cut_at)
         select event_id, securities_account, 'DECLINE', quantity, 1, 'default', now(), now() from silent)
       insert into bench_steps (event_id, securities_account, act, option, quantity_before, quantity_after, version_shown, elected_by, by, act_key, at, cut_at)
       select event_id, securities_account, 'default', 'DECLINE', 0, quantity, 1, 'default', 'bench', 'default:' || event_id || ':' || securities_account, now(), now()
         from silent;
       select option, sum(quantity) from bench_defaults group by 1`,
    ),
  );
  const ours = await timed(() => closeElections({ pool })(KEY));
  tell(
    `截止 close: bare ${bare.toFixed(2)} s, ours ${ours.toFixed(2)} s, ${(ours / bare).toFixed(1)} times (goal 6, aim 3)`,
  );
  const { rows } = await pool.query<{ defaults: number }>(
    `select count(*)::int as defaults from elections where elected_by = 'default'`,
  );
  tell(`  ${rows[0]?.defaults} 默认选项 defaults`);
}
