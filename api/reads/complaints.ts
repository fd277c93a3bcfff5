/** Complaints as people see them: where one stands, without who complains. */
import {
  COMPLAINT_CATEGORIES,
  COMPLAINT_CHANNELS,
  COMPLAINT_PRODUCTS,
  COMPLAINT_STATES,
  URGENCIES,
} from '../../domain/complaints/complaint-words';
import { complaintTag } from '../../activities/intake/complaint-tag';
import { isFollowed } from '../../activities/intake/complaints/followed-by-head-office';
import { BusinessError } from '../../domain/errors';
import type { Queried } from '../as-of';
import { digestOf } from '../etag';
import { anyJson, instant, money } from '../schemas';
import { z } from '../zod';
import { owedByProcess } from '../../activities/database/promises-found';

export const complaintNo = z
  .string()
  .regex(/^T\d{8}-\d{6}$/)
  .openapi({ example: 'T20250623-000001', description: '投诉编号 number of the complaint' });
export const complaintPath = z.strictObject({ complaintNo });
export const complaintChannel = z.enum(COMPLAINT_CHANNELS);
export const complaintState = z.enum(COMPLAINT_STATES);
export const product = z.enum(COMPLAINT_PRODUCTS);
export const urgency = z
  .enum(URGENCIES)
  .openapi({ description: '紧急程度；紧急投诉当日报总部 an urgent one is taken up by the head office the same day' });
export const category = z.enum(COMPLAINT_CATEGORIES);

/** As somebody writes it. */
export const claimedAmount = z
  .string()
  .regex(/^\d{1,10}\.\d{2}$/, 'AMOUNT_NOT_TEXT')
  .refine((text) => /[1-9]/.test(text), 'AMOUNT_NOT_TEXT')
  .openapi({ example: '5000.00', description: '诉求金额 amount that is claimed, CNY' });

export const complaintLine = z
  .strictObject({
    complaintNo,
    state: complaintState,
    channel: complaintChannel,
    product,
    category,
    subcategory: z.string().nullable(),
    urgency,
    branch: z.string().nullable(),
    claimed: money.nullable(),
    receivedAt: instant,
    registeredAt: instant,
    receivedBy: z.string().openapi({ description: '首接人 who received it first' }),
    level: z.number().int(),
    handler: z.string().nullable(),
    handlerRole: z.string().nullable(),
    duplicateOf: complaintNo.nullable(),
    groupOf: complaintNo.nullable().openapi({
      description: '群体投诉：按其调查办理 complaint of the same cause whose investigation serves this one',
    }),
    transfer: z.strictObject({ number: z.string(), receivedAt: instant }).nullable(),
    followedByHeadOffice: z
      .boolean()
      .openapi({ description: '由总部督办 the head office has said that it follows it' }),
    workflowId: z.string(),
    dueAt: instant.nullable().openapi({
      description:
        '尚在计时的承诺中最早的期限 the earliest time by which something of it is due; null where nothing is',
    }),
    endedAt: instant.nullable(),
  })
  .openapi('ComplaintLine');

export const complaintView = complaintLine
  .extend({
    promises: z.array(
      z.strictObject({
        businessKey: z.string(),
        step: z.string(),
        state: z.string(),
        dueAt: instant,
        stoppedUntil: instant
          .nullable()
          .openapi({ description: '中止计时至 the clock stands until then at the latest' }),
      }),
    ),
    requests: z.array(
      z.strictObject({
        requestNo: z.number().int(),
        department: z.string(),
        branch: z.string().nullable(),
        dueDays: z.number().int(),
        state: z.enum(['open', 'answered', 'gone on without']),
      }),
    ),
    actions: z.array(
      z.strictObject({
        actionNo: z.number().int(),
        department: z.string(),
        branch: z.string().nullable(),
        dueDays: z.number().int(),
        state: z.enum(['open', 'done']),
      }),
    ),
    duplicates: z.array(complaintNo),
    group: z.array(complaintNo).openapi({ description: '并入本件的投诉 complaints that go with this one' }),
  })
  .strict()
  .openapi('Complaint');

export const complaintStep = z
  .strictObject({ act: z.string(), detail: anyJson, by: z.string(), role: z.string().nullable(), at: instant })
  .openapi('ComplaintStep');

/** SQL: a column of fen as `money`. */
export const YUAN = (column: string): string => `case when ${column} is not null then
  jsonb_build_object('currency', 'CNY', 'amount', to_char(${column} / 100.0, 'FM999999999990.00')) end`;

export const LINE_COLUMNS = `c.complaint_no as "complaintNo", c.state, c.channel, c.product, c.category, c.subcategory, c.urgency, c.branch,
  ${YUAN('c.claimed_fen')} as claimed, c.received_at as "receivedAt", c.registered_at as "registeredAt", c.received_by as "receivedBy", c.level,
  c.handler, c.handler_role as "handlerRole", c.duplicate_of as "duplicateOf", c.group_of as "groupOf",
  case when c.transfer_no is not null then jsonb_build_object('number', c.transfer_no, 'receivedAt',
    to_char(c.transferred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) end as transfer,
  ${isFollowed('c.complaint_no')} as "followedByHeadOffice", c.workflow_id as "workflowId",
  (select min(d.due_at) from deadlines d where ${owedByProcess('d', 'c.workflow_id')} and d.ended_at is null) as "dueAt", c.ended_at as "endedAt"`;

export type ComplaintLine = z.input<typeof complaintLine>;

/** The complaint and what belongs to it, for whoever may see it, with its tag; also as of an instant. */
export async function complaintIn(
  sql: Queried,
  no: string,
): Promise<{ readonly body: z.input<typeof complaintView>; readonly etag: string }> {
  const { rows } = await sql.query<ComplaintLine & { readonly revision: number }>(
    `select ${LINE_COLUMNS}, c.revision from complaints c where c.complaint_no = $1`,
    [no],
  );
  const [row] = rows;
  if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '投诉 complaint', key: no });
  const { revision, ...line } = row;
  const body = await viewOf(sql, line);
  return { body, etag: complaintTag({ ...line, revision }, digestOf(body)) };
}

async function viewOf(sql: Queried, line: ComplaintLine): Promise<z.input<typeof complaintView>> {
  const { complaintNo: no, workflowId } = line;
  const rowsOf = async <Row>(query: string, key: string): Promise<Row[]> =>
    (await sql.query(query, [key])).rows as Row[];
  const view: z.input<typeof complaintView> = {
    ...line,
    promises: await rowsOf(
      `select business_key as "businessKey", step, state, due_at as "dueAt",
              (select max(to_at) from deadline_stops s where s.deadline_id = d.deadline_id and to_at > business_now()) as "stoppedUntil"
         from deadlines d where ${owedByProcess('d', '$1')} order by deadline_id`,
      workflowId,
    ),
    requests: await rowsOf(
      `select request_no as "requestNo", role as department, branch, due_days as "dueDays", state
         from complaint_requests where complaint_no = $1 order by request_no`,
      no,
    ),
    actions: await rowsOf(
      `select action_no as "actionNo", role as department, branch, due_days as "dueDays", state
         from complaint_actions where complaint_no = $1 order by action_no`,
      no,
    ),
    duplicates: (
      await rowsOf<{ no: string }>('select complaint_no as no from complaints where duplicate_of = $1 order by 1', no)
    ).map(({ no: other }) => other),
    group: (
      await rowsOf<{ no: string }>('select complaint_no as no from complaints where group_of = $1 order by 1', no)
    ).map(({ no: other }) => other),
  };
  return view;
}
