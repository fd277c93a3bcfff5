/**
 * Every date that a settlement day rests on. A day can be started only where all of them are known: the days around it too, because
 * its trades, fees and risk money settle on those.
 *
 * Source    A4 §17, §20; S8-S10.
 */
import type { BusinessDate } from '../calendar/business-date';
import type { MarketCalendar } from '../calendar/market-calendar';
import { BusinessError } from '../errors';

export interface DayDates {
  readonly dayKind: 'full' | 'half';
  readonly isSettlementDay: boolean;
  readonly previousTradingDay: BusinessDate;
  readonly nextTradingDay: BusinessDate;
  /** When what is traded or cleared on the day settles. */
  readonly tradesSettle: BusinessDate;
  readonly feeSettles: BusinessDate;
  readonly riskMoneySettles: BusinessDate;
}

/**
 * @param cycleDays Hong Kong settlement days from trade to settlement, 2
 * @throws BusinessError NOT_A_TRADING_DAY, CALENDAR_OUT_OF_RANGE
 */
export function datesOfDay(calendar: MarketCalendar, date: BusinessDate, cycleDays: number): DayDates {
  const dayKind = calendar.dayKind(date);
  if (dayKind === 'none') throw new BusinessError('NOT_A_TRADING_DAY', { date });
  return {
    dayKind,
    isSettlementDay: calendar.isSettlementDay(date),
    previousTradingDay: calendar.previousTradingDay(date),
    nextTradingDay: calendar.nextTradingDay(date),
    tradesSettle: calendar.tradeSettlementDate(date, cycleDays),
    feeSettles: calendar.feeSettlementDate(date),
    riskMoneySettles: calendar.riskMoneySettlementDate(date),
  };
}
