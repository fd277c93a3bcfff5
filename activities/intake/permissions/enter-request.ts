/** A request about a permission is entered and its process asked for: one open request a client, permission and kind. */
import type { ClientBase, PoolClient } from 'pg';
import type { Words } from '../../../domain/messages/words';
import type { RequestStep } from '../../../domain/permissions/request-steps';
import type { RequestKind } from '../../permissions/request-row';
import type { MessageToSend } from '../dispatch-signals';
import { currentRequestId } from '../request-id';

type Sql = Pick<ClientBase, 'query'>;

export interface Asking {
  /** Unique for ever: the same key is the same request. */
  readonly key: string;
  readonly clientNo: string;
  readonly permission: string;
  /** Through which it is asked; none within the house. */
  readonly channel?: string;
  readonly by: string;
  readonly role?: string;
  readonly requestId?: string;
}

/** Number of the request; not new where one was open already. */
export interface OpenedRequest {
  readonly requestNo: string;
  readonly isNew: boolean;
  /** Start of its process, which waits: of a new one. */
  readonly start?: MessageToSend;
}

/** Two that ask at once about the same come one after the other. */
export async function lockAsking(
  sql: PoolClient,
  { clientNo, permission }: Pick<Asking, 'clientNo' | 'permission'>,
): Promise<void> {
  await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`permission:${clientNo}:${permission}`]);
}

/** A request that is open, or that was opened under this key and has ended since. */
export async function enteredBefore(
  sql: Sql,
  asked: Pick<Asking, 'key' | 'clientNo' | 'permission'> & { readonly kind: RequestKind },
): Promise<string | undefined> {
  const { rows } = await sql.query<{ no: string }>(`select ${ENTERED_BEFORE} as no`, [
    asked.clientNo,
    asked.permission,
    asked.key,
    asked.kind,
  ]);
  return rows[0]?.no ?? undefined;
}

/** Number of such a request: $1 client, $2 permission, $3 key, $4 kind. */
export const ENTERED_BEFORE = `coalesce(
  (select s.request_no from permission_acts a join permission_steps s using (step_id) where a.act_key = $3),
  (select request_no from permission_requests
    where client_no = $1 and permission = $2 and kind = $4 and state in ('under way', 'opening', 'closing')))`;

/** What each kind of request is called, and which process follows it. */
const KINDS: Readonly<
  Record<RequestKind, { readonly type: string; readonly id: string; readonly act: string } & Words>
> = {
  opening: {
    type: 'permissionOpening',
    id: 'permission-opening',
    act: 'ask for permission',
    zh: '开通权限',
    en: 'opening of',
  },
  'institution opening': {
    type: 'institutionOpening',
    id: 'institution-opening',
    act: 'enter institution',
    zh: '机构开通权限',
    en: 'institution opening of',
  },
  closing: {
    type: 'permissionClosing',
    id: 'permission-closing',
    act: 'ask for closing',
    zh: '关闭权限',
    en: 'closing of',
  },
  suspension: {
    type: 'permissionSuspension',
    id: 'permission-suspension',
    act: 'ask for suspension',
    zh: '暂停买入',
    en: 'suspension of buying',
  },
  lifting: {
    type: 'permissionSuspension',
    id: 'permission-lifting',
    act: 'ask for lifting',
    zh: '恢复买入',
    en: 'lifting of a suspension of',
  },
  'commission change': {
    type: 'commissionChange',
    id: 'commission-change',
    act: 'ask for commission change',
    zh: '佣金变更',
    en: 'change of commission of',
  },
};

/** What a request is entered with, wherever its terms come from. */
export interface ToEnter extends Asking {
  readonly kind: RequestKind;
  readonly step: RequestStep;
  /** For the timeline and the audit; no personal data. */
  readonly detail?: object;
  /** Why, where whoever asks says so. */
  readonly reason?: string;
}

export interface Entered extends ToEnter {
  readonly termsFrom: string;
  readonly name: Words;
  readonly today: string;
  readonly branch: string;
  /** After so many days. */
  readonly lapsesAt: { readonly days: number };
}

/**
 * Number, request, first line of the timeline, act, audit row, process and its start that waits, for each row of `asked` (`today`,
 * `terms_from`, `days`, `name_zh`, `name_en`, `branch`); `queued` is the start. Parts of one statement, because a client waits for it, and
 * each way to the database and back costs as much as what is written there. What is written of audit and start is what `recordAudit` and
 * `queueStart` write. $1 to $16 are `valuesOf`.
 */
export const ENTER = `
  clock as (select business_now() as now),
  numbered as (
    insert into permission_request_numbers (business_date, last_no) select today, 1 from asked
    on conflict (business_date) do update set last_no = permission_request_numbers.last_no + 1
    returning 'P' || to_char(business_date, 'YYYYMMDD') || '-' || lpad(last_no::text, 6, '0') as no),
  made as (
    insert into permission_requests (request_no, client_no, permission, terms_from, kind, state, step, step_since, workflow_id,
                                     requested_at, lapses_at)
    select n.no, $1, $2, a.terms_from, $4, 'under way', $5, k.now, $6::text || ':' || $2 || ':' || n.no, k.now,
           k.now + make_interval(days => a.days)
      from numbered n cross join asked a cross join clock k
    returning request_no as no, workflow_id, permission || ':' || request_no as business_key),
  line as (
    insert into permission_steps (request_no, step, act, outcome, detail, by, role, channel)
    select no, $5, $7::text, 'done', $8::jsonb, $9::text, $10::text, $11::text from made returning step_id),
  act as (
    insert into permission_acts (act_key, step_id, kept)
    select $3, step_id, jsonb_build_object('answer', jsonb_build_object('requestNo', no)) from line cross join made),
  audited as (
    insert into audit (actor, role, action, outcome, object_type, object_id, reason, told, request_id, other_workflow)
    select $9, $10, $7, 'done', 'permission request', no, $12::text,
           (jsonb_strip_nulls(jsonb_build_object('permission', $2, 'channel', $11, 'clientNo', $1)) || $8::jsonb)::text, $13::text, workflow_id
      from made),
  registered as (
    insert into processes (workflow_id, other_type) select workflow_id, nullif($14::text, type_of_id(workflow_id)) from made),
  queued as (
    insert into waiting_starts (workflow_id, request_id, payload)
    select m.workflow_id, $13,
           jsonb_strip_nulls(jsonb_build_object(
             'type', $14, 'args', jsonb_build_array(jsonb_build_object('requestNo', m.no)),
             'summary', concat_ws(' ', $15::text, a.name_zh, $16::text, a.name_en),
             'attributes', jsonb_build_object('ProcessType', $14, 'BusinessKey', m.business_key, 'BusinessDate', a.today, 'Branch', a.branch)))
      from made m cross join asked a
    returning message_id::text, workflow_id, 'start' as kind, payload || jsonb_strip_nulls(jsonb_build_object('requestId', request_id)) as payload)`;

/** The parameters of `ENTER`. */
export function valuesOf(to: ToEnter): readonly unknown[] {
  const { type, id, act, zh, en } = KINDS[to.kind];
  return [
    to.clientNo,
    to.permission,
    to.key,
    to.kind,
    to.step,
    id,
    act,
    JSON.stringify(to.detail ?? {}),
    to.by,
    to.role ?? null,
    to.channel ?? null,
    to.reason ?? null,
    to.requestId ?? currentRequestId() ?? null,
    type,
    zh,
    en,
  ];
}

const ENTER_WITH_TERMS = {
  name: 'enter-permission-request',
  text: `
    with asked as (
      select $17::date as today, $18::date as terms_from, $19::int as days, $20::text as name_zh, $21::text as name_en, $22::text as branch),
    ${ENTER}
    select * from queued`,
} as const;

/** Enters the request; its number runs without holes within the day: `P20250623-000001`. */
export async function enterRequest(sql: Sql, entered: Entered): Promise<OpenedRequest> {
  const { today, termsFrom, lapsesAt, name, branch } = entered;
  const { rows } = await sql.query<MessageToSend>({
    ...ENTER_WITH_TERMS,
    values: [...valuesOf(entered), today, termsFrom, lapsesAt.days, name.zh, name.en, branch],
  });
  const [start] = rows;
  if (start === undefined) throw new RangeError('a request that was entered has no start');
  return openedWith(start);
}

export const openedWith = (start: MessageToSend): OpenedRequest => ({
  requestNo: start.workflow_id.slice(start.workflow_id.lastIndexOf(':') + 1),
  isNew: true,
  start,
});
