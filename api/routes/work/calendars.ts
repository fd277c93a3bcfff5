/** Calendars: the days that limits and settlement are counted by, as they are and as they were. */
import { BusinessError } from '../../../domain/errors';
import { asOf, queryAsOf } from '../../as-of';
import { route } from '../../route';
import { z } from '../../zod';

const calendarCode = z.enum(['SSE', 'SZSE', 'SEHK', 'CIVIL']).openapi({
  example: 'CIVIL',
  description: 'SSE、SZSE、SEHK 为交易所日历，CIVIL 为境内工作日 exchanges, and the working days of the mainland',
});
const day = z.string().openapi({ format: 'date' });

const calendar = z
  .strictObject({
    calendar: calendarCode,
    version: z.number().int(),
    knownFrom: day,
    knownTo: day,
    source: z.string(),
    days: z
      .array(
        z.strictObject({
          date: day,
          kind: z.enum(['OPEN', 'HALF', 'CLOSED']),
          reason: z.string(),
          source: z.string(),
        }),
      )
      .openapi({ description: '与周一至周五开市不同之日 days that differ from Monday to Friday open' }),
  })
  .openapi('Calendar');

export const readCalendar = route({
  id: 'readCalendar',
  method: 'get',
  path: '/v1/calendars/{calendar}',
  tag: 'parameters',
  summary: {
    zh: '日历的现行版本；变更经参数变更提请',
    en: 'The version of a calendar in force; it is corrected as a parameter is changed',
  },
  params: z.strictObject({ calendar: calendarCode }),
  query: z.strictObject({ 'as-of': asOf }),
  answer: calendar,
  refusals: ['NOT_FOUND'],
  respond: async ({ params, query }, services) => {
    const { rows } = await queryAsOf(services, query['as-of'], (sql) =>
      sql.query<z.input<typeof calendar>>(
        `select v.calendar, v.version, v.known_from::text as "knownFrom", v.known_to::text as "knownTo", v.source,
                coalesce((select jsonb_agg(jsonb_build_object('date', d.day, 'kind', d.kind, 'reason', d.reason, 'source', d.source) order by d.day)
                            from calendar_days d where d.calendar = v.calendar and d.version = v.version), '[]') as days
           from calendar_versions v where v.calendar = $1 order by v.version desc limit 1`,
        [params.calendar],
      ),
    );
    const [row] = rows;
    if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '日历 calendar', key: params.calendar });
    return { status: 200, body: row };
  },
});
