/**
 * Starts a settlement day: by hand here, by the schedule's tick every morning. The day stands in the database, with the
 * message that starts its process, before anybody is told so; Temporal may be away for the moment.
 */
import type { PoolClient } from 'pg';
import { parseBusinessDate, type BusinessDate } from '../../domain/calendar/business-date';
import type { Channel } from '../../domain/channel';
import { BusinessError } from '../../domain/errors';
import { datesOfDay } from '../../domain/settlement/day-dates';
import { recordAudit } from '../audit/record-audit';
import { loadMarketCalendar } from '../calendar/load-market-calendar';
import { ofProcess } from '../database/of-process';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { queueStart } from '../outbox/queue-message';
import { settlementCycleDays } from '../terms/load-terms';

export interface StartSettlementDay {
  readonly channel: Channel;
  readonly businessDate: BusinessDate;
  /** Id of the day's process. */
  readonly workflowId: string;
  readonly actor: string;
  readonly role?: string;
  readonly requestId?: string;
}

/** Name under which the worker knows the day's process. */
const SETTLEMENT_DAY = 'settlementDay';

/**
 * Asks for the day's process unless it was asked for before; `started` is false then. A process that ended without
 * closing its day (it failed, or was terminated) is started again.
 * @throws BusinessError NOT_A_TRADING_DAY, CALENDAR_OUT_OF_RANGE, DAY_IN_THE_FUTURE
 */
export const startSettlementDay =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (asked: StartSettlementDay): Promise<{ readonly started: boolean }> =>
    inTransaction(pool, async (sql) => {
      const { channel, businessDate, workflowId } = asked;
      await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [workflowId]);
      if (await isUnderWayOrClosed(sql, asked)) return { started: false };
      await refuseUnlessItMayStart(sql, channel, businessDate);

      const { rows } = await sql.query<{ attempt: number }>(
        `select count(*)::int + 1 as attempt from outbox where ${ofProcess('workflow_id', '$1')} and kind = 'start'`,
        [workflowId],
      );
      await queueStart(sql, {
        key: `start:${workflowId}:${rows[0]?.attempt ?? 1}`,
        workflowId,
        type: SETTLEMENT_DAY,
        args: [{ channel, businessDate }],
        summary: `交收日 ${businessDate} settlement day ${channel}`,
        attributes: {
          ProcessType: SETTLEMENT_DAY,
          BusinessKey: `${channel}:${businessDate}`,
          BusinessDate: businessDate,
        },
      });
      await recordAudit(sql, {
        actor: asked.actor,
        workflowId,
        role: asked.role,
        action: 'start settlement day',
        outcome: 'done',
        objectType: 'settlement day',
        objectId: `${channel}:${businessDate}`,
        after: { workflowId },
        requestId: asked.requestId,
      });
      return { started: true };
    });

async function isUnderWayOrClosed(sql: PoolClient, { channel, businessDate, workflowId }: StartSettlementDay) {
  const { rows } = await sql.query<{ under_way: boolean; closed: boolean }>(
    `select exists (select from processes where workflow_id = $1 and not closed) as under_way,
            exists (select from settlement_days where channel = $2 and business_date = $3 and closed_at is not null) as closed`,
    [workflowId, channel, businessDate],
  );
  return rows[0]?.under_way === true || rows[0]?.closed === true;
}

/** A day later than the business date would wait for files that cannot be there; an earlier one is caught up. */
async function refuseUnlessItMayStart(sql: PoolClient, channel: Channel, date: BusinessDate): Promise<void> {
  const { calendar } = await loadMarketCalendar(sql, channel);
  datesOfDay(calendar, date, await settlementCycleDays(sql, channel, date));
  const { rows } = await sql.query<{ today: string }>(
    `select (business_now() at time zone 'Asia/Shanghai')::date::text as today`,
  );
  const today = parseBusinessDate(rows[0]?.today ?? '');
  if (date > today) throw new BusinessError('DAY_IN_THE_FUTURE', { date, today });
}
