/**
 * Samples of a month and reports of a year that nobody asked for raise an alarm, whatever the reason: the schedule is paused or missing, or
 * its start fell out of the catch-up window. Safe to repeat: one alarm a month and a year.
 */
import type { Pool } from 'pg';
import { addDays, businessDateOf, shanghaiInstant, type BusinessDate } from '../../../domain/calendar/business-date';
import { inTransaction } from '../../database/transaction';
import { queueNotices } from '../../outbox/queue-notice';
import type { Sql } from '../../people/standing';
import { MONTHLY_KINDS } from './ask-sample';

const AUDIENCE: readonly string[] = ['compliance', 'admin'];

const WHAT = {
  samples: { zh: '月度抽样', en: 'samples of the month' },
  reports: { zh: '年度投诉报告', en: 'yearly reports of complaints' },
} as const;

/**
 * Looks from the second of a month on for what was to be asked for on the first, in a book that was at work by then.
 * @param now UTC
 * @returns how many alarms are new
 */
export const checkMissedSamples = (pool: Pool, now: string): Promise<number> =>
  inTransaction(pool, async (sql) => {
    const today = businessDateOf(now);
    const first = `${today.slice(0, 7)}-01` as BusinessDate;
    if (today === first || !(await wasAtWork(sql, first))) return 0;
    const month = addDays(first, -1).slice(0, 7);
    const year = String(Number.parseInt(today.slice(0, 4), 10) - 1);
    const { rows } = await sql.query<{ samples: boolean; reports: boolean }>(
      `select (select count(*) from samples where period = $1 and kind = any($2)) < cardinality($2::text[]) as samples,
              not exists (select from yearly_complaint_reports where year = $3::int) as reports`,
      [month, MONTHLY_KINDS, year],
    );
    const samples = rows[0]?.samples === true ? await alarm(sql, 'samples', month) : 0;
    // Only where they are missing: in a book that began within the year the question reads all of its processes.
    const isReportDue =
      rows[0]?.reports === true && (await wasAtWork(sql, `${today.slice(0, 4)}-01-01` as BusinessDate));
    return samples + (isReportDue ? await alarm(sql, 'reports', year) : 0);
  });

async function wasAtWork(sql: Sql, before: BusinessDate): Promise<boolean> {
  const { rowCount } = await sql.query('select from processes where opened_at < $1 limit 1', [
    shanghaiInstant(before, '00:00'),
  ]);
  return rowCount !== 0;
}

const alarm = (sql: Sql, what: keyof typeof WHAT, period: string): Promise<number> =>
  queueNotices(
    sql,
    { severity: 'critical', template: 'MISSED_SAMPLES', facts: { what: WHAT[what], period } },
    AUDIENCE.map((role) => ({ key: `missed-${what}:${period}:${role}`, role })),
  );
