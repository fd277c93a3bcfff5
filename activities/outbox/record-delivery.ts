/** What delivery writes about one message: each try for ever, and where the message stands. */
import type { Pool, PoolClient } from 'pg';
import type { DeliveryStep } from '../../domain/messages/delivery';
import type { SendOutcome } from '../../adapters/messages/messages-port';
import { inTransaction } from '../database/transaction';
import type { Sql } from '../people/standing';
import { queueStart } from './queue-message';
import type { DueMessage } from './due-messages';

/** Waits of real time after the first, second, ... try that got no answer; the last one holds for all further tries. */
const RETRY_SECONDS = [2, 5, 15, 30, 60, 300];

const attempt = (sql: PoolClient, message: DueMessage, { step, channel }: DeliveryStep, sent: SendOutcome) =>
  sql.query(
    `insert into message_attempts (message_id, step, channel, at, outcome, reference, code)
     values ($1, $2, $3, business_now(), $4, $5, $6)`,
    [
      message.message_id,
      step,
      channel,
      sent.outcome,
      sent.outcome === 'accepted' ? sent.reference : null,
      sent.outcome === 'accepted' ? null : sent.code,
    ],
  );

/** Accepted; where the channel brings proof, delivery looks again when its time is over. */
export function recordAccepted(
  pool: Pool,
  message: DueMessage,
  step: DeliveryStep,
  sent: SendOutcome,
  proofWithinMinutes: number | null,
): Promise<void> {
  const proof = [message.message_id, step.step, proofWithinMinutes] as const;
  const reference = sent.outcome === 'accepted' ? sent.reference : null;
  return inTransaction(pool, async (sql) => {
    const { rowCount: isFirst } = await sql.query(
      `update outbox m set accepted_on = $4, reference = $5, ${SENT} and ${FIRST_TRY}`,
      [...proof, step.channel, reference],
    );
    if (isFirst === 1) return;
    await attempt(sql, message, step, sent);
    await sql.query(`update outbox m set ${SENT}`, [...proof]);
  });
}

/** $1 the message, $2 the step, $3 minutes within which proof comes. */
const SENT = `state = 'sent', step = $2, sent_at = coalesce(sent_at, business_now()), attempts = attempts + 1,
    last_error = null, retry_at = null, falls_over_at = null, due_at = business_now() + $3 * interval '1 minute',
    looked_at = case when $3 is not null then business_now() end
  where message_id = $1 and state not in ('delivered', 'task')`;

/** SQL: no try of the message `m` has a row of its own. */
export const NO_OTHER_TRY = `not exists (select from message_attempts a where a.message_id = m.message_id)`;

/** Accepted by the first channel at the first try, the message itself says so (docs/decisions/0080-the-first-try-is-the-message.md). */
const FIRST_TRY = `$2 = 1 and sent_at is null and ${NO_OTHER_TRY}`;

/** No answer, or nobody connected and nothing comes after: the message stays due, is tried again, and falls over when its time is over. */
export function recordUnanswered(
  pool: Pool,
  message: DueMessage,
  step: DeliveryStep,
  sent: Exclude<SendOutcome, { readonly outcome: 'accepted' }>,
): Promise<void> {
  return inTransaction(pool, async (sql) => {
    await attempt(sql, message, step, sent);
    await leaveWaiting(sql, [{ message, step, code: sent.code }]);
  });
}

/** A message that goes by no channel now, the step on which it waits, and why. */
export interface Waiting {
  readonly message: DueMessage;
  readonly step: DeliveryStep;
  readonly code: string;
}

/** One statement, however many wait; what was read or answered meanwhile stays so. */
export async function leaveWaiting(sql: Sql, waiting: readonly Waiting[]): Promise<void> {
  if (waiting.length === 0) return;
  await sql.query(
    `update outbox m set state = case when w.step > 1 then 'failed over' else 'queued' end, step = w.step, attempts = m.attempts + 1,
            last_error = w.code, looked_at = business_now(),
            retry_at = case (select mode from business_clock) when 'real' then clock_timestamp() + w.wait * interval '1 second' end,
            falls_over_at = coalesce(m.falls_over_at, business_now() + w.minutes * interval '1 minute')
       from unnest($1::bigint[], $2::int[], $3::text[], $4::int[], $5::int[]) w (message_id, step, code, minutes, wait)
      where m.message_id = w.message_id and m.state not in ('delivered', 'task', 'not reached')`,
    [
      waiting.map(({ message }) => message.message_id),
      waiting.map(({ step }) => step.step),
      waiting.map(({ code }) => code),
      waiting.map(({ step }) => step.waitMinutes),
      waiting.map(({ message }) => RETRY_SECONDS[Math.min(message.attempts, RETRY_SECONDS.length - 1)]),
    ],
  );
}

/** The channel is left: refused, not in time, or not delivered. Delivery goes on with the next step at once. */
export function recordFallOver(
  pool: Pool,
  message: DueMessage,
  left: DeliveryStep,
  next: DeliveryStep,
  sent?: SendOutcome,
): Promise<void> {
  return inTransaction(pool, async (sql) => {
    if (sent !== undefined) await attempt(sql, message, left, sent);
    const code = whyLeft(message, left, sent);
    await sql.query(
      `insert into message_fall_overs (message_id, from_step, from_channel, to_step, to_channel, code)
       values ($1, $2, $3, $4, $5, $6) on conflict (message_id, from_step) do nothing`,
      [message.message_id, left.step, left.channel, next.step, next.channel, code],
    );
    await sql.query(
      `update outbox set state = 'failed over', step = $2, due_at = business_now(), falls_over_at = null, retry_at = null,
              attempts = 0, last_error = $3
       where message_id = $1`,
      [message.message_id, next.step, code],
    );
  });
}

const UNDELIVERED = 'UNDELIVERED';

/** Refused or unanswered by its code; accepted and not proved, or proved not to have come; or down, and not asked. */
function whyLeft(
  { state, is_undelivered: isUndelivered }: DueMessage,
  { channel }: DeliveryStep,
  sent: SendOutcome | undefined,
): string {
  if (sent !== undefined && sent.outcome !== 'accepted') return sent.code;
  if (state !== 'sent') return 'CHANNEL_DOWN';
  if (isUndelivered) return UNDELIVERED;
  return channel === 'in-app' ? 'NOT_READ' : 'NO_PROOF_IN_TIME';
}

/** Held until the end of quiet hours. */
export async function recordHeld(pool: Pool, message: DueMessage, until: string): Promise<void> {
  await pool.query(`update outbox set state = 'held', due_at = $2, looked_at = business_now() where message_id = $1`, [
    message.message_id,
    until,
  ]);
}

/** What waits behind one of its case that was not accepted: looked at, and not sent. */
export async function recordBehind(pool: Pool, messages: readonly DueMessage[]): Promise<void> {
  if (messages.length === 0) return;
  await pool.query('update outbox set looked_at = business_now() where message_id = any($1)', [
    messages.map(({ message_id: id }) => id),
  ]);
}

/** Accepted, and the plan knows no further step: what is known of it is all there will be. */
export async function recordLeft(pool: Pool, { message_id: id }: DueMessage): Promise<void> {
  await pool.query('update outbox set due_at = null, looked_at = null where message_id = $1', [id]);
}

/** Refused by the last channel of the plan, or accepted by it and not delivered: it is not sent again, and the list of messages tells of it. */
export function recordNotReached(
  pool: Pool,
  message: DueMessage,
  step: DeliveryStep,
  sent?: SendOutcome & { readonly outcome: 'refused' },
): Promise<void> {
  return inTransaction(pool, async (sql) => {
    if (sent !== undefined) await attempt(sql, message, step, sent);
    await sql.query(
      `update outbox set state = 'not reached', step = $2, attempts = attempts + $4, last_error = $3, due_at = null, falls_over_at = null,
              retry_at = null, looked_at = business_now() where message_id = $1`,
      [message.message_id, step.step, sent?.code ?? UNDELIVERED, sent === undefined ? 0 : 1],
    );
  });
}

/** A message that has no way to go is looked at again, and told by its state. */
export async function recordNoWay(pool: Pool, message: DueMessage): Promise<void> {
  await pool.query(
    `update outbox set last_error = 'NO_DELIVERY_STEPS', looked_at = business_now(), attempts = attempts + 1,
            retry_at = case (select mode from business_clock) when 'real' then clock_timestamp() + interval '1 minute' end
     where message_id = $1`,
    [message.message_id],
  );
}

/**
 * A person is asked to telephone: a process that waits for the answer, started in the transaction that hands over. A branch telephones its own
 * clients: whose client it is, is written down with it. The firm's own shares are none of a branch.
 */
export function recordTask(pool: Pool, message: DueMessage, step: DeliveryStep, role: string): Promise<void> {
  const workflowId = `telephone-notice:${message.message_id}`;
  return inTransaction(pool, async (sql) => {
    const { rows } = await sql.query<{ side: string | null }>(
      `update outbox m set state = 'task', step = $2, due_at = null, falls_over_at = null, retry_at = null, looked_at = business_now(),
              side = coalesce(m.side, c.side), branch = coalesce(m.branch, c.branch)
         from (values (1)) one left join clients c on $3 and c.fund_account = substring($4 from '^fund-account:(.+)$')
        where m.message_id = $1 and m.state not in ('delivered', 'task') returning m.side`,
      [message.message_id, step.step, role === 'branch', message.recipient_ref],
    );
    const [handed] = rows;
    if (handed === undefined) return;
    await queueStart(sql, {
      key: `start:${workflowId}`,
      workflowId,
      type: 'telephoneNotice',
      args: [
        { messageId: message.message_id, role: role === 'branch' && handed.side === 'proprietary' ? 'prop' : role },
      ],
      summary: '电话通知 tell by telephone',
      attributes: { ProcessType: 'telephoneNotice', BusinessKey: message.message_id },
    });
  });
}
