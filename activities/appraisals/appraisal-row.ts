/** An appraisal as its row says, and as what an approval decides about. */
import type { ClientBase } from 'pg';
import { BusinessError } from '../../domain/errors';
import { queueNotice } from '../outbox/queue-notice';
import type { SubjectKind } from '../tasks/subject-kind';

export interface OfAppraisal {
  readonly appraisalId: string;
}

export interface AppraisalRow extends OfAppraisal {
  readonly firstDay: string;
  readonly lastDay: string;
  readonly subjectKind: 'department' | 'person';
  readonly subject: string;
  readonly workflowId: string;
  readonly state: 'computing' | 'open' | 'awaiting approval' | 'approved' | 'refused' | 'recalled' | 'withdrawn';
  readonly outcome: 'reward' | 'none' | 'sanction' | null;
  readonly madeBy: string | null;
  readonly approvedBy: string | null;
}

export const APPRAISAL_COLUMNS = `appraisal_id::text as "appraisalId", first_day::text as "firstDay", last_day::text as "lastDay",
  subject_kind as "subjectKind", subject, workflow_id as "workflowId", state, outcome, made_by as "madeBy", approved_by as "approvedBy"`;

/** @throws BusinessError NOT_FOUND */
export async function lockAppraisal(sql: Pick<ClientBase, 'query'>, appraisalId: string): Promise<AppraisalRow> {
  const { rows } = await sql.query<AppraisalRow>(
    `select ${APPRAISAL_COLUMNS} from appraisals where appraisal_id = $1 for update`,
    [appraisalId],
  );
  const [row] = rows;
  if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '考核 appraisal', key: appraisalId });
  return row;
}

/** Shown for approval with every line that it was computed from. */
export const appraisalSubject: SubjectKind = {
  lock: async (sql, id) => {
    const { rows } = await sql.query<{ state: string; revision: number }>(
      `select state, revision, subject_kind, subject, first_day::text, last_day::text, outcome, made_by, made_for,
              (select jsonb_agg(to_jsonb(l) order by l.code) from appraisal_lines l where l.appraisal_id = a.appraisal_id) as lines
         from appraisals a where appraisal_id = $1 for update`,
      [id],
    );
    const [row] = rows;
    if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '考核 appraisal', key: id });
    const { state, revision, ...content } = row;
    return { state, revision, content };
  },
  end: async (sql, id, end, { state }) => {
    if (state !== 'awaiting approval') throw new BusinessError('CHANGE_NOT_OPEN', { change: id, state });
    const approved = end.state === 'approved';
    const { rows } = await sql.query<AppraisalRow>(
      `update appraisals set state = $2, approved_by = $3, approved_for = $4, approved_at = $5 where appraisal_id = $1
       returning ${APPRAISAL_COLUMNS}`,
      [id, end.state, approved ? end.by : null, approved ? (end.onBehalfOf ?? null) : null, approved ? end.at : null],
    );
    for (const row of approved ? rows : []) await tellAppraised(sql, row);
  },
};

/** Whoever is appraised hears of it, and may read it from then on: not while others decide about it. */
async function tellAppraised(
  sql: Pick<ClientBase, 'query'>,
  { appraisalId, subjectKind, subject, workflowId, firstDay, lastDay }: AppraisalRow,
): Promise<void> {
  if (subjectKind === 'department') return;
  await queueNotice(sql, {
    key: `appraisal-approved:${appraisalId}`,
    recipientRef: `person:${subject}`,
    workflowId,
    severity: 'info',
    template: 'APPRAISAL_APPROVED',
    facts: { first: firstDay, last: lastDay },
  });
}
