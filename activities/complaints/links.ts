/** Whether a complaint may be linked to another one: asked when a form is filled in, and again with both locked when it is recorded. */
import { ENDED_STATES } from '../../domain/complaints/complaint-words';
import { BusinessError } from '../../domain/errors';
import type { Sql } from '../people/standing';

interface Linked {
  readonly workflowId: string;
  readonly other: string;
  readonly field: string;
}

/**
 * DUPLICATE_OF_NOTHING where the other one is not open; TRANSFER_IS_NO_DUPLICATE, because the regulator is owed an answer of its own
 * within its own time; DUPLICATE_OF_ANOTHER, because whoever else complains is owed one too: both go with a group. The same person by the
 * number of the client; who is no client by the contact, by the name where either has none.
 */
export async function duplicateRefusals(
  sql: Sql,
  { workflowId, other, field }: Linked,
): Promise<readonly BusinessError[]> {
  const { rows } = await sql.query<{ is_transfer: boolean; is_open: boolean; is_same: boolean }>(
    `select own.transfer_no is not null as is_transfer,
            exists (select from complaints c where c.complaint_no = $2 and c.complaint_no <> own.complaint_no and c.state <> all($3)) as is_open,
            exists (select from complainants who join complainants other on other.complaint_no = $2
                     where who.complaint_no = own.complaint_no
                       and case when who.client_no is not null and other.client_no is not null then who.client_no = other.client_no
                                when who.contact is not null and other.contact is not null then lower(btrim(who.contact)) = lower(btrim(other.contact))
                                else btrim(who.name) = btrim(other.name) end) as is_same
       from complaints own where own.workflow_id = $1`,
    [workflowId, other, ENDED_STATES],
  );
  const [found] = rows;
  if (found?.is_transfer === true) return [new BusinessError('TRANSFER_IS_NO_DUPLICATE', { field })];
  if (found?.is_open !== true) return [new BusinessError('DUPLICATE_OF_NOTHING', { complaint: other, field })];
  return found.is_same ? [] : [new BusinessError('DUPLICATE_OF_ANOTHER', { complaint: other, field })];
}

/** One that is or was investigated, that is in no group itself; whoever handles it must not be kept out of this one. */
export async function groupRefusals(sql: Sql, { workflowId, other, field }: Linked): Promise<readonly BusinessError[]> {
  const { rows } = await sql.query<{ kept_out: boolean }>(
    `select exists (select from kept_out_of($2) k where k.human = natural_person(lead.handler)) as kept_out
       from complaints lead join complaints own on own.workflow_id = $2
      where lead.complaint_no = $1 and lead.complaint_no <> own.complaint_no and lead.group_of is null and own.group_of is null
        and lead.state in ('accepted', 'assigned', 'decided', 'answered', 'reopened', 'closed', 'disputed')
        and not exists (select from complaints member where member.group_of = own.complaint_no)`,
    [other, workflowId],
  );
  const [lead] = rows;
  if (lead === undefined) return [new BusinessError('GROUP_NOT_JOINABLE', { complaint: other, field })];
  return lead.kept_out ? [new BusinessError('KEPT_OUT_OF_CASE', { field })] : [];
}
