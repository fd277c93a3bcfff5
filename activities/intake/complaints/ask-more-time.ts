/** More time for the answer, asked for by whoever owes it; the promise itself is asked, so that it is decided whatever its process does. */
import type { Pool, PoolClient } from 'pg';
import { actOnComplaint, type ComplaintAct } from '../../complaints/act-on-complaint';
import type { ComplaintRow } from '../../complaints/complaint-row';
import { askExtensionIn } from '../../deadlines/extend-deadline';
import { requireHandler } from './take-part';

/**
 * Asked before the limit, for every clock of the answer at once, and decided before it by the head of those who owe it.
 * @throws BusinessError COMPLAINT_ENDED, COMPLAINT_NOT_ASSIGNED, NOT_HANDLER, KEPT_OUT_OF_CASE, NOT_FOUND
 * @throws SeveralRefusals EXTENSION_AFTER_LIMIT, EXTENSION_ALREADY_ASKED, EXTENSIONS_USED_UP, EXTENSION_BEYOND_LEGAL_LIMIT
 */
export const askMoreTime = (
  pool: Pool,
  act: ComplaintAct & {
    readonly furtherN: number;
    readonly reason: string;
    readonly onBehalfOf?: string | undefined;
  },
): Promise<{ readonly extensionId: string }> =>
  actOnComplaint(pool, act, 'ask for more time', async (sql, complaint) => {
    await requireHandler(sql, await withHandler(sql, complaint), act);
    const { complaintNo, level } = complaint;
    const { extensionId } = await askExtensionIn(sql, {
      businessKey: `complaint-answer:${complaintNo}:${level}`,
      furtherN: act.furtherN,
      reason: act.reason,
      by: act.by,
      onBehalfOf: act.onBehalfOf,
      requestId: act.requestId,
    });
    return { answer: { extensionId }, detail: { furtherN: act.furtherN }, reason: act.reason };
  });

/** One that waits for the decision of its group is with the handler of the group. */
async function withHandler(sql: PoolClient, complaint: ComplaintRow): Promise<ComplaintRow> {
  if (complaint.handler !== null || complaint.groupOf === null) return complaint;
  const { rows } = await sql.query<Pick<ComplaintRow, 'handler' | 'handlerRole'>>(
    'select handler, handler_role as "handlerRole" from complaints where complaint_no = $1',
    [complaint.groupOf],
  );
  return { ...complaint, ...(rows[0] ?? {}) };
}
