/** Exceptions that run out before the next trading day, or have: told in the morning, so that each is signed anew or its break put right. */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { queueNotice } from '../outbox/queue-notice';
import type { DayKey } from '../settlement/day-key';

/** Told once an expiry. Breaks of closed days are among them: they stay differences of the books. */
export async function tellExceptionsRunningOut(
  sql: PoolClient,
  { channel, nextTradingDay }: DayKey & { readonly nextTradingDay: BusinessDate },
): Promise<void> {
  const { rows } = await sql.query<{ id: string; of: BusinessDate; until: BusinessDate }>(
    `select f.finding_id::text as id, f.business_date as of, d.expires_on as until
     from break_decisions d join findings_in_force f using (finding_id) join break_verdicts v using (finding_id)
     where f.channel = $1 and d.expires_on < $2 and v.verdict in ('excepted', 'expired') order by f.finding_id`,
    [channel, nextTradingDay],
  );
  for (const { id, of, until } of rows)
    await queueNotice(sql, {
      key: `exception-runs-out:${id}:${until}`,
      day: { channel, businessDate: of },
      severity: 'warning',
      recipientRole: 'supervisor',
      template: 'EXCEPTION_RUNS_OUT',
      facts: { break: id, date: of, until },
    });
}
