/** Which day of which channel a verb works on, and the files in force behind it. */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { dueLinesOf } from './due-lines';

export interface DayKey {
  readonly channel: string;
  readonly businessDate: BusinessDate;
}

/** Answer of a verb that posts: how many entries the batch holds, 0 when it had been posted before or had nothing to do. */
export interface Posted {
  readonly entries: number;
}

/** Numbers of the files of one kind in force on the day, smallest first. */
export async function filesInForce(sql: PoolClient, day: DayKey, kind: string): Promise<bigint[]> {
  const { rows } = await sql.query<{ file_id: bigint }>(
    'select file_id from files_in_force where channel = $1 and business_date = $2 and kind = $3 order by file_id',
    [day.channel, day.businessDate, kind],
  );
  return rows.map((row) => row.file_id);
}

/** Settlement details in force that hold a line of this business settling on the day, smallest first. */
export async function detailFilesSettlingOn(
  sql: PoolClient,
  day: DayKey,
  businesses: readonly string[],
): Promise<bigint[]> {
  const { rows } = await sql.query<{ file_id: bigint }>(
    `select distinct file_id from clearing_lines_in_force
     where channel = $1 and settle_date = any($2::date[]) and business = any($3) order by file_id`,
    [day.channel, (await dueLinesOf(sql, day)).on, businesses],
  );
  return rows.map((row) => row.file_id);
}
