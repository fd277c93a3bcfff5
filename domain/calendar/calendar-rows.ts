/** From dated calendar rows, as they stand in the reference data and in the database, to the calendar of a channel. */
import type { Channel } from '../channel';
import { addDays, type BusinessDate } from './business-date';
import {
  marketCalendar,
  type Exchange,
  type ExchangeDay,
  type ExchangeDayKind,
  type MarketCalendar,
} from './market-calendar';

/**
 * An exception from the ordinary week of one calendar, or the range in which it answers at all (KNOWN). Half-open:
 * `validTo` is the first day that is no longer meant. CIVIL: the working days of people on the mainland.
 */
export interface CalendarRow {
  readonly code: Exchange | 'CIVIL';
  readonly kind: 'KNOWN' | ExchangeDayKind;
  readonly validFrom: BusinessDate;
  readonly validTo: BusinessDate;
}

/**
 * The market calendar of a channel: Hong Kong with Shanghai or with Shenzhen. What one of the two exchanges does not
 * know, the link does not know.
 * @throws RangeError without a known range of both exchanges
 */
export function calendarOf(rows: readonly CalendarRow[], channel: Channel): MarketCalendar {
  const mainland = channel === 'SH' ? 'SSE' : 'SZSE';
  const mainlandRange = knownRange(rows, mainland);
  const hongKongRange = knownRange(rows, 'SEHK');
  const from = mainlandRange.from > hongKongRange.from ? mainlandRange.from : hongKongRange.from;
  const to = mainlandRange.to < hongKongRange.to ? mainlandRange.to : hongKongRange.to;
  const days = rows
    .flatMap(daysOf)
    .filter(({ exchange, date }) => (exchange === mainland || exchange === 'SEHK') && date >= from && date <= to);
  return marketCalendar({ from, to, mainland, days });
}

/** The single days of an exception of an exchange; a known range has none. */
function daysOf({ code, kind, validFrom, validTo }: CalendarRow): ExchangeDay[] {
  const days: ExchangeDay[] = [];
  if (kind === 'KNOWN' || code === 'CIVIL') return days;
  for (let date = validFrom; date < validTo; date = addDays(date, 1)) days.push({ exchange: code, date, kind });
  return days;
}

function knownRange(rows: readonly CalendarRow[], exchange: Exchange) {
  const [range, another] = rows.filter(({ code, kind }) => code === exchange && kind === 'KNOWN');
  if (range === undefined || another !== undefined) throw new RangeError(`${exchange} has not exactly one known range`);
  return { from: range.validFrom, to: addDays(range.validTo, -1) };
}
