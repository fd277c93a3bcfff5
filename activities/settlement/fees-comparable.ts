/**
 * Whether a portfolio fee of our own can be compared: it takes the ratio of the previous trading day and, where earlier
 * calendar days are charged too, that day's closing prices (S11). A comparison that needs a missing or refused file is not made.
 */
import type { PoolClient } from 'pg';
import type { DayKey } from './day-key';

/** Before the first day of the book nothing is missing: its opening state has both. */
export async function feesComparable(sql: PoolClient, { channel, businessDate }: DayKey): Promise<boolean> {
  const { rows } = await sql.query<{ kind: string }>(
    `select k.kind from settlement_days d
     join settlement_days p on p.channel = d.channel and p.business_date = d.previous_trading_day
     cross join (values ('hk_tzxx'), ('hkexclpr04')) as k(kind)
     where d.channel = $1 and d.business_date = $2 and (k.kind = 'hk_tzxx' or d.business_date - p.business_date > 1)
       and not exists (select 1 from files_in_force f where f.channel = p.channel and f.business_date = p.business_date and f.kind = k.kind)`,
    [channel, businessDate],
  );
  return rows.length === 0;
}
