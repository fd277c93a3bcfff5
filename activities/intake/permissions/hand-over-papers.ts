/** The papers of a request, once their scans were reviewed, go to their custodian against one receipt (A2 §14). */
import type { Pool } from 'pg';
import { BusinessError } from '../../../domain/errors';
import { handOverPaper } from '../../archive/review-scan';
import { inTransaction } from '../../database/transaction';
import { actOnRequest, isEnded, type Act } from '../../permissions/act-on-request';
import { lockRequest } from '../../permissions/request-row';
import { requireAtCounter } from './file-paper';

export interface PaperReceipt extends Act {
  readonly custodian: string;
  readonly receiptNo: string;
  readonly receivedBy: string;
}

/**
 * Each paper gets a number of its own under the receipt.
 * @throws BusinessError NOT_FOUND, NOT_AT_THE_COUNTER, PAPER_NOT_FILED, SCAN_NOT_LEGIBLE, SAME_PERSON
 */
export async function handOverPapers(pool: Pool, receipt: PaperReceipt): Promise<{ readonly papers: number }> {
  const { today, entries } = await inTransaction(pool, async (sql) => {
    const request = await lockRequest(sql, receipt.requestNo);
    requireAtCounter(request);
    const { rows } = await sql.query<{ entry_id: string; paper_no: string }>(
      `select distinct on (e.kind) e.entry_id::text, e.paper_no from archive_entries e left join paper_handovers h using (entry_id)
        where e.workflow_id = $1 and e.paper_no is not null and (h.entry_id is null or h.receipt_no like $2 || '/%')
        order by e.kind, e.entry_id desc`,
      [request.workflowId, receipt.receiptNo],
    );
    if (rows.length === 0) throw new BusinessError('PAPER_NOT_FILED', { request: receipt.requestNo });
    return { today: request.today, entries: rows };
  });
  for (const { entry_id, paper_no } of entries) {
    await handOverPaper(pool, {
      entryId: entry_id,
      custodian: receipt.custodian,
      receiptNo: `${receipt.receiptNo}/${paper_no}`,
      handedOverBy: receipt.by,
      receivedBy: receipt.receivedBy,
      handedOverOn: today,
      ...(receipt.role === undefined ? {} : { role: receipt.role }),
      ...(receipt.requestId === undefined ? {} : { requestId: receipt.requestId }),
    });
  }
  const papers = entries.length;
  return actOnRequest(pool, receipt, 'hand over papers', (_, { step, state }) =>
    Promise.resolve({
      answer: { papers },
      detail: { papers, custodian: receipt.custodian, receiptNo: receipt.receiptNo },
      // A request that has ended without its process keeps its papers all the same.
      ...(isEnded(state) ? {} : { next: { step } }),
    }),
  );
}
