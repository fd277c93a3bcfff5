/**
 * Cases of what stays uncovered: opened on the evening that finds a client in debt as long as the terms say, told on the evening that
 * finds nothing owed any more (A1 §13, A5 §10).
 */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { ageBand, recoveryTermsOf, type RecoveryTerms } from '../../domain/settlement/overdraft-life';
import { recordAudit } from '../audit/record-audit';
import { queueSignal, queueStart } from '../outbox/queue-message';
import type { DayKey } from '../settlement/day-key';
import { loadParameters } from '../terms/load-terms';

const PROCESS = 'overdraftRecovery';

/** Wants the day's advances listed. Safe to repeat: a client has one open case at a time. */
export async function followCases(sql: PoolClient, day: DayKey): Promise<void> {
  const terms = recoveryTermsOf(await loadParameters(sql, day.channel, day.businessDate));
  const { rows } = await sql.query<{ account: string; branch: string; since: BusinessDate }>(
    `select a.fund_account as account, c.branch, a.owed_since as since from advances a join clients c using (fund_account)
     where a.channel = $1 and a.business_date = $2 and a.owed_since is not null
       and not exists (select 1 from overdraft_cases o where o.channel = $1 and o.fund_account = a.fund_account
                         -- A write-off of the evening itself is booked on the next day.
                         and (o.state = 'open' or o.state = 'written off' and o.ended_on >= $2))
     order by 1`,
    [day.channel, day.businessDate],
  );
  for (const client of rows)
    if (ageBand(client.since, day.businessDate, terms) !== 'fresh') await openCase(sql, day, client, terms);
  await tellCovered(sql, day);
}

async function openCase(
  sql: PoolClient,
  { channel, businessDate }: DayKey,
  client: { readonly account: string; readonly branch: string; readonly since: BusinessDate },
  terms: RecoveryTerms,
): Promise<void> {
  const { rows } = await sql.query<{ last_no: number }>(
    `insert into overdraft_case_numbers (business_date, last_no) values ($1, 1)
     on conflict (business_date) do update set last_no = overdraft_case_numbers.last_no + 1 returning last_no`,
    [businessDate],
  );
  const caseNo = `V${businessDate.replaceAll('-', '')}-${String(rows[0]?.last_no).padStart(6, '0')}`;
  const workflowId = `overdraft-recovery:${channel}:${caseNo}`;
  await sql.query(
    `insert into overdraft_cases (case_no, channel, fund_account, branch, owed_since, opened_on, workflow_id,
                                  call_after_days, block_after_days, recovery_after_days)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      caseNo,
      channel,
      client.account,
      client.branch,
      client.since,
      businessDate,
      workflowId,
      terms.callAfterDays,
      terms.blockAfterDays,
      terms.recoveryAfterDays,
    ],
  );
  await recordAudit(sql, {
    actor: SYSTEM_ACTOR,
    action: 'open overdraft case',
    outcome: 'done',
    objectType: 'overdraft case',
    objectId: caseNo,
    after: { owedSince: client.since, ...terms },
    workflowId,
  });
  await queueStart(sql, {
    key: `start:${workflowId}`,
    workflowId,
    type: PROCESS,
    args: [{ caseNo }],
    summary: '透支追偿 overdraft recovery',
    attributes: {
      ProcessType: PROCESS,
      BusinessKey: `${channel}:${caseNo}`,
      BusinessDate: businessDate,
      Branch: client.branch,
    },
  });
}

/**
 * The process looks again: whether it is covered the books say then, because the evening may be posted anew. Named by the newest batch of the
 * evening, so once a posting: one that was taken back and posted again is told again.
 */
async function tellCovered(sql: PoolClient, { channel, businessDate }: DayKey): Promise<void> {
  const { rows } = await sql.query<{ case_no: string; workflow_id: string; batch: bigint | null }>(
    `select o.case_no, o.workflow_id, (select max(batch_id) from batches where channel = $1 and business_date = $2) as batch
       from overdraft_cases o
     where o.channel = $1 and o.state = 'open' and not exists (
       select 1 from advances a where a.channel = $1 and a.business_date = $2 and a.fund_account = o.fund_account and a.owed_since is not null)
     order by 1`,
    [channel, businessDate],
  );
  for (const { case_no: caseNo, workflow_id: workflowId, batch } of rows)
    await queueSignal(sql, {
      key: `overdraft-covered:${caseNo}:${businessDate}:${batch ?? 0n}`,
      workflowId,
      signal: 'overdraftCovered',
    });
}
