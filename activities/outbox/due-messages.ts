/** Messages that delivery has to look at now. */
import type { Pool } from 'pg';
import type { MessageChannel } from '../../domain/messages/delivery';
import type { Facts } from '../../domain/messages/template';
import type { Words } from '../../domain/messages/words';
import { textsOf, type OfTemplate, type ToldTexts } from '../intake/told-texts';

export interface DueMessage {
  readonly message_id: string;
  readonly message_key: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly recipient_role: string | null;
  readonly recipient_mark: string | null;
  readonly recipient_ref: string | null;
  readonly subject: Words;
  readonly text: Words;
  readonly purpose: string | null;
  readonly template: string | null;
  readonly facts: Facts;
  readonly case_key: string | null;
  readonly side: string | null;
  readonly branch: string | null;
  readonly state: 'queued' | 'held' | 'sent' | 'failed over';
  readonly step: number;
  readonly falls_over_at: string | null;
  readonly attempts: number;
  readonly created_at: string;
  /** Channel that accepted it last; null: none has. */
  readonly accepted_by: MessageChannel | null;
  /** That channel told that it did not come. */
  readonly is_undelivered: boolean;
}

/** SQL: the channel that accepted the message `m` last. */
export const ACCEPTED_BY = `(select t.channel from message_tries t where t.message_id = m.message_id and t.outcome = 'accepted'
  order by t.attempt_id desc limit 1)`;

/** Kind of the messages whose order within their case is kept. */
export const CASE_EVENT = 'case-event';

/**
 * The next page, those never looked at before the others. An event whose forerunner of the same case and receiver waits
 * for its next try is not among them: it may not overtake.
 */
export async function dueMessages(
  pool: Pool,
  looked: ReadonlySet<string>,
  page: number,
): Promise<readonly DueMessage[]> {
  const { rows } = await pool.query<Omit<DueMessage, keyof ToldTexts> & OfTemplate>(
    `select message_id::text, message_key, severity, recipient_role, recipient_mark, recipient_ref, purpose,
            template, template_version, missing, facts, case_key, side, branch, state, step, falls_over_at, attempts, created_at,
            accepted_by, exists (select from message_receipts r where r.message_id = m.message_id and r.channel = accepted_by
                                    and r.outcome = 'undelivered') as is_undelivered
     from outbox m, lateral (select case when m.state = 'sent' then ${ACCEPTED_BY} end as accepted_by) sent
     where kind = 'notice' and due_at <= business_now() and (retry_at is null or retry_at <= clock_timestamp())
       and not message_id = any($1::bigint[])
       and (purpose is distinct from $2 or not exists (
         select from outbox e where e.kind = 'notice' and e.purpose = $2 and e.case_key = m.case_key
           and e.recipient_ref = m.recipient_ref and e.sent_at is null and e.message_id < m.message_id
           and (e.retry_at > clock_timestamp() or e.message_id = any($1::bigint[]))))
     order by case when purpose = $2 then null else looked_at end nulls first, m.message_id limit $3`,
    [[...looked], CASE_EVENT, page],
  );
  const told = await textsOf(pool, rows);
  return rows.map((row) => ({ ...row, ...told(row) }));
}

/** What must go one after the other, each list for itself; all else alone. */
export function inOrderOfCases(messages: readonly DueMessage[]): readonly (readonly DueMessage[])[] {
  const lists = new Map<string, DueMessage[]>();
  for (const message of messages) {
    const list =
      message.purpose === CASE_EVENT && message.case_key !== null
        ? `${message.recipient_ref} ${message.case_key}`
        : message.message_id;
    lists.set(list, [...(lists.get(list) ?? []), message]);
  }
  return [...lists.values()];
}
