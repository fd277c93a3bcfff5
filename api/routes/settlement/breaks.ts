/** Differences between our books and the others', and the supervisor's signed exceptions. */
import { breakTag, type TaggedBreak } from '../../../activities/intake/break-tag';
import { ASSIGNMENTS } from '../../../activities/intake/desk-of-breaks';
import { signExceptionOfClosedDay } from '../../../activities/intake/sign-exception';
import { byReference } from '../../../activities/intake/typed-texts';
import { BusinessError } from '../../../domain/errors';
import { settlementDayId } from '../../../workflows/messages/settlement-day';
import { parseBusinessDate } from '../../../domain/calendar/business-date';
import { businessNow } from '../../business-now';
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { onlySidesReadBy } from '../../identity';
import { refuseIfAny } from '../../problems';
import { moneyOrNull, onSidesRead } from '../../reads/columns';
import { route } from '../../route';
import {
  anyJson,
  bilingual,
  businessDate,
  dayPath,
  instant,
  money,
  pageOf,
  pageQuery,
  reason,
  rowId,
} from '../../schemas';
import { invalid } from '../../validation';
import { z } from '../../zod';
import { ofProcess } from '../../../activities/database/of-process';

const breakDecision = z.strictObject({
  decision: z.literal('exception'),
  reason: z.string(),
  expiresOn: z.string().openapi({ format: 'date' }),
  signedBy: z.string(),
  at: instant,
});

export const verdict = z.enum(['open', 'excepted', 'expired', 'written off']).openapi({
  description: '未决、例外有效、例外到期、已核销 undecided, under an exception, its exception has run out, written off',
});

export const breakLine = z
  .strictObject({
    breakId: rowId,
    tag: z.string().openapi({
      description: '所见差异的标签，指派时作 If-Match tag of the break as it is shown: If-Match of who assigns it',
      example: '"break-12-0-open"',
    }),
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
    writeOff: z
      .strictObject({ writeOffId: rowId, askedBy: z.string(), reason: z.string(), waitsFor: z.array(z.string()) })
      .nullable()
      .openapi({ description: '审批中的核销及待审角色 a write-off that is asked for, and the roles it waits for' }),
  })
  .openapi('Break');

export interface BreakRow extends TaggedBreak {
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
  readonly write_off_id: string | null;
  readonly write_off_by: string;
  readonly write_off_reason: string;
  readonly waits_for: readonly string[];
}

export const BREAKS = `select f.finding_id::text, f.channel, f.business_date::text, f.class, f.file_name, f.row_no::text, f.field,
    f.file_value, f.computed, f.amount_fen, f.attributes, f.reason_zh, f.reason_en, f.owner, f.found_at,
    d.decision, d.reason as decision_reason, d.expires_on::text, d.signed_by, d.at as decided_at, v.verdict, v.assigned_to, ${ASSIGNMENTS} as assignments,
    w.write_off_id::text, w.made_by as write_off_by, w.reason as write_off_reason,
    array(select distinct t.role from tasks t where ${ofProcess('t.workflow_id', 'w.workflow_id')} and t.state in ('open', 'claimed') order by 1) as waits_for
  from findings_in_force f join break_verdicts v using (finding_id) left join break_decisions d using (finding_id)
  left join break_write_offs w on w.finding_id = f.finding_id and w.state = 'awaiting approval'
  where f.outcome = 'break'`;

export const breakLineOf = (row: BreakRow): z.input<typeof breakLine> => ({
  breakId: row.finding_id,
  tag: breakTag(row),
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
  writeOff:
    row.write_off_id === null
      ? null
      : {
          writeOffId: row.write_off_id,
          askedBy: row.write_off_by,
          reason: row.write_off_reason,
          waitsFor: [...row.waits_for],
        },
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
    const { rows } = await pool.query<BreakRow>(
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
  refusals: [
    'NOT_FOUND',
    'EXCEPTION_BY_MAKER',
    'EXCEPTION_TOO_LONG',
    'BREAK_ALREADY_DECIDED',
    'DAY_CLOSED',
    'TEMPORAL_UNAVAILABLE',
  ],
  respond: async ({ params, body, caller, requestId, idempotencyKey }, { pool, temporal }) => {
    const { breakId } = params;
    const read = async (): Promise<BreakRow> => {
      const { rows } = await pool.query<BreakRow>(`${BREAKS} and f.finding_id = $1`, [breakId]);
      const [row] = rows;
      if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '差异 break', key: breakId });
      return row;
    };
    const before = await read();
    const day = { channel: before.channel, businessDate: parseBusinessDate(before.business_date) };
    const location = `/v1/settlement-days/${day.channel}/${day.businessDate}/breaks`;
    if (before.verdict === 'excepted' || before.verdict === 'written off') {
      // Signed by this very act, which is sent again: it answers as it did, of an open day and of a closed one.
      const isOwn =
        before.signed_by === caller.person &&
        before.decision_reason === body.reason &&
        before.expires_on === body.expiresOn;
      if (!isOwn) throw new BusinessError('BREAK_ALREADY_DECIDED', { id: breakId });
      return { status: 200, location, body: breakLineOf(before) };
    }
    const { now, today } = await businessNow(pool);
    if (body.expiresOn < today) {
      refuseIfAny([invalid('expiresOn', { zh: `不早于 ${today}`, en: `not before ${today}` })]);
    }
    const signed = {
      findingId: breakId,
      expiresOn: body.expiresOn,
      signedBy: caller.person,
      role: 'supervisor',
      requestId,
    };
    const state = await temporal.signException(settlementDayId(day), `${caller.person}:${idempotencyKey}`, {
      ...signed,
      reason: await byReference(pool, `finding:${breakId}`, 'reason', body.reason),
      at: now,
    });
    const isOfClosedDay = state === 'gone';
    if (isOfClosedDay) await signExceptionOfClosedDay(pool, { ...day, ...signed, reason: body.reason });
    return {
      status: state === 'done' || isOfClosedDay ? 200 : 202,
      tentative: state !== 'done' && !isOfClosedDay,
      location,
      body: breakLineOf(await read()),
    };
  },
});
