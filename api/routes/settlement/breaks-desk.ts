/** The desk of breaks over all days: likely cause, age, who looks into each, what is asked to be written off. */
import type { Pool } from 'pg';
import { assignBreak, askBreakWriteOff } from '../../../activities/intake/desk-of-breaks';
import { daysBetween, type BusinessDate } from '../../../domain/calendar/business-date';
import type { Side } from '../../../domain/channel';
import { likelyCauses, type ComparedBreak, type LikelyCause } from '../../../domain/settlement/break-causes';
import { businessNow } from '../../business-now';
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { holdsAnyOf, onlySidesReadBy } from '../../identity';
import { onSidesRead } from '../../reads/columns';
import { route } from '../../route';
import { bilingual, pageOf, pageQuery, person, reason, rowId } from '../../schemas';
import { z } from '../../zod';
import { breakLine, breakLineOf, BREAKS, verdict, type BreakRow } from './breaks';

const deskLine = z
  .strictObject({
    ...breakLine.shape,
    channel: z.string(),
    businessDate: z.string().openapi({ format: 'date' }),
    days: z.number().int().openapi({ description: '账龄（自然日） age in calendar days' }),
    likelyCause: z.strictObject({
      cause: z.string(),
      words: bilingual,
      matches: rowId.nullable().openapi({ description: '同一事项的另一差异 the other break of the same matter' }),
    }),
  })
  .openapi('BreakOnDesk');

export const listBreaksOfDesk = route({
  id: 'listBreaksOfDesk',
  method: 'get',
  path: '/v1/breaks',
  tag: 'days',
  summary: {
    zh: '差异台：各日差异、可能原因、账龄与经办',
    en: 'Breaks of all days: likely cause, age, who looks into each',
  },
  query: z.strictObject({ verdict: verdict.optional(), assignedTo: person.optional(), ...pageQuery }),
  answer: pageOf(deskLine),
  respond: async ({ query, caller }, { pool }) => {
    const [after = '0'] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const { today } = await businessNow(pool);
    const { rows } = await pool.query<BreakRow>(
      `${BREAKS} and f.finding_id > $1
         and ($2::text is null or v.verdict = $2) and ($3::text is null or v.assigned_to = $3) and ${onSidesRead('$5')}
       order by f.finding_id limit $4`,
      [after, query.verdict ?? null, query.assignedTo ?? null, query.limit + 1, onlySidesReadBy(caller)],
    );
    const causes = await causesOf(pool, rows, onlySidesReadBy(caller));
    const body = page(
      rows,
      query.limit,
      (row) => [row.finding_id],
      (row): z.input<typeof deskLine> => ({
        ...breakLineOf(row),
        channel: row.channel,
        businessDate: row.business_date,
        days: daysBetween(row.business_date as BusinessDate, today),
        likelyCause: causes.get(row.finding_id) ?? {
          cause: 'unknown',
          words: { zh: '原因不明', en: 'unknown' },
          matches: null,
        },
      }),
    );
    return { status: 200, body };
  },
});

/** Two of one matter stand on one day: compared are all of the day, whatever the list shows. */
async function causesOf(
  pool: Pool,
  rows: readonly BreakRow[],
  sides: readonly Side[] | null,
): Promise<ReadonlyMap<string, LikelyCause>> {
  const days = [...new Set(rows.map(({ channel, business_date }) => `${channel} ${business_date}`))];
  const { rows: compared } = await pool.query<ComparedBreak & { readonly day: string }>(
    `select f.finding_id::text as "breakId", f.class, f.amount_fen as "amountFen", f.attributes ->> 'trade' as trade,
            f.channel || ' ' || f.business_date as day,
            f.class = 'CLEARING_MISSING' and (
              exists (select from trade_cancellations x where x.channel = f.channel and x.trade_date = f.business_date
                      and x.trade_no = f.attributes ->> 'trade' and x.state = 'approved')
              or exists (select from clearing_lines l join file_verdicts v on v.file_id = l.file_id and v.state = 'superseded'
                         where l.channel = f.channel and l.business_date = f.business_date and l.trade_no = f.attributes ->> 'trade')) as "isCancelled"
     from findings_in_force f where f.outcome = 'break' and f.channel || ' ' || f.business_date = any($1) and ${onSidesRead('$2')}
     order by f.finding_id`,
    [days, sides],
  );
  return new Map(
    days.flatMap((day) => {
      const ofDay = compared.filter((found) => found.day === day);
      return likelyCauses(ofDay).map((cause, at) => [ofDay[at]?.breakId ?? '', cause] as const);
    }),
  );
}

export const assignBreakRoute = route({
  id: 'assignBreak',
  method: 'post',
  path: '/v1/breaks/{breakId}/assignment',
  tag: 'days',
  summary: { zh: '指派差异核查人', en: 'Give a break to somebody to look into' },
  description: {
    zh: '指派差异核查人：以所见差异行的标签作 If-Match，其间已另行指派或已作决定则 412',
    en: 'Give a break to somebody to look into: send the tag of the line as If-Match; given to somebody or decided since, it is 412',
  },
  params: z.strictObject({ breakId: rowId }),
  body: z.strictObject({ to: person, reason }),
  answer: z.strictObject({ breakId: rowId, assignedTo: z.string() }).openapi('BreakAssignment'),
  ifMatch: true,
  refusals: ['NOT_FOUND', 'BREAK_ALREADY_DECIDED', 'REVISION_STALE'],
  respond: async ({ params, body, caller, requestId, idempotencyKey, ifMatch }, { pool }) => {
    const { breakId } = params;
    const etag = await assignBreak(pool, {
      breakId,
      key: `${caller.person}:${idempotencyKey}`,
      by: caller.person,
      role: 'supervisor',
      to: body.to,
      reason: body.reason,
      requestId,
      ifMatch,
    });
    return { status: 200, body: { breakId, assignedTo: body.to }, etag };
  },
});

export const askBreakWriteOffRoute = route({
  id: 'askBreakWriteOff',
  method: 'post',
  path: '/v1/breaks/{breakId}/write-off',
  tag: 'days',
  summary: {
    zh: '申请核销差异，由财务（超额由总经理）审批',
    en: 'Ask to write a break off; finance decides, the general manager too from an amount on',
  },
  params: z.strictObject({ breakId: rowId }),
  body: z.strictObject({ reason }),
  answer: z.strictObject({ breakId: rowId, writeOffId: rowId }).openapi('BreakWriteOff'),
  statuses: [202],
  refusals: ['NOT_FOUND', 'BREAK_ALREADY_DECIDED', 'BREAK_CANNOT_BE_WRITTEN_OFF', 'BREAK_WRITE_OFF_PENDING'],
  respond: async ({ params, body, caller, requestId, idempotencyKey }, { pool }) => {
    const { breakId } = params;
    const { writeOffId } = await askBreakWriteOff(pool, {
      breakId,
      key: `${caller.person}:${idempotencyKey}`,
      by: caller.person,
      role: holdsAnyOf(caller, ['operations']) ? 'operations' : 'finance',
      sides: onlySidesReadBy(caller),
      reason: body.reason,
      requestId,
    });
    return { status: 202, location: '/v1/breaks', body: { breakId, writeOffId } };
  },
});
