/** Complaints that got on past their processes, for the tests of what comes after: their first work stands with the receipt, and is done by then. */
import type { Pool } from 'pg';

/** Registered by whoever received it, and accepted in time. */
export async function registered(pool: Pool, complaintNo: string): Promise<void> {
  const workflowId = `complaint:${complaintNo}`;
  await pool.query(
    `update tasks set state = 'done', done_at = business_now(),
                      outcome = jsonb_build_object('result', 'completed', 'form', '{"decision": "complete"}'::jsonb,
                                                   'by', jsonb_build_object('person', coalesce(claimed_by, 'service-1'), 'role', role))
      where workflow_id = $1 and kind = 'register-complaint' and state in ('open', 'claimed')`,
    [workflowId],
  );
  await pool.query(
    `update deadlines set ended_as = 'met', ended_at = least(business_now(), due_at), ended_by = 'service-1'
      where workflow_id = $1 and step = 'accept' and state = 'running'`,
    [workflowId],
  );
}

/** Registered, and with whom it is. */
export async function handled(pool: Pool, complaintNo: string, handler: string, state = 'assigned'): Promise<void> {
  await registered(pool, complaintNo);
  await givenTo(pool, complaintNo, handler, state);
}

/** With whom it is, its first work as it stands: also where that is not done, which no process does. */
export async function givenTo(pool: Pool, complaintNo: string, handler: string, state = 'assigned'): Promise<void> {
  await pool.query('update complaints set other_state = $2, handler = $3, handler_role = $4 where complaint_no = $1', [
    complaintNo,
    state,
    handler,
    handler.replace(/-.*/, ''),
  ]);
}
