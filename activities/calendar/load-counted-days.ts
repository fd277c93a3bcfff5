/** The days that a limit counts, as the book knows them now: the newest version of each calendar that it rests on. */
import type { ClientBase } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import {
  civilWorkingDays,
  publicHolidays,
  settlementDays,
  tradingDays,
  type CivilDay,
  type CountedDays,
} from '../../domain/calendar/counted-days';
import type { Channel } from '../../domain/channel';
import type { CountedBy } from '../../domain/deadlines/limit';
import { shareCalendars } from './calendar-lock';
import { loadMarketCalendar } from './load-market-calendar';

export interface LoadedDays {
  readonly days: CountedDays;
  /** Calendars that the answers rest on, CIVIL or the two exchanges of the channel, with their versions: 'CIVIL 2'; 'SEHK 1, SSE 2'. */
  readonly version: string;
}

type Sql = Pick<ClientBase, 'query'>;

/**
 * No calendar is corrected from here until the transaction ends.
 * @throws Error when this book has no such calendar: its reference data was not loaded
 */
export async function loadCountedDays(sql: Sql, by: CountedBy, channel: Channel): Promise<LoadedDays> {
  await shareCalendars(sql);
  if (by === 'CIVIL') return civilDays(sql);
  const { calendar, versions } = await loadMarketCalendar(sql, channel);
  return {
    days: by === 'TRADING' ? tradingDays(calendar) : settlementDays(calendar),
    version: versions,
  };
}

/** The days on which nobody of the mainland is called. */
export async function loadPublicHolidays(sql: Sql): Promise<CountedDays> {
  return publicHolidays((await civilCalendar(sql)).civil);
}

async function civilDays(sql: Sql): Promise<LoadedDays> {
  const { civil, version } = await civilCalendar(sql);
  return { days: civilWorkingDays(civil), version: `CIVIL ${version}` };
}

async function civilCalendar(sql: Sql) {
  const { rows } = await sql.query<{ version: number; known_from: BusinessDate; known_to: BusinessDate }>(
    `select version, known_from, known_to from calendar_versions where calendar = 'CIVIL' order by version desc limit 1`,
  );
  const [known] = rows;
  if (known === undefined) throw new Error('this book has no calendar CIVIL');
  const { rows: days } = await sql.query<CivilDay>(
    `select day as date, kind from calendar_days where calendar = 'CIVIL' and version = $1`,
    [known.version],
  );
  return { civil: { from: known.known_from, to: known.known_to, days }, version: known.version };
}
