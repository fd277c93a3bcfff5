/** A calendar as a term that people may change: the kind of single days, in the newest version of the calendar. */
import { addDays, parseBusinessDate, weekday, type BusinessDate } from '../../domain/calendar/business-date';
import type { TermValues } from '../../domain/terms/change-of-terms';
import type { CalendarContent, CalendarDay } from '../calendar/calendar-versions';
import type { Sql } from '../people/standing';
import type { TermRow } from './term-row';

/** The newest version with the kind of each asked day that it knows; none where there is no such calendar. */
export async function calendarRows(sql: Sql, code: string, asked: readonly string[]): Promise<readonly TermRow[]> {
  const newest = await newestVersion(sql, code);
  if (newest === undefined) return [];
  const { knownFrom, knownTo, days, source } = newest;
  const kinds = new Map<string, string>(days.map(({ date, kind }) => [date, kind]));
  const known = asked.filter((date) => isDate(date) && knownFrom <= date && date <= knownTo);
  return [
    {
      values: Object.fromEntries(known.map((date) => [date, kinds.get(date) ?? ordinary(date)])),
      unit: code,
      validFrom: knownFrom,
      validTo: addDays(knownTo, 1),
      source,
    },
  ];
}

/** All of the calendar as it will be with these days changed. */
export async function calendarWith(
  sql: Sql,
  code: string,
  changed: { readonly values: TermValues; readonly reason: string; readonly source: string },
): Promise<CalendarContent> {
  const newest = await newestVersion(sql, code);
  if (newest === undefined) throw new RangeError(`there is no calendar ${code}`);
  const { values, reason, source } = changed;
  const days = Object.entries(values).flatMap(([text, kind]): CalendarDay[] => {
    const date = parseBusinessDate(text);
    // A day as ordinary days of the week are is no exception.
    return kind === null || kind === ordinary(date)
      ? []
      : [{ date, kind: kind as CalendarDay['kind'], reason, source }];
  });
  return { ...newest, source, days: [...newest.days.filter(({ date }) => !(date in values)), ...days] };
}

async function newestVersion(sql: Sql, code: string): Promise<CalendarContent | undefined> {
  const { rows } = await sql.query<CalendarContent & { readonly version: number }>(
    `select calendar, version, known_from::text as "knownFrom", known_to::text as "knownTo", source
       from calendar_versions where calendar = $1 order by version desc limit 1`,
    [code],
  );
  const [newest] = rows;
  if (newest === undefined) return undefined;
  const { version, ...content } = newest;
  const { rows: days } = await sql.query<CalendarDay>(
    'select day::text as date, kind, reason, source from calendar_days where calendar = $1 and version = $2 order by day',
    [code, version],
  );
  return { ...content, days };
}

/** What a day is where nothing says otherwise: Monday to Friday people work and exchanges trade. */
const ordinary = (date: string): 'OPEN' | 'CLOSED' => (weekday(date as BusinessDate) > 5 ? 'CLOSED' : 'OPEN');

function isDate(text: string): text is BusinessDate {
  try {
    parseBusinessDate(text);
    return true;
  } catch {
    return false;
  }
}
