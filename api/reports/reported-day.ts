/** The day a report is about, as its row says. */
import type { BusinessDate } from '../../domain/calendar/business-date';

export interface ReportedDay {
  readonly channel: string;
  readonly business_date: BusinessDate;
  readonly workflow_id: string;
  readonly day_kind: string;
  readonly settlement_day: boolean;
  readonly previous_trading_day: BusinessDate;
  readonly next_trading_day: BusinessDate;
  readonly trades_settle: BusinessDate;
  readonly fee_settles: BusinessDate;
  readonly risk_settles: BusinessDate;
  readonly calendar_version: number;
}
