/**
 * Chains the audit (invariant 7). A seal covers the rows whose transactions its snapshot sees and the seal before it did
 * not, whichever of them got the smaller number: so no row is skipped, and no writer waits for the sealer or for another.
 */
import type { Pool, PoolClient } from 'pg';
import { whileAlone } from '../database/alone';

/** What a seal says of a row, in this order. The binary form is the same whatever a connection is set to. */
export const SEALED_COLUMNS = [
  ...['xact', 'seq', 'at', 'recorded_at', 'actor', 'on_behalf_of', 'role', 'action', 'outcome', 'object_type'],
  ...['object_id', 'reason', 'before', 'after', 'request_id', 'workflow_id', 'business_key'],
] as const;

/** Digest of the row of the audit that stands as `a`. Said here: a function of the database could be made to say anything. */
export const ROW_DIGEST = `sha256(record_send(row(${SEALED_COLUMNS.map((column) => `a.${column}`).join(', ')})))`;

/** So many first bytes of the digest of each row stand in its seal, to name a row that was changed; `rows_digest`, over whole digests, proves the rows. */
export const MARK_BYTES = 8;

/** Digest of the seal that stands as `s`, with the digest of the seal before it as `s.before` (empty bytes: the first). */
export const SEAL_DIGEST = `sha256(record_send(row(s.seal_no, s.seen, s.sealed_at, s.row_ranges, s.row_marks, s.rows_digest,
  s.rows_total, s.highest_seq, s.before)))`;

/** Seals what was committed since the last seal. One sealer at a time; another one that comes finds nothing to do. */
export const sealAudit = (pool: Pool): Promise<{ readonly sealed: number }> =>
  // Held before the snapshot is taken: it then sees every seal that was made.
  whileAlone(
    pool,
    'sealer of the audit',
    async (sql) => {
      try {
        await sql.query('begin isolation level repeatable read');
        const sealed = await sealCommitted(sql);
        await sql.query('commit');
        return { sealed };
      } catch (error) {
        await sql.query('rollback');
        throw error;
      }
    },
    () => ({ sealed: 0 }),
  );

/** What the seal before it saw is given as a constant, for the index of the transactions to be used. */
const SEAL = `
  with covered as materialized (
    select a.seq, ${ROW_DIGEST} as digest
    from public.audit a
    where a.xact >= pg_snapshot_xmin($1::pg_snapshot)::text::bigint and a.xact < pg_snapshot_xmax($2::pg_snapshot)::text::bigint
      and not pg_visible_in_snapshot(a.xact::text::xid8, $1::pg_snapshot)
      and pg_visible_in_snapshot(a.xact::text::xid8, $2::pg_snapshot)),
  held as (
    select range_agg(int8range(seq, seq, '[]')) as row_ranges,
           string_agg(substring(digest from 1 for ${MARK_BYTES}), ''::bytea order by seq) as row_marks,
           sha256(string_agg(digest, ''::bytea order by seq)) as rows_digest, count(*) as sealed, max(seq) as highest
    from covered),
  s as (
    select coalesce(l.seal_no, 0) + 1 as seal_no, $2::pg_snapshot as seen, now() as sealed_at, h.row_ranges, h.row_marks,
           h.rows_digest, coalesce(l.rows_total, 0) + h.sealed as rows_total,
           greatest(coalesce(l.highest_seq, 0), h.highest) as highest_seq, coalesce(l.digest, '') as before, h.sealed
    from held h left join (select * from public.audit_seals order by seal_no desc limit 1) l on true
    where h.sealed > 0),
  made as (
    insert into public.audit_seals (seal_no, seen, sealed_at, row_ranges, row_marks, rows_digest, rows_total, highest_seq, digest)
    select seal_no, seen, sealed_at, row_ranges, row_marks, rows_digest, rows_total, highest_seq, ${SEAL_DIGEST} from s)
  select sealed::int as sealed from s`;

async function sealCommitted(sql: PoolClient): Promise<number> {
  const { rows } = await sql.query<{ now: string; last: string }>(
    `select pg_current_snapshot()::text as now,
            coalesce((select seen::text from public.audit_seals order by seal_no desc limit 1), '1:1:') as last`,
  );
  const { rows: made } = await sql.query<{ sealed: number }>(SEAL, [rows[0]?.last, rows[0]?.now]);
  return made[0]?.sealed ?? 0;
}
