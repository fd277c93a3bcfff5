/** The audit searched: who did what to which object of which process, and what it changed. */
import type { Pool } from 'pg';
import { isAbout, writtenIn, writtenInAny } from '../../../activities/database/audit-found';
import { recordReading } from '../../../activities/intake/record-reading';
import { differenceOf } from '../../../domain/audit/difference';
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { holdsAnyOf, rolesOf } from '../../identity';
import { asShown, COMPLAINT_OF_ROW, OBJECT_COMPLAINS } from '../../reads/audit-shown';
import { processesKeptFrom } from '../../reads/kept-from';
import { route } from '../../route';
import { instant, pageOf, pageQuery, rowId } from '../../schemas';
import { z } from '../../zod';
import { withKey } from '../../../activities/database/promises-found';

/** A value of any field: whatever JSON it is. */
const anyValue = z.unknown().openapi({
  type: ['object', 'array', 'string', 'number', 'boolean', 'null'],
  items: {},
  description: '值 its value',
});

const change = z
  .strictObject({
    path: z.string().openapi({ description: 'JSON pointer', example: '/state' }),
    kind: z.enum(['added', 'removed', 'changed']),
    before: anyValue.optional(),
    after: anyValue.optional(),
  })
  .openapi('Change');

const auditRow = z
  .strictObject({
    seq: rowId,
    at: instant.openapi({ description: '业务时间 on the business clock' }),
    recordedAt: instant,
    actor: z.string(),
    onBehalfOf: z.string().nullable(),
    role: z.string().nullable(),
    action: z.string(),
    outcome: z.enum(['done', 'refused']),
    objectType: z.string(),
    objectId: z.string(),
    workflowId: z.string().nullable(),
    businessKey: z.string().nullable(),
    reason: z.string().nullable(),
    requestId: z.string().nullable(),
    changes: z.array(change).openapi({ description: '变更前后之差 what differs between before and after' }),
  })
  .openapi('AuditRow');

const word = z.string().min(1).max(200);
const search = {
  person: word.optional().openapi({ description: '操作人或被代理人 who acted, or on whose behalf' }),
  workflowId: word.optional().openapi({ example: 'settlement-day:SH:2025-06-23' }),
  businessKey: word.optional().openapi({ example: 'SH:2025-06-23' }),
  objectType: word.optional(),
  objectId: word.optional(),
  action: word.optional().openapi({ example: 'approve order' }),
  outcome: z.enum(['done', 'refused']).optional(),
  from: z.iso.datetime({ offset: true }).optional().openapi({ description: '起（含） from, on the business clock' }),
  to: z.iso.datetime({ offset: true }).optional().openapi({ description: '止（不含） until, not included' }),
};

interface Row {
  readonly seq: bigint;
  readonly at: string;
  readonly recorded_at: string;
  readonly actor: string;
  readonly on_behalf_of: string | null;
  readonly role: string | null;
  readonly action: string;
  readonly outcome: 'done' | 'refused';
  readonly object_type: string;
  readonly object_id: string;
  readonly workflow_id: string | null;
  readonly business_key: string | null;
  readonly reason: string | null;
  readonly request_id: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly complaint: string | null;
}

/**
 * What was opened in one act has one row, which names it and is found by it: promises given together with a task, and what was opened
 * with the receipt of a complaint, its promises by their steps and its registration by the number of both. Of older receipts the row names the
 * task, and under it the promises without the number. Such a row was written in a process of $14.
 */
const OPENS_IT = `(
  action in ('open task', 'receive complaint') and ${writtenInAny('$14')}
  and (coalesce($6, 'deadline') = 'deadline'
       and (after -> 'promises' ? case action when 'open task' then $7 else replace($7, ':' || object_id, '') end
            or action = 'receive complaint' and after ? replace(replace($7, object_type || '-', ''), ':' || object_id, ''))
       or coalesce($6, 'task') = 'task' and (after ->> 'task' = $7 or $15 and action = 'receive complaint' and not after ?| '{task,notOpened}')))`;

/** The processes to which a promise or a task of the key belongs, and whether that is the registration opened with a receipt. */
async function openedIn(
  pool: Pool,
  key: string | undefined,
): Promise<{ readonly processes: readonly string[]; readonly isFirst: boolean }> {
  if (key === undefined) return { processes: [], isFirst: false };
  const { rows } = await pool.query<{ process: string; isFirst: boolean }>(
    `select workflow_id as process, false as "isFirst" from deadlines d where ${withKey('d', '$1')}
     union all
     select workflow_id, kind = 'register-complaint' and key_tail is not distinct from ':1' from tasks
      where task_id = case when $1 ~ '^\\d{1,18}$' then $1::bigint end`,
    [key],
  );
  return { processes: rows.map(({ process }) => process), isFirst: rows.some(({ isFirst }) => isFirst) };
}

/** What is not asked for is no condition: the planner sees that, because it plans with the values. */
const SEARCH = `
  select seq, at, recorded_at, actor, on_behalf_of, role, action, outcome, object_type, object_id, workflow_id,
         coalesce(business_key, (select business_key_of(p.workflow_id) from processes p where p.workflow_id = audit.workflow_id)) as business_key,
         reason, request_id, before, after, ${COMPLAINT_OF_ROW} as complaint
  from audit
  where ($1::bigint is null or seq < $1) and ($3::text is null or actor = $3 or on_behalf_of = $3)
    and ($4::text is null or ${writtenIn('$4')})
    and ($5::text is null or business_key = $5
         or business_key is null and ${writtenInAny('array(select p.workflow_id from processes p where p.workflow_id = any (ids_of_key($5)))')})
    and (($6::text is null or object_type = $6) and ($7::text is null or ${isAbout('$7')} and not ${OBJECT_COMPLAINS}) or ${OPENS_IT})
    and ($8::text is null or action = $8)
    and ($9::text is null or outcome = $9) and ($10::timestamptz is null or at >= $10) and ($11::timestamptz is null or at < $11)
    and (not $12 or workflow_id is not null)
    and (cardinality($13::text[]) = 0
         or coalesce(workflow_id <> all ($13), true) and not (object_type in ('complaint', 'complainant') and 'complaint:' || object_id = any ($13)))
  order by seq desc limit $2`;

export const listAudit = route({
  id: 'listAudit',
  method: 'get',
  path: '/v1/audit',
  tag: 'audit',
  summary: { zh: '检索审计', en: 'Search the audit' },
  description: {
    zh: '检索审计，最近的在前；主管只见流程中的记录；须回避的案件除外，不办理者看不到投诉人；检索本身也留痕',
    en: 'Search the audit, the latest first; supervisors see what was done in processes; nobody sees cases that one is kept out of, nor who complains in those that one does not handle; the search itself is audited',
  },
  query: z.strictObject({ ...search, ...pageQuery }),
  answer: pageOf(auditRow),
  respond: async ({ query, caller, requestId }, { pool }) => {
    const [before = null] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const { cursor: _, limit, ...asked } = query;
    const processesOnly = !holdsAnyOf(caller, ['audit', 'compliance']);
    const opened = await openedIn(pool, asked.objectId);
    const { rows } = await pool.query<Row>(SEARCH, [
      ...[before, limit + 1, asked.person, asked.workflowId, asked.businessKey, asked.objectType, asked.objectId],
      ...[asked.action, asked.outcome, asked.from, asked.to, processesOnly],
      await processesKeptFrom(pool, caller),
      ...[opened.processes, opened.isFirst],
    ]);
    await recordReading(pool, {
      actor: caller.person,
      role: rolesOf(caller).find((role) => role === 'audit' || role === 'compliance') ?? 'supervisor',
      action: 'read audit',
      objectType: 'audit',
      objectId: asked.objectId ?? asked.businessKey ?? asked.workflowId ?? asked.person ?? 'search',
      shown: { asked, rows: Math.min(rows.length, limit) },
      requestId,
    });
    const shown = await asShown(pool, caller, { rows: rows.slice(0, limit), requestId });
    return { status: 200, body: page([...shown, ...rows.slice(limit)], limit, ({ seq }) => [String(seq)], lineOf) };
  },
});

const lineOf = (row: Row): z.input<typeof auditRow> => ({
  seq: String(row.seq),
  at: row.at,
  recordedAt: row.recorded_at,
  actor: row.actor,
  onBehalfOf: row.on_behalf_of,
  role: row.role,
  action: row.action,
  outcome: row.outcome,
  objectType: row.object_type,
  objectId: row.object_id,
  workflowId: row.workflow_id,
  businessKey: row.business_key,
  reason: row.reason,
  requestId: row.request_id,
  changes: [...differenceOf(row.before, row.after)],
});
