/**
 * What a mail server tells later of a mail that it had accepted. One that will not come leaves its channel, where the message is still on it:
 * delivery goes on with the next step of its plan, as after any other proof that it did not come.
 */
import { createHash } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { DeliveryReport } from '../../adapters/mail/delivery-report';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import type { Sql } from '../people/standing';
import { addressesOf } from './addresses';
import type { DueMessage } from './due-messages';
import { leaveChannel } from './take-receipts';
import { complaintOf } from '../intake/complaints/complaint-of-process';

/** A message of ours that went by mail. */
export interface MailedMessage {
  readonly messageId: string;
  /** Complaint that it is about; null: none. */
  readonly complaintNo: string | null;
}

/** The message that was sent under a Message-ID; undefined where it is none of ours. */
export async function mailedAs(sql: Sql, messageId: string): Promise<MailedMessage | undefined> {
  const { rows } = await sql.query<MailedMessage>(
    `select m.message_id::text as "messageId", ${complaintOf('m.case_key')} as "complaintNo" from outbox m
      where m.message_id in (select message_id from outbox where accepted_on = 'email' and reference = $1
                             union all select message_id from message_attempts where channel = 'email' and reference = $1)`,
    [messageId],
  );
  return rows[0];
}

/** Once for whom it did not reach. Of several addresses it leaves the channel when none is left that it may have come to. */
export async function takeDeliveryReport(
  sql: PoolClient,
  { messageId }: MailedMessage,
  { failed, at }: Pick<DeliveryReport, 'failed'> & { readonly at: string },
): Promise<void> {
  let isNew = false;
  for (const { address, status } of failed) {
    const { rowCount } = await sql.query(
      `insert into message_receipts (gateway, receipt, message_id, channel, outcome, at, code)
       values ('mail', $1, $2, 'email', 'undelivered', $3, $4) on conflict (gateway, receipt) do nothing`,
      [`${messageId}:${digestOf(address)}`, messageId, at, status ?? null],
    );
    isNew ||= rowCount === 1;
  }
  if (!isNew || !(await reachedNobody(sql, messageId)) || !(await leaveChannel(sql, messageId, 'email'))) return;
  await recordAudit(sql, {
    actor: SYSTEM_ACTOR,
    action: 'mail undelivered',
    outcome: 'done',
    objectType: 'message',
    objectId: messageId,
    after: { channel: 'email', codes: failed.map(({ status = null }) => status) },
  });
}

/** As many addresses as it goes to have failed. Which ones is known by digests only: who forwards a mail reports another address than ours. */
async function reachedNobody(sql: PoolClient, messageId: string): Promise<boolean> {
  const { rows } = await sql.query<
    Pick<
      DueMessage,
      'recipient_role' | 'recipient_mark' | 'recipient_ref' | 'side' | 'branch' | 'purpose' | 'case_key'
    > & { readonly failed: number }
  >(
    `select recipient_role, recipient_mark, recipient_ref, side, branch, purpose, case_key,
            (select count(*)::int from message_receipts where message_id = $1 and gateway = 'mail') as failed
       from outbox where message_id = $1`,
    [messageId],
  );
  const [message] = rows;
  return message !== undefined && message.failed >= (await addressesOf(sql, message, 'email')).length;
}

const digestOf = (address: string): string => createHash('sha256').update(address.toLowerCase()).digest('hex');
