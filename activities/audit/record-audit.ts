/** One row of the audit trail, written in the transaction of the change it tells of (invariant 7). */
import { asyncLocalStorage } from '@temporalio/activity';
import type { ClientBase } from 'pg';
import { currentRequestId } from '../intake/request-id';
import { keptProcess } from '../database/audit-found';

export interface AuditEntry {
  /** Key of the person, or SYSTEM_ACTOR. Never a name. */
  readonly actor: string;
  readonly onBehalfOf?: string | undefined;
  readonly role?: string | undefined;
  /** What was done, a verb phrase: 'approve order'. */
  readonly action: string;
  readonly outcome: 'done' | 'refused';
  readonly objectType: string;
  readonly objectId: string;
  readonly reason?: string | undefined;
  readonly before?: unknown;
  readonly after?: unknown;
  /** Where left away: the request on whose behalf this runs, if any. */
  readonly requestId?: string | undefined;
  /** Process in which it was done; that of the running activity unless told. */
  readonly workflowId?: string | undefined;
  /** Business key to find it by, where it is not that of the process. */
  readonly businessKey?: string | undefined;
}

/** Writes the row at the business time of the transaction. */
export async function recordAudit(sql: Pick<ClientBase, 'query'>, entry: AuditEntry): Promise<void> {
  await sql.query(insertAudit(1), [...auditValues(entry)]);
}

/** Where a verb leaves what it did: `recordAudit` for a row of its own, or what gathers several acts into one. */
export type AuditSink = (sql: Pick<ClientBase, 'query'>, entry: AuditEntry) => Promise<void>;

/** As many rows at once, in the order given. */
export async function recordAudits(sql: Pick<ClientBase, 'query'>, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await sql.query(
    `insert into audit (${COLUMNS})
     select e.actor, e."onBehalfOf", e.role, e.action, e.outcome, e."objectType", e."objectId", e.reason, e.before, e.told, e."requestId",
            e."otherWorkflow", e."isOfItsObject", e."businessKey"
       from rows from (jsonb_to_recordset($1::jsonb) as (actor text, "onBehalfOf" text, role text, action text, outcome text,
                         "objectType" text, "objectId" text, reason text, before jsonb, told text, "requestId" text,
                         "otherWorkflow" text, "isOfItsObject" boolean, "businessKey" text)) with ordinality e
      order by e.ordinality`,
    [JSON.stringify(entries.map(kept))],
  );
}

/** SQL that writes the row, as part of a greater statement too; `auditValues` stand in it from parameter `first` on. */
export const insertAudit = (first: number): string =>
  `insert into audit (${COLUMNS}) values (${COLUMNS.split(',')
    .map((_, place) => `$${first + place}`)
    .join(', ')})`;

const COLUMNS = `actor, on_behalf_of, role, action, outcome, object_type, object_id, reason, before, told, request_id,
  other_workflow, is_of_its_object, business_key`;

export function auditValues(entry: AuditEntry): readonly unknown[] {
  const { actor, onBehalfOf, role, action, outcome, objectType, objectId, reason, before, told, ...row } = kept(entry);
  return [
    ...[actor, onBehalfOf ?? null, role ?? null, action, outcome, objectType, objectId, reason ?? null],
    ...[before === undefined ? null : JSON.stringify(before), told ?? null, row.requestId ?? null],
    ...[row.otherWorkflow, row.isOfItsObject, row.businessKey ?? null],
  ];
}

/** As its row keeps it; what is not told of where it is done is that of the running activity, and of the request on whose behalf. */
function kept({ after, ...entry }: AuditEntry) {
  const workflowId = entry.workflowId ?? asyncLocalStorage.getStore()?.info.workflowExecution?.workflowId;
  return {
    ...entry,
    ...keptProcess(workflowId, entry),
    told: after === undefined ? undefined : JSON.stringify(after),
    requestId: entry.requestId ?? currentRequestId(),
  };
}
