/**
 * Whether a date is a settlement day to be started. What is skipped is a recorded decision with its reason; a date
 * that the calendar does not know is recorded too, and raises an alarm.
 */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { weekday } from '../../domain/calendar/business-date';
import type { MarketCalendar } from '../../domain/calendar/market-calendar';
import type { Channel } from '../../domain/channel';
import { BusinessError } from '../../domain/errors';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { datesOfDay } from '../../domain/settlement/day-dates';
import { recordAudit } from '../audit/record-audit';
import { registerProcess } from '../clock/register-process';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { queueNotice } from '../outbox/queue-notice';
import { settlementCycleDays } from '../terms/load-terms';
import { loadMarketCalendar } from './load-market-calendar';

export interface DecideSettlementDay {
  readonly channel: Channel;
  readonly businessDate: BusinessDate;
  /** Id of the process that would be started, and the name of its workflow. */
  readonly workflowId: string;
  readonly type: string;
}

export type SettlementDayDecision =
  { readonly decision: 'start' } | { readonly decision: 'skip' | 'unknown'; readonly reason: string };

/** Safe to repeat. Before the process is started it is registered, so that settling sees it coming. */
export const decideSettlementDay =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ channel, businessDate, workflowId, type }: DecideSettlementDay): Promise<SettlementDayDecision> =>
    inTransaction(pool, async (sql) => {
      const { calendar } = await loadMarketCalendar(sql, channel);
      if (!(await areDatesKnown(sql, channel, businessDate, calendar))) {
        const reason = `日历未知 calendar known ${calendar.from} - ${calendar.to} only`;
        await recordSkipped(sql, channel, businessDate, reason);
        await alarmUnknownDate(sql, channel, businessDate, calendar);
        return { decision: 'unknown', reason };
      }
      if (!calendar.isTradingDay(businessDate)) {
        const reason = await reasonOf(sql, channel, businessDate);
        await recordSkipped(sql, channel, businessDate, reason);
        return { decision: 'skip', reason };
      }
      await registerProcess(sql, { workflowId, type });
      return { decision: 'start' };
    });

/** The date itself, and on a trading day those on which its trades, fees and risk money settle. */
async function areDatesKnown(
  sql: PoolClient,
  channel: Channel,
  date: BusinessDate,
  calendar: MarketCalendar,
): Promise<boolean> {
  if (date < calendar.from || date > calendar.to) return false;
  if (!calendar.isTradingDay(date)) return true;
  try {
    datesOfDay(calendar, date, await settlementCycleDays(sql, channel, date));
    return true;
  } catch (error) {
    if (error instanceof BusinessError && error.code === 'CALENDAR_OUT_OF_RANGE') return false;
    throw error;
  }
}

async function recordSkipped(sql: PoolClient, channel: Channel, date: BusinessDate, reason: string): Promise<void> {
  const { rowCount } = await sql.query(
    'insert into skipped_days (channel, business_date, reason) values ($1, $2, $3) on conflict do nothing',
    [channel, date, reason],
  );
  if (rowCount !== 1) return;
  await recordAudit(sql, {
    actor: SYSTEM_ACTOR,
    action: 'skip settlement day',
    outcome: 'done',
    objectType: 'settlement day',
    objectId: `${channel}:${date}`,
    reason,
  });
}

/** Which exchange is closed and why, as the calendar's source says. */
async function reasonOf(sql: PoolClient, channel: Channel, date: BusinessDate): Promise<string> {
  const { rows } = await sql.query<{ calendar: string; reason: string }>(
    `select d.calendar, d.reason from calendar_days d
     join (select calendar, max(version) as version from calendar_versions group by calendar) v using (calendar, version)
     where d.day = $1 and d.kind = 'CLOSED' and d.calendar = any($2) order by d.calendar`,
    [date, [channel === 'SH' ? 'SSE' : 'SZSE', 'SEHK']],
  );
  if (rows.length > 0) return rows.map(({ calendar, reason }) => `${calendar} ${reason}`).join('; ');
  return weekday(date) > 5 ? '周末 weekend' : '休市 closed';
}

async function alarmUnknownDate(
  sql: PoolClient,
  channel: Channel,
  date: BusinessDate,
  calendar: MarketCalendar,
): Promise<void> {
  for (const role of ['operations', 'admin']) {
    await queueNotice(sql, {
      key: `calendar-unknown:${channel}:${date}:${role}`,
      severity: 'critical',
      day: { channel, businessDate: date },
      recipientRole: role,
      template: 'CALENDAR_UNKNOWN',
      facts: { channel, date, from: calendar.from, to: calendar.to },
    });
  }
}
