/** Opens a settlement day: its calendar, its place in the tables, the instants of its deadlines from the terms in force. */
import { shanghaiInstant } from '../../domain/calendar/business-date';
import type { Channel } from '../../domain/channel';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { datesOfDay } from '../../domain/settlement/day-dates';
import { loadMarketCalendar } from '../calendar/load-market-calendar';
import { recordAudit } from '../audit/record-audit';
import { tellExceptionsRunningOut } from '../breaks/tell-exceptions';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { loadParameters, settlementCycleDays } from '../terms/load-terms';
import type { DayKey } from './day-key';

export interface OpenedDay {
  /** Whether the book is no production. */
  readonly rehearsal: boolean;
  /** Instants of the day, UTC. */
  readonly at: {
    readonly fundingDeadline: string;
    readonly intradayCheckpoint: string;
    readonly endOfDayCheckpoint: string;
    readonly posting: string;
  };
  readonly bankAskAgainAfterMinutes: number;
  /** A step that the books refused is tried again after so many. */
  readonly stepAgainAfterMinutes: number;
}

/**
 * Safe to repeat. A day that is no trading day, or lies outside the known calendar, is refused by name.
 * @throws BusinessError NOT_A_TRADING_DAY, CALENDAR_OUT_OF_RANGE, NO_PARAMETER_FOR_DATE
 */
export const openDay =
  ({ pool }: Dependencies) =>
  (given: DayKey & { readonly workflowId: string }): Promise<OpenedDay> =>
    inTransaction(pool, async (sql) => {
      const { channel, businessDate } = given;
      const { calendar, version } = await loadMarketCalendar(sql, channel as Channel);
      const parameter = await loadParameters(sql, channel, businessDate);
      const dates = datesOfDay(calendar, businessDate, await settlementCycleDays(sql, channel, businessDate));
      await sql.query('select open_business_date($1)', [businessDate]);
      const { rowCount } = await sql.query(
        `insert into settlement_days (channel, business_date, workflow_id, day_kind, settlement_day, previous_trading_day, next_trading_day,
                                      trades_settle, fee_settles, risk_settles, calendar_version, stage)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'opened') on conflict (channel, business_date) do nothing`,
        [
          channel,
          businessDate,
          given.workflowId,
          dates.dayKind,
          dates.isSettlementDay,
          dates.previousTradingDay,
          dates.nextTradingDay,
          dates.tradesSettle,
          dates.feeSettles,
          dates.riskMoneySettles,
          version,
        ],
      );
      if (rowCount === 1) {
        await recordAudit(sql, {
          actor: SYSTEM_ACTOR,
          action: 'open settlement day',
          outcome: 'done',
          objectType: 'settlement day',
          objectId: `${channel}:${businessDate}`,
        });
      }
      await tellExceptionsRunningOut(sql, { channel, businessDate, nextTradingDay: dates.nextTradingDay });
      const { rows: kinds } = await sql.query<{ book_kind: string }>('select book_kind from business_clock');
      const at = (code: string) => shanghaiInstant(businessDate, parameter(code));
      return {
        rehearsal: kinds[0]?.book_kind !== 'production',
        at: {
          fundingDeadline: at('FUNDING_DEADLINE'),
          intradayCheckpoint: at('CHECKPOINT_INTRADAY'),
          endOfDayCheckpoint: at('CHECKPOINT_END_OF_DAY'),
          posting: at('POSTING_NOT_BEFORE'),
        },
        bankAskAgainAfterMinutes: Number.parseInt(parameter('BANK_ASK_AGAIN_AFTER_MINUTES'), 10),
        stepAgainAfterMinutes: Number.parseInt(parameter('STEP_TRIED_AGAIN_AFTER_MINUTES'), 10),
      };
    });
