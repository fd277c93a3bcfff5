/**
 * Business dates and the instants of Asia/Shanghai.
 *
 * A business date is text YYYY-MM-DD and never an instant; an instant is UTC as ISO text with milliseconds.
 * Shanghai is UTC+8 all year round since 1992, so the conversion is arithmetic and needs no time-zone table.
 */
import { BusinessError } from '../errors';
import { SHANGHAI_OFFSET_SECONDS } from './instants';

declare const businessDateBrand: unique symbol;

/** A calendar date in Asia/Shanghai, written YYYY-MM-DD. Text order is date order. */
export type BusinessDate = string & { readonly [businessDateBrand]: true };

/** ISO weekday: 1 Monday ... 7 Sunday. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const COMPACT_DATE = /^(\d{4})(\d{2})(\d{2})$/;
const TIME = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/;
const INSTANT = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})\.(\d{3})Z$/;
const SECONDS_PER_DAY = 86_400;
const DAYS_PER_400_YEARS = 146_097;

/**
 * Text YYYY-MM-DD as a business date; the date must exist.
 * @throws BusinessError BUSINESS_DATE_INVALID
 */
export function parseBusinessDate(text: string): BusinessDate {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) {
    throw new BusinessError('BUSINESS_DATE_INVALID', { value: text });
  }
  const number = dayNumber(parseInt(year, 10), parseInt(month, 10), parseInt(day, 10));
  // A day that does not exist (31 April, month 13) comes back from the day count as another one.
  if (dateOfDayNumber(number) !== text) throw new BusinessError('BUSINESS_DATE_INVALID', { value: text });
  return text as BusinessDate;
}

/**
 * Text YYYYMMDD, as the clearing files write dates.
 * @throws BusinessError BUSINESS_DATE_INVALID
 */
export function parseCompactDate(text: string): BusinessDate {
  if (!COMPACT_DATE.test(text)) throw new BusinessError('BUSINESS_DATE_INVALID', { value: text });
  return parseBusinessDate(text.replace(COMPACT_DATE, '$1-$2-$3'));
}

/** A business date as YYYYMMDD, as the clearing files write it. */
export const compactDate = (date: BusinessDate): string => date.replaceAll('-', '');

/** The date `days` calendar days later (earlier where negative). */
export const addDays = (date: BusinessDate, days: number): BusinessDate => dateOfDayNumber(dayNumberOf(date) + days);

/**
 * The date `months` calendar months later (earlier where negative). A day that the month does not have becomes the
 * month's last: 31 May less three months is 28 February, 29 February plus 24 months is 28 February.
 */
export function addMonths(date: BusinessDate, months: number): BusinessDate {
  const [year = 0, month = 0, day = 0] = date.split('-').map((part) => parseInt(part, 10));
  const first = year * 12 + month - 1 + months;
  const firstOf = (count: number) => dayNumber(Math.floor(count / 12), (count % 12) + 1, 1);
  return dateOfDayNumber(Math.min(firstOf(first) + day - 1, firstOf(first + 1) - 1));
}

/** The same date `years` later; 29 February becomes 28 February in a common year. */
export const addYears = (date: BusinessDate, years: number): BusinessDate => addMonths(date, 12 * years);

/** Calendar days from one date to another; negative where `to` lies before `from`. */
export const daysBetween = (from: BusinessDate, to: BusinessDate): number => dayNumberOf(to) - dayNumberOf(from);

/** ISO weekday of a date. */
export function weekday(date: BusinessDate): Weekday {
  // Day 0 is 1 January 1970, a Thursday.
  return (((((dayNumberOf(date) + 3) % 7) + 7) % 7) + 1) as Weekday;
}

/**
 * The instant of a wall-clock time in Shanghai: ('2025-06-26', '10:00') is 2025-06-26T02:00:00.000Z.
 * @throws BusinessError INPUT_INVALID for a time that is not HH:MM or HH:MM:SS
 */
export function shanghaiInstant(date: BusinessDate, time: string): string {
  const [, hours, minutes, seconds = '00'] = TIME.exec(time) ?? [];
  if (hours === undefined || minutes === undefined) {
    throw new BusinessError('INPUT_INVALID', { field: 'time', value: time, reason: 'a time HH:MM or HH:MM:SS' });
  }
  const ofDay = parseInt(hours, 10) * 3_600 + parseInt(minutes, 10) * 60 + parseInt(seconds, 10);
  const utc = ofDay - SHANGHAI_OFFSET_SECONDS;
  const utcDate = utc < 0 ? addDays(date, -1) : date;
  return `${utcDate}T${timeText((utc + SECONDS_PER_DAY) % SECONDS_PER_DAY)}.000Z`;
}

/**
 * The business date on which an instant falls in Shanghai.
 * @throws BusinessError INPUT_INVALID for text that is no instant
 */
export const businessDateOf = (instant: string): BusinessDate => shanghaiParts(instant).date;

/**
 * The business date that is meant by the instant at which something is due: the end of a day is written 00:00 of the next, and the day that
 * is meant is the one that ends.
 * @throws RangeError for text that is no instant
 */
export const dateOfDue = (dueAt: string): BusinessDate => businessDateOf(new Date(Date.parse(dueAt) - 1).toISOString());

/**
 * The wall-clock time HH:MM:SS of an instant in Shanghai; a started second counts as that second.
 * @throws BusinessError INPUT_INVALID for text that is no instant
 */
export const shanghaiTimeOf = (instant: string): string => shanghaiParts(instant).time;

function shanghaiParts(instant: string): { readonly date: BusinessDate; readonly time: string } {
  const [, utcDate, utcTime] = INSTANT.exec(instant) ?? [];
  if (utcDate === undefined || utcTime === undefined || !TIME.test(utcTime)) {
    const reason = 'an instant in UTC with milliseconds, 2025-06-26T02:00:00.000Z';
    throw new BusinessError('INPUT_INVALID', { field: 'instant', value: instant, reason });
  }
  const [hours = '', minutes = '', seconds = ''] = utcTime.split(':');
  const local =
    parseInt(hours, 10) * 3_600 + parseInt(minutes, 10) * 60 + parseInt(seconds, 10) + SHANGHAI_OFFSET_SECONDS;
  const date = parseBusinessDate(utcDate);
  return {
    date: local >= SECONDS_PER_DAY ? addDays(date, 1) : date,
    time: timeText(local % SECONDS_PER_DAY),
  };
}

function timeText(secondOfDay: number): string {
  const hours = Math.floor(secondOfDay / 3_600);
  const minutes = Math.floor((secondOfDay % 3_600) / 60);
  return [hours, minutes, secondOfDay % 60].map((part) => part.toString().padStart(2, '0')).join(':');
}

function dayNumberOf(date: BusinessDate): number {
  return dayNumber(parseInt(date.slice(0, 4), 10), parseInt(date.slice(5, 7), 10), parseInt(date.slice(8, 10), 10));
}

/** Days since 1 January 1970 in the Gregorian calendar; years begin in March so that the leap day is the last. */
function dayNumber(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_PER_400_YEARS + dayOfEra - 719_468;
}

function dateOfDayNumber(number: number): BusinessDate {
  const shifted = number + 719_468;
  const era = Math.floor(shifted / DAYS_PER_400_YEARS);
  const dayOfEra = shifted - era * DAYS_PER_400_YEARS;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
  const text = [year.toString().padStart(4, '0'), month.toString().padStart(2, '0'), day.toString().padStart(2, '0')];
  return text.join('-') as BusinessDate;
}
