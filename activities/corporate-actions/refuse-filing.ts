/**
 * The clearing house does not take a filing: what was elected with it stands no more, and the holder is told while there is time. After the
 * close nobody can elect again: then it is a break as well. A vote that is refused is a break at any time, because the one before it counts on.
 */
import type { PoolClient } from 'pg';
import { businessDateOf, shanghaiTimeOf } from '../../domain/calendar/business-date';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import { queueNotice } from '../outbox/queue-notice';
import { findBreak } from './find-break';

interface RefusedFiling {
  readonly event_id: string;
  readonly event_no: string;
  readonly workflow_id: string;
  readonly client_cut_at: string;
  readonly is_closed: boolean;
  readonly securities_account: string;
  readonly fund_account: string;
  readonly ballot: string;
  readonly option: string;
  readonly business: string;
  readonly quantity: bigint;
  readonly standing: bigint;
}

export async function refuseFiling(
  sql: PoolClient,
  { filingNo, code }: { readonly filingNo: string; readonly code: string },
): Promise<void> {
  const filing = await lockRefused(sql, filingNo);
  if (filing === undefined) return;
  await sql.query(
    `update election_filings set state = 'refused', result_code = $2, answered_at = business_now(), counter_told = true where filing_no = $1`,
    [filingNo, code],
  );
  const isVote = filing.business === 'H62';
  if (!isVote) await takeBack(sql, filingNo, filing);
  if (isVote || filing.is_closed)
    await findBreak(sql, {
      eventId: filing.event_id,
      kind: 'filing',
      key: filingNo,
      facts: { filing: filingNo, code, ballot: filing.ballot, option: filing.option, quantity: `${filing.quantity}` },
    });
  await recordAudit(sql, {
    actor: SYSTEM_ACTOR,
    action: 'filing refused by the clearing house',
    outcome: 'done',
    objectType: 'corporate action',
    objectId: filing.event_no,
    reason: code,
    after: { filing: filingNo, option: filing.option, quantity: `${filing.quantity}` },
    workflowId: filing.workflow_id,
  });
  await queueNotice(sql, {
    key: `election-refused:${filingNo}`,
    workflowId: filing.workflow_id,
    severity: 'warning',
    side: 'client',
    recipientRef: `fund-account:${filing.fund_account}`,
    template: 'ELECTION_REFUSED',
    facts: { event: filing.event_no, filing: filingNo, code, deadline: shanghaiText(filing.client_cut_at) },
  });
}

/** Undefined where it has its answer already. */
async function lockRefused(sql: PoolClient, filingNo: string): Promise<RefusedFiling | undefined> {
  await sql.query(
    `select from corporate_action_holders h join election_filings f using (event_id, securities_account) where f.filing_no = $1 for update of h`,
    [filingNo],
  );
  const { rows } = await sql.query<RefusedFiling>(
    `select a.event_id::text, a.event_no, a.workflow_id, a.client_cut_at, a.closed_at is not null as is_closed, f.securities_account, h.fund_account,
            f.ballot, f.option, f.business, f.quantity, coalesce(e.quantity, 0)::bigint as standing
       from election_filings f join corporate_actions a using (event_id) join corporate_action_holders h using (event_id, securities_account)
       left join elections e on e.event_id = f.event_id and e.securities_account = f.securities_account and e.ballot = f.ballot and e.option = f.option
      where f.filing_no = $1 and f.state = 'sent' for update of f`,
    [filingNo],
  );
  return rows[0];
}

/** Without the difference that was not taken; a withdrawal that was not taken stands again. */
async function takeBack(sql: PoolClient, filingNo: string, filing: RefusedFiling): Promise<void> {
  const { event_id: eventId, securities_account: account, ballot, option, quantity, standing } = filing;
  const after = standing > quantity ? standing - quantity : 0n;
  const place = [eventId, account, ballot, option];
  await sql.query(
    `insert into election_steps (event_id, securities_account, act, ballot, option, quantity_before, quantity_after, version_shown, elected_by, by,
                                 act_key, at, cut_at)
     select event_id, $2, 'lapse', $3, $4, $5, $6, version, 'house', $7, 'refused:' || $8::text, business_now(), broker_cut_at
       from corporate_actions where event_id = $1`,
    [...place, standing, after, SYSTEM_ACTOR, filingNo],
  );
  if (after === 0n)
    await sql.query(
      'delete from elections where event_id = $1 and securities_account = $2 and ballot = $3 and option = $4',
      place,
    );
  else
    await sql.query(
      `insert into elections (event_id, securities_account, ballot, option, quantity, version_shown, elected_by, at, cut_at)
       select event_id, $2, $3, $4, $5, version_shown, elected_by, at, cut_at from election_steps
        where event_id = $1 and securities_account = $2 and ballot = $3 and option = $4 and act = 'elect' order by step_id desc limit 1
       on conflict (event_id, securities_account, ballot, option) do update set quantity = excluded.quantity`,
      [...place, after],
    );
  await sql.query(
    `update corporate_action_holders h
        set elected = s.elected, excess = greatest(0, s.elected - h.electable), answered_at = case when s.elected = 0 then null else h.answered_at end
       from (select coalesce(max(quantity), 0)::bigint as elected from (
               select sum(quantity) as quantity from elections where event_id = $1 and securities_account = $2 group by ballot) ballots) s
      where h.event_id = $1 and h.securities_account = $2`,
    [eventId, account],
  );
}

const shanghaiText = (instant: string): string => `${businessDateOf(instant)} ${shanghaiTimeOf(instant).slice(0, 5)}`;
