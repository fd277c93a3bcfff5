/** Corrections are reversals: every entry again with the other sign, in a batch that names what it reverses. */
import type { PoolClient } from 'pg';

/** Reverses every standing batch of these kinds on the day, newest first; answers how many. */
export async function reverseBatchesOf(
  sql: PoolClient,
  given: {
    readonly channel: string;
    readonly businessDate: string;
    readonly kinds: readonly string[];
    readonly cause: string;
  },
): Promise<number> {
  const { rows } = await sql.query<{ batch_id: bigint; batch_key: string; kind: string }>(
    `select batch_id, batch_key, kind from batches b
     where channel = $1 and business_date = $2 and kind = any($3) and reverses is null
       and not exists (select 1 from batches r where r.reverses = b.batch_id)
     order by batch_id desc`,
    [given.channel, given.businessDate, given.kinds],
  );
  for (const batch of rows) {
    const { rows: opened } = await sql.query<{ batch_id: bigint }>(
      `insert into batches (batch_key, channel, business_date, kind, content_sha256, reverses, cause)
       select $1, channel, business_date, kind, content_sha256, batch_id, $2 from batches where batch_id = $3 returning batch_id`,
      [`reverse:${batch.batch_key}`, given.cause, batch.batch_id],
    );
    await sql.query(
      `insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause, cause_file_id, cause_row_no)
       select business_date, $1, line_no, ledger, owner, asset, -amount, value_date, cause, cause_file_id, cause_row_no
       from entries where business_date = $2 and batch_id = $3`,
      [opened[0]?.batch_id, given.businessDate, batch.batch_id],
    );
  }
  return rows.length;
}
