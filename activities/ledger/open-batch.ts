/**
 * The door of the ledger. A batch has a business key that survives retries, resets and re-runs; its entries are written in
 * the same transaction and the database checks at commit that they sum to zero for each asset.
 */
import { createHash } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';

export interface BatchKey {
  /** Channel, date, step: `settle:SH:2025-06-25:clear-trades`. Never a run id or an attempt. */
  readonly key: string;
  readonly channel: string;
  readonly businessDate: BusinessDate;
  readonly kind: string;
  /** Files whose lines the entries come from. */
  readonly restsOn: readonly bigint[];
  /** What the batch means, in words; part of its content. */
  readonly cause: string;
}

/**
 * Opens the batch and answers its number, or undefined when a batch of the same key and content was posted already.
 * The same key with other content is refused. A reversed batch frees its key for the corrected posting: the key then carries `#2`, `#3` ...
 * Batches without lines are posted too: that the step was done with nothing to do is a fact worth keeping.
 */
export async function openBatch(sql: PoolClient, batch: BatchKey): Promise<bigint | undefined> {
  const { rows: earlier } = await sql.query<{ batch_key: string; content_sha256: string; reversed: boolean }>(
    `select b.batch_key, b.content_sha256, exists (select 1 from batches r where r.reverses = b.batch_id) as reversed
     from batches b where b.batch_key = $1 or b.batch_key like $1 || '#%' order by b.batch_id`,
    [batch.key],
  );
  const content = await contentDigest(sql, batch);
  const standing = earlier.find((posted) => !posted.reversed);
  if (standing !== undefined) {
    if (standing.content_sha256 === content) return undefined;
    throw new BusinessError('BATCH_CONTENT_DIFFERS', { key: batch.key });
  }
  const key = earlier.length === 0 ? batch.key : `${batch.key}#${earlier.length + 1}`;
  const { rows } = await sql.query<{ batch_id: bigint }>(
    `insert into batches (batch_key, channel, business_date, kind, content_sha256, rests_on, cause)
     values ($1, $2, $3, $4, $5, $6, $7) returning batch_id`,
    [key, batch.channel, batch.businessDate, batch.kind, content, batch.restsOn, batch.cause],
  );
  // One row for the whole posting, however many entries it gets: they are append-only themselves.
  await recordAudit(sql, {
    actor: SYSTEM_ACTOR,
    action: 'post batch',
    outcome: 'done',
    objectType: 'batch',
    objectId: key,
    reason: batch.cause,
    after: { kind: batch.kind, contentSha256: content, restsOn: batch.restsOn.map(String) },
  });
  return rows[0]?.batch_id;
}

/** The content of a mass batch is what it was computed from: its files, byte for byte, and its cause. */
async function contentDigest(sql: PoolClient, batch: BatchKey): Promise<string> {
  const { rows } = await sql.query<{ sha256: string }>(
    'select sha256 from files where file_id = any($1) order by file_id',
    [batch.restsOn],
  );
  const digest = createHash('sha256').update(`${batch.kind}\n${batch.cause}\n`);
  for (const { sha256 } of rows) digest.update(`${sha256}\n`);
  return digest.digest('hex');
}
