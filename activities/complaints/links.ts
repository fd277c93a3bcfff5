/** Which complaints are alike, and whether one may be linked to another: asked when a form is filled in, and again with both locked when it is recorded. */
import { ENDED_STATES } from '../../domain/complaints/complaint-words';
import { comparableContact, isSameComplainant, type Complainant } from '../../domain/complaints/same-complainant';
import { BusinessError } from '../../domain/errors';
import type { Sql } from '../people/standing';
import { handsOfFirstLevel } from './handlers';
import { complaintOf } from '../intake/complaints/complaint-of-process';

interface Linked {
  readonly workflowId: string;
  readonly other: string;
  readonly field: string;
}

/**
 * DUPLICATE_OF_NOTHING where the other one is not open; TRANSFER_IS_NO_DUPLICATE, because the regulator is owed an answer of its own
 * within its own time; DUPLICATE_OF_ANOTHER, because whoever else complains is owed one too: both go with a group.
 */
export async function duplicateRefusals(
  sql: Sql,
  { workflowId, other, field }: Linked,
): Promise<readonly BusinessError[]> {
  const { rows } = await sql.query<{
    isTransfer: boolean;
    isOpen: boolean;
    own: Complainant;
    others: Complainant | null;
  }>(
    `select own.transfer_no is not null as "isTransfer",
            exists (select from complaints c where c.complaint_no = $2 and c.complaint_no <> own.complaint_no and c.state <> all($3)) as "isOpen",
            (select ${COMPLAINANT} from complainants w where w.complaint_no = own.complaint_no) as own,
            (select ${COMPLAINANT} from complainants w where w.complaint_no = $2) as others
       from complaints own where own.complaint_no = ${complaintOf('$1')}`,
    [workflowId, other, ENDED_STATES],
  );
  const [found] = rows;
  if (found?.isTransfer === true) return [new BusinessError('TRANSFER_IS_NO_DUPLICATE', { field })];
  if (found?.isOpen !== true || found.others === null)
    return [new BusinessError('DUPLICATE_OF_NOTHING', { complaint: other, field })];
  return isSameComplainant(found.own, found.others)
    ? []
    : [new BusinessError('DUPLICATE_OF_ANOTHER', { complaint: other, field })];
}

const COMPLAINANT = `jsonb_build_object('clientNo', w.client_no, 'contact', w.contact, 'name', w.name)`;

/**
 * Open complaints, received before, of the same person about the same product and category, as far as either is known: of a mail nobody has
 * said what it is about. At most ten. Found by the number of the client
 * and by the contact: two of one name and without a contact are linked by whoever knows, and shown to nobody.
 */
export async function alikeOf(sql: Sql, complaintNo: string): Promise<readonly string[]> {
  const { rows: named } = await sql.query<{ own: Complainant }>(
    `select ${COMPLAINANT} as own from complainants w where w.complaint_no = $1`,
    [complaintNo],
  );
  const own = named[0]?.own;
  if (own === undefined) return [];
  const { rows } = await sql.query<{ no: string; others: Complainant }>(
    `with found as (select complaint_no from complainants where client_no = $2
                    union select complaint_no from complainants where lower(btrim(contact)) = $3)
     select w.complaint_no as no, ${COMPLAINANT} as others
       from found join complainants w using (complaint_no) join complaints other using (complaint_no) join complaints own on own.complaint_no = $1
      where other.complaint_no < own.complaint_no and other.ended_at is null
        and (other.product = own.product or 'other' in (other.product, own.product))
        and (other.category = own.category or 'other' in (other.category, own.category))
      order by 1`,
    [complaintNo, own.clientNo, comparableContact(own.contact) ?? null],
  );
  return rows
    .filter(({ others }) => isSameComplainant(own, others))
    .slice(0, 10)
    .map(({ no }) => no);
}

/**
 * One that is or was investigated, that is in no group itself; whoever handles it must not be kept out of this one. One that was reopened
 * is handled anew a level higher, by others: what was decided of another at the first level does not answer it.
 */
export async function groupRefusals(sql: Sql, { workflowId, other, field }: Linked): Promise<readonly BusinessError[]> {
  const { rows } = await sql.query<{ kept_out: boolean; handler: string | null; human: string | null }>(
    `select exists (select from kept_out_of($2) k where k.human = natural_person(lead.handler)) as kept_out,
            lead.handler, natural_person(lead.handler) as human
       from complaints lead join complaints own on own.complaint_no = ${complaintOf('$2')}
      where lead.complaint_no = $1 and lead.complaint_no <> own.complaint_no and lead.group_of is null and own.group_of is null
        and lead.state in ('accepted', 'assigned', 'decided', 'answered', 'reopened', 'closed', 'disputed') and lead.level >= own.level
        and not exists (select from complaints member where member.group_of = own.complaint_no)`,
    [other, workflowId],
  );
  const [lead] = rows;
  if (lead === undefined) return [new BusinessError('GROUP_NOT_JOINABLE', { complaint: other, field })];
  const { handler, human } = lead;
  return [
    ...(lead.kept_out ? [new BusinessError('KEPT_OUT_OF_CASE', { field })] : []),
    ...(handler !== null && human !== null && (await handsOfFirstLevel(sql, workflowId)).includes(human)
      ? [new BusinessError('HANDLED_BEFORE', { person: handler, field })]
      : []),
  ];
}
