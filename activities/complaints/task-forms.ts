/** What the forms of a complaint's tasks rest on besides themselves: texts that were written before, people and complaints that are named. */
import { BusinessError } from '../../domain/errors';
import { barredFromHandling } from '../people/keep-out';
import { businessDateNow, standingOf, type Sql } from '../people/standing';
import type { FormCheck } from '../tasks/form-check';
import { isBranch, refusalsOfDepartment, refusalsOfDepartments } from './department';
import { handsOfAnswer, handsOfFirstLevel } from './handlers';
import { duplicateRefusals, groupRefusals } from './links';
import { isAnswerDisputed } from './said-since';
import { isGroupOpen } from './tell-end';
import { complaintOf } from '../intake/complaints/complaint-of-process';

/** A text for the task must stand, written by whoever completes it. */
const needsText: FormCheck = async (sql, { task_id: task }, _, { person }) => {
  const { rowCount } = await sql.query('select from complaint_texts where task_id = $1 and written_by = $2 limit 1', [
    task,
    person,
  ]);
  return rowCount === 0 ? [new BusinessError('TEXT_MISSING', { task, field: 'form' })] : [];
};

/** What is asked back, refused or answered is written, and reaches whoever complains: who is no client reads it nowhere of itself. */
const delivered =
  (decision?: string): FormCheck =>
  async (sql, task, form, actor) => {
    if (decision !== undefined && form['decision'] !== decision) return [];
    const { rows } = await sql.query<{ is_client: boolean }>(
      `select w.client_no is not null as is_client from complaints c join complainants w using (complaint_no) where c.complaint_no = ${complaintOf('$1')}`,
      [task.workflow_id],
    );
    const isSent = rows[0]?.is_client === true || form['delivery'] !== undefined;
    return [
      ...(await needsText(sql, task, form, actor)),
      ...(isSent ? [] : [new BusinessError('DELIVERY_MISSING', { field: 'form.delivery' })]),
    ];
  };

/** Of what a regulator or an exchange passed on, acceptance, refusal and answer are told there too: that alone meets its clock. */
const replied: FormCheck = async (sql, { workflow_id: workflow }, form) =>
  form['reply'] === undefined && (await isTransfer(sql, workflow))
    ? [new BusinessError('TRANSFER_REPLY_MISSING', { field: 'form.reply' })]
    : [];

async function isTransfer(sql: Sql, workflow: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    `select from complaints where complaint_no = ${complaintOf('$1')} and transfer_no is not null`,
    [workflow],
  );
  return rowCount !== 0;
}

const both =
  (...checks: readonly FormCheck[]): FormCheck =>
  async (...asked) => {
    const refusals: BusinessError[] = [];
    for (const check of checks) refusals.push(...(await check(...asked)));
    return refusals;
  };

const registration: FormCheck = async (sql, task, form, actor) => {
  const { branch, against } = form;
  const known =
    typeof branch === 'string' && !(await isBranch(sql, branch))
      ? [new BusinessError('BRANCH_UNKNOWN', { branch, field: 'form.branch' })]
      : [];
  const person = typeof against === 'string' ? await personRefusals(sql, against, 'form.against') : [];
  return [
    ...known,
    ...person,
    ...(await duplicate(sql, task, form, actor)),
    ...(await delivered('ask back')(sql, task, form, actor)),
  ];
};

/** The other one may be one that this one is a duplicate of. */
const duplicate: FormCheck = async (sql, { workflow_id: workflowId }, form) =>
  form['decision'] === 'duplicate'
    ? duplicateRefusals(sql, { workflowId, other: String(form['duplicateOf']), field: 'form.duplicateOf' })
    : [];

async function personRefusals(sql: Sql, person: string, field: string): Promise<readonly BusinessError[]> {
  const { rowCount } = await sql.query('select from people where person = $1', [person]);
  return rowCount === 0 ? [new BusinessError('NOT_FOUND', { what: '人员 person', key: person, field })] : [];
}

/** Never the person complained about, nor the direct superior, nor whoever is recused (complaints page 3); a level higher others than before. */
const assignment: FormCheck = async (sql, { workflow_id: workflow }, form) => {
  if (typeof form['groupOf'] === 'string')
    return groupRefusals(sql, { workflowId: workflow, other: form['groupOf'], field: 'form.groupOf' });
  const branch = typeof form['branch'] === 'string' ? form['branch'] : undefined;
  return handlerRefusals(
    sql,
    workflow,
    { person: String(form['person']), role: String(form['role']), branch },
    'form.person',
  );
};

/** Why a person may not handle the case in a department today; none: may. */
export async function handlerRefusals(
  sql: Sql,
  workflow: string,
  { person, role, branch }: { readonly person: string; readonly role: string; readonly branch: string | undefined },
  field: string,
): Promise<readonly BusinessError[]> {
  const { active, grants, naturalPerson } = await standingOf(sql, person, await businessDateNow(sql));
  const holds = grants.some((grant) => grant.role === role && (branch === undefined || grant.branch === branch));
  return [
    ...(await refusalsOfDepartment(sql, { role, branch }, field.replace('person', 'branch'))),
    ...(active && holds ? [] : [new BusinessError('HANDLER_UNFIT', { person, role, field })]),
    ...((await barredFromHandling(sql, workflow)).includes(naturalPerson)
      ? [new BusinessError('KEPT_OUT_OF_CASE', { field })]
      : []),
    ...((await handsOfFirstLevel(sql, workflow)).includes(naturalPerson)
      ? [new BusinessError('HANDLED_BEFORE', { person, field })]
      : []),
  ];
}

/** Whoever decided the answer that did not satisfy does not decide the next one, nor whoever handles this one; nor is anything approved of whoever is kept out meanwhile. */
const decision: FormCheck = async (sql, task, form, actor) => [
  ...(await handledBefore(sql, task, form, actor)),
  ...(await handlesItself(sql, task, form, actor)),
  ...(form['decision'] === 'approve' ? await proposerRefusals(sql, task) : []),
];

/** For nobody else either. */
const handledBefore: FormCheck = async (sql, { workflow_id: workflow }, _, actor) => {
  const before = await handsOfFirstLevel(sql, workflow);
  return (await humansOf(sql, actor)).some((human) => before.includes(human))
    ? [new BusinessError('HANDLED_BEFORE', { person: actor.person, field: 'form' })]
    : [];
};

/** Whoever was named as handler of this level decides nothing about it, for nobody else either: absent or not, it was proposed for that person. */
const handlesItself: FormCheck = async (sql, { workflow_id: workflow }, _, actor) => {
  const { rows } = await sql.query<{ human: string }>(
    `select h.human from complaints c cross join lateral handlers_of_level(c.complaint_no) h where c.complaint_no = ${complaintOf('$1')}`,
    [workflow],
  );
  const named = rows.map(({ human }) => human);
  return (await humansOf(sql, actor)).some((human) => named.includes(human))
    ? [new BusinessError('HANDLES_AND_APPROVES', { field: 'form' })]
    : [];
};

/** What settles it closes it without a second level: in words, and not by those whose answer did not satisfy. */
const mediation: FormCheck = async (sql, task, form, actor) => {
  if (form['mediation'] !== 'settled') return [];
  const hands = await handsOfAnswer(sql, task.workflow_id);
  return [
    ...((await humansOf(sql, actor)).some((human) => hands.includes(human))
      ? [new BusinessError('SETTLES_OWN_ANSWER', { field: 'form.mediation' })]
      : []),
    ...(await needsText(sql, task, form, actor)),
  ];
};

/** Who does it, and for whom, by the human. */
async function humansOf(
  sql: Sql,
  { person, onBehalfOf }: { readonly person: string; readonly onBehalfOf?: string | undefined },
): Promise<readonly string[]> {
  const { rows } = await sql.query<{ human: string }>(
    'select natural_person(one) as human from unnest($1::text[]) one',
    [[person, ...(onBehalfOf === undefined ? [] : [onBehalfOf])]],
  );
  return rows.map(({ human }) => human);
}

/** The process takes it off the list; whoever decides in the same minute is refused. */
async function proposerRefusals(
  sql: Sql,
  { workflow_id: workflow, subject_kind: kind, subject_id: subject }: Parameters<FormCheck>[1],
): Promise<readonly BusinessError[]> {
  const { rowCount } = await sql.query(
    `with makers as (
       select maker from complaints c join complaint_proposals p using (complaint_no), unnest(array[p.made_by, p.made_for, c.handler]) maker
        where c.complaint_no = ${complaintOf('$1')} and p.state = 'awaiting approval' and $2 <> 'payee correction'
       union all
       select asked_by from payee_corrections where correction_id = case when $2 = 'payee correction' then $3::bigint end)
     select from makers join kept_out_of($1) k on k.keeps_from = 'all work' and k.human = natural_person(maker) limit 1`,
    [workflow, kind ?? '', subject],
  );
  return rowCount === 0 ? [] : [new BusinessError('PROPOSER_KEPT_OUT', { field: 'form.decision' })];
}

/** Whoever is barred from handling it proposes nothing, whatever task is held; a level higher others than before. */
const handling: FormCheck = async (sql, task, form, actor) => {
  const barred = await barredFromHandling(sql, task.workflow_id);
  return [
    ...((await humansOf(sql, actor)).some((human) => barred.includes(human))
      ? [new BusinessError('KEPT_OUT_OF_CASE', { field: 'form' })]
      : []),
    ...(await handledBefore(sql, task, form, actor)),
  ];
};

/** A department that is to do something must be there; a transfer has its kind; an objection of before is heard first. */
const closing: FormCheck = async (sql, task, form) => [
  ...(await objectionRefusals(sql, task)),
  ...(form['transferKind'] === undefined && (await isTransfer(sql, task.workflow_id))
    ? [new BusinessError('TRANSFER_KIND_MISSING', { field: 'form.transferKind' })]
    : []),
  ...(await refusalsOfDepartments(sql, form, 'actions')),
];

/**
 * The process takes the closing off the list once it hears; whoever closes before that is refused. What mediation settled, and what is
 * closed as disputed, was heard already.
 */
async function objectionRefusals(
  sql: Sql,
  { workflow_id: workflow, facts }: Parameters<FormCheck>[1],
): Promise<readonly BusinessError[]> {
  if ((facts as { readonly endedAs?: unknown }).endedAs !== 'closed') return [];
  const { rows } = await sql.query<{ no: string; level: number }>(
    `select complaint_no as no, level from complaints c where complaint_no = ${complaintOf('$1')}
        and not exists (select from complaint_steps s where s.complaint_no = c.complaint_no and s.act = 'mediate'
                           and s.step_id > (select max(step_id) from complaint_steps b where b.complaint_no = c.complaint_no and b.act = 'call back'))`,
    [workflow],
  );
  const [unheard] = rows;
  return unheard !== undefined && (await isAnswerDisputed(sql, unheard.no, unheard.level))
    ? [new BusinessError('OBJECTION_TO_BE_HEARD', { complaint: unheard.no, field: 'form' })]
    : [];
}

const proposal: FormCheck = async (sql, task, form, actor) => [
  ...(await handling(sql, task, form, actor)),
  ...(await needsText(sql, task, form, actor)),
  ...(await payable(sql, task, form, actor)),
];

/** Whether it can be decided now, and paid. */
const payable: FormCheck = async (sql, task, form) => {
  const { rows } = await sql.query<{ no: string; payable: boolean }>(
    `select c.complaint_no as no, w.fund_account is not null as payable
       from complaints c join complainants w using (complaint_no) where c.complaint_no = ${complaintOf('$1')}`,
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

/** The investigation of the group was written down there. */
const groupProposal: FormCheck = async (sql, task, form, actor) => [
  ...(await handling(sql, task, form, actor)),
  ...(await payable(sql, task, form, actor)),
];

/** After the end nothing is written to its register any more; of many people, after the end of all. */
const takingUp: FormCheck = async (sql, { workflow_id: workflow }) => {
  const { rows } = await sql.query<{ complaint: string; state: string }>(
    `select complaint_no as complaint, state from complaints c where complaint_no = ${complaintOf('process_behind($1)')} and ended_at is not null
        and not ($1 like '%:collective' and ${isGroupOpen('c.complaint_no')})`,
    [workflow],
  );
  return rows.map((ended) => new BusinessError('COMPLAINT_ENDED', ended));
};

export const complaintForms: Readonly<Record<string, FormCheck>> = {
  'register-complaint': registration,
  'accept-complaint': both(duplicate, delivered('refuse'), replied),
  'assign-complaint': assignment,
  'answer-complaint-request': needsText,
  'propose-complaint-outcome': proposal,
  'propose-group-outcome': groupProposal,
  'answer-complaint': both(delivered(), replied),
  'approve-complaint-proposal': decision,
  'offer-mediation': mediation,
  'close-complaint': closing,
  'take-up-complaint': takingUp,
};
