/** Who may do something with a complaint past its tasks: nobody whom it is about, and of what a handler does only whoever owes the answer. */
import type { PoolClient } from 'pg';
import { OWING_STATES } from '../../../domain/complaints/complaint-words';
import { BusinessError } from '../../../domain/errors';
import type { ComplaintAct } from '../../complaints/act-on-complaint';
import { requireOpen, type ComplaintRow } from '../../complaints/complaint-row';
import { isKeptOut } from '../../people/keep-out';
import { delegatedGrants } from '../judge-actor';
import { businessDateNow, standingOf } from '../../people/standing';

/** @throws BusinessError COMPLAINT_ENDED, KEPT_OUT_OF_CASE */
export async function requirePart(
  sql: PoolClient,
  complaint: ComplaintRow,
  act: Pick<ComplaintAct, 'by' | 'role'>,
): Promise<void> {
  requireOpen(complaint);
  await refuseKeptOut(sql, complaint, act);
}

/**
 * Of a complaint that has ended too. Whoever complains is kept out as a person of the house only.
 * @throws BusinessError KEPT_OUT_OF_CASE
 */
export async function refuseKeptOut(
  sql: PoolClient,
  complaint: ComplaintRow,
  { by, role }: Pick<ComplaintAct, 'by' | 'role'>,
): Promise<void> {
  if (role === 'client') return;
  const { naturalPerson } = await standingOf(sql, by, await businessDateNow(sql));
  if (await isKeptOut(sql, complaint.workflowId, [naturalPerson])) throw new BusinessError('KEPT_OUT_OF_CASE');
}

export interface ActingAsHandler extends Pick<ComplaintAct, 'by'> {
  readonly onBehalfOf?: string | undefined;
}

async function standsFor(
  sql: PoolClient,
  { by, onBehalfOf }: ActingAsHandler,
  { handlerRole }: Pick<ComplaintRow, 'handlerRole'>,
  handler: string,
): Promise<boolean> {
  if (onBehalfOf !== undefined)
    return onBehalfOf === handler && (await delegatedGrants(sql, by, handler)).some(({ role }) => role === handlerRole);
  if (by === handler) return true;
  const { rowCount } = await sql.query('select from holders_for($1) holder where holder = $2', [by, handler]);
  return rowCount === 1;
}

/**
 * Also whoever stands in for the handler today, by substitution or by a delegation of the role in which it is handled.
 * @throws BusinessError COMPLAINT_ENDED, COMPLAINT_NOT_ASSIGNED, NOT_HANDLER, KEPT_OUT_OF_CASE
 */
export async function requireHandler(
  sql: PoolClient,
  complaint: ComplaintRow,
  { by, onBehalfOf }: ActingAsHandler,
): Promise<void> {
  requireOpen(complaint);
  const { complaintNo, state, handler } = complaint;
  if (!OWING_STATES.includes(state) || handler === null)
    throw new BusinessError('COMPLAINT_NOT_ASSIGNED', { complaint: complaintNo, state });
  if (!(await standsFor(sql, { by, onBehalfOf }, complaint, handler)))
    throw new BusinessError('NOT_HANDLER', { complaint: complaintNo });
  await requirePart(sql, complaint, { by });
}
