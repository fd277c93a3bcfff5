/** Who had a hand in a complaint, by account: whoever did is neither the one who calls about it nor the one who inspects it. */
import { NAMED_HANDLER, NAMES_HANDLER } from './handlers';
import { ofProcess } from '../database/of-process';

/**
 * SQL, one column `person`: whoever stands in the register, wrote, was named as handler, proposed or decided, also for somebody else; of one of
 * a group whoever investigated and decided that of the same cause too.
 * @param no SQL of the number of the complaint
 */
export const handsOfCase = (no: string): string => `
  select by as person from complaint_register where complaint_no = ${no}
  union select written_by from complaint_texts where complaint_no = ${no}
  union select handler from complaints where complaint_no = ${no}
  union select ${NAMED_HANDLER} from complaint_steps s where s.complaint_no = ${no} and ${NAMES_HANDLER}
  union select unnest(array[p.made_by, p.made_for]) from complaint_proposals p where p.complaint_no = ${no}
  union select unnest(array[a.checker, a.checker_for]) from approvals a join tasks t using (task_id) where ${ofProcess('t.workflow_id', `('complaint:' || ${no})`)}
  union select hand from complaints own join complaints lead on lead.complaint_no = own.group_of, lateral (
    select lead.handler as hand
    union select x.written_by from complaint_texts x join tasks t using (task_id)
           where x.complaint_no = lead.complaint_no and t.kind in ('answer-complaint-request', 'propose-complaint-outcome')
    union select unnest(array[a.checker, a.checker_for]) from approvals a join tasks t using (task_id)
           where ${ofProcess('t.workflow_id', 'lead.workflow_id')} and t.kind = 'approve-complaint-proposal') hands
   where own.complaint_no = ${no}`;

/** SQL, one column `person`: whoever called about its answer, recorded the call, or ordered and approved what was paid. */
export const handsAfterAnswer = (no: string): string => `
  select unnest(array[a.begun_by, r.recorded_by]) as person
    from callbacks k join callback_attempts a using (callback_no) left join callback_results r using (attempt_id)
   where k.subject = ${no} and k.purpose = 'complaint-answer'
  union select unnest(array[o.made_by, o.made_for, o.approved_by, o.approved_for]) from complaint_proposals p join orders o on o.case_key = p.complaint_no || ':' || p.proposal_id
   where p.complaint_no = ${no}`;
