/**
 * Writes the last seal to the anchors outside of the database: a minute after the anchor before where the chain has grown,
 * at once where a settlement day was closed. What is due stands in the database, so that it is due also after a crash.
 */
import type { Pool, PoolClient } from 'pg';
import type { AnchorStore } from '../../adapters/anchors/anchors-port';
import { queueNotice } from '../outbox/queue-notice';

/** Without an anchor for so long, people are told. */
const MINUTES_WITHOUT_ANCHOR = 5;

interface LastSeal {
  readonly seal_no: bigint;
  readonly digest: string;
  readonly rows_total: bigint;
  readonly highest_seq: bigint;
  readonly sealed_at: string;
  /** Seal of the newest anchor; 0 before the first. */
  readonly anchored: bigint;
  readonly minute_over: boolean;
  readonly closed_days: readonly string[];
  /** Seals have waited for an anchor for longer than they should. */
  readonly overdue: boolean;
}

/**
 * One writer at a time; another one that comes finds nothing to do.
 * @throws whatever the store throws, after people were told where it is time to tell them
 */
export async function anchorAudit(pool: Pool, anchors: AnchorStore): Promise<{ readonly anchored: boolean }> {
  const sql = await pool.connect();
  let broken: Error | undefined;
  try {
    await sql.query('begin');
    const { rows } = await sql.query<{ locked: boolean }>(
      `select pg_try_advisory_xact_lock(hashtextextended('anchors of the audit', 0)) as locked`,
    );
    const last = rows[0]?.locked === true ? await unanchoredSeal(sql) : undefined;
    if (last === undefined || !(last.minute_over || last.closed_days.length > 0)) return { anchored: false };
    await anchors.append(anchorOf(last)).catch(async (error: unknown) => {
      if (last.overdue || last.closed_days.length > 0) await tellOfMissingAnchors(sql, last.anchored);
      await sql.query('commit');
      throw error;
    });
    await sql.query(`insert into audit_anchors (seal_no, digest) values ($1, decode($2, 'hex'))`, [
      last.seal_no,
      last.digest,
    ]);
    await sql.query('commit');
    return { anchored: true };
  } finally {
    await sql.query('rollback').catch((failure: Error) => {
      broken = failure;
    });
    sql.release(broken);
  }
}

const anchorOf = (last: LastSeal) => ({
  sealNo: last.seal_no,
  digest: last.digest,
  rows: last.rows_total,
  highestSeq: last.highest_seq,
  sealedAt: last.sealed_at,
  closedDays: last.closed_days,
});

/** The last seal, unless it is that of the newest anchor. */
async function unanchoredSeal(sql: PoolClient): Promise<LastSeal | undefined> {
  const { rows } = await sql.query<LastSeal>(
    `with newest as (
       select n.* from (values (1)) as one left join (select * from audit_anchors order by anchor_no desc limit 1) n on true),
     last as (select * from audit_seals order by seal_no desc limit 1)
     select l.seal_no, encode(l.digest, 'hex') as digest, l.rows_total, l.highest_seq, l.sealed_at,
            coalesce(n.seal_no, 0) as anchored,
            coalesce(n.anchored_at <= clock_timestamp() - interval '1 minute', true) as minute_over,
            coalesce((select min(s.sealed_at) from audit_seals s where s.seal_no > coalesce(n.seal_no, 0))
                       <= clock_timestamp() - make_interval(mins => ${MINUTES_WITHOUT_ANCHOR}), false) as overdue,
            array(select a.object_id from audit a, (select coalesce((select seen from audit_seals where seal_no = n.seal_no), '1:1:') as seen) b
                  where a.action = 'close settlement day' and a.outcome = 'done'
                    and a.xact >= pg_snapshot_xmin(b.seen)::text::bigint and not pg_visible_in_snapshot(a.xact::text::xid8, b.seen)
                    and pg_visible_in_snapshot(a.xact::text::xid8, l.seen) order by a.seq) as closed_days
     from last l, newest n where l.digest is distinct from n.digest`,
  );
  return rows[0];
}

/** Told once for an outage: the next one has another newest anchor. */
async function tellOfMissingAnchors(sql: PoolClient, anchored: bigint): Promise<void> {
  for (const recipientRole of ['admin', 'audit'] as const) {
    await queueNotice(sql, {
      key: `anchors-missing:${anchored}:${recipientRole}`,
      severity: 'critical',
      recipientRole,
      template: 'ANCHORS_MISSING',
      facts: { seal: String(anchored) },
    });
  }
}
