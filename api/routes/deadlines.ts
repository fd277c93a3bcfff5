/** Promises: which ones run, are due, are breached; and how they were kept. */
import { ROLES } from '../../domain/people/roles';
import { idKey, keyOfCursor, pageOf as page } from '../cursors';
import { holdsAnyOf, READS_BOTH_SIDES, type Caller } from '../identity';
import { deadlineReport, keptFigures, reportGroups } from '../reads/deadline-report';
import { fault, Refused } from '../problems';
import { route } from '../route';
import { businessDate, instant, pageOf, pageQuery, rowId, side } from '../schemas';
import { z } from '../zod';

const deadlineState = z.enum(['running', 'breached', 'met', 'met late', 'withdrawn', 'abandoned']);

const deadlineLine = z
  .strictObject({
    deadlineId: rowId,
    businessKey: z.string(),
    workflowId: z.string(),
    process: z.string(),
    step: z.string(),
    subject: z.string(),
    side: side.nullable(),
    branch: z.string().nullable(),
    owner: z.strictObject({ role: z.enum(ROLES), team: z.string().nullable(), person: z.string().nullable() }),
    limit: z.strictObject({ kind: z.string(), n: z.number().int(), time: z.string().nullable() }),
    receivedAt: instant,
    dueAt: instant,
    calendarVersion: z.string().openapi({ description: '计算所用日历版本 versions that the instants rest on' }),
    state: deadlineState,
    breached: z.boolean().openapi({ description: '曾到期未兑现 was not met when it was due' }),
    stoppedUntil: instant
      .nullable()
      .openapi({ description: '计时中止，最迟至此 the clock stands, until then at the latest' }),
    endedAt: instant.nullable(),
    endedBy: z.string().nullable(),
  })
  .openapi('Deadline');

type DeadlineLine = z.input<typeof deadlineLine>;

interface Row extends Omit<DeadlineLine, 'owner' | 'limit'> {
  readonly ownerRole: DeadlineLine['owner']['role'];
  readonly ownerTeam: string | null;
  readonly ownerPerson: string | null;
  readonly limitKind: string;
  readonly limitN: number;
  readonly limitTime: string | null;
}

const instantKey = (text: string): boolean => /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(text);

export const listDeadlines = route({
  id: 'listDeadlines',
  method: 'get',
  path: '/v1/deadlines',
  tag: 'tasks',
  summary: { zh: '承诺与期限（先到期者在前）', en: 'Promises, the first due first' },
  query: z.strictObject({
    state: deadlineState.optional(),
    open: z.enum(['true', 'false']).optional().openapi({ description: '未结束的 those that have not ended' }),
    breached: z.enum(['true', 'false']).optional(),
    dueBefore: z.iso.datetime().optional().openapi({ description: '早于此刻到期 due before an instant, UTC' }),
    process: z.string().max(100).optional(),
    ...pageQuery,
  }),
  answer: pageOf(deadlineLine),
  respond: async ({ query, caller }, { pool }) => {
    const [afterDue = null, afterId = null] = keyOfCursor(query.cursor, [instantKey, idKey]) ?? [];
    const { rows } = await pool.query<Row>(
      `select d.deadline_id::text as "deadlineId", d.business_key as "businessKey", d.workflow_id as "workflowId", d.process, d.step,
              d.subject, d.side, d.branch, d.owner_role as "ownerRole", d.owner_team as "ownerTeam", d.owner_person as "ownerPerson",
              d.limit_kind as "limitKind", d.limit_n as "limitN", d.limit_time as "limitTime", d.received_at as "receivedAt",
              d.due_at as "dueAt", d.calendar_version as "calendarVersion", d.state, d.breached_at is not null as breached,
              (select max(s.to_at) from deadline_stops s
                where s.deadline_id = d.deadline_id and d.ended_at is null and s.to_at > (select business_now())) as "stoppedUntil",
              d.ended_at as "endedAt", d.ended_by as "endedBy"
         from deadlines d
        where ($1::text is null or d.state = $1)
          and ($2::boolean is null or (d.ended_at is null) = $2)
          and ($3::boolean is null or (d.breached_at is not null) = $3)
          and ($4::timestamptz is null or d.due_at < $4)
          and ($5::text is null or d.process = $5)
          and ($6::timestamptz is null or (d.due_at, d.deadline_id) > ($6, $7::bigint))
          and ($8::jsonb is null or exists (
                select from jsonb_to_recordset($8) own (role text, side side_of_business, branch text)
                 where own.role = d.owner_role and (d.side is null or own.side is null or own.side = d.side)
                   and (d.branch is null or own.branch is null or own.branch = d.branch)))
        order by d.due_at, d.deadline_id limit $9`,
      [
        query.state ?? null,
        query.open ?? null,
        query.breached ?? null,
        query.dueBefore ?? null,
        query.process ?? null,
        afterDue,
        afterId,
        ownedBy(caller),
        query.limit + 1,
      ],
    );
    return { status: 200, body: page(rows, query.limit, ({ dueAt, deadlineId }) => [dueAt, deadlineId], lineOf) };
  },
});

/** Role, side and branch of each grant, whose promises a caller sees; nothing where a caller watches over all. */
const ownedBy = (caller: Caller): string | null =>
  holdsAnyOf(caller, READS_BOTH_SIDES)
    ? null
    : JSON.stringify(caller.grants.map(({ role, side: ofSide, branch }) => ({ role, side: ofSide, branch })));

function lineOf(row: Row): DeadlineLine {
  const { ownerRole, ownerTeam, ownerPerson, limitKind, limitN, limitTime, ...line } = row;
  return {
    ...line,
    owner: { role: ownerRole, team: ownerTeam, person: ownerPerson },
    limit: { kind: limitKind, n: limitN, time: limitTime },
  };
}

export const readDeadlineReport = route({
  id: 'readDeadlineReport',
  method: 'get',
  path: '/v1/deadline-reports',
  tag: 'tasks',
  summary: { zh: '期限兑现报告', en: 'How promises were kept, of those due in a span of dates' },
  query: z.strictObject({ from: businessDate, to: businessDate, by: z.enum(reportGroups).default('process') }),
  answer: z
    .strictObject({
      from: businessDate,
      to: businessDate,
      by: z.enum(reportGroups),
      total: keptFigures,
      groups: z.array(keptFigures),
    })
    .openapi('DeadlineReport'),
  respond: async ({ query: { from, to, by } }, { pool }) => {
    if (to < from) throw new Refused([fault('INPUT_INVALID', { field: 'to', reason: `>= ${from}` }, 'to')]);
    const { total, groups } = await deadlineReport(pool, { from, to, by });
    return { status: 200, body: { from, to, by, total, groups: [...groups] } };
  },
});
