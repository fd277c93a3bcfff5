/** Computes the chain over the audit again and finds the first place where audit and seals do not agree. */
import type { Pool, PoolClient } from 'pg';
import { coveredRows, NO_SEAL, sealDigest, type CoveredRow, type Seal } from './seal-audit';

export interface AuditFault {
  readonly what: 'changed' | 'removed' | 'inserted' | 'seal changed' | 'seal removed';
  /** Number of the audit row, or of the seal. */
  readonly number: bigint;
}

export interface AuditVerification {
  readonly seals: number;
  readonly rows: number;
  /** Committed rows that no seal covers yet. */
  readonly unsealed: number;
  /** Digest of the last seal: kept elsewhere it proves that nothing before it was made anew. */
  readonly digest: string;
  /** The first fault in the order of the chain. */
  readonly fault?: AuditFault;
}

interface SealRow {
  readonly seal_no: string;
  readonly seen: string;
  readonly seqs: readonly string[];
  readonly row_digests: readonly string[];
  readonly previous: string;
  readonly digest: string;
}

export async function verifyAudit(pool: Pool): Promise<AuditVerification> {
  const sql = await pool.connect();
  try {
    await sql.query('begin isolation level repeatable read, read only');
    return await verifyChain(sql);
  } finally {
    await sql.query('rollback');
    sql.release();
  }
}

async function verifyChain(sql: PoolClient): Promise<AuditVerification> {
  let [seals, rows, highest] = [0, 0, 0n];
  let last: Seal = NO_SEAL;
  for (;;) {
    const { rows: found } = await sql.query<SealRow>(
      `select seal_no::text, seen, seqs::text[], row_digests, previous, digest from audit_seals
       where audit_seals.seal_no > $1 order by audit_seals.seal_no limit 1`,
      [last.sealNo.toString()],
    );
    const [kept] = found;
    if (kept === undefined) break;
    const covered = await coveredRows(sql, last.seen, kept.seen);
    const fault = faultOf(last, kept, covered, highest);
    if (fault !== undefined) return { seals, rows, unsealed: 0, digest: last.digest, fault };
    highest = covered.reduce((most, { seq }) => (seq > most ? seq : most), highest);
    seals += 1;
    rows += covered.length;
    last = { sealNo: BigInt(kept.seal_no), seen: kept.seen, digest: kept.digest };
  }
  const tail = await sql.query<{ unsealed: number; from_nowhere: string | null }>(
    `select count(*)::int as unsealed,
            min(seq) filter (where xact >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint)::text as from_nowhere
     from audit where xact >= pg_snapshot_xmin($1::pg_snapshot)::text::bigint
       and not pg_visible_in_snapshot(xact::text::xid8, $1::pg_snapshot)`,
    [last.seen],
  );
  const { unsealed = 0, from_nowhere: nowhere = null } = tail.rows[0] ?? {};
  const told = { seals, rows, unsealed, digest: last.digest };
  // A transaction that has not begun yet has written nothing.
  return nowhere === null ? told : { ...told, fault: { what: 'inserted', number: BigInt(nowhere) } };
}

function faultOf(last: Seal, kept: SealRow, covered: readonly CoveredRow[], highest: bigint): AuditFault | undefined {
  const sealNo = BigInt(kept.seal_no);
  if (sealNo !== last.sealNo + 1n) return { what: 'seal removed', number: last.sealNo + 1n };
  const sealed = kept.seqs.map((seq, place) => ({ seq: BigInt(seq), digest: kept.row_digests[place] ?? '' }));
  if (kept.previous !== last.digest || kept.digest !== sealDigest(last.digest, { sealNo, seen: kept.seen }, sealed)) {
    return { what: 'seal changed', number: sealNo };
  }
  const sealedDigests = new Map(sealed.map(({ seq, digest }) => [seq, digest]));
  const coveredNumbers = new Set(covered.map(({ seq }) => seq));
  // A transaction that began after the last seal was made gets numbers above all that stood in it.
  const beginsAt = BigInt(last.seen.split(':')[1] ?? '0');
  const faults: AuditFault[] = [
    ...sealed
      .filter(({ seq }) => !coveredNumbers.has(seq))
      .map(({ seq }) => ({ what: 'removed', number: seq }) as const),
    ...covered.flatMap(({ seq, xact, digest }): AuditFault[] => {
      const known = sealedDigests.get(seq);
      if (known === undefined || (xact >= beginsAt && seq < highest)) return [{ what: 'inserted', number: seq }];
      return known === digest ? [] : [{ what: 'changed', number: seq }];
    }),
  ];
  return faults.sort((a, b) => (a.number < b.number ? -1 : 1))[0];
}
