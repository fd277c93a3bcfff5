/** A book in which one event is open, its process asked for, with holders who have shares in the ledger and logins of their own. */
import type { Pool } from 'pg';
import { eventWorkflowId } from '../../activities/corporate-actions/event-row';
import { inTransaction } from '../../activities/database/transaction';
import { queueSignal, queueStart } from '../../activities/outbox/queue-message';
import { enterEvent, KEY } from './event';

const ACCOUNTS_OF_LOGIN = 40;
const WORKFLOW_ID = eventWorkflowId(KEY);

/** Person who elects for an account: a client has many. */
export const loginOf = (nth: number): string => `bench-client-${Math.floor(nth / ACCOUNTS_OF_LOGIN)}`;

/** @param owner as the owner of the tables: rows are written as no verb would */
export async function enterBook(pool: Pool, owner: Pool, holders: number): Promise<void> {
  await enterEvent(owner, holders);
  await enterHoldings(owner, holders);
  await enterLogins(owner, holders);
  await owner.query(
    `with file as (
       insert into files (channel, business_date, kind, version, name, path, sha256, byte_count, arrived_at)
       values ('SH', current_date - 1, 'hk_tzxx', 1, 'bench', '-', 'bench', 1, now()) returning file_id, business_date)
     insert into corporate_action_versions (event_id, version, change, channel, business_date, file_id, row_nos, terms, touches_elections, kind, code)
     select event_id, 1, 'ADD', 'SH', business_date, file_id, '{1}', '{}', false, kind, code from file, corporate_actions`,
  );
  await owner.query('update corporate_actions set workflow_id = $1', [WORKFLOW_ID]);
  // Telling the holders is measured elsewhere.
  await owner.query(
    `insert into corporate_action_steps (event_id, act, step_key, by) select event_id, 'forward to holders', 'forward 1 1', 'bench' from corporate_actions`,
  );
  await inTransaction(pool, (sql) =>
    queueStart(sql, {
      key: `start:${WORKFLOW_ID}`,
      workflowId: WORKFLOW_ID,
      type: 'corporateAction',
      args: [KEY],
      summary: '公司行为 corporate action',
      attributes: { ProcessType: 'corporateAction', BusinessKey: KEY.eventNo },
    }),
  );
}

async function enterHoldings(owner: Pool, holders: number): Promise<void> {
  await owner.query('select open_business_date(current_date)');
  await owner.query(
    `insert into clients (fund_account, securities_account, branch, seat, side, kind, commission_rate, commission_minimum_fen)
     select fund_account, securities_account, branch, '21000', 'client', 'natural', 0.0003, 500 from corporate_action_holders`,
  );
  await owner.query(
    `with batch as (
       insert into batches (batch_key, channel, business_date, kind, content_sha256, cause)
       values ('bench holdings', 'SH', current_date, 'bench', 'x', 'holdings of a benchmark') returning batch_id)
     insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause)
     select current_date, batch_id, row_number() over (order by securities_account), 'client_shares', securities_account, '08005', -settled, current_date,
            'bench' from batch, corporate_action_holders
     union all
     select current_date, batch_id, 0, 'custody', 'SH', '08005', 1000::bigint * $1, current_date, 'bench' from batch`,
    [holders],
  );
}

async function enterLogins(owner: Pool, holders: number): Promise<void> {
  const logins = Math.ceil(holders / ACCOUNTS_OF_LOGIN);
  const run = (text: string) => owner.query(text, [logins]);
  const of = `from generate_series(0, $1 - 1) as nth`;
  await run(`insert into archives (client_no, opened_on) select 'C5' || lpad(nth::text, 7, '0'), current_date ${of}`);
  await run(
    `insert into registered_clients (client_no, kind, branch, account_manager, registered_on)
     select 'C5' || lpad(nth::text, 7, '0'), 'natural', '1001', 'manager-1', current_date ${of}`,
  );
  await run(
    `insert into people (person, subject, department) select 'bench-client-' || nth, 'bench-client-' || nth, 'clients' ${of}`,
  );
  await run(
    `insert into grants (person, role, valid_from, requested_by, granted_by, approved_by)
     select 'bench-client-' || nth, 'client', current_date - 1, 'one', 'two', 'three' ${of}`,
  );
  await run(
    `insert into client_logins (person, client_no) select 'bench-client-' || nth, 'C5' || lpad(nth::text, 7, '0') ${of}`,
  );
  await owner.query(
    `insert into client_fund_accounts (fund_account, client_no)
     select fund_account, 'C5' || lpad((substr(securities_account, 2)::int / $1)::text, 7, '0') from corporate_action_holders`,
    [ACCOUNTS_OF_LOGIN],
  );
}

/** The deadline moves as an approval would move it, and the process is told. Answers the holders' new one. */
export async function moveDeadline(pool: Pool, owner: Pool, inMs: number): Promise<string> {
  const clientCutAt = new Date(Date.now() + inMs).toISOString();
  const brokerCutAt = new Date(Date.now() + inMs + 1_000).toISOString();
  await moveCuts(owner, clientCutAt, brokerCutAt);
  await owner.query(
    `insert into corporate_action_steps (event_id, act, step_key, by) select event_id, 'tell the deadline', 'deadline ' || $1::text, 'bench' from corporate_actions`,
    [brokerCutAt],
  );
  await inTransaction(pool, (sql) =>
    queueSignal(sql, { key: `${WORKFLOW_ID}:2`, workflowId: WORKFLOW_ID, signal: 'eventChanged', args: [2] }),
  );
  return clientCutAt;
}

/** The cuts of the only event, as a second person has approved them. */
export async function moveCuts(owner: Pool, clientCutAt: string, brokerCutAt: string): Promise<void> {
  await owner.query(
    `insert into election_cut_changes (event_id, version, broker_before, broker_after, client_after, reason, request_key, asked_by, state, decided_by, decided_at)
       select event_id, version, broker_cut_at, $1, $2, 'the run ends', 'bench', 'one', 'approved', 'two', now() from corporate_actions`,
    [brokerCutAt, clientCutAt],
  );
  await owner.query('update corporate_actions set broker_cut_at = $1, client_cut_at = $2, revision = revision + 1', [
    brokerCutAt,
    clientCutAt,
  ]);
}
