/** An appraisal is asked for: of a department or a person, over a period that is over; its process computes it. */
import type { Pool, PoolClient } from 'pg';
import { COMPLAINT_DEPARTMENTS } from '../../../domain/complaints/complaint-words';
import { BusinessError } from '../../../domain/errors';
import { recordAudit } from '../../audit/record-audit';
import { APPRAISAL_COLUMNS, type AppraisalRow } from '../../appraisals/appraisal-row';
import { businessNow } from '../../clock/business-now';
import { refusalsOfDepartment } from '../../complaints/department';
import { inTransaction } from '../../database/transaction';
import { queueStart } from '../../outbox/queue-message';
import { keepOut } from '../../people/keep-out';
import { businessDateNow, type Sql } from '../../people/standing';
import { loadParameters } from '../../terms/load-terms';
import { refuseFirst } from '../judge-actor';

export interface AskedAppraisal {
  readonly firstDay: string;
  readonly lastDay: string;
  readonly subjectKind: 'department' | 'person';
  /** Key of a person; `service` or `branch:1001`. */
  readonly subject: string;
  readonly by: string;
  readonly role: string;
  readonly requestId?: string;
}

/**
 * The same appraisal asked for again is answered as it stands.
 * @throws SeveralRefusals INPUT_INVALID where the period ends before it begins, APPRAISAL_PERIOD_NOT_OVER, NOT_FOUND, KEPT_OUT_OF_CASE of the own one, BRANCH_UNKNOWN, BRANCH_MISSING; BusinessError
 * NO_PARAMETER_FOR_DATE where no terms say by when something is proposed
 */
export const askAppraisal = (
  pool: Pool,
  asked: AskedAppraisal,
): Promise<{ readonly appraisal: AppraisalRow; readonly isNew: boolean }> =>
  inTransaction(pool, async (sql) => {
    const { firstDay, lastDay, subjectKind, subject, by, role, requestId } = asked;
    refuseFirst([
      ...(firstDay <= lastDay
        ? []
        : [new BusinessError('INPUT_INVALID', { field: 'lastDay', reason: `>= ${firstDay}` })]),
      ...(lastDay < (await businessDateNow(sql))
        ? []
        : [new BusinessError('APPRAISAL_PERIOD_NOT_OVER', { lastDay, field: 'lastDay' })]),
      ...(await subjectRefusals(sql, asked)),
    ]);
    const workflowId = `appraisal:${subject}:${firstDay}:${lastDay}`;
    const { rowCount } = await sql.query(
      `insert into appraisals (first_day, last_day, subject_kind, subject, workflow_id, asked_by) values ($1, $2, $3, $4, $5, $6)
       on conflict do nothing`,
      [firstDay, lastDay, subjectKind, subject, workflowId, by],
    );
    const { rows } = await sql.query<AppraisalRow>(
      `select ${APPRAISAL_COLUMNS} from appraisals where workflow_id = $1`,
      [workflowId],
    );
    const [appraisal] = rows;
    if (appraisal === undefined) throw new RangeError(`the appraisal ${workflowId} was entered and is not there`);
    if (rowCount === 0) return { appraisal, isNew: false };
    // Whoever is appraised neither proposes nor approves what it ends in, by whatever account or delegation.
    if (subjectKind === 'person') await keepOut(sql, { workflowId, person: subject, cause: 'recused', by });
    const { appraisalId } = appraisal;
    await recordAudit(sql, {
      actor: by,
      role,
      action: 'ask for appraisal',
      outcome: 'done',
      objectType: 'appraisal',
      objectId: appraisalId,
      after: { firstDay, lastDay, subject },
      requestId,
      workflowId,
    });
    await queueStart(sql, {
      key: `start:${workflowId}`,
      workflowId,
      type: 'appraisal',
      args: [
        {
          appraisalId,
          ...(subjectKind === 'person' ? { person: subject } : {}),
          propose: { withinDays: await proposedWithin(sql), askedAt: await businessNow(sql) },
          about: { subject, firstDay, lastDay },
        },
      ],
      summary: '投诉处理考核 appraisal of how complaints were handled',
      attributes: { ProcessType: 'appraisal', BusinessKey: appraisalId, BusinessDate: lastDay },
    });
    return { appraisal, isNew: true };
  });

/** Departments whose work is appraised: not the one that decides in the end. */
const APPRAISED: readonly string[] = COMPLAINT_DEPARTMENTS.filter((role) => role !== 'general_manager');

/** Somebody else, or a department that is given complaints, with the branch where one is named. */
async function subjectRefusals(
  sql: Sql,
  { subjectKind, subject, by }: Pick<AskedAppraisal, 'subjectKind' | 'subject' | 'by'>,
): Promise<readonly BusinessError[]> {
  const [role = '', ...named] = subject.split(':');
  const isKnown =
    subjectKind === 'person'
      ? (await sql.query('select from people where person = $1', [subject])).rowCount !== 0
      : APPRAISED.includes(role);
  if (!isKnown) return [new BusinessError('NOT_FOUND', { what: '考核对象 subject', key: subject, field: 'subject' })];
  if (subjectKind === 'person') {
    const { rowCount: own } = await sql.query('select where natural_person($1) = natural_person($2)', [subject, by]);
    return own === 0 ? [] : [new BusinessError('KEPT_OUT_OF_CASE', { field: 'subject' })];
  }
  const branch = named.length === 0 ? undefined : named.join(':');
  return refusalsOfDepartment(sql, { role, branch }, 'subject');
}

/** Working days. */
async function proposedWithin(sql: PoolClient): Promise<number> {
  const parameter = await loadParameters(sql, 'SH', await businessDateNow(sql));
  return Number.parseInt(parameter('APPRAISAL_PROPOSE_WITHIN_DAYS'), 10);
}
