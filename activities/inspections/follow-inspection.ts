/** What the process of an inspection reads and records. Nothing personal: numbers of complaints and calls. */
import { BusinessError } from '../../domain/errors';
import type { ChecklistItem, Inspected, InspectionFinding } from '../../domain/samples/checklists';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import type { StepActor } from '../complaints/act-on-complaint';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { businessDateNow } from '../people/standing';
import { loadParameters } from '../terms/load-terms';

type Pooled = Pick<Dependencies, 'pool'>;

export interface OfInspection {
  readonly inspectionId: string;
}

export interface FollowedInspection extends OfInspection {
  readonly sampleNo: string;
  readonly kind: Inspected;
  readonly subject: string;
  /** Who handled it, or called: does not inspect it. */
  readonly handledBy: string | null;
  /** Of a call: where it is listened to, by the number of its callback and which attempt it was. */
  readonly call: { readonly callback: string; readonly attempt: number } | null;
  /** UTC. */
  readonly begunAt: string;
  /** Items in force when it was begun, in their order. */
  readonly checklist: readonly ChecklistItem[];
  readonly withinDays: number;
}

export const readInspection =
  ({ pool }: Pooled) =>
  ({ inspectionId }: OfInspection): Promise<FollowedInspection> =>
    inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<Omit<FollowedInspection, 'inspectionId' | 'withinDays'>>(
        `select i.sample_no as "sampleNo", i.kind, i.subject, s.drawn_at as "begunAt",
                case i.kind when 'complaints' then (select handler from complaints where complaint_no = i.subject)
                            when 'requests' then (select by from permission_steps where request_no = i.subject order by step_id limit 1)
                            else (select begun_by from callback_attempts where attempt_id = i.subject::bigint) end as "handledBy",
                case i.kind when 'calls' then (select jsonb_build_object('callback', callback_no, 'attempt', nth)
                                                 from callback_attempts where attempt_id = i.subject::bigint) end as call,
                (select jsonb_agg(jsonb_build_object('item', l.item, 'zh', l.name_zh, 'en', l.name_en) order by l.place, l.item) from checklist_items l
                  where l.checked = i.kind and daterange(l.valid_from, l.valid_to) @> (s.drawn_at at time zone 'Asia/Shanghai')::date) as checklist
           from inspections i join samples s using (sample_no) where inspection_id = $1`,
        [inspectionId],
      );
      const [row] = rows;
      if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '检查 inspection', key: inspectionId });
      const parameter = await loadParameters(sql, 'SH', await businessDateNow(sql));
      return { inspectionId, ...row, withinDays: Number.parseInt(parameter('INSPECTION_WITHIN_DAYS'), 10) };
    });

/** What was found wrong, in words; in histories by reference. */
export interface WordedFinding extends InspectionFinding {
  readonly what: string;
}

export interface OwedFinding extends InspectionFinding {
  readonly findingNo: number;
  /** UTC. */
  readonly since: string;
}

/** Once: the answers to the checklist, and what is owed because of them. */
export const recordInspection =
  ({ pool }: Pooled) =>
  (
    given: OfInspection & {
      readonly answers: Readonly<Record<string, string>>;
      readonly findings: readonly WordedFinding[];
      readonly by: StepActor;
    },
  ): Promise<readonly OwedFinding[]> =>
    inTransaction(pool, async (sql) => {
      const { inspectionId, answers, findings, by } = given;
      const { rows } = await sql.query<{ workflow_id: string; subject: string }>(
        `update inspections set state = 'inspected', answers = $2, inspected_by = $3, inspected_at = business_now()
          where inspection_id = $1 and state = 'open' returning workflow_id, subject`,
        [inspectionId, JSON.stringify(answers), by.person],
      );
      const [row] = rows;
      if (row !== undefined) {
        for (const [place, { item, role, branch, dueDays, what }] of findings.entries())
          await sql.query(
            'insert into inspection_findings (inspection_id, finding_no, item, role, branch, due_days, what) values ($1, $2, $3, $4, $5, $6, $7)',
            [inspectionId, place + 1, item, role, branch ?? null, dueDays, what],
          );
        await recordAudit(sql, {
          actor: by.person,
          role: by.role,
          action: 'inspect',
          outcome: 'done',
          objectType: 'inspection',
          objectId: inspectionId,
          after: { subject: row.subject, answers, findings: findings.map(({ what: _, ...finding }) => finding) },
          workflowId: row.workflow_id,
        });
      }
      const { rows: owed } = await sql.query<Omit<OwedFinding, 'branch'> & { readonly branch: string | null }>(
        `select f.finding_no as "findingNo", f.item, f.role, f.branch, f.due_days as "dueDays", i.inspected_at as since
           from inspection_findings f join inspections i using (inspection_id) where inspection_id = $1 order by f.finding_no`,
        [inspectionId],
      );
      return owed.map(({ branch, ...finding }) => ({ ...finding, ...(branch === null ? {} : { branch }) }));
    });

export const endFinding =
  ({ pool }: Pooled) =>
  ({
    inspectionId,
    findingNo,
    by,
  }: OfInspection & { readonly findingNo: number; readonly by: StepActor }): Promise<null> =>
    inTransaction(pool, async (sql) => {
      const { rowCount } = await sql.query(
        `update inspection_findings set state = 'done', done_by = $3, done_at = business_now()
          where inspection_id = $1 and finding_no = $2 and state = 'open'`,
        [inspectionId, findingNo, by.person],
      );
      if (rowCount === 1)
        await recordAudit(sql, {
          actor: by.person,
          role: by.role,
          action: 'correct finding',
          outcome: 'done',
          objectType: 'inspection',
          objectId: inspectionId,
          after: { findingNo },
        });
      return null;
    });

export const endInspection =
  ({ pool }: Pooled) =>
  ({ inspectionId }: OfInspection): Promise<null> =>
    inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<{ workflow_id: string }>(
        `update inspections set state = 'ended', ended_at = business_now() where inspection_id = $1 and state = 'inspected'
         returning workflow_id`,
        [inspectionId],
      );
      for (const { workflow_id: workflowId } of rows)
        await recordAudit(sql, {
          actor: SYSTEM_ACTOR,
          action: 'end inspection',
          outcome: 'done',
          objectType: 'inspection',
          objectId: inspectionId,
          before: { state: 'inspected' },
          after: { state: 'ended' },
          workflowId,
        });
      return null;
    });
