/** Complaints as people see them: where one stands, without who complains; and, for those who handle it, the particulars. */
import type { Pool } from 'pg';
import { recordReading, type Reading } from '../../activities/intake/record-reading';
import {
  COMPLAINT_CATEGORIES,
  COMPLAINT_CHANNELS,
  COMPLAINT_PRODUCTS,
  COMPLAINT_STATES,
} from '../../domain/complaints/complaint-words';
import { BusinessError } from '../../domain/errors';
import { holdsAnyOf, rolesOf, type Caller } from '../identity';
import type { RouteId } from '../policy';
import type { Queried } from '../as-of';
import { anyJson, instant, money } from '../schemas';
import { z } from '../zod';
import { scopeOf } from './permission-requests';

export const complaintNo = z
  .string()
  .regex(/^T\d{8}-\d{6}$/)
  .openapi({ example: 'T20250623-000001', description: '投诉编号 number of the complaint' });
export const complaintPath = z.strictObject({ complaintNo });
export const complaintChannel = z.enum(COMPLAINT_CHANNELS);
export const complaintState = z.enum(COMPLAINT_STATES);
export const product = z.enum(COMPLAINT_PRODUCTS);
export const category = z.enum(COMPLAINT_CATEGORIES);

export const complaintLine = z
  .strictObject({
    complaintNo,
    state: complaintState,
    channel: complaintChannel,
    product,
    category,
    subcategory: z.string().nullable(),
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
    about: z
      .strictObject({ workflowId: z.string(), event: z.string().nullable() })
      .nullable()
      .openapi({ description: '所投诉的流程及其历史事件 process that it is about, and the event of its history' }),
    transfer: z.strictObject({ number: z.string(), receivedAt: instant }).nullable(),
    workflowId: z.string(),
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

export const particulars = z
  .strictObject({
    complaintNo,
    complainant: z
      .strictObject({
        name: z.string().nullable(),
        contact: z.string().nullable(),
        clientNo: z.string().nullable(),
        fundAccount: z.string().nullable(),
      })
      .nullable()
      .openapi({ description: '协查部门看不到投诉人 not shown to a department that answers a request' }),
    texts: z.array(
      z.strictObject({
        textId: z.string(),
        kind: z.enum(['facts', 'claim', 'supplement', 'question', 'task']),
        taskId: z.string().nullable(),
        requestNo: z.number().int().nullable(),
        text: z.string(),
        writtenBy: z.string(),
        writtenAt: instant,
      }),
    ),
    attachments: z
      .array(
        z.strictObject({
          attachmentId: z.string(),
          fileName: z.string().nullable(),
          saidType: z.string().nullable().openapi({ description: '自称类型 what its sender says that it is' }),
          mediaType: z.string().openapi({ description: '按内容判定的类型 what its bytes are' }),
          byteCount: z.string(),
          sha256: z.string().nullable(),
          fault: z.string().nullable().openapi({ description: '未接收的原因 why it was not taken' }),
          filedAt: instant,
        }),
      )
      .openapi({ description: '随投诉收到的附件 what came with it' }),
  })
  .openapi('ComplaintParticulars');

const YUAN = (column: string): string => `case when ${column} is not null then
  jsonb_build_object('currency', 'CNY', 'amount', to_char(${column} / 100.0, 'FM999999999990.00')) end`;

export const LINE_COLUMNS = `c.complaint_no as "complaintNo", c.state, c.channel, c.product, c.category, c.subcategory, c.branch,
  ${YUAN('c.claimed_fen')} as claimed, c.received_at as "receivedAt", c.registered_at as "registeredAt", c.received_by as "receivedBy", c.level,
  c.handler, c.handler_role as "handlerRole", c.duplicate_of as "duplicateOf", c.group_of as "groupOf",
  case when c.about_workflow is not null then jsonb_build_object('workflowId', c.about_workflow, 'event', c.about_event::text) end as about,
  case when c.transfer_no is not null then jsonb_build_object('number', c.transfer_no, 'receivedAt',
    to_char(c.transferred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) end as transfer,
  c.workflow_id as "workflowId", c.ended_at as "endedAt"`;

export type ComplaintLine = z.input<typeof complaintLine>;

/**
 * What a caller sees: a client the own complaints, a branch its own, the house all; and everybody what one received, handles or
 * holds a task of. Whoever is kept out of one, or complains as a client, sees nothing of it with an account of the house. Parameters
 * from `$from` on, in the order of `sightOf`.
 */
export const visibleFrom = (from: number): string => `(
  ((($${from}::text is null or exists (select from complainants w where w.complaint_no = c.complaint_no and w.client_no = $${from}))
   and ($${from + 1}::text[] is null or c.branch = any($${from + 1})))
  or c.received_by = $${from + 2} or c.handler = $${from + 2}
  or exists (select from tasks t where t.workflow_id = c.workflow_id and t.claimed_by = $${from + 2}))
  and case when $${from}::text is not null then true
           when exists (select from process_exclusions e where e.workflow_id = c.workflow_id)
             or exists (select from complainants w where w.complaint_no = c.complaint_no and w.client_no = any($${from + 3}))
           then not exists (select from kept_out_of(c.workflow_id) k where k.keeps_from = 'all work' and k.human = natural_person($${from + 2}))
           else true end)`;

export const sightOf = async (
  pool: Pool,
  caller: Caller,
  route: RouteId = 'readComplaint',
): Promise<readonly unknown[]> => [
  ...(await scopeOf(pool, caller, route)),
  caller.person,
  await clientsOfHuman(pool, caller.person),
];

/** Clients whom the human behind an account is, or acts for, with another one. */
async function clientsOfHuman(pool: Pool, person: string): Promise<readonly string[]> {
  const { rows } = await pool.query<{ client: string }>(
    `select l.client_no as client from client_logins l join people p using (person) where p.natural_person = natural_person($1)`,
    [person],
  );
  return rows.map(({ client }) => client);
}

/** The complaint, where the caller may see it now. Whoever may not see one does not learn that there is one. */
export async function visibleComplaint(
  pool: Pool,
  caller: Caller,
  no: string,
  route?: RouteId,
): Promise<ComplaintLine> {
  const { rows } = await pool.query<ComplaintLine>(
    `select ${LINE_COLUMNS} from complaints c where c.complaint_no = $1 and ${visibleFrom(2)}`,
    [no, ...(await sightOf(pool, caller, route))],
  );
  const [row] = rows;
  if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '投诉 complaint', key: no });
  return row;
}

/** The complaint and what belongs to it, for whoever may see it; also as of an instant. */
export async function complaintIn(sql: Queried, no: string): Promise<z.input<typeof complaintView>> {
  const { rows } = await sql.query<ComplaintLine>(
    `select ${LINE_COLUMNS} from complaints c where c.complaint_no = $1`,
    [no],
  );
  const [row] = rows;
  if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '投诉 complaint', key: no });
  return viewOf(sql, row);
}

export async function viewOf(sql: Queried, line: ComplaintLine): Promise<z.input<typeof complaintView>> {
  const { complaintNo: no, workflowId } = line;
  const rowsOf = async <Row>(query: string, key: string): Promise<Row[]> =>
    (await sql.query(query, [key])).rows as Row[];
  const view: z.input<typeof complaintView> = {
    ...line,
    promises: await rowsOf(
      `select business_key as "businessKey", step, state, due_at as "dueAt",
              (select max(to_at) from deadline_stops s where s.deadline_id = d.deadline_id and to_at > business_now()) as "stoppedUntil"
         from deadlines d where workflow_id = $1 order by deadline_id`,
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

/** How much of a complaint somebody reads: all of it, the question that was asked of a department, what was said to the complainant. */
type Sight = 'whole' | 'question' | 'own';

/**
 * By what the caller does with it now: whoever received it until it is registered, its handler, whoever holds a task of it.
 * @throws BusinessError PARTICULARS_CONFIDENTIAL
 */
async function sightOfParticulars(pool: Pool, caller: Caller, line: ComplaintLine): Promise<Sight> {
  const { rows } = await pool.query<{ handles: boolean; asked: boolean; kept_out: boolean }>(
    `select (c.received_by = $2 and c.state in ('received', 'incomplete')) or (c.handler = $2 and c.ended_at is null)
              or exists (select from tasks t where t.workflow_id = c.workflow_id and t.claimed_by = $2 and t.state = 'claimed'
                           and t.kind not in ('answer-complaint-request', 'do-corrective-action', 'make-compensation-order', 'approve-order'))
                 -- Whoever inspects it once it is closed reads what the checklist asks about.
                 or exists (select from inspections i join tasks t using (workflow_id) where i.kind = 'complaints' and i.subject = c.complaint_no
                               and t.kind = 'inspect-complaint' and t.claimed_by = $2 and t.state = 'claimed')
              as handles,
            exists (select from tasks t where t.workflow_id = c.workflow_id and t.claimed_by = $2 and t.state = 'claimed'
                       and t.kind = 'answer-complaint-request') as asked,
            exists (select from kept_out_of(c.workflow_id) k where k.keeps_from = 'all work' and k.human = natural_person($2)) as kept_out
       from complaints c where complaint_no = $1`,
    [line.complaintNo, caller.person],
  );
  const [found] = rows;
  if (holdsAnyOf(caller, ['client'])) return 'own';
  if (found?.kept_out === false && found.handles) return 'whole';
  if (found?.kept_out === false && found.asked) return 'question';
  throw new BusinessError('PARTICULARS_CONFIDENTIAL', { complaint: line.complaintNo });
}

/**
 * Whoever may read all that came with a complaint, or complains; the look is audited before the answer leaves.
 * @throws BusinessError NOT_FOUND, PARTICULARS_CONFIDENTIAL
 */
export async function requireSight(
  pool: Pool,
  caller: Caller,
  { no, requestId, shown }: { readonly no: string; readonly requestId: string; readonly shown: object },
): Promise<void> {
  const sight = await sightOfParticulars(pool, caller, await visibleComplaint(pool, caller, no));
  if (sight === 'question') throw new BusinessError('PARTICULARS_CONFIDENTIAL', { complaint: no });
  await recordLook(pool, caller, { no, requestId, shown: { sight, ...shown } });
}

const recordLook = (
  pool: Pool,
  caller: Caller,
  { no, requestId, shown }: { readonly no: string; readonly requestId: string; readonly shown: Reading['shown'] },
): Promise<void> =>
  recordReading(pool, {
    actor: caller.person,
    role: rolesOf(caller)[0],
    action: 'read personal data',
    objectType: 'complaint',
    objectId: no,
    shown,
    requestId,
  });

/**
 * Texts that whoever complains reads besides the own words: what was asked back, why it was refused, the answer. Of each the last one of
 * whoever did the task, once it is done: drafts, and what was written for a decision that came otherwise, are nobody's answer.
 */
const TO_COMPLAINANT = `x.text_id = (select max(own.text_id) from complaint_texts own where own.task_id = x.task_id
                                    and own.written_by = t.outcome #>> '{by,person}')
  and t.state = 'done' and (t.kind = 'answer-complaint'
    or (t.kind, t.outcome #>> '{form,decision}') in (('register-complaint', 'ask back'), ('accept-complaint', 'refuse')))`;

/** The particulars, each look audited before the answer leaves. */
export async function particularsOf(
  pool: Pool,
  caller: Caller,
  { no, requestId }: { readonly no: string; readonly requestId: string },
): Promise<z.input<typeof particulars>> {
  const line = await visibleComplaint(pool, caller, no);
  const sight = await sightOfParticulars(pool, caller, line);
  await recordLook(pool, caller, { no, requestId, shown: { sight } });
  const { rows: who } = await pool.query<NonNullable<z.input<typeof particulars>['complainant']>>(
    `select name, contact, client_no as "clientNo", fund_account as "fundAccount" from complainants where complaint_no = $1`,
    [no],
  );
  const { rows: texts } = await pool.query<z.input<typeof particulars>['texts'][number]>(
    `select x.text_id::text as "textId", x.kind, x.task_id::text as "taskId", x.request_no as "requestNo", x.text, x.written_by as "writtenBy",
            x.written_at as "writtenAt"
       from complaint_texts x left join tasks t using (task_id)
      where x.complaint_no = $1
        and ($2 = 'whole' or ($2 = 'own' and (x.kind in ('facts', 'claim', 'supplement') or (${TO_COMPLAINANT})))
          or ($2 = 'question' and (x.kind = 'question' and exists (
                select from tasks own where own.workflow_id = $3 and own.claimed_by = $4 and own.state = 'claimed'
                   and own.kind = 'answer-complaint-request' and (own.facts ->> 'request')::int = x.request_no)
               or x.written_by = $4)))
      order by x.text_id`,
    [no, sight, line.workflowId, caller.person],
  );
  const { rows: attachments } = await pool.query<z.input<typeof particulars>['attachments'][number]>(
    `select attachment_id::text as "attachmentId", file_name as "fileName", said_type as "saidType", media_type as "mediaType",
            byte_count::text as "byteCount", sha256, fault, filed_at as "filedAt"
       from complaint_attachments where complaint_no = $1 and $2 <> 'question' order by complaint_attachments.attachment_id`,
    [no, sight],
  );
  return { complaintNo: no, complainant: sight === 'question' ? null : (who[0] ?? null), texts, attachments };
}
