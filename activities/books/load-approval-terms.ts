/** Who checks what, and which terms people may change: reviewed rows become the book's. Safe to repeat: what is there stays. */
import type { PoolClient } from 'pg';
import type { ReferenceRows } from '../../prisma/reference';

export async function loadApprovalTerms(
  sql: PoolClient,
  { approvalTerms, changeableTerms }: ReferenceRows,
): Promise<void> {
  for (const row of approvalTerms) {
    await sql.query(
      `insert into approval_terms (kind, risk, from_fen, checker, role, mark, valid_from, valid_to, source)
       values ($1, $2, ($3::numeric * 100)::bigint, $4, $5, $6, $7, $8, $9) on conflict (kind, risk, from_fen, checker, valid_from) do nothing`,
      [row.kind, row.risk, row.fromCny, row.checker, row.role, row.mark, row.validFrom, row.validTo, row.source],
    );
  }
  for (const row of changeableTerms) {
    await sql.query(
      `insert into changeable_terms (kind, code, asked_by, risk, process_type, read_by_zh, read_by_en, valid_from, valid_to, source)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (kind, code, valid_from) do nothing`,
      [
        row.kind,
        row.code,
        row.askedBy,
        row.risk,
        row.process,
        row.readByZh,
        row.readByEn,
        row.validFrom,
        row.validTo,
        row.source,
      ],
    );
  }
}
