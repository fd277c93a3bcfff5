/** Promises: which ones run, are due, are breached; and how they were kept. */
import { asOf } from '../../as-of';
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { holdsAnyOf, READS_BOTH_SIDES, type Caller } from '../../identity';
import {
  deadline,
  deadlineLine,
  deadlineLineOf,
  deadlineState,
  LINE_COLUMNS,
  firstPromises,
  type DeadlineLineRow,
} from '../../reads/deadlines';
import { deadlineSeen } from '../../reads/deadlines-seen';
import { processesKeptFrom } from '../../reads/kept-from';
import {
  deadlineReport,
  dueFrom,
  dueUntil,
  HOW,
  keptFigures,
  keptMeasures,
  KEY,
  NONE,
  reportGroups,
} from '../../reads/deadline-report';
import { refuseBackwards } from '../../problems';
import { route } from '../../route';
import { businessDate, pageOf, pageQuery, rowId } from '../../schemas';
import { z } from '../../zod';

const instantKey = (text: string): boolean => /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(text);

const ASKED = `($2::boolean is null or (d.breached_at is not null) = $2)
  and ($3::timestamptz is null or d.due_at < $3)
  and ($4::text is null or d.process = $4)
  and ($5::timestamptz is null or (d.due_at, d.deadline_id) > ($5, $6::bigint))
  and ($7::jsonb is null or exists (
        select from jsonb_to_recordset($7) own (role text, side side_of_business, branch text)
         where own.role = d.owner_role and (d.side is null or own.side is null or own.side = d.side)
           and (d.branch is null or own.branch is null or own.branch = d.branch)))
  and (cardinality($9::text[]) = 0 or d.workflow_id <> all ($9))
  and ($10::date is null or ${dueFrom('$10')}) and ($11::date is null or ${dueUntil('$11')})
  and ($12::text is null or ${HOW} = any (string_to_array($12, ',')))
  and ($13::text is null or ${KEY.step} = $13)
  and ($14::text is null or coalesce(${KEY.team}, '${NONE}') = $14) and ($15::text is null or coalesce(${KEY.person}, '${NONE}') = $15)`;

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
    dueFrom: businessDate.optional().openapi({ description: '该日或以后到期 due on that day or later' }),
    dueTo: businessDate.optional().openapi({ description: '该日或以前到期 due on that day or earlier' }),
    measure: z.enum(keptMeasures).optional().openapi({
      description: '期限兑现报告某项数字所计者 the promises that a number of the deadline report counts',
    }),
    step: z.string().max(200).optional().openapi({
      description: '流程与步骤，如报告所列 process and step, as the report names them',
      example: 'complaint / answer',
    }),
    team: z
      .string()
      .max(100)
      .optional()
      .openapi({ description: `${NONE}：未指定班组 none named` }),
    person: z
      .string()
      .max(100)
      .optional()
      .openapi({ description: `${NONE}：未指定人员 none named` }),
    ...pageQuery,
  }),
  answer: pageOf(deadlineLine),
  respond: async ({ query, caller }, { pool }) => {
    const [afterDue = null, afterId = null] = keyOfCursor(query.cursor, [instantKey, idKey]) ?? [];
    const { rows } = await pool.query<DeadlineLineRow>(
      `select ${LINE_COLUMNS} from ${firstPromises(query, ASKED, '$8')} page join deadlines d using (deadline_id) order by d.due_at, d.deadline_id`,
      [
        query.state ?? null,
        query.breached ?? null,
        query.dueBefore ?? null,
        query.process ?? null,
        afterDue,
        afterId,
        ownedBy(caller),
        query.limit + 1,
        await processesKeptFrom(pool, caller),
        query.dueFrom ?? null,
        query.dueTo ?? null,
        query.measure === 'breaches' ? 'late,overdue' : (query.measure ?? null),
        query.step ?? null,
        query.team ?? null,
        query.person ?? null,
      ],
    );
    return {
      status: 200,
      body: page(rows, query.limit, ({ dueAt, deadlineId }) => [dueAt, deadlineId], deadlineLineOf),
    };
  },
});

/** Role, side and branch of each grant, whose promises a caller sees; nothing where a caller watches over all. */
const ownedBy = (caller: Caller): string | null =>
  holdsAnyOf(caller, READS_BOTH_SIDES)
    ? null
    : JSON.stringify(caller.grants.map(({ role, side: ofSide, branch }) => ({ role, side: ofSide, branch })));

export const readDeadline = route({
  id: 'readDeadline',
  method: 'get',
  path: '/v1/deadlines/{deadlineId}',
  tag: 'tasks',
  summary: { zh: '一项承诺及其中止、延期与重算', en: 'One promise with its stops, extensions and new computations' },
  params: z.strictObject({ deadlineId: rowId }),
  query: z.strictObject({ 'as-of': asOf }),
  answer: deadline,
  etag: true,
  refusals: ['NOT_FOUND', 'ROLE_MISSING', 'WRONG_SIDE', 'WRONG_BRANCH'],
  respond: async ({ params: { deadlineId }, query, caller, requestId }, services) => ({
    status: 200,
    ...(await deadlineSeen(services, caller, { deadlineId, requestId, at: query['as-of'] })),
  }),
});

export const readDeadlineReport = route({
  id: 'readDeadlineReport',
  method: 'get',
  path: '/v1/deadline-reports',
  tag: 'tasks',
  summary: { zh: '期限兑现报告', en: 'How promises were kept' },
  description: {
    zh: '期限兑现报告；各项数字可在期限清单中列出，须回避者不计',
    en: 'How promises were kept, of those due in a span of dates; each number opens the list of promises, without those that the caller is kept out of',
  },
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
  respond: async ({ query: { from, to, by }, caller }, { pool }) => {
    refuseBackwards({ from, to });
    const { total, groups } = await deadlineReport(pool, { from, to, by }, await processesKeptFrom(pool, caller));
    return { status: 200, body: { from, to, by, total, groups: [...groups] } };
  },
});
