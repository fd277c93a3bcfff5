/** An event of a case, for every system that is told of its kind: one message a receiver, in the transaction of the change. */
import type { ClientBase } from 'pg';
import type { Facts } from '../../domain/messages/template';
import { CASE_EVENT } from './due-messages';

export interface CaseEvent {
  /** Unique for ever. */
  readonly key: string;
  /** Kind of the event, e.g. `settlement-day.closed`. */
  readonly type: string;
  /** What it belongs to: events of one case are told in their order. */
  readonly caseKey: string;
  /** References and amounts with their currency; no personal data. */
  readonly facts: Facts;
}

/** Answers to how many systems it will be told; 0 also where it was queued before. */
export async function queueEvent(sql: Pick<ClientBase, 'query'>, event: CaseEvent): Promise<number> {
  const { rowCount } = await sql.query(
    `insert into outbox (message_key, recipient_ref, workflow_id, case_key, kind, severity, subject_zh, subject_en, text_zh, text_en,
                         purpose, template, facts)
     select $1 || ':' || receiver, receiver, null, $2, 'notice', 'info', '', '', '', '', $3, $4, $5
     from webhook_receivers, (select (business_now() at time zone 'Asia/Shanghai')::date as today) clock
     where $4 = any(events) and valid_from <= today and (valid_to is null or today < valid_to) order by receiver
     on conflict (message_key) do nothing`,
    [event.key, event.caseKey, CASE_EVENT, event.type, JSON.stringify(event.facts)],
  );
  return rowCount ?? 0;
}
