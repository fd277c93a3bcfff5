/**
 * Asks that a step of an open evening be held, repeated or aborted (settlement page: start, repeat, hold or abort a step with reason and second
 * approval). Approval is a task of the day's own process; what was approved the evening does at its next round, so nothing runs beside it.
 */
import type { Pool, PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { FUNDING_PLAN, refusalsOfStepRequest, type StepAct } from '../../domain/settlement/step-acts';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import { queueSignal } from '../outbox/queue-message';
import { refuseFirst } from './judge-actor';

export interface AskedStepRequest {
  readonly channel: string;
  readonly businessDate: BusinessDate;
  readonly step: string;
  readonly act: StepAct;
  readonly reason: string;
  /** Unique for ever: the same key is the same request. */
  readonly key: string;
  readonly by: string;
  readonly role: string;
  readonly requestId: string;
}

/** @throws SeveralRefusals DAY_NOT_STARTED, DAY_CLOSED, STEP_UNKNOWN, STEP_NOT_BY_HAND, FUNDING_PLAN_OVER, STEP_ALREADY_DONE, STEP_NOT_RUN, STEP_REQUEST_PENDING */
export const askStepRequest = (pool: Pool, asked: AskedStepRequest): Promise<{ readonly stepRequestId: string }> =>
  inTransaction(pool, async (sql) => {
    const { channel, businessDate, step } = asked;
    await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `step requests ${channel} ${businessDate}`,
    ]);
    const { rows: kept } = await sql.query<{ id: string }>(
      'select request_id::text as id from step_requests where request_key = $1',
      [asked.key],
    );
    if (kept[0] !== undefined) return { stepRequestId: kept[0].id };
    const found = await dayAndStep(sql, asked);
    if (found === undefined) throw new BusinessError('DAY_NOT_STARTED', { date: businessDate });
    refuseFirst(refusalsOfStepRequest({ ...found, date: businessDate, step, act: asked.act }));
    return enter(sql, asked, found.workflowId);
  });

async function dayAndStep(sql: PoolClient, { channel, businessDate, step }: AskedStepRequest) {
  const { rows } = await sql.query<{
    workflowId: string;
    isClosed: boolean;
    state: 'done' | 'held' | null;
    isBatchOver: boolean;
    pending: string | null;
  }>(
    `select d.workflow_id as "workflowId", d.closed_at is not null as "isClosed", case when $3 <> $4 then s.state
              when exists (select 1 from figures f where f.channel = d.channel and f.business_date = d.business_date and f.code = 'FUNDING') then 'done' end as state,
            (select count(*) = 2 from checkpoints c where c.channel = d.channel and c.business_date = d.business_date and c.checkpoint = '10:30') as "isBatchOver",
            r.request_id::text as pending
     from settlement_days d
     left join day_steps s on s.channel = d.channel and s.business_date = d.business_date and s.step = $3
     left join step_requests r on r.channel = d.channel and r.business_date = d.business_date and r.step = $3 and r.state = 'awaiting approval'
     where d.channel = $1 and d.business_date = $2 for update of d`,
    [channel, businessDate, step, FUNDING_PLAN],
  );
  return rows[0];
}

async function enter(sql: PoolClient, asked: AskedStepRequest, workflowId: string) {
  const { channel, businessDate, step, act, reason, key, by } = asked;
  const { rows } = await sql.query<{ id: string }>(
    `insert into step_requests (channel, business_date, step, act, reason, request_key, made_by) values ($1, $2, $3, $4, $5, $6, $7)
     returning request_id::text as id`,
    [channel, businessDate, step, act, reason, key, by],
  );
  const stepRequestId = rows[0]?.id ?? '';
  await recordAudit(sql, {
    actor: by,
    role: asked.role,
    action: `ask to ${act} a step`,
    outcome: 'done',
    objectType: 'settlement day',
    objectId: `${channel}:${businessDate}`,
    reason,
    after: { step, act, stepRequest: stepRequestId },
    requestId: asked.requestId,
    workflowId,
  });
  await queueSignal(sql, {
    key: `step-request:${stepRequestId}`,
    workflowId,
    signal: 'stepRequestAsked',
    args: [stepRequestId],
  });
  return { stepRequestId };
}
