/** Who may do something with a complaint past its tasks: nobody whom it is about, and of what a handler does only whoever owes the answer. */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../../domain/errors';
import type { ComplaintAct } from '../../complaints/act-on-complaint';
import { requireOpen, type ComplaintRow } from '../../complaints/complaint-row';
import { isKeptOut } from '../../people/keep-out';
import { businessDateNow, standingOf } from '../../people/standing';

/**
 * Whoever complains is kept out as a person of the house only.
 * @throws BusinessError COMPLAINT_ENDED, KEPT_OUT_OF_CASE
 */
export async function requirePart(
  sql: PoolClient,
  complaint: ComplaintRow,
  { by, role }: Pick<ComplaintAct, 'by' | 'role'>,
): Promise<void> {
  requireOpen(complaint);
  if (role === 'client') return;
  const { naturalPerson } = await standingOf(sql, by, await businessDateNow(sql));
  if (await isKeptOut(sql, complaint.workflowId, [naturalPerson])) throw new BusinessError('KEPT_OUT_OF_CASE');
}

/** States in which a handler owes the answer. */
const OWING: readonly ComplaintRow['state'][] = ['assigned', 'decided'];

/** @throws BusinessError COMPLAINT_ENDED, COMPLAINT_NOT_ASSIGNED, NOT_HANDLER, KEPT_OUT_OF_CASE */
export async function requireHandler(sql: PoolClient, complaint: ComplaintRow, by: string): Promise<void> {
  requireOpen(complaint);
  const { complaintNo, state, handler } = complaint;
  if (!OWING.includes(state) || handler === null)
    throw new BusinessError('COMPLAINT_NOT_ASSIGNED', { complaint: complaintNo, state });
  if (handler !== by) throw new BusinessError('NOT_HANDLER', { complaint: complaintNo });
  await requirePart(sql, complaint, { by });
}
