/**
 * Chains the audit (invariant 7). A seal covers the rows whose transactions its snapshot sees and the seal before it did
 * not, whichever of them got the smaller number: so no row is skipped, and no writer waits for the sealer or for another.
 */
import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';

/** What stands before the first seal. */
export const NO_SEAL = { sealNo: 0n, seen: '1:1:', digest: '' } as const;

export interface Seal {
  readonly sealNo: bigint;
  /** Snapshot of PostgreSQL: which transactions were through. */
  readonly seen: string;
  readonly digest: string;
}

export interface CoveredRow {
  readonly seq: bigint;
  readonly xact: bigint;
  readonly digest: string;
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** Rows that one snapshot sees and an earlier one did not, in the order of their numbers; $1 the earlier, $2 the later. */
const COVERED = `
  select a.seq::text, a.xact::text,
         jsonb_build_array(a.xact::text, a.seq::text, extract(epoch from a.at)::text, extract(epoch from a.recorded_at)::text, a.actor,
           a.on_behalf_of, a.role, a.action, a.outcome, a.object_type, a.object_id, a.reason, a.before, a.after, a.request_id)::text as canonical
  from audit a
  where a.xact >= pg_snapshot_xmin($1::pg_snapshot)::text::bigint and a.xact < pg_snapshot_xmax($2::pg_snapshot)::text::bigint
    and not pg_visible_in_snapshot(a.xact::text::xid8, $1::pg_snapshot) and pg_visible_in_snapshot(a.xact::text::xid8, $2::pg_snapshot)
  order by a.seq`;

export async function coveredRows(sql: PoolClient, from: string, to: string): Promise<readonly CoveredRow[]> {
  const { rows } = await sql.query<{ seq: string; xact: string; canonical: string }>(COVERED, [from, to]);
  return rows.map(({ seq, xact, canonical }) => ({ seq: BigInt(seq), xact: BigInt(xact), digest: sha256(canonical) }));
}

/** Digest of a seal, over the one before it. */
export const sealDigest = (
  previous: string,
  { sealNo, seen }: Pick<Seal, 'sealNo' | 'seen'>,
  rows: readonly Pick<CoveredRow, 'seq' | 'digest'>[],
): string => sha256([previous, sealNo, seen, ...rows.map(({ seq, digest }) => `${seq} ${digest}`)].join('\n'));

/** Seals what was committed since the last seal. One sealer at a time; another one that comes finds nothing to do. */
export async function sealAudit(pool: Pool): Promise<{ readonly sealed: number }> {
  const sql = await pool.connect();
  let broken: Error | undefined;
  try {
    // Held before the snapshot is taken: it then sees every seal that was made.
    const { rows } = await sql.query<{ locked: boolean }>(
      `select pg_try_advisory_lock(hashtextextended('sealer of the audit', 0)) as locked`,
    );
    if (rows[0]?.locked !== true) return { sealed: 0 };
    try {
      await sql.query('begin isolation level repeatable read');
      const sealed = await sealCommitted(sql);
      await sql.query('commit');
      return { sealed };
    } catch (error) {
      await sql.query('rollback');
      throw error;
    } finally {
      await sql.query(`select pg_advisory_unlock(hashtextextended('sealer of the audit', 0))`);
    }
  } catch (error) {
    // A connection in an unknown state would keep the lock for as long as it lives.
    broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    sql.release(broken);
  }
}

async function sealCommitted(sql: PoolClient): Promise<number> {
  const { rows } = await sql.query<{ seen: string; seal_no: string | null; last_seen: string; digest: string }>(
    `select pg_current_snapshot()::text as seen, s.seal_no::text, s.seen as last_seen, s.digest
     from (values (1)) as one left join (select * from audit_seals order by seal_no desc limit 1) s on true`,
  );
  const [now] = rows;
  if (now === undefined) return 0;
  const last: Seal =
    now.seal_no === null ? NO_SEAL : { sealNo: BigInt(now.seal_no), seen: now.last_seen, digest: now.digest };
  const covered = await coveredRows(sql, last.seen, now.seen);
  if (covered.length === 0) return 0;
  const seal = { sealNo: last.sealNo + 1n, seen: now.seen };
  await sql.query(
    `insert into audit_seals (seal_no, seen, seqs, row_digests, previous, digest) values ($1, $2, $3, $4, $5, $6)`,
    [
      seal.sealNo,
      seal.seen,
      covered.map(({ seq }) => seq.toString()),
      covered.map(({ digest }) => digest),
      last.digest,
      sealDigest(last.digest, seal, covered),
    ],
  );
  return covered.length;
}
