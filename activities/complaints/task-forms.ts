/** What the forms of a complaint's tasks rest on besides themselves: texts that were written before, people and complaints that are named. */
import { ENDED_STATES } from '../../domain/complaints/complaint-words';
import { BusinessError } from '../../domain/errors';
import { keptOutOf } from '../people/keep-out';
import { businessDateNow, standingOf } from '../people/standing';
import type { FormCheck } from '../tasks/form-check';

/** A text for the task must stand, written by whoever completes it. */
const needsText: FormCheck = async (sql, { task_id: task }, _, { person }) => {
  const { rowCount } = await sql.query('select from complaint_texts where task_id = $1 and written_by = $2 limit 1', [
    task,
    person,
  ]);
  return rowCount === 0 ? [new BusinessError('TEXT_MISSING', { task, field: 'form' })] : [];
};

const needsTextWhen =
  (decision: string): FormCheck =>
  async (sql, task, form, actor) =>
    form['decision'] === decision ? needsText(sql, task, form, actor) : [];

const registration: FormCheck = async (sql, task, form, actor) => {
  if (form['decision'] !== 'duplicate') return needsTextWhen('ask back')(sql, task, form, actor);
  const complaint = String(form['duplicateOf']);
  const { rowCount } = await sql.query(
    'select from complaints where complaint_no = $1 and workflow_id <> $2 and state <> all($3)',
    [complaint, task.workflow_id, ENDED_STATES],
  );
  return rowCount === 0 ? [new BusinessError('DUPLICATE_OF_NOTHING', { complaint, field: 'form.duplicateOf' })] : [];
};

/** Never the person complained about, nor the direct superior, nor whoever is recused (complaints page 3). */
const assignment: FormCheck = async (sql, { workflow_id: workflow }, form) => {
  const person = String(form['person']);
  const role = String(form['role']);
  const branch = typeof form['branch'] === 'string' ? form['branch'] : undefined;
  const { active, grants, naturalPerson } = await standingOf(sql, person, await businessDateNow(sql));
  const holds = grants.some((grant) => grant.role === role && (branch === undefined || grant.branch === branch));
  return [
    ...(active && holds ? [] : [new BusinessError('HANDLER_UNFIT', { person, role, field: 'form.person' })]),
    ...((await keptOutOf(sql, workflow)).includes(naturalPerson)
      ? [new BusinessError('KEPT_OUT_OF_CASE', { field: 'form.person' })]
      : []),
  ];
};

const proposal: FormCheck = async (sql, task, form, actor) => {
  const { rows } = await sql.query<{ no: string; payable: boolean }>(
    `select c.complaint_no as no, w.fund_account is not null as payable
       from complaints c join complainants w using (complaint_no) where c.workflow_id = $1`,
    [task.workflow_id],
  );
  const { rows: asked } = await sql.query<{ count: number }>(
    `select count(*)::int as count from complaint_requests where complaint_no = $1 and state = 'open'`,
    [rows[0]?.no],
  );
  const open = asked[0]?.count ?? 0;
  const unpayable = form['amount'] !== '0.00' && rows[0]?.payable !== true;
  return [
    ...(await needsText(sql, task, form, actor)),
    ...(open > 0 ? [new BusinessError('REQUESTS_STILL_OPEN', { count: open })] : []),
    ...(unpayable
      ? [new BusinessError('COMPENSATION_NEEDS_FUND_ACCOUNT', { complaint: rows[0]?.no ?? '', field: 'form.amount' })]
      : []),
  ];
};

export const complaintForms: Readonly<Record<string, FormCheck>> = {
  'register-complaint': registration,
  'accept-complaint': needsTextWhen('refuse'),
  'assign-complaint': assignment,
  'answer-complaint-request': needsText,
  'propose-complaint-outcome': proposal,
  'answer-complaint': needsText,
};
