/** What is added to a complaint after its registration reaches those who work at it at once, and whoever wrote by mail hears that it came. */
import type { PoolClient } from 'pg';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { queueEach, type Notice } from '../outbox/queue-notice';
import { complianceOrAbove, isHeadKeptOut } from '../people/keep-out';
import type { ComplaintRow } from './complaint-row';
import { tellComplainant } from './tell-complainant';
import { complaintOf } from '../intake/complaints/complaint-of-process';
import { ofProcess } from '../database/of-process';

/**
 * Told is whoever handles it and whoever holds a task of the case; where nobody does, and after the answer, the department of service or,
 * where its head is kept out, compliance or the general manager: somebody must look whether the complainant still disagrees.
 * @param nth tells one supplement from another
 */
export async function tellOfMore(
  sql: PoolClient,
  { complaintNo, workflowId, state, branch }: ComplaintRow,
  { by, nth }: { readonly by: string; readonly nth: string },
): Promise<void> {
  const { rows } = await sql.query<{ people: readonly string[] }>(
    `with working as (select claimed_by as person from tasks where ${ofProcess('workflow_id', '$1')} and state = 'claimed'
                         and kind not in ('answer-complaint-request', 'do-corrective-action', 'make-compensation-order', 'approve-order')
                      union select handler from complaints where complaint_no = ${complaintOf('$1')})
     select array(select person from working where person is not null and person <> $2
                     and natural_person(person) not in (select human from kept_out_of($1)) order by 1) as people`,
    [workflowId, by],
  );
  const { people = [] } = rows[0] ?? {};
  const role = (await isHeadKeptOut(sql, workflowId, 'service')) ? await complianceOrAbove(sql, workflowId) : 'service';
  const to = [
    ...people.map((person) => ({ recipientRef: `person:${person}` })),
    ...(people.length === 0 || state === 'answered' ? [{ recipientRole: role }] : []),
  ];
  const key = `complaint-more:${complaintNo}:${nth}`;
  await queueEach(
    sql,
    to.map((recipient): Notice => ({
      ...recipient,
      key: `${key}:${Object.values(recipient).join()}`,
      workflowId,
      severity: 'warning',
      template: 'COMPLAINT_MORE_SAID',
      facts: { complaint: complaintNo },
      ...(branch === null ? {} : { branch }),
    })),
  );
  // Whoever says it in the app or to somebody is answered there.
  if (by === SYSTEM_ACTOR) await tellComplainant(sql, complaintNo, { template: 'COMPLAINT_MORE_RECEIVED', nth });
}
