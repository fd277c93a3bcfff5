/**
 * Paper that was scanned: a second person looks whether the scan can be read, then the paper goes to its custodian, branch or
 * region, against a receipt (A2 §14).
 */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import { recordAudit } from '../audit/record-audit';

interface ByPerson {
  readonly role?: string;
  readonly requestId?: string;
}

export interface ScanReview extends ByPerson {
  readonly entryId: string;
  readonly outcome: 'legible' | 'scan again';
  readonly reason: string;
  readonly reviewedBy: string;
}

/**
 * Records the review, once, in the transaction of its reason.
 * @throws BusinessError NOT_FOUND, NOT_A_SCAN, SAME_PERSON, SCAN_REVIEWED_ALREADY
 */
export async function reviewScan(sql: PoolClient, review: ScanReview): Promise<void> {
  const { entryId, outcome, reason, reviewedBy } = review;
  const entry = await lockScan(sql, entryId);
  if (entry.filed_by === reviewedBy) throw new BusinessError('SAME_PERSON');
  if (entry.reviewed_by === reviewedBy && entry.outcome === outcome) return;
  if (entry.reviewed_by !== null) throw new BusinessError('SCAN_REVIEWED_ALREADY', { entry: entryId });
  await sql.query(
    `insert into archive_reviews (entry_id, filed_by, reviewed_by, outcome, reason) values ($1, $2, $3, $4, $5)`,
    [entryId, entry.filed_by, reviewedBy, outcome, reason],
  );
  await recordAudit(sql, {
    actor: reviewedBy,
    role: review.role,
    action: 'review scan',
    outcome: 'done',
    objectType: 'archive',
    objectId: entry.client_no,
    reason,
    after: { entryId, outcome },
    requestId: review.requestId,
  });
}

export interface PaperHandOver extends ByPerson {
  readonly entryId: string;
  /** Branch or region that keeps the paper. */
  readonly custodian: string;
  readonly receiptNo: string;
  readonly handedOverBy: string;
  readonly receivedBy: string;
  readonly handedOverOn: string;
}

/**
 * Records the hand-over, once, in the transaction of its receipt.
 * @throws BusinessError NOT_FOUND, NOT_A_SCAN, SCAN_NOT_LEGIBLE, SAME_PERSON, PAPER_HANDED_OVER_ALREADY
 */
export async function handOverPaper(sql: PoolClient, handOver: PaperHandOver): Promise<void> {
  const { entryId, custodian, receiptNo, handedOverBy, receivedBy, handedOverOn } = handOver;
  const entry = await lockScan(sql, entryId);
  if (entry.receipt_no === receiptNo) return;
  if (entry.receipt_no !== null) throw new BusinessError('PAPER_HANDED_OVER_ALREADY', { receipt: entry.receipt_no });
  if (entry.outcome !== 'legible') throw new BusinessError('SCAN_NOT_LEGIBLE', { entry: entryId });
  if (handedOverBy === receivedBy) throw new BusinessError('SAME_PERSON');
  await sql.query(
    `insert into paper_handovers (entry_id, custodian, receipt_no, handed_over_by, received_by, handed_over_on)
     values ($1, $2, $3, $4, $5, $6)`,
    [entryId, custodian, receiptNo, handedOverBy, receivedBy, handedOverOn],
  );
  await recordAudit(sql, {
    actor: handedOverBy,
    role: handOver.role,
    action: 'hand over paper',
    outcome: 'done',
    objectType: 'archive',
    objectId: entry.client_no,
    after: { entryId, custodian, receiptNo, receivedBy },
    requestId: handOver.requestId,
  });
}

interface Scan {
  readonly client_no: string;
  readonly filed_by: string;
  readonly reviewed_by: string | null;
  readonly outcome: string | null;
  readonly receipt_no: string | null;
}

/** Two people at once come one after the other. An entry cannot be locked for itself: nobody may change one. */
async function lockScan(sql: PoolClient, entryId: string): Promise<Scan> {
  await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`archive entry:${entryId}`]);
  const { rows } = await sql.query<Scan & { paper_no: string | null }>(
    `select e.client_no, e.paper_no, e.filed_by, r.reviewed_by, r.outcome, h.receipt_no
     from archive_entries e left join archive_reviews r using (entry_id) left join paper_handovers h using (entry_id)
     where e.entry_id = $1`,
    [entryId],
  );
  const [entry] = rows;
  if (entry === undefined) throw new BusinessError('NOT_FOUND', { what: '档案条目 archive entry', key: entryId });
  if (entry.paper_no === null) throw new BusinessError('NOT_A_SCAN', { entry: entryId });
  return entry;
}
