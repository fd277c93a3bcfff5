/** Refusals outside the known range of calendars and reference data; their place is in `domain/errors.ts`. */
import type { ErrorEntry } from '../error-entry';

export const referenceRefusals = [
  {
    code: 'CALENDAR_OUT_OF_RANGE',
    status: 422,
    zh: '{date} 的答案超出已知日历（{from} 至 {to}）。',
    en: 'The answer for {date} lies outside the known calendar ({from} to {to}).',
  },
  {
    code: 'NOT_A_TRADING_DAY',
    status: 422,
    zh: '{date} 不是港股通交易日。',
    en: '{date} is not a Southbound trading day.',
  },
  {
    code: 'DAY_IN_THE_FUTURE',
    status: 422,
    zh: '{date} 晚于当前业务日期 {today}，不能提前启动。',
    en: '{date} is later than the business date {today} and cannot be started yet.',
  },
  {
    code: 'NO_RATE_FOR_DATE',
    status: 422,
    zh: '{date} 没有有效的费率 {code}。',
    en: 'No rate {code} is in force on {date}.',
  },
  {
    code: 'NO_PRICE_FOR_DATE',
    status: 422,
    zh: '{code} 在 {date} 及之前没有收盘价。',
    en: 'No closing price of {code} is known on or before {date}.',
  },
  {
    code: 'NO_PARAMETER_FOR_DATE',
    status: 422,
    zh: '{date} 没有有效的参数 {code}。',
    en: 'No parameter {code} is in force on {date}.',
  },
] as const satisfies readonly ErrorEntry[];
