/** The market calendar of a channel as the book knows it now: the newest version of both exchanges. */
import type { ClientBase } from 'pg';
import { marketCalendar, type ExchangeDay, type MarketCalendar } from '../../domain/calendar/market-calendar';
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { Channel } from '../../domain/channel';

export interface LoadedCalendar {
  readonly calendar: MarketCalendar;
  /** Of the two exchanges' versions the newer; recorded with every date computed from it. */
  readonly version: number;
  /** Both versions: 'SEHK 1, SSE 2'. */
  readonly versions: string;
}

/**
 * What one of the two exchanges does not know, the link does not know.
 * @throws Error when an exchange has no calendar in this book: its reference data was not loaded
 */
export async function loadMarketCalendar(sql: Pick<ClientBase, 'query'>, channel: Channel): Promise<LoadedCalendar> {
  const mainland = channel === 'SH' ? 'SSE' : 'SZSE';
  const { rows: versions } = await sql.query<{
    calendar: string;
    version: number;
    known_from: BusinessDate;
    known_to: BusinessDate;
  }>(
    `select distinct on (calendar) calendar, version, known_from::text, known_to::text from calendar_versions
      where calendar in ($1, 'SEHK') order by calendar, version desc`,
    [mainland],
  );
  const [one, other] = versions;
  if (one === undefined || other === undefined) throw new Error(`this book has no calendar of ${mainland} and SEHK`);
  const from = one.known_from > other.known_from ? one.known_from : other.known_from;
  const to = one.known_to < other.known_to ? one.known_to : other.known_to;
  const { rows: days } = await sql.query<ExchangeDay>(
    `select d.calendar as exchange, d.day::text as date, d.kind
       from calendar_days d
       join (select distinct on (calendar) calendar, version from calendar_versions
              where calendar in ($1, 'SEHK') order by calendar, version desc) newest using (calendar, version)
      where d.day between $2 and $3`,
    [mainland, from, to],
  );
  return {
    calendar: marketCalendar({ from, to, mainland, days }),
    version: Math.max(one.version, other.version),
    versions: versions.map(({ calendar, version }) => `${calendar} ${version}`).join(', '),
  };
}
