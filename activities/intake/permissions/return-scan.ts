/** A second person cannot read a scan: it is named before the documents are sent back, and nothing goes on until it was scanned again (A2 §14). */
import type { Pool } from 'pg';
import { BusinessError } from '../../../domain/errors';
import { reviewScan } from '../../archive/review-scan';
import { actOnRequest, requireStep, type Act } from '../../permissions/act-on-request';
import { NEWEST_PAPERS } from '../../permissions/papers-shown';
import { requireAtCounter } from './file-paper';

export interface ReturnedScan extends Act {
  /** Running number in the file of the client, as the documents that are looked at show it. */
  readonly entryNo: number;
  readonly reason: string;
}

/**
 * While the documents are looked at, and of those that count only.
 * @throws BusinessError NOT_FOUND, NOT_AT_THE_COUNTER, REQUEST_ENDED, REQUEST_LAPSED, PERMISSION_BEING_OPENED, PERMISSION_BEING_CLOSED,
 *   STEP_NOT_OPEN, NOT_A_SCAN, SAME_PERSON, SCAN_REVIEWED_ALREADY
 */
export const returnScan = (pool: Pool, scan: ReturnedScan): Promise<{ readonly kind: string }> =>
  actOnRequest(pool, scan, 'return scan', async (sql, request) => {
    requireAtCounter(request);
    requireStep(request, 'review');
    const { rows } = await sql.query<{ entry_id: string; kind: string }>(
      `select e.entry_id::text, e.kind from ${NEWEST_PAPERS} e where e.entry_no = $2`,
      [request.workflowId, scan.entryNo],
    );
    const [entry] = rows;
    if (entry === undefined)
      throw new BusinessError('NOT_FOUND', { what: '档案条目 archive entry', key: String(scan.entryNo) });
    await reviewScan(sql, {
      entryId: entry.entry_id,
      outcome: 'scan again',
      reason: scan.reason,
      reviewedBy: scan.by,
      ...(scan.role === undefined ? {} : { role: scan.role }),
      ...(scan.requestId === undefined ? {} : { requestId: scan.requestId }),
    });
    return { answer: { kind: entry.kind }, detail: { kind: entry.kind, entryNo: scan.entryNo, reason: scan.reason } };
  });
