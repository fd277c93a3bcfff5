/**
 * A corrected calendar of an exchange moves what is due on days to come (settlement page, out of the ordinary: one-sided holiday, half day): whoever has
 * lines that move is told of it as of a notice of the clearing house (A4 §40).
 */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { CalendarRow } from '../../domain/calendar/calendar-rows';
import type { Channel } from '../../domain/channel';
import { tellMoved } from '../postponements/tell-moved';

/** Lines fall due two settlement days after their trade: no closure of an exchange puts that, or a notice, a month away. */
const DAYS_AROUND = 31;

/** When the lines of each date of a file are due, of the dates whose lines are not over. */
export type DueDates = readonly {
  readonly channel: Channel;
  readonly filed: BusinessDate;
  readonly due: BusinessDate;
}[];

const CHANNELS: Readonly<Record<CalendarRow['code'], readonly Channel[]>> = {
  SSE: ['SH'],
  SZSE: ['SZ'],
  SEHK: ['SH', 'SZ'],
  CIVIL: [],
};

/** As notices and calendars stand within the transaction. */
export async function dueDatesAhead(sql: PoolClient, calendar: CalendarRow['code']): Promise<DueDates> {
  const { rows } = await sql.query<DueDates[number]>(
    `select d.channel, d.filed::text, d.due::text from (
       select c as channel, today.day + n as filed, due_date_of(c, today.day + n) as due, today.day
       from (select (business_now() at time zone 'Asia/Shanghai')::date as day) today, unnest($1::text[]) c, generate_series(-$2::int, $2) n) d
     where d.due >= d.day order by 1, 2`,
    [CHANNELS[calendar], DAYS_AROUND],
  );
  return rows;
}

/** Tells of each day from which lines have moved to another one, once a version. */
export async function tellCorrected(
  sql: PoolClient,
  { calendar, version }: { readonly calendar: CalendarRow['code']; readonly version: number },
  before: DueDates,
): Promise<void> {
  const after = new Map((await dueDatesAhead(sql, calendar)).map((one) => [keyOf(one), one.due]));
  const moves = new Map<string, { channel: Channel; from: BusinessDate; to: BusinessDate; filed: BusinessDate[] }>();
  for (const { channel, filed, due: from } of before) {
    const to = after.get(keyOf({ channel, filed })) ?? from;
    if (to === from) continue;
    const key = `${channel}:${from}:${to}`;
    const move = moves.get(key) ?? { channel, from, to, filed: [] };
    move.filed.push(filed);
    moves.set(key, move);
  }
  for (const [key, move] of moves) {
    if (!(await hasLines(sql, move))) continue;
    const day = { channel: move.channel, businessDate: move.from };
    const about = {
      key: `calendar-corrected:${calendar}:${version}:${key}`,
      template: 'SETTLEMENT_DAY_CORRECTED',
      day,
    };
    await tellMoved(sql, move, about);
  }
}

const keyOf = ({ channel, filed }: Pick<DueDates[number], 'channel' | 'filed'>) => `${channel}:${filed}`;

/** A holiday that is entered months ahead moves nothing that anybody has. */
async function hasLines(
  sql: PoolClient,
  { channel, filed }: { readonly channel: Channel; readonly filed: readonly BusinessDate[] },
): Promise<boolean> {
  const { rowCount } = await sql.query(
    'select 1 from counted_clearing_lines where channel = $1 and settle_date = any($2::date[]) limit 1',
    [channel, filed],
  );
  return (rowCount ?? 0) > 0;
}
