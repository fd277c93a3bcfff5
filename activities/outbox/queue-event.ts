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
export const queueEvent = (sql: Pick<ClientBase, 'query'>, event: CaseEvent): Promise<number> =>
  queueEvents(sql, [event]);

/**
 * Events of different cases at once. Answers to how many systems they will be told in all. Earlier ones of a case are looked for in the case: a receiver
 * may have been told a million others, so it is named by the kept column, which no index is by.
 */
export async function queueEvents(sql: Pick<ClientBase, 'query'>, events: readonly CaseEvent[]): Promise<number> {
  if (events.length === 0) return 0;
  const { rowCount } = await sql.query(
    `insert into outbox (other_key, other_ref, other_case, kind, severity, other_purpose, template, facts_told, side, branch)
     select e.key || case when e.recurs then ':' || (select count(*) + 1 from outbox o
                                             where o.kind = 'notice' and o.case_key = e."caseKey" and o.case_key is distinct from o.workflow_id
                                               and o.purpose = $2 and o.other_ref = receiver and starts_with(o.message_key, e.key || ':'))
                          else '' end || ':' || receiver,
            receiver, e."caseKey", 'notice', 'info', $2, e.type, e.facts, e.side, e.branch
     from rows from (jsonb_to_recordset($1::jsonb) as (key text, "caseKey" text, type text, facts jsonb, recurs boolean,
                       side side_of_business, branch text)) with ordinality e,
          webhook_receivers, (select (business_now() at time zone 'Asia/Shanghai')::date as today) clock
     where e.type = any(events) and valid_from <= today and (valid_to is null or today < valid_to) and switched_off_at is null
     order by e.ordinality, receiver
     on conflict do nothing`,
    [JSON.stringify(events), CASE_EVENT],
  );
  return rowCount ?? 0;
}
