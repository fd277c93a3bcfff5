/** A wish to raise the cushion is written down and its process started: one at a time, whoever asks (A4 §28). */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { amountText } from '../../domain/money';
import { recordAudit } from '../audit/record-audit';
import { queueStart } from '../outbox/queue-message';

const PROCESS = 'cushionTopUp';

export interface EnteredTopUp {
  readonly channel: string;
  readonly businessDate: BusinessDate;
  readonly origin: 'alarm' | 'finance';
  readonly amountFen: bigint;
  readonly reason: string;
  /** Unique for ever: the same key is the same wish. */
  readonly key: string;
  readonly by: string;
  readonly role?: string;
  readonly requestId?: string;
}

/** Until the transaction ends nobody else asks for a top-up of the channel, or ends one. */
export const lockTopUps = (sql: PoolClient, channel: string) =>
  sql.query(`select pg_advisory_xact_lock(hashtextextended('cushion top-ups of ' || $1, 0))`, [channel]);

/** The wish that is open, for whoever holds the lock. */
export async function openTopUp(
  sql: PoolClient,
  channel: string,
): Promise<{ readonly id: string; readonly origin: EnteredTopUp['origin']; readonly workflowId: string } | undefined> {
  const { rows } = await sql.query<{ id: string; origin: EnteredTopUp['origin']; workflowId: string }>(
    `select top_up_id::text as id, origin, workflow_id as "workflowId" from cushion_top_ups where channel = $1 and state = 'open'`,
    [channel],
  );
  return rows[0];
}

/** For whoever holds the lock and has seen that none is open. */
export async function enterTopUp(sql: PoolClient, asked: EnteredTopUp): Promise<string> {
  const { channel, businessDate, origin, amountFen, reason, key, by, role, requestId } = asked;
  const { rows } = await sql.query<{ id: string; workflow_id: string }>(
    `insert into cushion_top_ups (channel, business_date, origin, amount_fen, reason, request_key, asked_by, workflow_id)
     select $1::text, $2::date, $3, $4, $5, $6, $7, 'cushion-top-up:' || $1 || ':' || $2::date || ':' || count(*) + 1
     from cushion_top_ups where channel = $1 and business_date = $2
     returning top_up_id::text as id, workflow_id`,
    [channel, businessDate, origin, amountFen, reason, key, by],
  );
  const [row] = rows;
  if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '补足安全气垫 top-up of the cushion', key });
  const { id, workflow_id: workflowId } = row;
  await recordAudit(sql, {
    actor: by,
    action: 'ask for top-up of the cushion',
    outcome: 'done',
    objectType: 'cushion top-up',
    objectId: id,
    reason,
    after: { channel, origin, amount: amountText(amountFen) },
    workflowId,
    ...(role === undefined ? {} : { role }),
    ...(requestId === undefined ? {} : { requestId }),
  });
  await queueStart(sql, {
    key: `start:${workflowId}`,
    workflowId,
    type: PROCESS,
    args: [{ topUpId: id }],
    summary: `补足安全气垫 ${businessDate} top-up of the cushion`,
    attributes: { ProcessType: PROCESS, BusinessKey: `${channel}:${businessDate}`, BusinessDate: businessDate },
  });
  return id;
}
