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
import { bareElection, enterBareElections, inTurns, ratiosOf, toldBeside } from './elections/bare';
import { moveCuts } from './elections/book';
import { accountOf, enterEvent, KEY } from './elections/event';
import { measureOverHttp } from './elections/over-http';
import { endAll, unlessInterrupted } from './measure/interrupted';

export interface ElectionsOptions {
  readonly holders: number;
  readonly seconds: number;
  /** Elections of the run with kills; 0: none. */
  readonly kill: number;
  /** What the process of an event costs the engine instead. */
  readonly history: boolean;
  /** The accept path as a holder has it instead: a request to the API, with login, idempotency record and own account. */
  readonly http: boolean;
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
    if (options.http) {
      if (!(await measureOverHttp(adminUrl, options, tell))) process.exitCode = 1;
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
      await unlessInterrupted(async () => {
        await enterEvent(owner, options.holders);
        tell(`${options.holders} 持有人 holders, ${os.cpus().length} cores, load ${(os.loadavg()[0] ?? 0).toFixed(1)}`);
        await acceptPath(pool, owner, options, tell);
        await fanOut(pool, owner, tell);
        await closing(pool, owner, tell);
      });
    } finally {
      // First the database, which ends what is still asked of it.
      await endAll(
        () => dropBookDatabase(adminUrl, DATABASE),
        () => pool.end(),
        () => owner.end(),
      );
    }
  } finally {
    await stopPostgres(dir);
  }
}

async function acceptPath(pool: Pool, owner: Pool, { seconds, holders }: ElectionsOptions, tell: Tell): Promise<void> {
  await enterBareElections(owner);
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
  const { bare, ours } = await inTurns(seconds, (nth) => bareElection(pool, nth, holders), elected);
  tell(`选择确认 accept: ${toldBeside(bare, ours)}`);
  tell(`  ${ratiosOf(bare, ours)} (goals 0.40 and 3, aims 0.60 and 2)`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1_000;
}

/** The messages that must be there, with their key and their text, by one statement into a table that has only its keys. */
async function fanOut(pool: Pool, owner: Pool, tell: Tell): Promise<void> {
  await owner.query(
    `create table bench_messages (like outbox including defaults including identity including generated);
     alter table bench_messages add primary key (message_id), add unique (other_key)`,
  );
  const bare = await timed(() =>
    owner.query(
      `insert into bench_messages (other_key, other_ref, workflow_id, of_its_process, kind, severity, other_purpose, template, template_version, facts_told, state, created_at, due_at, side, branch)
       select 'corporate-action:' || event_id || ':v1:' || securities_account, 'fund-account:' || fund_account, 'bench', true, 'notice', 'info',
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
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  await moveCuts(owner, minutesAgo(2), minutesAgo(1));
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
