/** Versions of a calendar in a book: the newest one answers, older ones stay as the evidence of what was computed with them. */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { CalendarRow } from '../../domain/calendar/calendar-rows';

export interface CalendarDay {
  readonly date: BusinessDate;
  readonly kind: 'OPEN' | 'HALF' | 'CLOSED';
  readonly reason: string;
  readonly source: string;
}

/** All of one calendar: the range in which it answers, and the days that differ from Monday to Friday open. */
export interface CalendarContent {
  readonly calendar: CalendarRow['code'];
  /** First and last known day. */
  readonly knownFrom: BusinessDate;
  readonly knownTo: BusinessDate;
  readonly days: readonly CalendarDay[];
  readonly source: string;
}

/** From the first to the last day that the newest version of any calendar answers for. */
export async function knownDays(sql: PoolClient): Promise<{ readonly from: BusinessDate; readonly to: BusinessDate }> {
  const { rows } = await sql.query<{ from: BusinessDate; to: BusinessDate }>(
    `select min(known_from) as "from", max(known_to) as "to"
       from (select distinct on (calendar) known_from, known_to from calendar_versions order by calendar, version desc) newest`,
  );
  const [known] = rows;
  if (known === undefined) throw new RangeError('a book has a calendar');
  return known;
}

/** Adds the next version, unless the newest one says the same. Whoever calls has the lock of the calendars. */
export async function addCalendarVersion(
  sql: PoolClient,
  { calendar, knownFrom, knownTo, days, source }: CalendarContent,
): Promise<{ readonly version: number; readonly isNew: boolean }> {
  const { rows } = await sql.query<{ version: number; known_from: BusinessDate; known_to: BusinessDate }>(
    'select version, known_from, known_to from calendar_versions where calendar = $1 order by version desc limit 1',
    [calendar],
  );
  const [newest] = rows;
  const isSame =
    newest !== undefined &&
    newest.known_from === knownFrom &&
    newest.known_to === knownTo &&
    (await sameDays(sql, calendar, newest.version, days));
  if (isSame) return { version: newest.version, isNew: false };
  const version = (newest?.version ?? 0) + 1;
  await sql.query(
    'insert into calendar_versions (calendar, version, known_from, known_to, source) values ($1, $2, $3, $4, $5)',
    [calendar, version, knownFrom, knownTo, source],
  );
  await sql.query(
    `insert into calendar_days (calendar, version, day, kind, reason, source)
     select $1, $2, d.date, d.kind, d.reason, d.source
       from jsonb_to_recordset($3::jsonb) as d (date date, kind text, reason text, source text)`,
    [calendar, version, JSON.stringify(days)],
  );
  return { version, isNew: true };
}

async function sameDays(
  sql: PoolClient,
  calendar: string,
  version: number,
  days: readonly CalendarDay[],
): Promise<boolean> {
  const { rows } = await sql.query<Pick<CalendarDay, 'date' | 'kind'>>(
    'select day as date, kind from calendar_days where calendar = $1 and version = $2',
    [calendar, version],
  );
  const told = (list: readonly Pick<CalendarDay, 'date' | 'kind'>[]) =>
    list
      .map(({ date, kind }) => `${date} ${kind}`)
      .sort()
      .join('\n');
  return told(rows) === told(days);
}
