/** An event of a case, for every system that is told of its kind: one message a receiver, in the transaction of the change. */
import type { ClientBase } from 'pg';
import type { Side } from '../../domain/channel';
import type { EventType } from '../../domain/messages/events';
import type { Facts } from '../../domain/messages/template';
import { CASE_EVENT } from './due-messages';

export interface CaseEvent {
  /** Unique for ever. */
  readonly key: string;
  /** One that may come again in its case, each time because something changed: the times are counted into the key. */
  readonly recurs?: true;
  readonly type: EventType;
  /** What it belongs to: events of one case are told in their order. */
  readonly caseKey: string;
  /** Whose the case is, for those who read messages; it is not told. */
  readonly side?: Side | undefined;
  readonly branch?: string | undefined;
  /** References and amounts with their currency; no personal data. */
  readonly facts: Facts;
}

/** Answers to how many systems it will be told; 0 also where it was queued before. */
export async function queueEvent(sql: Pick<ClientBase, 'query'>, event: CaseEvent): Promise<number> {
  const { rowCount } = await sql.query(
    `insert into outbox (message_key, recipient_ref, workflow_id, case_key, kind, severity, subject_zh, subject_en, text_zh, text_en,
                         purpose, template, facts, side, branch)
     select $1 || case when $6 then ':' || (select count(*) + 1 from outbox o
                                             where o.kind = 'notice' and o.recipient_ref = receiver and starts_with(o.message_key, $1 || ':'))
                       else '' end || ':' || receiver,
            receiver, null, $2, 'notice', 'info', '', '', '', '', $3, $4, $5, $7, $8
     from webhook_receivers, (select (business_now() at time zone 'Asia/Shanghai')::date as today) clock
     where $4 = any(events) and valid_from <= today and (valid_to is null or today < valid_to) and switched_off_at is null order by receiver
     on conflict (message_key) do nothing`,
    [
      event.key,
      event.caseKey,
      CASE_EVENT,
      event.type,
      JSON.stringify(event.facts),
      event.recurs === true,
      event.side ?? null,
      event.branch ?? null,
    ],
  );
  return rowCount ?? 0;
}
