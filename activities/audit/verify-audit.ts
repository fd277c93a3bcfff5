/**
 * Computes the chain over the audit again, and finds where rows, seals and anchors do not agree: in sets, several at a
 * time, all in one snapshot, so that a million rows take seconds and writers go on.
 */
import type { ClientBase, Pool } from 'pg';
import { withoutTrace } from '../../prisma/pool';
import type { Anchor } from '../../adapters/anchors/anchors-port';
import { MARK_BYTES, ROW_DIGEST, SEAL_DIGEST } from './seal-audit';

export interface AuditFault {
  /** 'changed within': the rows of the seal are not what was sealed, and each bears its mark. */
  readonly what: 'seal removed' | 'seal changed' | 'changed within' | 'changed' | 'removed' | 'inserted' | 'cut off';
  /** Number of the audit row; of the seal where the fault is one of a seal or within it, and where an anchor knows another one. */
  readonly number: bigint;
}

export interface AuditVerification {
  readonly seals: number;
  readonly rows: number;
  /** Committed rows that no seal covers yet. */
  readonly unsealed: number;
  /** Digest of the last seal, hexadecimal. */
  readonly digest: string;
  /** The first faults, those of seals before those of rows before those that only anchors show. */
  readonly faults: readonly AuditFault[];
}

/** Connections that verify at the same time. */
const LANES = 4;
/** Rows of one piece of work. */
const PIECE_ROWS = 50_000;
/** How many faults of a kind are told: whoever removes everything is not listed row by row. */
const TOLD = 20;
/** Digest of the seal of the older form that stands as `s`: it lists its rows with their whole digests, and repeats the digest of the seal before. */
export const LISTED_SEAL_DIGEST = `sha256(record_send(row(s.seal_no, s.seen, s.sealed_at, s.seqs, s.row_digests, s.rows_total,
  s.highest_seq, s.previous)))`;

/** Whether the seal that stands as `s` has a mark for each row, no more: so that whoever widens a range gives the database no endless work. */
const IS_MARKED = `length(s.row_marks) = ${MARK_BYTES} *
  (select sum(upper(numbers)::numeric - lower(numbers)) from unnest(s.row_ranges) as numbers)`;

/** Rows of the seal that stands as `s`, from whichever form: number, and as much of the digest as the seal has of it. */
export const SEALED_ROWS = `lateral (
  select seq, mark from unnest(s.seqs, s.row_digests) as listed (seq, mark)
  union all
  select seq, substring(s.row_marks from (${MARK_BYTES} * (row_number() over (order by seq) - 1) + 1)::int for ${MARK_BYTES})
  from unnest(s.row_ranges) as numbers, generate_series(lower(numbers), upper(numbers) - 1) as seq
  where ${IS_MARKED}) as sealed_rows`;

const SNAPSHOT = 'begin isolation level repeatable read, read only';

interface Piece {
  readonly first: bigint;
  readonly last: bigint;
}

/** @param anchors from outside of the database, the newest or all; without them a tail that was cut off is not seen */
export async function verifyAudit(pool: Pool, anchors: readonly Anchor[] = []): Promise<AuditVerification> {
  return withoutTrace(pool, SNAPSHOT, async (sql) => {
    const { rows } = await sql.query<{ snapshot: string }>('select pg_export_snapshot() as snapshot');
    const snapshot = rows[0]?.snapshot ?? '';
    return await verifyWithin(sql, anchors, async (pieces) => {
      // Each lane takes the next piece that nobody has.
      const waiting = pieces.values();
      const lanes = Array.from({ length: Math.min(LANES, pieces.length) }, () => lane(pool, snapshot, waiting));
      return (await Promise.all(lanes)).flat();
    });
  });
}

/**
 * Verifies what one transaction sees.
 * @param judge judges the pieces; one after the other in the same transaction unless told
 */
export async function verifyWithin(
  sql: ClientBase,
  anchors: readonly Anchor[],
  judge = (pieces: readonly Piece[]) => judgePieces(sql, pieces),
): Promise<AuditVerification> {
  const { links, pieces, ...told } = await readChain(sql);
  const inside = await judge(pieces);
  const { unsealed, inserted } = await uncoveredRows(sql);
  const cut = await cutOff(sql, anchors);
  return { ...told, unsealed, faults: [...links, ...inOrder([...inside, ...inserted]), ...cut] };
}

/** Seals before rows, each by number. */
function inOrder(faults: readonly AuditFault[]): readonly AuditFault[] {
  const rank = ({ what }: AuditFault) => (what === 'seal changed' || what === 'changed within' ? 0 : 1);
  return [...faults].sort((a, b) => rank(a) - rank(b) || (a.number < b.number ? -1 : 1));
}

/** How the seals follow one another, and the pieces in which they are judged. */
async function readChain(sql: ClientBase) {
  const { rows: links } = await sql.query<AuditFault>(
    `select case when seal_no <> before_no + 1 then 'seal removed' else 'seal changed' end as what,
            case when seal_no <> before_no + 1 then before_no + 1 else seal_no end as number
     from (select seal_no, previous, rows_total, lag(seal_no, 1, 0::bigint) over w as before_no,
                  lag(digest, 1, ''::bytea) over w as before_digest, lag(rows_total, 1, 0::bigint) over w as before_total
           from public.audit_seals window w as (order by seal_no)) s
     where seal_no <> before_no + 1 or previous <> before_digest or rows_total <= before_total order by seal_no limit ${TOLD}`,
  );
  const { rows: pieces } = await sql.query<Piece>(
    `select min(seal_no) as first, max(seal_no) as last from public.audit_seals
     group by rows_total / ${PIECE_ROWS} order by 1`,
  );
  const { rows } = await sql.query<{ seals: number; rows: number; digest: string }>(
    `select count(*)::int as seals, coalesce(max(rows_total), 0)::int as rows,
            coalesce((select encode(digest, 'hex') from public.audit_seals order by seal_no desc limit 1), '') as digest
     from public.audit_seals`,
  );
  return { ...(rows[0] ?? { seals: 0, rows: 0, digest: '' }), links, pieces };
}

async function lane(pool: Pool, snapshot: string, pieces: Iterable<Piece>): Promise<readonly AuditFault[]> {
  return withoutTrace(pool, SNAPSHOT, async (sql) => {
    await sql.query(`set transaction snapshot '${snapshot}'`);
    await sql.query(`set local work_mem = '64MB'; set local jit = off`);
    return judgePieces(sql, pieces);
  });
}

async function judgePieces(sql: ClientBase, pieces: Iterable<Piece>): Promise<readonly AuditFault[]> {
  const faults: AuditFault[] = [];
  for (const { first, last } of pieces) {
    const { rows } = await sql.query<AuditFault>(JUDGE, [first, last]);
    faults.push(...rows);
  }
  return faults;
}

/** Digest of the seal that stands as `s`, by its form; null where it is of neither. */
const PROVEN_DIGEST = `
  case when num_nonnulls(s.row_ranges, s.row_marks, s.rows_digest) = 0 then ${LISTED_SEAL_DIGEST}
       when num_nonnulls(s.seqs, s.row_digests, s.previous) = 0 and ${IS_MARKED} then ${SEAL_DIGEST} end`;

/**
 * Seals $1 to $2 and the rows they hold. A transaction that began after a seal was made has numbers above all that stood in it, and times
 * after it: a row that has not was put in later. What a snapshot calls not yet begun may have been at work already, and has only a
 * greater number than any that had ended; but it began after the seal before that snapshot, which had ended. So the seal two before
 * is the one to compare with. The minute is for a clock that is set.
 */
const JUDGE = `
  with seals as (
    select s.*, lag(digest, 1, ''::bytea) over w as before, lag(highest_seq, 2, 0::bigint) over w as highest_before,
           lag(sealed_at, 2) over w as sealed_before, lag(pg_snapshot_xmax(seen)::text::bigint, 1, 0::bigint) over w as begins_at
    from public.audit_seals s where seal_no between $1::bigint - 2 and $2 window w as (order by seal_no)),
  judged as materialized (
    select s.seal_no, s.seqs, s.row_digests, s.row_ranges, s.row_marks || ''::bytea as row_marks, s.rows_digest,
           s.highest_before, s.sealed_before, s.begins_at, s.sealed_at, ${PROVEN_DIGEST} is distinct from s.digest as changed
    from seals s where seal_no >= $1),
  sealed as materialized (
    select s.seal_no, seq, mark, s.highest_before, s.sealed_before, s.begins_at, s.sealed_at
    from judged s, ${SEALED_ROWS} where not s.changed),
  kept as (
    select a.seq, a.xact, a.recorded_at, ${ROW_DIGEST} as digest from public.audit a
    where a.seq between (select min(seq) from sealed) and (select max(seq) from sealed)),
  compared as materialized (
    select s.seal_no, seq, k.digest,
           case when k.digest is null then 'removed'
                when substring(k.digest from 1 for length(s.mark)) is distinct from s.mark then 'changed'
                when k.recorded_at > s.sealed_at + interval '1 minute'
                  or k.xact >= s.begins_at and (k.seq < s.highest_before or k.recorded_at < s.sealed_before - interval '1 minute')
                  then 'inserted' end as what
    from sealed s left join kept k using (seq))
  (select 'seal changed' as what, seal_no as number from judged where changed order by 2 limit ${TOLD})
  union all
  (select what, seq from compared where what is not null order by 2 limit ${TOLD})
  union all
  (select 'changed within', seal_no from compared join judged using (seal_no) where rows_digest is not null
   group by seal_no, rows_digest
   having sha256(string_agg(digest, ''::bytea order by seq)) <> rows_digest
      and count(*) filter (where what in ('removed', 'changed')) = 0 order by 2 limit ${TOLD})`;

/** Rows outside of the seals: those that wait for the next one, and those that the last one should have held. */
async function uncoveredRows(sql: ClientBase): Promise<{ unsealed: number; inserted: readonly AuditFault[] }> {
  const { rows } = await sql.query<{ unsealed: number; covered: boolean }>(
    `with last as materialized (
       select coalesce((select seen from public.audit_seals order by seal_no desc limit 1), '1:1:') as seen,
              coalesce((select max(rows_total) from public.audit_seals), 0) as rows_total),
     counted as (
       select count(*) as rows, count(*) filter (
         where xact >= (select pg_snapshot_xmin(seen)::text::bigint from last)
           and not pg_visible_in_snapshot(xact::text::xid8, (select seen from last))) as unsealed
       from public.audit)
     select unsealed::int as unsealed, rows - unsealed = (select rows_total from last) as covered from counted`,
  );
  const [{ unsealed, covered } = { unsealed: 0, covered: false }] = rows;
  // A transaction that has not begun yet has written nothing. The rows are compared one by one only where the numbers differ.
  const { rows: inserted } = await sql.query<AuditFault>(
    `select 'inserted' as what, seq as number from public.audit a
     where xact >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
     union
     -- As a difference of two lists, whose cost grows as they do: how many rows a seal has is no estimate of the planner.
     (select 'inserted', seq from public.audit a
       where $1 and pg_visible_in_snapshot(xact::text::xid8,
                      coalesce((select seen from public.audit_seals order by seal_no desc limit 1), '1:1:'))
      except
      select 'inserted', seq from public.audit_seals s, ${SEALED_ROWS} where $1)
     order by 2 limit ${TOLD}`,
    [!covered],
  );
  return { unsealed, inserted };
}

/** The first anchor whose seal is no longer there, or is another one: what follows it was made anew or cut off. */
async function cutOff(sql: ClientBase, anchors: readonly Anchor[]): Promise<readonly AuditFault[]> {
  const { rows } = await sql.query<AuditFault>(
    `select 'cut off' as what, a.seal_no as number
     from unnest($1::bigint[], $2::text[]) as a (seal_no, digest) left join public.audit_seals s using (seal_no)
     where encode(s.digest, 'hex') is distinct from a.digest order by a.seal_no limit 1`,
    [anchors.map(({ sealNo }) => sealNo.toString()), anchors.map(({ digest }) => digest)],
  );
  return rows;
}
