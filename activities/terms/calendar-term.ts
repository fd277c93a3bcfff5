/**
 * A calendar as a term that people may change: the kind of single days, in the newest version of the calendar. Days past the last known one
 * make it grow, where each of them is named: no kind of a day is guessed.
 */
import { addDays, parseBusinessDate, weekday, type BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import type { TermValues } from '../../domain/terms/change-of-terms';
import type { CalendarContent, CalendarDay } from '../calendar/calendar-versions';
import type { Sql } from '../people/standing';
import type { TermRow } from './term-row';

/**
 * The newest version with the kind of each asked day that it knows, null of those by which it would grow without a gap; none where there is
 * no such calendar.
 */
export async function calendarRows(sql: Sql, code: string, asked: readonly string[]): Promise<readonly TermRow[]> {
  const newest = await newestVersion(sql, code);
  if (newest === undefined) return [];
  const { knownFrom, knownTo, days, source } = newest;
  const kinds = new Map<string, string>(days.map(({ date, kind }) => [date, kind]));
  const known = asked.filter((date) => isDate(date) && knownFrom <= date && date <= knownTo);
  const further = daysOfGrowth(knownTo, asked);
  return [
    {
      values: Object.fromEntries([
        ...known.map((date) => [date, kinds.get(date) ?? ordinary(date)] as const),
        ...further.map((date) => [date, null] as const),
      ]),
      unit: code,
      validFrom: knownFrom,
      validTo: addDays(further.at(-1) ?? knownTo, 1),
      source,
    },
  ];
}

/** Days that follow one another from the day after the last known one on. */
function daysOfGrowth(knownTo: BusinessDate, asked: readonly string[]): readonly BusinessDate[] {
  const named = new Set(asked);
  const days: BusinessDate[] = [];
  for (let day = addDays(knownTo, 1); named.has(day); day = addDays(day, 1)) days.push(day);
  return days;
}

interface ChangedDays {
  readonly values: TermValues;
  readonly reason: string;
  readonly source: string;
}

/** All of the calendar as it will be with these days changed. */
export async function calendarWith(sql: Sql, code: string, changed: ChangedDays): Promise<CalendarContent> {
  const newest = await newestVersion(sql, code);
  if (newest === undefined) throw new RangeError(`there is no calendar ${code}`);
  return { ...withDays(newest, changed), source: changed.source };
}

/**
 * A calendar as a reviewed file says it, with what people decided about its days since: that is not undone by loading the file again. Who
 * loads it holds the calendars: what is approved after this was read would be undone.
 * @throws BusinessError INPUT_INVALID naming the decided days that do not follow on a file that ends earlier than the one they were decided by
 */
export async function withDecidedDays(sql: Sql, filed: CalendarContent): Promise<CalendarContent> {
  const { rows } = await sql.query<ChangedDays>(
    `select new_values as values, reason, 'parameter change ' || change_id as source from parameter_changes
      where kind = 'calendar' and code = $1 and state in ('approved', 'in force') order by approved_at, change_id`,
    [filed.calendar],
  );
  const decided = rows.reduce(withDays, filed);
  return { ...decided, days: decided.days.filter(({ date }) => date >= filed.knownFrom) };
}

/** With these days as they are now, known to the last of them at least: a day between that nobody named would be a guess. */
function withDays(before: CalendarContent, { values, reason, source }: ChangedDays): CalendarContent {
  const further = daysOfGrowth(before.knownTo, Object.keys(values));
  const knownTo = further.at(-1) ?? before.knownTo;
  const apart = Object.keys(values).filter((date) => date > knownTo);
  if (apart.length > 0)
    throw new BusinessError('INPUT_INVALID', {
      field: 'days',
      reason: `${before.calendar} ${knownTo} 之后连续的日期 days that follow on it one by one; ${apart.sort().join(', ')} (${source})`,
    });
  const days = Object.entries(values).flatMap(([text, kind]): CalendarDay[] => {
    const date = parseBusinessDate(text);
    // A day as ordinary days of the week are is no exception.
    return kind === null || kind === ordinary(date)
      ? []
      : [{ date, kind: kind as CalendarDay['kind'], reason, source }];
  });
  return {
    ...before,
    knownTo,
    days: [...before.days.filter(({ date }) => !(date in values)), ...days],
  };
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
