/** What the form of an inspection rests on: departments that are there, and an inspector who had no hand in what is inspected. */
import { BusinessError } from '../../domain/errors';
import { refusalsOfDepartments } from '../complaints/department';
import { handsAfterAnswer, handsOfCase } from '../complaints/hands-of-case';
import type { FormCheck } from '../tasks/form-check';

/** The call that the inspection `i` listens to: by its number, which is indexed. Subjects of other kinds are no numbers. */
const CALL = `(case when i.kind = 'calls' then i.subject::bigint end)`;

/**
 * The accounts that handled a complaint or a request, or made a call and recorded what came of it: of the inspection that a process is.
 * Of a complaint, and of the call about it, whoever had a hand in it as much as its handler; of a complaint also whoever called, or paid.
 */
const HANDS = `
  with cases as (
    select i.subject as complaint_no from inspections i where i.workflow_id = $1 and i.kind = 'complaints'
    union select k.subject from inspections i join callback_attempts a on a.attempt_id = ${CALL} join callbacks k using (callback_no)
           where i.workflow_id = $1 and i.kind = 'calls' and k.purpose = 'complaint-answer')
  select h.person from cases c, lateral (${handsOfCase('c.complaint_no')}) h
  union select h.person from inspections i, lateral (${handsAfterAnswer('i.subject')}) h where i.workflow_id = $1 and i.kind = 'complaints'
  union select s.by from inspections i join permission_steps s on s.request_no = i.subject where i.workflow_id = $1 and i.kind = 'requests'
  union select unnest(array[a.begun_by, r.recorded_by]) from inspections i join callback_attempts a on a.attempt_id = ${CALL}
          left join callback_results r using (attempt_id) where i.workflow_id = $1 and i.kind = 'calls'`;

export const inspectionForm: FormCheck = async (sql, { workflow_id: workflow }, form, { person, onBehalfOf }) => {
  const { rows } = await sql.query<{ subject: string }>(
    `select subject from inspections where workflow_id = $1
        and exists (select from (${HANDS}) hands where natural_person(hands.person) in (natural_person($2), natural_person($3)))`,
    [workflow, person, onBehalfOf ?? null],
  );
  return [
    ...rows.map(({ subject }) => new BusinessError('INSPECTED_BY_OWN_HANDS', { person, subject, field: 'form' })),
    ...(await refusalsOfDepartments(sql, form, 'findings')),
  ];
};
