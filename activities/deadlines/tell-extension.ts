/** Whoever asked for more time hears what became of it, and whoever owes it by then that it was asked for and what became of it (decision 0085). */
import type { PoolClient } from 'pg';
import { dateOfDue } from '../../domain/calendar/business-date';
import type { Facts } from '../../domain/messages/template';
import type { Words } from '../../domain/messages/words';
import { queueEach } from '../outbox/queue-notice';
import type { ExtensionState } from './extend-deadline';
import { OWING } from './extension-form';
import { complaintOf } from '../intake/complaints/complaint-of-process';

/** Whoever recalled it knows. */
const ENDS: Readonly<Partial<Record<ExtensionState, Words>>> = {
  approved: { zh: '已批准', en: 'was given' },
  refused: { zh: '未获批准', en: 'was refused' },
  lapsed: { zh: '到期前未作决定，已失效', en: 'was not decided in time and lapsed' },
};

/** Who asked, for whom, and who owes it; within the transaction of the decision. */
export async function tellExtensionEnded(sql: PoolClient, extensionId: string, state: ExtensionState): Promise<void> {
  const end = ENDS[state];
  if (end === undefined) return;
  await tell(sql, { where: 'x.extension_id = $1', value: extensionId, whom: ASKING_AND_OWING }, (asked) => ({
    key: `extension-${state}:${asked.extensionId}`,
    template: 'EXTENSION_DECIDED',
    facts: { deadline: asked.deadline, end, dueAt: dateOfDue(asked.dueAt) },
  }));
}

/**
 * A complaint has another handler, who did not ask for what still waits to be decided: for its answer, and those of its group. What was
 * asked for stays. Within the transaction of the cause.
 * @param cause key of the act
 */
export const tellExtensionsPending = (sql: PoolClient, complaintNo: string, cause: string): Promise<void> =>
  tell(
    sql,
    { where: `x.state = 'asked' and $1 in (c.complaint_no, c.group_of)`, value: complaintNo, whom: OWING_ONLY },
    ({ extensionId, deadline }) => ({
      key: `extension-pending:${extensionId}:${cause}`,
      template: 'EXTENSION_PENDING',
      facts: { deadline },
    }),
  );

const ASKING_AND_OWING = `array[x.asked_by, x.asked_for] || ${OWING}`;
/** Whoever asked for it knows. */
const OWING_ONLY = `array(select o from unnest(${OWING}) o where o not in (x.asked_by, coalesce(x.asked_for, '')))`;

interface Told {
  readonly extensionId: string;
  readonly deadline: string;
  readonly dueAt: string;
  readonly workflowId: string;
  readonly branch: string | null;
  readonly person: string;
}

/** Nobody who has left, or is kept out of the case. */
async function tell(
  sql: PoolClient,
  { where, value, whom }: { readonly where: string; readonly value: string; readonly whom: string },
  said: (told: Told) => { readonly key: string; readonly template: string; readonly facts: Facts },
): Promise<void> {
  const { rows } = await sql.query<Told>(
    `select distinct x.extension_id::text as "extensionId", d.business_key as deadline, d.due_at as "dueAt", d.workflow_id as "workflowId",
            d.branch, p.person
       from deadline_extensions x join deadlines d using (deadline_id)
       left join complaints c on c.complaint_no = ${complaintOf('d.workflow_id')} left join complaints g on g.complaint_no = c.group_of
       join people p on p.person = any(${whom}) and p.active
      where ${where} and not is_kept_out(d.workflow_id, array[p.natural_person])
      order by 1, p.person`,
    [value],
  );
  await queueEach(
    sql,
    rows.map((told) => {
      const { key, ...text } = said(told);
      const { workflowId, branch, person } = told;
      return {
        ...text,
        key: `${key}:${person}`,
        recipientRef: `person:${person}`,
        workflowId,
        severity: 'info',
        ...(branch === null ? {} : { branch }),
      };
    }),
  );
}
