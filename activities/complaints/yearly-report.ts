/** The yearly report of complaints: until when it is owed, the document that is prepared, and its submission. */
import { addDays, businessDateOf, parseBusinessDate, shanghaiInstant } from '../../domain/calendar/business-date';
import { canonicalJson } from '../../domain/canonical-json';
import { BusinessError } from '../../domain/errors';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { complaintReport, DIMENSIONS } from '../intake/complaints/complaint-report';
import { businessDateNow, type Sql } from '../people/standing';
import type { FormCheck } from '../tasks/form-check';
import { loadParameters } from '../terms/load-terms';
import type { StepActor } from './act-on-complaint';
import { enterDocument, keptBytes } from './keep-attachment';

export interface OfYearlyReport {
  readonly year: string;
  readonly branch?: string;
}

interface ReportRow {
  readonly workflowId: string;
  readonly state: 'open' | 'prepared' | 'submitted';
  readonly revision: number;
  readonly sha256: string | null;
}

async function lockReport(sql: Sql, { year, branch = '-' }: OfYearlyReport): Promise<ReportRow> {
  const { rows } = await sql.query<ReportRow>(
    `select workflow_id as "workflowId", state, revision, sha256 from yearly_complaint_reports where year = $1 and branch = $2 for update`,
    [year, branch],
  );
  const [row] = rows;
  if (row === undefined)
    throw new BusinessError('NOT_FOUND', {
      what: '年度投诉报告 yearly report of complaints',
      key: `${year} ${branch}`,
    });
  return row;
}

/** Owed from the end of the year, for so many calendar days: to the day of the next year that the parameter names. */
export const readYearlyReport =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (of: OfYearlyReport): Promise<{ readonly workflowId: string; readonly since: string; readonly days: number }> =>
    inTransaction(pool, async (sql) => {
      const { workflowId } = await lockReport(sql, of);
      const first = addDays(parseBusinessDate(`${of.year}-12-31`), 1);
      const parameter = await loadParameters(sql, 'SH', first);
      const last = parseBusinessDate(`${first.slice(0, 4)}-${parameter('COMPLAINT_YEARLY_REPORT_BY')}`);
      const days = (Date.parse(last) - Date.parse(first)) / 86_400_000;
      return { workflowId, since: shanghaiInstant(first, '00:00'), days };
    });

/** Who checks and submits it: for a branch its risk post, and compliance where nobody holds that there. */
export type Submitter = 'compliance' | 'branch_risk';

export interface PreparedReport {
  readonly sha256: string;
  /** How many complaints were received in the year. */
  readonly received: number;
  /** Left away by an earlier version. */
  readonly submits?: Submitter;
}

async function submitterOf(sql: Sql, { branch }: OfYearlyReport): Promise<Submitter> {
  const { rowCount } = await sql.query(
    `select from grants where role = 'branch_risk' and branch = $1
        and daterange(valid_from, valid_to) @> (business_now() at time zone 'Asia/Shanghai')::date limit 1`,
    [branch ?? null],
  );
  return rowCount === 0 ? 'compliance' : 'branch_risk';
}

/** Keeps the report of the year as it stands now, with the words of whoever prepared it; once a revision. */
export const prepareYearlyReport =
  ({ pool, documents }: Pick<Dependencies, 'pool' | 'documents'>) =>
  async (
    given: OfYearlyReport & { readonly revision: number; readonly summary: string; readonly by: StepActor },
  ): Promise<PreparedReport> => {
    const { year, branch, revision, summary, by } = given;
    const period = { from: `${year}-01-01`, to: `${year}-12-31`, ...(branch === undefined ? {} : { branch }) };
    return inTransaction(pool, async (sql) => {
      const before = await lockReport(sql, given);
      const { rows } = await sql.query<{ now: string }>('select business_now() as now');
      const lines: Record<string, unknown> = {};
      let received = 0;
      for (const dimension of DIMENSIONS) {
        // Whole, whoever prepares it: the regulator is told of every complaint.
        const report = await complaintReport(sql, { ...period, dimension, keptFrom: [] });
        lines[dimension] = report;
        received = report.find(({ key }) => key === null)?.received ?? 0;
      }
      const submits = await submitterOf(sql, given);
      if (before.revision >= revision && before.sha256 !== null) return { sha256: before.sha256, received, submits };
      const content = { ...period, preparedAt: rows[0]?.now, preparedBy: by.person, summary, lines };
      const kept = await keptBytes(documents, Buffer.from(canonicalJson(content)));
      await enterDocument(sql, kept);
      await sql.query(
        `update yearly_complaint_reports set state = 'prepared', sha256 = $3, revision = $4, prepared_by = $5, prepared_at = business_now()
          where year = $1 and branch = $2`,
        [year, branch ?? '-', kept.sha256, revision, by.person],
      );
      await recordAudit(sql, {
        actor: by.person,
        role: by.role,
        action: 'prepare yearly report of complaints',
        outcome: 'done',
        objectType: 'yearly complaint report',
        objectId: before.workflowId,
        after: { sha256: kept.sha256, revision },
        workflowId: before.workflowId,
      });
      return { sha256: kept.sha256, received, submits };
    });
  };

/** It was submitted, on which day and under which number; once. */
export const recordYearlyReport =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (
    given: OfYearlyReport & { readonly submittedOn: string; readonly reference: string; readonly by: StepActor },
  ): Promise<null> =>
    inTransaction(pool, async (sql) => {
      const { year, branch, submittedOn, reference, by } = given;
      const { workflowId, state, sha256 } = await lockReport(sql, given);
      if (state === 'submitted') return null;
      await sql.query(
        `update yearly_complaint_reports set state = 'submitted', submitted_on = $3, reference = $4, submitted_by = $5, submitted_at = business_now()
          where year = $1 and branch = $2`,
        [year, branch ?? '-', submittedOn, reference, by.person],
      );
      await recordAudit(sql, {
        actor: by.person,
        role: by.role,
        action: 'submit yearly report of complaints',
        outcome: 'done',
        objectType: 'yearly complaint report',
        objectId: workflowId,
        after: { sha256, submittedOn },
        workflowId,
      });
      return null;
    });

/** Submitted on a day from its preparation on and not after today. A year that is not over has no report. */
export const yearlyReportForm: FormCheck = async (sql, task, form) => {
  const submittedOn = String(form['submittedOn']);
  const { rows } = await sql.query<{ prepared: string; first: string }>(
    'select prepared_at as prepared, make_date(year + 1, 1, 1)::text as first from yearly_complaint_reports where workflow_id = $1',
    [task.workflow_id],
  );
  const [report] = rows;
  if (report === undefined) throw new RangeError(`the report of ${task.workflow_id} was prepared and is not there`);
  const prepared = businessDateOf(report.prepared);
  const from = prepared > report.first ? prepared : report.first;
  const to = await businessDateNow(sql);
  return submittedOn >= from && submittedOn <= to
    ? []
    : [new BusinessError('INPUT_INVALID', { field: 'form.submittedOn', reason: `${from} – ${to}` })];
};
