/** What is promised: so much time of which kind, from receipt. */
import { shanghaiTimeOf } from '../calendar/business-date';

/**
 * BUSINESS_DAYS     n civil working days after the day of receipt, at the close of the desk
 * BUSINESS_HOURS    n hours of the desk on civil working days, from receipt
 * CALENDAR_DAYS     n days after the day of receipt, at the end of the day; weekends and holidays count
 * TRADING_DAYS      as BUSINESS_DAYS, of Southbound trading days, half days included
 * SETTLEMENT_DAYS   as BUSINESS_DAYS, of Southbound settlement days
 * CLOCK_TIME        a clock time n days after the day of receipt; 0 is that day
 */
export const LIMIT_KINDS = [
  'BUSINESS_DAYS',
  'BUSINESS_HOURS',
  'CALENDAR_DAYS',
  'TRADING_DAYS',
  'SETTLEMENT_DAYS',
  'CLOCK_TIME',
] as const;

export type LimitKind = (typeof LIMIT_KINDS)[number];

export type Limit =
  | { readonly kind: Exclude<LimitKind, 'CLOCK_TIME'>; readonly n: number }
  /** `time` is Shanghai time, HH:MM or HH:MM:SS. */
  | { readonly kind: 'CLOCK_TIME'; readonly n: number; readonly time: string };

/**
 * The same day: by a clock time, and what comes after it by the end of the day, written 00:00 of the next. Nothing is due before it was received.
 * @param since instant of the receipt
 * @param time  Shanghai time, HH:MM or HH:MM:SS
 */
export const sameDay = (since: string, time: string): Limit =>
  shanghaiTimeOf(since) < time ? { kind: 'CLOCK_TIME', n: 0, time } : { kind: 'CLOCK_TIME', n: 1, time: '00:00' };

/** Which days a kind of limit counts. */
export type CountedBy = 'CIVIL' | 'TRADING' | 'SETTLEMENT';

/** The calendar of a limit. Limits in plain days need one too: outside of it nothing is promised. */
export function countedBy(kind: LimitKind): CountedBy {
  switch (kind) {
    case 'TRADING_DAYS':
      return 'TRADING';
    case 'SETTLEMENT_DAYS':
      return 'SETTLEMENT';
    case 'BUSINESS_DAYS':
    case 'BUSINESS_HOURS':
    case 'CALENDAR_DAYS':
    case 'CLOCK_TIME':
      return 'CIVIL';
  }
}

/** Whether the clock of the limit runs at night and on holidays too, and not in desk time. */
export const runsAlways = (kind: LimitKind): boolean => kind === 'CALENDAR_DAYS' || kind === 'CLOCK_TIME';
