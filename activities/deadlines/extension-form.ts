/** Whoever owes a promise gives it no more time, whoever asked for it: owed since it was asked, too, or through a group (decision 0086). */
import { BusinessError } from '../../domain/errors';
import type { FormCheck } from '../tasks/form-check';
import { complaintOf } from '../intake/complaints/complaint-of-process';

/** SQL: accounts of whoever owes a promise `d` of complaint `c` in group `g`; null where there is none. */
export const OWING = 'array[d.owner_person, case when c.handler is null then g.handler end]';

/** HANDLES_AND_APPROVES of an approval by whoever the promise names, or handles the group of its complaint, in person or by a delegate. */
export const extensionForm: FormCheck = async (sql, { subject_id: extension }, form, { person, onBehalfOf }) => {
  if (form['decision'] !== 'approve') return [];
  const { rowCount } = await sql.query(
    `select from deadline_extensions e join deadlines d using (deadline_id)
       left join complaints c on c.complaint_no = ${complaintOf('d.workflow_id')} left join complaints g on g.complaint_no = c.group_of,
            unnest(${OWING}) owing, unnest($2::text[]) deciding
      where e.extension_id = $1 and natural_person(owing) = natural_person(deciding) limit 1`,
    [extension, [person, ...(onBehalfOf === undefined ? [] : [onBehalfOf])]],
  );
  return rowCount === 0 ? [] : [new BusinessError('HANDLES_AND_APPROVES', { field: 'form.decision' })];
};
