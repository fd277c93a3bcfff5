/**
 * What the book knows of a process that a complaint is about: references, no texts; documents by their digests. The event of a security is
 * everybody's: of it only what is the complainant's own is taken, who else holds, was told or elected is no evidence of this complaint. What is
 * owed is shown of the complainant's own account; amounts are fen as text, because a number of JSON loses the interest's digits.
 */
import type { PoolClient } from 'pg';
import { writtenIn } from '../database/audit-found';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { ofProcess } from '../database/of-process';
import { owedByProcess } from '../database/promises-found';

const IS_EVERYBODYS = `$1 like 'corporate-action:%'`;

const OWN_HOLDINGS = `corporate_actions a join corporate_action_holders h using (event_id) join client_fund_accounts f using (fund_account)`;

const OWN_CASE = `overdraft_cases o join client_fund_accounts f using (fund_account)`;

/** From the first evening that found the account in debt to the one that closed the case. */
const OF_ITS_DAYS = `d.channel = o.channel and d.fund_account = o.fund_account and d.business_date between o.owed_since and coalesce(o.ended_on, 'infinity')`;

/** By the id of the process, $1, and the number of the client who complains, $2. */
const PARTS = {
  process:
    'select workflow_id, type, business_key_of(workflow_id) as business_key, closed, ended, registered_at from processes where workflow_id = $1',
  tasks: `select task_id, business_key, kind, role, side, branch, state, claimed_by, opened_at, due_at, done_at
            from tasks where ${ofProcess('workflow_id', '$1')} order by task_id`,
  decisions: `select t.kind, a.maker, a.checker, a.decision, a.decided_at
                from approvals a join tasks t using (task_id) where ${ofProcess('t.workflow_id', '$1')} order by a.decided_at, a.task_id`,
  promises: `select business_key, step, limit_kind, limit_n, received_at, due_at, state, ended_at, ended_by, calendar_version
               from deadlines d where ${owedByProcess('d', '$1')} order by deadline_id`,
  orders: `select business_key, kind, side, amount_fen, state, made_by, approved_by, sent_at, executed_at
             from orders where order_id::text in (select subject_id from tasks where ${ofProcess('workflow_id', '$1')} and subject_kind = 'order') order by order_id`,
  steps: `select s.step, s.act, s.outcome, s.codes, s.by, s.at
            from permission_steps s join permission_requests r using (request_no) where r.workflow_id = $1 order by s.step_id`,
  overdraft: `select s.act, s.nth, s.detail, s.by, s.at
                from overdraft_steps s join overdraft_cases o using (case_no) where o.workflow_id = $1 order by s.step_id`,
  overdraftCase: `select o.case_no, o.channel, o.fund_account, o.owed_since, o.opened_on, o.state, o.ended_on, o.call_after_days,
                         o.block_after_days, o.recovery_after_days
                    from ${OWN_CASE} where o.workflow_id = $1 and f.client_no = $2`,
  overdrafts: `select d.business_date, d.amount_fen::text, d.cause, d.fx_fen::text, d.fee_fen::text, d.delayed_fen::text
                 from ${OWN_CASE} join overdrafts d on ${OF_ITS_DAYS}
                where o.workflow_id = $1 and f.client_no = $2 order by d.business_date`,
  advances: `select d.business_date, d.advanced_fen::text, d.repaid_fen::text, d.outstanding_fen::text, d.overdraft_fen::text,
                    d.interest_numerator::text, d.owed_since
               from ${OWN_CASE} join advances d on ${OF_ITS_DAYS}
              where o.workflow_id = $1 and f.client_no = $2 order by d.business_date`,
  writeOffs: `select w.nth, w.amount_fen::text, w.interest_waived_fen::text, w.interest_given_up_fen::text, w.state, w.made_by, w.made_at,
                     w.approved_by, w.approved_at, w.posted_on
                from ${OWN_CASE} join overdraft_write_offs w using (case_no) where o.workflow_id = $1 and f.client_no = $2 order by w.nth`,
  holdings: `select h.securities_account, h.settled, h.unsettled_sales, h.in_transit, h.electable, h.elected, h.answered_at, h.waived_at,
                    h.unreachable_since
               from ${OWN_HOLDINGS} where a.workflow_id = $1 and f.client_no = $2 order by h.securities_account`,
  elections: `select s.securities_account, s.act, s.ballot, s.option, s.quantity_before, s.quantity_after, s.version_shown, s.elected_by, s.by,
                     s.at, s.cut_at
                from ${OWN_HOLDINGS} join election_steps s using (event_id, securities_account)
               where a.workflow_id = $1 and f.client_no = $2 order by s.step_id`,
  filings: `select e.filing_no, e.securities_account, e.ballot, e.option, e.business, e.quantity, e.state, e.acceptance_no, e.result_code,
                   e.confirmed, e.filed_at, e.answered_at
              from ${OWN_HOLDINGS} join election_filings e using (event_id, securities_account)
             where a.workflow_id = $1 and f.client_no = $2 order by e.filing_seq`,
  messages: `select message_key, template, severity, created_at, state
               from outbox where ${ofProcess('workflow_id', '$1')} and kind = 'notice'
                and (not ${IS_EVERYBODYS}
                     or recipient_ref in (select 'fund-account:' || fund_account from client_fund_accounts where client_no = $2))
              order by message_id`,
  audit: `select seq, at, actor, on_behalf_of, role, action, outcome, object_type, object_id, request_id
            from audit where ${writtenIn('$1')}
             and (not ${IS_EVERYBODYS} or actor = '${SYSTEM_ACTOR}'
                  or actor in (select person from client_logins where client_no = $2))
           order by seq`,
  documents: `select e.kind, e.sha256, d.byte_count, d.media_type, e.filed_at
                from archive_entries e join documents d using (sha256) where e.workflow_id = $1 order by e.entry_id`,
} as const;

export type RowsOfSubject = Readonly<Record<keyof typeof PARTS, readonly unknown[]>>;

/** @param clientNo of whoever complains; null: no client, to whom nothing of an event belongs */
export async function rowsOfSubject(
  sql: PoolClient,
  workflowId: string,
  clientNo: string | null,
): Promise<RowsOfSubject> {
  const rows: Record<string, readonly unknown[]> = {};
  for (const [part, query] of Object.entries(PARTS)) {
    const found = await sql.query<{ part: readonly unknown[] }>(
      `select coalesce(jsonb_agg(to_jsonb(part)), '[]') as part from (${query}) part`,
      query.includes('$2') ? [workflowId, clientNo] : [workflowId],
    );
    rows[part] = found.rows[0]?.part ?? [];
  }
  return rows as RowsOfSubject;
}
