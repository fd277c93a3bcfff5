/** Whom the register names as handler of a complaint `s.complaint_no`, one line after the other: assigned, by the decision of the group, handed over. */
import { OWING_STATES } from '../../domain/complaints/complaint-words';
import { rolesWithNobodyLeft } from '../people/keep-out';
import type { Sql } from '../people/standing';
import { complaintOf } from '../intake/complaints/complaint-of-process';
import { ofProcess } from '../database/of-process';

/** Whether a line `s` of `complaint_steps` names a handler. */
export const NAMES_HANDLER = `s.act in ('assign', 'follow group', 'hand over')`;

/** Whom it names. */
export const NAMED_HANDLER = `coalesce(s.detail #>> '{handler,person}', s.detail ->> 'handler')`;

/** SQL: whether a task `t` decides about a proposal `p`, or about where it is paid. */
export const DECIDES_ABOUT = `((t.subject_kind = 'complaint proposal' and t.subject_id = p.proposal_id::text)
   or (t.subject_kind = 'payee correction' and t.subject_id in (select x.correction_id::text from payee_corrections x where x.proposal_id = p.proposal_id)))`;

/** SQL: the humans who handled the complaint of the process `$1`, or decided about it, themselves or by a delegate, before it was reopened. */
export const HANDS_OF_FIRST_LEVEL = `with reopened as (select s.complaint_no, s.step_id from complaint_steps s join complaints c using (complaint_no)
                        where c.complaint_no = ${complaintOf('$1')} and s.act = 'reopen')
     select natural_person(${NAMED_HANDLER}) as human
       from reopened r join complaint_steps s on s.complaint_no = r.complaint_no and s.step_id < r.step_id
      where ${NAMES_HANDLER}
     union
     select natural_person(maker) from complaints c join complaint_proposals p using (complaint_no), unnest(array[p.made_by, p.made_for]) maker
      where c.complaint_no = ${complaintOf('$1')} and p.level < c.level and maker is not null
     union
     select natural_person(decider) from complaints c join complaint_proposals p using (complaint_no)
       join tasks t on ${DECIDES_ABOUT}
       join approvals a using (task_id), unnest(array[a.checker, a.checker_for]) decider
      where c.complaint_no = ${complaintOf('$1')} and ${ofProcess('t.workflow_id', '$1')} and p.level < c.level and decider is not null
        -- An account may be corrected after the reopening, by those of the second level.
        and (t.subject_kind = 'complaint proposal' or a.decided_at <= (select max(s.at) from complaint_steps s where s.complaint_no = c.complaint_no and s.act = 'reopen'))`;

/** Those humans. */
export async function handsOfFirstLevel(sql: Sql, workflow: string): Promise<readonly string[]> {
  const { rows } = await sql.query<{ human: string }>(HANDS_OF_FIRST_LEVEL, [workflow]);
  return rows.map(({ human }) => human);
}

interface Owing {
  readonly owner: { readonly role: string; readonly person?: string };
  readonly branch?: string;
}

/**
 * Who owes the answer by now, where no calendar could date it before it was assigned; nobody else than before where nobody handles it. And
 * who offers mediation.
 */
export async function handlerOwing(
  sql: Sql,
  { workflowId, step }: { readonly workflowId: string; readonly step: string },
) {
  if (!workflowId.startsWith('complaint:') || (step !== 'mediate' && step !== 'answer')) return {};
  // Whoever keeps somebody out, or hands it over, at the same time comes before, and is seen, or after, and sees the promise.
  await sql.query(`select from complaints where complaint_no = ${complaintOf('$1')} for share`, [workflowId]);
  if (step === 'mediate') return { owner: { role: await mediatorRole(sql, workflowId) } };
  const { rows } = await sql.query<{ person: string; role: string; branch: string | null }>(
    `select handler as person, handler_role as role, handler_branch as branch from complaints
      where complaint_no = ${complaintOf('$1')} and handler is not null and state = any($2)`,
    [workflowId, OWING_STATES],
  );
  return (
    rows.map(({ person, role, branch }): Owing => ({
      owner: { role, person },
      ...(branch === null ? {} : { branch }),
    }))[0] ?? {}
  );
}

/**
 * The humans whose outcome and answer a complaint of the process has, themselves or by a delegate: handled, proposed, approved, or answered.
 * Mediation comes at the first level only.
 */
export async function handsOfAnswer(sql: Sql, workflow: string): Promise<readonly string[]> {
  const { rows } = await sql.query<{ human: string }>(
    `select h.human from complaints c, handlers_of_level(c.complaint_no) h where c.complaint_no = ${complaintOf('$1')}
     union
     select natural_person(maker) from complaints c join complaint_proposals p using (complaint_no), unnest(array[p.made_by, p.made_for]) maker
      where c.complaint_no = ${complaintOf('$1')} and maker is not null
     union
     select natural_person(decider) from tasks t join approvals a using (task_id), unnest(array[a.checker, a.checker_for]) decider
      where ${ofProcess('t.workflow_id', '$1')} and decider is not null
     union
     select natural_person(writer) from tasks t, unnest(array[t.outcome #>> '{by,person}', t.outcome #>> '{by,onBehalfOf}']) writer
      where ${ofProcess('t.workflow_id', '$1')} and t.kind = 'answer-complaint' and t.state = 'done' and writer is not null`,
    [workflow],
  );
  return rows.map(({ human }) => human);
}

/** Who may offer mediation, each where nobody is left of those before. */
const MEDIATORS = ['service', 'compliance', 'general_manager'] as const;

/**
 * Who offers mediation and records what came of it: service, compliance where all of service had a hand in what did not satisfy or are kept
 * out, and the general manager where that is so of compliance too (decision 0109).
 * @param before role that does it so far: who comes back takes nothing away again
 */
export async function mediatorRole(
  sql: Sql,
  workflowId: string,
  before: string = 'service',
): Promise<(typeof MEDIATORS)[number]> {
  const accounts = await handsOfAnswer(sql, workflowId);
  const roles = MEDIATORS.slice(
    MEDIATORS.findIndex((role) => role === before),
    -1,
  );
  const gone = await rolesWithNobodyLeft(
    sql,
    roles.map((role) => ({ workflowId, role, accounts })),
  );
  return roles.find((_, place) => !gone.has(place)) ?? 'general_manager';
}
