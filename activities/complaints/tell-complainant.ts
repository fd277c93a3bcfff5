/** What whoever complains is told: by the number of the client, or of the complaint, with which the contact of who is no client stands. */
import type { PoolClient } from 'pg';
import type { Facts } from '../../domain/messages/template';
import { queueNotice } from '../outbox/queue-notice';

export interface ToldComplainant {
  readonly template: string;
  /** Tells one message from another of the same template. */
  readonly nth: number | string;
  /** Facts besides the number. */
  readonly facts?: Facts;
}

export async function tellComplainant(
  sql: PoolClient,
  complaintNo: string,
  { template, nth, facts = {} }: ToldComplainant,
): Promise<void> {
  const { rows } = await sql.query<{ ref: string; workflow_id: string; branch: string | null }>(
    `select coalesce(w.client_no, complaint_no) as ref, c.workflow_id, c.branch
       from complaints c join complainants w using (complaint_no) where complaint_no = $1`,
    [complaintNo],
  );
  const { ref = complaintNo, workflow_id: workflowId = `complaint:${complaintNo}`, branch = null } = rows[0] ?? {};
  await queueNotice(sql, {
    key: `${template.toLowerCase().replaceAll('_', '-')}:${complaintNo}:${nth}`,
    workflowId,
    severity: 'info',
    side: 'client',
    ...(branch === null ? {} : { branch }),
    recipientRef: ref,
    template,
    facts: { complaint: complaintNo, ...facts },
  });
}
