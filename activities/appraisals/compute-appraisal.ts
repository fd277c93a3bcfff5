/**
 * How complaints were handled in a period: each figure with the complaints that it was counted from, so that whoever is appraised can go
 * through it line by line. Of what was answered in the period, by whoever proposed that answer; and of what became late in it and is not
 * answered yet, which would otherwise count for nobody as long as it lies.
 */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { NAMED_HANDLER, NAMES_HANDLER } from '../complaints/handlers';
import { APPRAISAL_CODES, type AppraisalCode } from '../../domain/quality/appraisal-figures';
import { ratioE4 } from '../../domain/quality/wilson';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { lockAppraisal, type AppraisalRow, type OfAppraisal } from './appraisal-row';
import { complaintOf } from '../intake/complaints/complaint-of-process';
import { ofProcess } from '../database/of-process';
import { owedByProcess } from '../database/promises-found';

export interface AppraisalLine {
  readonly code: AppraisalCode;
  readonly numerator: number;
  readonly denominator: number;
  /** Ten thousandths; null of nothing. */
  readonly ratioE4: number | null;
}

/** Whoever is appraised, as a person or by role and branch. */
const isMine = (person: string, role: string, branch: string): string =>
  `(case when $3 = 'person' then ${person} = $4
         else ${role} = split_part($4, ':', 1) and (split_part($4, ':', 2) = '' or ${branch} = split_part($4, ':', 2)) end)`;

/**
 * Answers that a person gave, or a department (`service`, `branch:1001`), to a complaint: of the first level or after it was reopened, each by whoever
 * handled it then, so that what did not satisfy counts against whoever gave it and not against whoever came after.
 */
const HANDLED = `select a.complaint_no, c.workflow_id, a.level, a.level = max(a.level) over (partition by a.complaint_no) as is_last,
         a.answered_on between $1 and $2
         and ${isMine('p.made_by', 'coalesce(t.role, c.handler_role)', 'coalesce(t.branch, c.handler_branch)')} as mine
    from (select complaint_no, row_number() over (partition by complaint_no order by step_id) as level,
                 (at at time zone 'Asia/Shanghai')::date as answered_on
            from complaint_steps where act = 'answer') a
    join complaints c using (complaint_no)
    left join complaint_proposals p on p.complaint_no = a.complaint_no and p.level = a.level and p.state = 'approved'
    left join tasks t on ${ofProcess('t.workflow_id', 'c.workflow_id')} and t.business_key = 'complaint-propose:' || p.complaint_no || ':' || p.nth`;

/** Whether a promise `d` was not kept, and since when that shows. */
const LATE = `(d.breached_at is not null or d.state = 'met late')`;
const LATE_SINCE = `min(coalesce(d.breached_at, d.due_at))`;

/**
 * What was owed in time: the acceptance by whoever accepted or refused; the answer by whoever proposed it and, where it became late, by
 * whoever held it then: who was to assign it, its handler of that time, who was to approve, or who was to write it. Nobody answers for the
 * lateness of others. What is late and not answered yet (`at` infinity) counts for whoever held it when that became so; where it waited to be
 * assigned, approved or written as it does still, for the department that is asked.
 */
const TIMELY = `
  with answers as (
    select c.complaint_no, c.workflow_id, c.handler_role, a.level, a.at, a.by, a.role,
           lag(a.at, 1, '-infinity') over (partition by a.complaint_no order by a.level) as after
      from (select complaint_no, row_number() over (partition by complaint_no order by step_id) as level, at, by, role
              from complaint_steps where act = 'answer') a join complaints c using (complaint_no)
    union all
    select c.complaint_no, c.workflow_id, c.handler_role, given.times + 1, 'infinity', null, null, given.last
      from complaints c cross join lateral (select count(*) as times, coalesce(max(s.at), '-infinity') as last
                                              from complaint_steps s where s.complaint_no = c.complaint_no and s.act = 'answer') given
     -- First by what the index of open promises finds: answers of all other complaints are not counted.
     where c.complaint_no in (select ${complaintOf('workflow_id')} from deadlines where state = 'breached' and breached_at is not null and ended_at is null)
       and exists (select from deadlines d where ${owedByProcess('d', 'c.workflow_id')} and d.state = 'breached'
                      and d.business_key ~ ('^complaint-(transfer-)?answer:.*:' || given.times + 1 || '$'))),
  owed as (
    select a.*, p.made_by, t.role as made_role, t.branch as made_branch, coalesce(t.done_at, p.made_at) as made_at,
           (select ${LATE_SINCE} from deadlines d where ${owedByProcess('d', 'a.workflow_id')} and ${LATE}
               and d.business_key ~ ('^complaint-(transfer-)?answer:.*:' || a.level || '$')) as late_at
      from answers a
      left join complaint_proposals p on p.complaint_no = a.complaint_no and p.level = a.level and p.state = 'approved'
      left join tasks t on ${ofProcess('t.workflow_id', 'a.workflow_id')} and t.business_key = 'complaint-propose:' || p.complaint_no || ':' || p.nth
     where (a.at at time zone 'Asia/Shanghai')::date between $1 and $2 or a.at = 'infinity'),
  held as (
    select o.*, h.person as held_by, h.role as held_role, h.branch as held_branch
      from owed o left join lateral (
        select * from (
          select s.by as person, s.role, null as branch, '-infinity'::timestamptz as since
            from (select by, role from complaint_steps s where s.complaint_no = o.complaint_no and s.act = 'assign' and s.at > o.after
                   order by step_id limit 1) s
          union all
          select ${NAMED_HANDLER}, coalesce(s.detail #>> '{handler,role}', o.handler_role),
                 s.detail #>> '{handler,branch}', s.at
            from complaint_steps s where s.complaint_no = o.complaint_no and ${NAMES_HANDLER} and s.at > o.after
          union all
          select s.by, s.role, null, o.made_at from complaint_steps s
           where s.complaint_no = o.complaint_no and s.act = 'decide' and s.at > o.after and s.at <= o.at
          union all
          select o.by, o.role, null, s.at from complaint_steps s
           where s.complaint_no = o.complaint_no and s.act = 'decide' and s.at > o.after and s.at <= o.at
          union all
          select null, t.role, t.branch, coalesce(p.made_at, t.opened_at)
            from tasks t left join complaint_proposals p on t.kind = 'approve-complaint-proposal'
                 and p.complaint_no = o.complaint_no and p.level = o.level and p.state = 'awaiting approval'
           where o.at = 'infinity' and ${ofProcess('t.workflow_id', 'o.workflow_id')} and t.state in ('open', 'claimed')
             and t.kind in ('assign-complaint', 'approve-complaint-proposal', 'answer-complaint')) parts
         where since < o.late_at order by since desc limit 1) h on true
     where o.at < 'infinity' or (o.late_at at time zone 'Asia/Shanghai')::date between $1 and $2)
  select no, bool_and(in_time) as counts from (
    select s.complaint_no as no,
           not exists (select from deadlines d where ${owedByProcess('d', 'c.workflow_id')} and d.step = 'accept' and ${LATE}) as in_time
      from complaint_steps s join complaints c using (complaint_no)
     where s.act in ('accept', 'refuse') and (s.at at time zone 'Asia/Shanghai')::date between $1 and $2
       and ${isMine('s.by', 's.role', 'null')}
    union all
    select complaint_no, late_at is null or held_by is distinct from made_by from held where at < 'infinity' and ${isMine('made_by', 'coalesce(made_role, handler_role)', 'made_branch')}
    union all
    select complaint_no, false from held where late_at is not null and ${isMine('held_by', 'held_role', 'held_branch')}) acts
   group by no order by no`;

/** Among which answers each figure is counted, and which of them count. */
const FIGURES: Readonly<
  Record<Exclude<AppraisalCode, 'timeliness'>, { readonly among: string; readonly counts: string }>
> = {
  reopened: {
    among: 'h.level = 1',
    counts: `exists (select from complaint_steps s where s.complaint_no = h.complaint_no and s.act = 'reopen')`,
  },
  satisfaction: {
    among: `said.satisfaction in ('satisfied', 'not satisfied')`,
    counts: `said.satisfaction = 'satisfied'`,
  },
  findings: {
    among: `h.is_last and exists (select from inspections i where i.kind = 'complaints' and i.subject = h.complaint_no and i.state <> 'open')`,
    counts: `exists (select from inspections i join inspection_findings f using (inspection_id)
                      where i.kind = 'complaints' and i.subject = h.complaint_no)`,
  },
};

/** Computed once; answers the lines. */
export const computeAppraisal =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ appraisalId }: OfAppraisal): Promise<readonly AppraisalLine[]> =>
    inTransaction(pool, async (sql) => {
      const appraisal = await lockAppraisal(sql, appraisalId);
      if (appraisal.state === 'computing') {
        for (const code of APPRAISAL_CODES) await compute(sql, appraisal, code);
        await sql.query(`update appraisals set state = 'open', computed_at = business_now() where appraisal_id = $1`, [
          appraisalId,
        ]);
        await recordAudit(sql, {
          actor: SYSTEM_ACTOR,
          action: 'compute appraisal',
          outcome: 'done',
          objectType: 'appraisal',
          objectId: appraisalId,
          after: { lines: await linesOf(sql, appraisalId) },
          workflowId: appraisal.workflowId,
        });
      }
      return linesOf(sql, appraisalId);
    });

async function compute(sql: PoolClient, appraisal: AppraisalRow, code: AppraisalCode): Promise<void> {
  const { rows } = await sql.query<{ no: string; counts: boolean }>(
    code === 'timeliness' ? TIMELY : countedAs(FIGURES[code]),
    [appraisal.firstDay, appraisal.lastDay, appraisal.subjectKind, appraisal.subject],
  );
  const counted = rows.filter((row) => row.counts).map(({ no }) => no);
  await sql.query(
    `insert into appraisal_lines (appraisal_id, code, numerator, denominator, ratio_e4, counted, among) values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      appraisal.appraisalId,
      code,
      counted.length,
      rows.length,
      ratioE4(counted.length, rows.length),
      counted,
      rows.map(({ no }) => no),
    ],
  );
}

const countedAs = ({ among, counts }: { readonly among: string; readonly counts: string }): string =>
  `select h.complaint_no as no, bool_and(coalesce(${counts}, false)) as counts
     from (${HANDLED}) h
     left join lateral (select s.detail ->> 'satisfaction' as satisfaction from complaint_steps s
                         where s.complaint_no = h.complaint_no and s.act = 'call back' and s.detail ->> 'level' = h.level::text
                         order by s.step_id desc limit 1) said on true
    where h.mine and ${among} group by h.complaint_no order by 1`;

export async function linesOf(sql: Pick<PoolClient, 'query'>, appraisalId: string): Promise<readonly AppraisalLine[]> {
  const { rows } = await sql.query<AppraisalLine>(
    `select code, numerator, denominator, ratio_e4 as "ratioE4" from appraisal_lines where appraisal_id = $1
      order by array_position($2, code)`,
    [appraisalId, APPRAISAL_CODES],
  );
  return rows;
}

/** What is proposed, as the row that others decide about; a further proposal after a refusal is another revision. */
export const proposeAppraisal =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (
    given: OfAppraisal & {
      readonly revision: number;
      readonly outcome: 'reward' | 'none' | 'sanction';
      readonly by: string;
      readonly onBehalfOf?: string;
      /** Left away by processes of an earlier version. */
      readonly role?: string;
    },
  ): Promise<null> =>
    inTransaction(pool, async (sql) => {
      const { appraisalId, revision, outcome, by, onBehalfOf, role } = given;
      const { state, workflowId } = await lockAppraisal(sql, appraisalId);
      if (state === 'approved') throw new BusinessError('CHANGE_NOT_OPEN', { change: appraisalId, state });
      const { rowCount } = await sql.query(
        `update appraisals set outcome = $2, made_by = $3, made_for = $4, revision = $5, state = 'awaiting approval'
          where appraisal_id = $1 and (state, revision) is distinct from ('awaiting approval', $5)`,
        [appraisalId, outcome, by, onBehalfOf ?? null, revision],
      );
      if (rowCount === 1)
        await recordAudit(sql, {
          actor: by,
          onBehalfOf,
          role,
          action: 'propose appraisal',
          outcome: 'done',
          objectType: 'appraisal',
          objectId: appraisalId,
          before: { state },
          after: { state: 'awaiting approval', outcome, revision },
          workflowId,
        });
      return null;
    });
