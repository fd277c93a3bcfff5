/**
 * How complaints were handled in a period: each figure with the complaints that it was counted from, so that whoever is appraised can go
 * through it line by line. Of what was answered in the period, by whoever proposed that answer.
 */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { APPRAISAL_CODES, type AppraisalCode } from '../../domain/quality/appraisal-figures';
import { ratioE4 } from '../../domain/quality/wilson';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { lockAppraisal, type AppraisalRow, type OfAppraisal } from './appraisal-row';

export interface AppraisalLine {
  readonly code: AppraisalCode;
  readonly numerator: number;
  readonly denominator: number;
  /** Ten thousandths; null of nothing. */
  readonly ratioE4: number | null;
}

/**
 * Answers that a person gave, or a department (`service`, `branch:1001`), to a complaint: of the first level or after it was reopened, each by whoever
 * handled it then, so that what did not satisfy counts against whoever gave it and not against whoever came after.
 */
const HANDLED = `select a.complaint_no, c.workflow_id, a.level, a.level = max(a.level) over (partition by a.complaint_no) as is_last,
         a.answered_on between $1 and $2
         and case when $3 = 'person' then p.made_by = $4
                  else coalesce(t.role, c.handler_role) = split_part($4, ':', 1)
                       and (split_part($4, ':', 2) = '' or coalesce(t.branch, c.handler_branch) = split_part($4, ':', 2)) end as mine
    from (select complaint_no, row_number() over (partition by complaint_no order by step_id) as level,
                 (at at time zone 'Asia/Shanghai')::date as answered_on
            from complaint_steps where act = 'answer') a
    join complaints c using (complaint_no)
    left join complaint_proposals p on p.complaint_no = a.complaint_no and p.level = a.level and p.state = 'approved'
    left join tasks t on t.business_key = 'complaint-propose:' || p.complaint_no || ':' || p.nth`;

/** Promises of the answer of a level, and with the first that of the acceptance; what a department or the money owed is not the handler's. */
const PROMISED = `d.workflow_id = h.workflow_id
  and (d.business_key ~ ('^complaint-(transfer-)?answer:.*:' || h.level || '$') or h.level = 1 and d.step = 'accept')`;

/** Among which answers each figure is counted, and which of them count. */
const FIGURES: Readonly<Record<AppraisalCode, { readonly among: string; readonly counts: string }>> = {
  timeliness: {
    among: 'true',
    counts: `not exists (select from deadlines d where ${PROMISED} and (d.breached_at is not null or d.state = 'met late'))`,
  },
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
  const { among, counts } = FIGURES[code];
  const { rows } = await sql.query<{ no: string; counts: boolean }>(
    `select h.complaint_no as no, bool_and(coalesce(${counts}, false)) as counts
       from (${HANDLED}) h
       left join lateral (select s.detail ->> 'satisfaction' as satisfaction from complaint_steps s
                           where s.complaint_no = h.complaint_no and s.act = 'call back' and s.detail ->> 'level' = h.level::text
                           order by s.step_id desc limit 1) said on true
      where h.mine and ${among} group by h.complaint_no order by 1`,
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
    },
  ): Promise<null> =>
    inTransaction(pool, async (sql) => {
      const { appraisalId, revision, outcome, by, onBehalfOf } = given;
      const { state } = await lockAppraisal(sql, appraisalId);
      if (state === 'approved') throw new BusinessError('CHANGE_NOT_OPEN', { change: appraisalId, state });
      await sql.query(
        `update appraisals set outcome = $2, made_by = $3, made_for = $4, revision = $5, state = 'awaiting approval' where appraisal_id = $1`,
        [appraisalId, outcome, by, onBehalfOf ?? null, revision],
      );
      return null;
    });
