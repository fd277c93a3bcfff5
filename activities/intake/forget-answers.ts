/** Answers kept for a repetition are forgotten when their keys are old: they may repeat what a client may ask to have erased. */
import type { Pool } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { inTransaction } from '../database/transaction';
import { loadParameters } from '../terms/load-terms';

/**
 * Removes keys older than the term in force (IDEMPOTENCY_KEPT_DAYS), in real days: networks and clients repeat in real time,
 * also in a book whose clock stands. A key that is used after that is a new request; the verbs behind it have business keys.
 */
export const forgetAnswers = (pool: Pool): Promise<{ readonly forgotten: number }> =>
  inTransaction(pool, async (sql) => {
    const { rows } = await sql.query<{ today: BusinessDate }>(
      `select (business_now() at time zone 'Asia/Shanghai')::date::text as today`,
    );
    const [{ today } = { today: '' as BusinessDate }] = rows;
    const keptDays = Number.parseInt((await loadParameters(sql, '', today))('IDEMPOTENCY_KEPT_DAYS'), 10);
    const { rowCount } = await sql.query(
      'delete from idempotency where created_at < clock_timestamp() - make_interval(days => $1)',
      [keptDays],
    );
    return { forgotten: rowCount ?? 0 };
  });
