/** Differences between our books and the others', and the supervisor's signed exceptions. */
import { assignBreak, askBreakWriteOff } from '../../activities/intake/desk-of-breaks';
import { byReference } from '../../activities/intake/typed-texts';
import { BusinessError } from '../../domain/errors';
import { settlementDayId } from '../../workflows/messages/settlement-day';
import { likelyCauses } from '../../domain/settlement/break-causes';
import { daysBetween, parseBusinessDate, type BusinessDate } from '../../domain/calendar/business-date';
import { businessNow } from '../business-now';
import { idKey, keyOfCursor, pageOf as page } from '../cursors';
import { onlySidesReadBy } from '../identity';
import { refuseIfAny } from '../problems';
import { moneyOrNull, onSidesRead } from '../reads/columns';
import { route } from '../route';
import {
  anyJson,
  bilingual,
  businessDate,
  dayPath,
  instant,
  money,
  pageOf,
  pageQuery,
  person,
  reason,
  rowId,
} from '../schemas';
import { invalid } from '../validation';
import { z } from '../zod';

const breakDecision = z.strictObject({
  decision: z.literal('exception'),
  reason: z.string(),
  expiresOn: z.string().openapi({ format: 'date' }),
  signedBy: z.string(),
  at: instant,
});

const verdict = z.enum(['open', 'excepted', 'expired', 'written off']).openapi({
  description: '未决、例外有效、例外到期、已核销 undecided, under an exception, its exception has run out, written off',
});

const breakLine = z
  .strictObject({
    breakId: rowId,
    class: z.string(),
    fileName: z.string(),
    row: z.string().nullable(),
    field: z.string().nullable(),
    theirs: z.string().nullable(),
    ours: z.string().nullable(),
    difference: money.nullable(),
    attributes: anyJson,
    reason: bilingual,
    owner: z.string().nullable(),
    foundAt: instant,
    decision: breakDecision.nullable(),
    verdict,
    assignedTo: z.string().nullable(),
  })
  .openapi('Break');

interface Row {
  readonly finding_id: string;
  readonly channel: string;
  readonly business_date: string;
  readonly class: string;
  readonly file_name: string;
  readonly row_no: string | null;
  readonly field: string | null;
  readonly file_value: string | null;
  readonly computed: string | null;
  readonly amount_fen: bigint | null;
  readonly attributes: unknown;
  readonly reason_zh: string;
  readonly reason_en: string;
  readonly owner: string | null;
  readonly found_at: string;
  readonly decision: 'exception' | null;
  readonly decision_reason: string;
  readonly expires_on: string;
  readonly signed_by: string;
  readonly decided_at: string;
  readonly verdict: 'open' | 'excepted' | 'expired' | 'written off';
  readonly assigned_to: string | null;
}

const BREAKS = `select f.finding_id::text, f.channel, f.business_date::text, f.class, f.file_name, f.row_no::text, f.field,
    f.file_value, f.computed, f.amount_fen, f.attributes, f.reason_zh, f.reason_en, f.owner, f.found_at,
    d.decision, d.reason as decision_reason, d.expires_on::text, d.signed_by, d.at as decided_at, v.verdict, v.assigned_to
  from findings_in_force f join break_verdicts v using (finding_id) left join break_decisions d using (finding_id)
  where f.outcome = 'break'`;

const breakLineOf = (row: Row): z.input<typeof breakLine> => ({
  breakId: row.finding_id,
  class: row.class,
  fileName: row.file_name,
  row: row.row_no,
  field: row.field,
  theirs: row.file_value,
  ours: row.computed,
  difference: moneyOrNull(row.amount_fen),
  attributes: row.attributes,
  reason: { zh: row.reason_zh, en: row.reason_en },
  owner: row.owner,
  foundAt: row.found_at,
  decision:
    row.decision === null
      ? null
      : {
          decision: row.decision,
          reason: row.decision_reason,
          expiresOn: row.expires_on,
          signedBy: row.signed_by,
          at: row.decided_at,
        },
  verdict: row.verdict,
  assignedTo: row.assigned_to,
});

export const listBreaks = route({
  id: 'listBreaks',
  method: 'get',
  path: '/v1/settlement-days/{channel}/{date}/breaks',
  tag: 'days',
  summary: { zh: '对账差异及处理', en: 'Breaks with their decisions' },
  params: dayPath,
  query: z.strictObject({ decided: z.enum(['yes', 'no']).optional(), ...pageQuery }),
  answer: pageOf(breakLine),
  refusals: ['CHANNEL_UNKNOWN'],
  respond: async ({ params, query, caller }, { pool }) => {
    const [after = '0'] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const { rows } = await pool.query<Row>(
      `${BREAKS} and f.channel = $1 and f.business_date = $2 and f.finding_id > $3
         and ($4::text is null or ($4 = 'yes') = (v.verdict in ('excepted', 'written off'))) and ${onSidesRead('$6')}
       order by f.finding_id limit $5`,
      [params.channel, params.date, after, query.decided ?? null, query.limit + 1, onlySidesReadBy(caller)],
    );
    return { status: 200, body: page(rows, query.limit, (row) => [row.finding_id], breakLineOf) };
  },
});

export const decideBreak = route({
  id: 'decideBreak',
  method: 'post',
  path: '/v1/breaks/{breakId}/decision',
  tag: 'days',
  summary: { zh: '主管对差异签署例外', en: 'A supervisor signs an exception for a break' },
  params: z.strictObject({ breakId: rowId }),
  body: z.strictObject({ decision: z.literal('exception'), reason, expiresOn: businessDate }),
  answer: breakLine,
  statuses: [200, 202],
  refusals: ['NOT_FOUND', 'EXCEPTION_BY_MAKER', 'BREAK_ALREADY_DECIDED', 'DAY_CLOSED', 'TEMPORAL_UNAVAILABLE'],
  respond: async ({ params, body, caller, requestId, idempotencyKey }, { pool, temporal }) => {
    const { breakId } = params;
    const read = async (): Promise<Row> => {
      const { rows } = await pool.query<Row>(`${BREAKS} and f.finding_id = $1`, [breakId]);
      const [row] = rows;
      if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '差异 break', key: breakId });
      return row;
    };
    const before = await read();
    if (before.verdict === 'excepted' || before.verdict === 'written off')
      throw new BusinessError('BREAK_ALREADY_DECIDED', { id: breakId });
    const { now, today } = await businessNow(pool);
    if (body.expiresOn < today) {
      refuseIfAny([invalid('expiresOn', { zh: `不早于 ${today}`, en: `not before ${today}` })]);
    }
    const day = { channel: before.channel, businessDate: parseBusinessDate(before.business_date) };
    const state = await temporal.signException(settlementDayId(day), `${caller.person}:${idempotencyKey}`, {
      findingId: breakId,
      reason: await byReference(pool, `finding:${breakId}`, 'reason', body.reason),
      expiresOn: body.expiresOn,
      signedBy: caller.person,
      role: 'supervisor',
      requestId,
      at: now,
    });
    if (state === 'gone') throw new BusinessError('DAY_CLOSED', { date: day.businessDate });
    return {
      status: state === 'done' ? 200 : 202,
      tentative: state !== 'done',
      location: `/v1/settlement-days/${day.channel}/${day.businessDate}/breaks`,
      body: breakLineOf(await read()),
    };
  },
});

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
    const { rows } = await pool.query<Row & { readonly trade: string | null }>(
      `${BREAKS.replace('v.assigned_to', "v.assigned_to, f.attributes ->> 'trade' as trade")} and f.finding_id > $1
         and ($2::text is null or v.verdict = $2) and ($3::text is null or v.assigned_to = $3) and ${onSidesRead('$5')}
       order by f.finding_id limit $4`,
      [after, query.verdict ?? null, query.assignedTo ?? null, query.limit + 1, onlySidesReadBy(caller)],
    );
    // Two of one matter stand on one day.
    const causes = new Map(
      [...new Set(rows.map((row) => row.business_date))].flatMap((date) => {
        const ofDay = rows.filter((row) => row.business_date === date);
        const compared = ofDay.map((row) => ({
          breakId: row.finding_id,
          class: row.class,
          amountFen: row.amount_fen,
          trade: row.trade,
        }));
        return likelyCauses(compared).map((cause, at) => [ofDay[at]?.finding_id ?? '', cause] as const);
      }),
    );
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

export const assignBreakRoute = route({
  id: 'assignBreak',
  method: 'post',
  path: '/v1/breaks/{breakId}/assignment',
  tag: 'days',
  summary: { zh: '指派差异核查人', en: 'Give a break to somebody to look into' },
  params: z.strictObject({ breakId: rowId }),
  body: z.strictObject({ to: person, reason }),
  answer: z.strictObject({ breakId: rowId, assignedTo: z.string() }).openapi('BreakAssignment'),
  refusals: ['NOT_FOUND', 'BREAK_ALREADY_DECIDED'],
  respond: async ({ params, body, caller, requestId, idempotencyKey }, { pool }) => {
    const { breakId } = params;
    await assignBreak(pool, {
      breakId,
      key: `${caller.person}:${idempotencyKey}`,
      by: caller.person,
      role: 'supervisor',
      to: body.to,
      reason: body.reason,
      requestId,
    });
    return { status: 200, body: { breakId, assignedTo: body.to } };
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
      role: 'operations',
      reason: body.reason,
      requestId,
    });
    return { status: 202, location: '/v1/breaks', body: { breakId, writeOffId } };
  },
});
