/** What was inspected of samples: the checklist, what was found wrong in words, and what was done about it. */
import type { Pool } from 'pg';
import { recordReading } from '../../../activities/intake/record-reading';
import { grantFor } from '../../../domain/people/grants';
import type { Role } from '../../../domain/people/roles';
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { holdsAnyOf, READS_BOTH_SIDES, rolesOf, type Caller } from '../../identity';
import { callbackNo } from '../../reads/callbacks';
import { utc } from '../../reads/corporate-actions/event-line';
import { processesKeptFrom } from '../../reads/kept-from';
import { route } from '../../route';
import { anyJsonOrNull, bilingual, instant, pageOf, pageQuery, rowId } from '../../schemas';
import { z } from '../../zod';
import { sampleNo } from './samples';
import { ofProcess } from '../../../activities/database/of-process';

const words = (description: string) => z.string().nullable().openapi({ description });

const inspectionView = z
  .strictObject({
    inspectionId: rowId,
    sampleNo,
    kind: z.enum(['complaints', 'calls', 'requests']),
    subject: z.string(),
    call: z
      .strictObject({ callbackNo, attempt: z.number().int() })
      .nullable()
      .openapi({ description: '质检的是哪一次回访通话 the call that is listened to; null of other inspections' }),
    state: z.enum(['open', 'inspected', 'ended']),
    checklist: z.string().openapi({ description: '检查表版本 version of the checklist' }),
    answers: anyJsonOrNull,
    inspectedBy: z.string().nullable(),
    inspectedAt: instant.nullable(),
    findings: z.array(
      z.strictObject({
        findingNo: z.number().int(),
        item: z.string(),
        name: bilingual.nullable().openapi({ description: '检查项 what the item of the checklist asks' }),
        what: words(
          '查出的问题；仅检查、整改或监督者可见 what was found, for those who inspect, correct or watch over it',
        ),
        department: z.string(),
        branch: z.string().nullable(),
        dueDays: z.number().int(),
        state: z.enum(['open', 'done']),
        done: words('整改结果；可见者同上 what was done about it, for the same people'),
        doneBy: z.string().nullable(),
        doneAt: instant.nullable(),
      }),
    ),
    workflowId: z.string(),
  })
  .openapi('Inspection');

type Inspection = z.input<typeof inspectionView>;
type Finding = Inspection['findings'][number];

/** Items as they were when the sample was drawn; what was done is what the department wrote when it completed its task. */
const FINDINGS = `select f.finding_no as "findingNo", f.item,
    (select jsonb_build_object('zh', l.name_zh, 'en', l.name_en) from checklist_items l, samples s
      where s.sample_no = i.sample_no and l.checked = i.kind and l.item = f.item and daterange(l.valid_from, l.valid_to) @> (s.drawn_at at time zone 'Asia/Shanghai')::date) as name,
    f.what, f.role as department, f.branch, f.due_days as "dueDays", f.state,
    (select t.outcome #>> '{form,reason}' from tasks t where ${ofProcess('t.workflow_id', 'i.workflow_id')}
       and t.business_key = 'inspection-finding:' || f.inspection_id || ':' || f.finding_no) as done,
    f.done_by as "doneBy", ${utc('f.done_at')} as "doneAt"
  from inspection_findings f where f.inspection_id = i.inspection_id`;

/** Whoever inspected it, or is told it as a task: the department that inspects, the one that corrects it, and those who watch over all tasks. */
function readsWords(caller: Caller, { kind, inspectedBy }: Inspection, { department, branch }: Finding): boolean {
  if (inspectedBy === caller.person || holdsAnyOf(caller, READS_BOTH_SIDES)) return true;
  if (kind === 'calls' && holdsAnyOf(caller, ['service'])) return true;
  const grant = grantFor(caller.grants, { role: department as Role, side: null, branch, mark: null });
  return typeof grant !== 'string';
}

/** Typed freely, the words may name somebody: each inspection of which they are shown is audited before the answer leaves. */
async function shownTo(
  pool: Pool,
  caller: Caller,
  { inspection, requestId }: { readonly inspection: Inspection; readonly requestId: string },
): Promise<Inspection> {
  const readable = new Set(inspection.findings.filter((finding) => readsWords(caller, inspection, finding)));
  const findings = inspection.findings.map((one) => (readable.has(one) ? one : { ...one, what: null, done: null }));
  const shown = findings.filter(({ what, done }) => what !== null || done !== null);
  if (shown.length > 0)
    await recordReading(pool, {
      actor: caller.person,
      role: rolesOf(caller)[0],
      action: 'read personal data',
      objectType: 'inspection',
      objectId: inspection.inspectionId,
      shown: { findings: shown.map(({ findingNo }) => findingNo) },
      requestId,
    });
  return { ...inspection, findings };
}

export const listInspections = route({
  id: 'listInspections',
  method: 'get',
  path: '/v1/inspections',
  tag: 'complaints',
  summary: {
    zh: '检查：检查表、问题与整改；须回避者不见',
    en: 'Inspections: checklist, findings and their corrective actions; none that the caller is kept out of',
  },
  query: z.strictObject({
    sample: sampleNo.optional(),
    subject: z.string().max(60).optional(),
    state: z.enum(['open', 'inspected', 'ended']).optional(),
    ...pageQuery,
  }),
  answer: pageOf(inspectionView),
  respond: async ({ query, caller, requestId }, { pool }) => {
    const [after = null] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const { rows } = await pool.query<Inspection>(
      `select i.inspection_id::text as "inspectionId", i.sample_no as "sampleNo", i.kind, i.subject, i.state, i.checklist, i.answers,
              case i.kind when 'calls' then (select jsonb_build_object('callbackNo', a.callback_no, 'attempt', a.nth)
                                               from callback_attempts a where a.attempt_id = i.subject::bigint) end as call,
              i.inspected_by as "inspectedBy", i.inspected_at as "inspectedAt", i.workflow_id as "workflowId",
              coalesce((select jsonb_agg(to_jsonb(f) order by f."findingNo") from (${FINDINGS}) f), '[]') as findings
         from inspections i
        where ($1::text is null or i.sample_no = $1) and ($2::text is null or i.subject = $2) and ($3::text is null or i.state = $3)
          and ($4::bigint is null or i.inspection_id > $4)
          and (cardinality($6::text[]) = 0 or i.workflow_id <> all ($6)) order by i.inspection_id limit $5`,
      [
        ...[query.sample ?? null, query.subject ?? null, query.state ?? null, after, query.limit + 1],
        await processesKeptFrom(pool, caller),
      ],
    );
    const items: Inspection[] = [];
    for (const inspection of rows.slice(0, query.limit))
      items.push(await shownTo(pool, caller, { inspection, requestId }));
    return {
      status: 200,
      body: page(
        [...items, ...rows.slice(query.limit)],
        query.limit,
        (row) => [row.inspectionId],
        (row) => row,
      ),
    };
  },
});
