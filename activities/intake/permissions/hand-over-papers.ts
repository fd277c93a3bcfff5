/** The papers of a request, once their scans were reviewed, go to their custodian against one receipt (A2 §14). */
import type { Pool } from 'pg';
import { BusinessError } from '../../../domain/errors';
import { handOverPaper } from '../../archive/review-scan';
import { actOnRequest, isEnded, type Act } from '../../permissions/act-on-request';
import { NEWEST_PAPERS } from '../../permissions/papers-shown';
import { requireAtCounter } from './file-paper';

export interface PaperReceipt extends Act {
  readonly custodian: string;
  readonly receiptNo: string;
  readonly receivedBy: string;
}

/**
 * All papers that count, or none. Each gets a number of its own under the receipt, by its number in the file of the client: papers of
 * two kinds may bear one number.
 * @throws BusinessError NOT_FOUND, NOT_AT_THE_COUNTER, PAPER_NOT_FILED, SCAN_NOT_LEGIBLE, SAME_PERSON, PAPER_HANDED_OVER_ALREADY
 */
export const handOverPapers = (pool: Pool, receipt: PaperReceipt): Promise<{ readonly papers: number }> =>
  actOnRequest(pool, receipt, 'hand over papers', async (sql, request) => {
    requireAtCounter(request);
    const { step, state, today } = request;
    const { rows } = await sql.query<{ entry_id: string; entry_no: number }>(
      `select e.entry_id::text, e.entry_no from ${NEWEST_PAPERS} e left join paper_handovers h using (entry_id)
        where e.paper_no is not null and h.entry_id is null order by e.entry_id`,
      [request.workflowId],
    );
    if (rows.length === 0) throw new BusinessError('PAPER_NOT_FILED', { request: receipt.requestNo });
    for (const { entry_id, entry_no } of rows) {
      await handOverPaper(sql, {
        entryId: entry_id,
        custodian: receipt.custodian,
        receiptNo: `${receipt.receiptNo}/${entry_no}`,
        handedOverBy: receipt.by,
        receivedBy: receipt.receivedBy,
        handedOverOn: today,
        ...(receipt.role === undefined ? {} : { role: receipt.role }),
        ...(receipt.requestId === undefined ? {} : { requestId: receipt.requestId }),
      });
    }
    const papers = rows.length;
    return {
      answer: { papers },
      detail: { papers, custodian: receipt.custodian, receiptNo: receipt.receiptNo },
      // A request that has ended without its process keeps its papers all the same.
      ...(isEnded(state) ? {} : { next: { step } }),
    };
  });
