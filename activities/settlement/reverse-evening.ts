/**
 * Takes the evening's postings back when a file they rest on is no longer in force - replaced or refused after them: reversal,
 * then posting again with what is in force (settlement page, evening step 1). What rests on the balances that the evening before left is taken back
 * when that one was posted anew. What was our own act in the morning stays.
 */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { reverseBatchesOf } from '../ledger/reverse-batches';
import type { DayKey } from './day-key';

/** What an evening posts, by the kind of its batch: all of them, also where there is nothing to book. */
export const EVENING_BATCHES: readonly string[] = [
  'account-movements',
  'client-cash',
  'clear-trades',
  'clear-portfolio-fee',
  'clear-entitlements',
  'share-movements',
  'repay-advances',
];

/** Of these, what depends on the balances of the evening before: the figures of the day follow it. */
const REST_ON_BALANCES: readonly string[] = ['repay-advances'];

/** Takes nothing back while every batch of the evening rests on files in force. */
export const reverseEvening =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (day: DayKey): Promise<{ readonly reversed: number }> =>
    inTransaction(pool, async (sql) => {
      const outdated = await outdatedPostings(sql, day);
      if (outdated === undefined) return { reversed: 0 };
      const { cause } = outdated;
      const reversed = await reverseBatchesOf(sql, { ...day, ...outdated });
      await recordAudit(sql, {
        actor: SYSTEM_ACTOR,
        action: 'reverse evening postings',
        outcome: 'done',
        objectType: 'settlement day',
        objectId: `${day.channel}:${day.businessDate}`,
        reason: cause,
        after: { reversed },
      });
      return { reversed };
    });

/** Kinds of the evening's batches that rest on what is no longer in force, and what that is; undefined where all stands. */
export async function outdatedPostings(
  sql: PoolClient,
  day: DayKey,
): Promise<{ readonly kinds: readonly string[]; readonly cause: string } | undefined> {
  const { rows } = await sql.query<{ names: string | null }>(
    `select string_agg(distinct v.name, ', ') as names from batches b
     cross join lateral unnest(b.rests_on) as resting(file_id) join file_verdicts v using (file_id)
     where b.channel = $1 and b.business_date = $2 and b.kind = any($3) and b.reverses is null and v.state <> 'accepted'
       and not exists (select 1 from batches r where r.reverses = b.batch_id)`,
    [day.channel, day.businessDate, EVENING_BATCHES],
  );
  const names = rows[0]?.names ?? null;
  if (names !== null) return { kinds: EVENING_BATCHES, cause: `no longer in force: ${names}` };
  const before = await earlierPostedAnew(sql, day);
  return before === null ? undefined : { kinds: REST_ON_BALANCES, cause: `the evening of ${before} was posted anew` };
}

/** The newest earlier day of which a standing batch of the evening is newer than what this day built on it; null where there is none. */
async function earlierPostedAnew(sql: PoolClient, day: DayKey): Promise<BusinessDate | null> {
  const { rows } = await sql.query<{ before: BusinessDate | null }>(
    `with standing as (
       select b.batch_id, b.kind, b.business_date from batches b
       where b.channel = $1 and b.business_date <= $2 and b.business_date >= $2::date - 60 and b.kind = any($3) and b.reverses is null
         and not exists (select 1 from batches r where r.reverses = b.batch_id)),
     built as (select min(batch_id) as batch_id from standing where business_date = $2 and kind = any($4))
     select max(s.business_date)::text as before from standing s, built b where s.business_date < $2 and s.batch_id > b.batch_id`,
    [day.channel, day.businessDate, EVENING_BATCHES, REST_ON_BALANCES],
  );
  return rows[0]?.before ?? null;
}
