/** An exception for a break of a day that is closed, whose process has ended: signed at once. */
import type { Pool } from 'pg';
import { BusinessError } from '../../domain/errors';
import { recordException, type SignedException } from '../settlement/close-day';

/** @throws BusinessError DAY_CLOSED where the day is not closed and has no process, and all of `recordException` */
export async function signExceptionOfClosedDay(pool: Pool, given: SignedException): Promise<void> {
  const { rowCount } = await pool.query(
    'select 1 from settlement_days where channel = $1 and business_date = $2 and closed_at is not null',
    [given.channel, given.businessDate],
  );
  if (rowCount === 0) throw new BusinessError('DAY_CLOSED', { date: given.businessDate });
  await recordException({ pool })(given);
}
