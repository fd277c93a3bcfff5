/** Corrections are reversals: every entry again with the other sign, in a batch that names what it reverses. */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';

interface Standing {
  readonly batch_id: bigint;
  readonly batch_key: string;
  readonly business_date: BusinessDate;
}

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
  const { rows } = await sql.query<Standing>(
    `select batch_id, batch_key, business_date from batches b
     where channel = $1 and business_date = $2 and kind = any($3) and reverses is null
       and not exists (select 1 from batches r where r.reverses = b.batch_id)
     order by batch_id desc`,
    [given.channel, given.businessDate, given.kinds],
  );
  for (const batch of rows) await reverse(sql, batch, batch.business_date, given.cause);
  return rows.length;
}

/** Reverses what stands under a key, on the day that finds it wrong: the day of the batch may be closed. */
export async function reverseStanding(
  sql: PoolClient,
  given: { readonly key: string; readonly on: BusinessDate; readonly cause: string },
): Promise<void> {
  const { rows } = await sql.query<Standing>(
    `select batch_id, batch_key, business_date from batches b
     where (batch_key = $1 or starts_with(batch_key, $1 || '#')) and not exists (select 1 from batches r where r.reverses = b.batch_id)`,
    [given.key],
  );
  for (const batch of rows) await reverse(sql, batch, given.on, given.cause);
}

async function reverse(sql: PoolClient, batch: Standing, on: BusinessDate, cause: string): Promise<void> {
  const { rows: opened } = await sql.query<{ batch_id: bigint }>(
    `insert into batches (batch_key, channel, business_date, kind, content_sha256, reverses, cause)
     select $1, channel, $4, kind, content_sha256, batch_id, $2 from batches where batch_id = $3 returning batch_id`,
    [`reverse:${batch.batch_key}`, cause, batch.batch_id, on],
  );
  await recordAudit(sql, {
    actor: SYSTEM_ACTOR,
    action: 'reverse batch',
    outcome: 'done',
    objectType: 'batch',
    objectId: batch.batch_key,
    reason: cause,
  });
  await sql.query(
    `insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause, cause_file_id, cause_row_no)
     select $4, $1, line_no, ledger, owner, asset, -amount, value_date, cause, cause_file_id, cause_row_no
     from entries where business_date = $2 and batch_id = $3`,
    [opened[0]?.batch_id, batch.business_date, batch.batch_id, on],
  );
}
