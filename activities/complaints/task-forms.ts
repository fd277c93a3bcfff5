/** What the forms of a complaint's tasks rest on besides themselves: texts that were written before, people and complaints that are named. */
import type { PoolClient } from 'pg';
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
  if (typeof form['groupOf'] === 'string') return refusalsOfGroup(sql, workflow, form['groupOf']);
  const person = String(form['person']);
  const role = String(form['role']);
  const branch = typeof form['branch'] === 'string' ? form['branch'] : undefined;
  const { active, grants, naturalPerson } = await standingOf(sql, person, await businessDateNow(sql));
  const holds = grants.some((grant) => grant.role === role && (branch === undefined || grant.branch === branch));
  return [
    ...((await hadAHandBefore(sql, workflow, naturalPerson))
      ? [new BusinessError('HANDLED_BEFORE', { person, field: 'form.person' })]
      : []),
    ...(active && holds ? [] : [new BusinessError('HANDLER_UNFIT', { person, role, field: 'form.person' })]),
    ...((await keptOutOf(sql, workflow)).includes(naturalPerson)
      ? [new BusinessError('KEPT_OUT_OF_CASE', { field: 'form.person' })]
      : []),
  ];
};

/** A reopened complaint is handled a level higher: by nobody who proposed or approved what did not satisfy. */
async function hadAHandBefore(sql: PoolClient, workflow: string, naturalPerson: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    `select from complaints c join complaint_proposals p using (complaint_no)
      where c.workflow_id = $1 and p.level < c.level
        and exists (select from unnest(array[p.made_by, p.made_for, p.approved_by, p.approved_for]) hand (person)
                     where natural_person(hand.person) = $2)
      limit 1`,
    [workflow, naturalPerson],
  );
  return rowCount === 1;
}

/** One that is or was investigated, that is in no group itself; whoever handles it must not be kept out of this one. */
async function refusalsOfGroup(sql: PoolClient, workflow: string, groupOf: string): Promise<readonly BusinessError[]> {
  const { rows } = await sql.query<{ kept_out: boolean }>(
    `select exists (select from process_exclusions e where e.workflow_id = $2 and natural_person(e.person) = natural_person(lead.handler)) as kept_out
       from complaints lead join complaints own on own.workflow_id = $2
      where lead.complaint_no = $1 and lead.complaint_no <> own.complaint_no and lead.group_of is null and own.group_of is null
        and lead.state in ('accepted', 'assigned', 'decided', 'answered', 'reopened', 'closed', 'disputed')
        and not exists (select from complaints member where member.group_of = own.complaint_no)`,
    [groupOf, workflow],
  );
  const [lead] = rows;
  if (lead === undefined)
    return [new BusinessError('GROUP_NOT_JOINABLE', { complaint: groupOf, field: 'form.groupOf' })];
  return lead.kept_out ? [new BusinessError('KEPT_OUT_OF_CASE', { field: 'form.groupOf' })] : [];
}

const proposal: FormCheck = async (sql, task, form, actor) => [
  ...(await needsText(sql, task, form, actor)),
  ...(await payable(sql, task, form, actor)),
];

/** Whether it can be decided now, and paid. */
const payable: FormCheck = async (sql, task, form) => {
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
  // The investigation of the group was written down there.
  'propose-group-outcome': payable,
  'answer-complaint': needsText,
};
