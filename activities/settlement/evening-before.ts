/**
 * Evenings are posted in the order of their days: what clears, is overdrawn or is repaid on one rests on the lines and
 * balances that the one before has left. Days that run at once (backfilled, or one held by a file until the next morning)
 * wait here for one another; their mornings do not (settlement page, morning plan).
 */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { queueSignal } from '../outbox/queue-message';
import type { Side } from '../../domain/channel';
import type { DayKey } from './day-key';
import { planSide } from './plan-funding';
import { EVENING_BATCHES } from './reverse-evening';

export interface EveningBefore {
  /** The newest earlier day that this book has begun, or must begin, while one of its evening's batches does not stand. */
  readonly unposted?: BusinessDate;
}

export const eveningBefore =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (day: DayKey): Promise<EveningBefore> =>
    inTransaction(pool, async (sql) => {
      // A day on or before the evening that the book was opened with has its postings in the opening balances.
      const { rows } = await sql.query<{ before: BusinessDate; standing: bigint }>(
        `with opened as (
           select min(business_date) as evening from batches where channel = $1 and kind = 'opening'),
         begun as (
           select split_part(workflow_id, ':', 3)::date as day from processes where starts_with(workflow_id, 'settlement-day:' || $1 || ':')),
         due as (
           select day from begun
           union
           -- In a real book each trading day has its evening, also one that nobody has started; a rehearsal may leave days out.
           select d.previous_trading_day from settlement_days d, business_clock c, opened o
           where d.channel = $1 and d.business_date = $2 and c.mode = 'real'
             and d.previous_trading_day >= least((select min(day) from begun), o.evening + 1)),
         newest as (
           select max(day) as day from due, opened o where day < $2 and day > coalesce(o.evening, '-infinity'))
         select n.day::text as before, (
           select count(distinct b.kind) from batches b
           where b.channel = $1 and b.business_date = n.day and b.kind = any($3) and b.reverses is null
             and not exists (select 1 from batches r where r.reverses = b.batch_id)) as standing
         from newest n where n.day is not null`,
        [day.channel, day.businessDate, EVENING_BATCHES],
      );
      const [found] = rows;
      if (found === undefined || found.standing === BigInt(EVENING_BATCHES.length)) return {};
      return { unposted: found.before };
    });

/** Tells the next day of the book, where it has begun, that this evening is posted. Named by its newest batch, so once a posting. */
export async function tellDayAfter(sql: PoolClient, { channel, businessDate }: DayKey): Promise<void> {
  const { rows } = await sql.query<{ workflow_id: string; business_date: BusinessDate; batch: bigint | null }>(
    `select workflow_id, business_date, (select max(batch_id) from batches where channel = $1 and business_date = $2) as batch
     from settlement_days where channel = $1 and business_date > $2 and closed_at is null order by business_date limit 1`,
    [channel, businessDate],
  );
  const [after] = rows;
  if (after === undefined) return;
  await queueSignal(sql, {
    key: `evening-posted:${channel}:${businessDate}:${after.batch ?? 0n}`,
    workflowId: after.workflow_id,
    signal: 'eveningBeforePosted',
  });
  await planAnew(sql, { channel, businessDate: after.business_date });
}

/** A plan of the morning was made before this evening was posted: it is made anew until the first batch, after which what is short is a default. */
export async function planAnew(sql: PoolClient, day: DayKey): Promise<void> {
  const { rows } = await sql.query<{ side: Side }>(
    `select distinct f.side from figures f where f.channel = $1 and f.business_date = $2 and f.code = 'FUNDING'
       and not exists (select 1 from checkpoints c where c.channel = $1 and c.business_date = $2 and c.side = f.side and c.checkpoint = '10:30')
     order by 1`,
    [day.channel, day.businessDate],
  );
  for (const { side } of rows) await planSide(sql, { ...day, side });
}

/** Days close in their order: the next open one looks again. */
export async function tellDayAfterClosed(sql: PoolClient, { channel, businessDate }: DayKey): Promise<void> {
  const { rows } = await sql.query<{ workflow_id: string }>(
    `select workflow_id from settlement_days where channel = $1 and business_date > $2 and closed_at is null order by business_date limit 1`,
    [channel, businessDate],
  );
  const [after] = rows;
  if (after === undefined) return;
  const key = `day-before-closed:${channel}:${businessDate}`;
  await queueSignal(sql, { key, workflowId: after.workflow_id, signal: 'filesArrived' });
}
