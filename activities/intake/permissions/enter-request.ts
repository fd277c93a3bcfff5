/** A request about a permission is entered and its process started: one open request a client, permission and kind. */
import type { PoolClient } from 'pg';
import type { Words } from '../../../domain/messages/words';
import type { RequestStep } from '../../../domain/permissions/request-steps';
import { recordAudit } from '../../audit/record-audit';
import { queueStart } from '../../outbox/queue-message';
import { nextRequestNo } from '../../permissions/request-number';
import type { RequestKind } from '../../permissions/request-row';

export interface Asking {
  /** Unique for ever: the same key is the same request. */
  readonly key: string;
  readonly clientNo: string;
  readonly permission: string;
  readonly channel: string;
  readonly by: string;
  readonly role?: string;
  readonly requestId?: string;
}

/** Number of the request; not new where one was open already. */
export interface OpenedRequest {
  readonly requestNo: string;
  readonly isNew: boolean;
}

/** Two that ask at once for the same come one after the other. */
export async function lockAsking(sql: PoolClient, { clientNo, permission }: Asking): Promise<void> {
  await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`permission:${clientNo}:${permission}`]);
}

/** A request that is open, or that was opened under this key and has ended since. */
export async function enteredBefore(
  sql: PoolClient,
  asked: Asking & { readonly kind: RequestKind },
): Promise<string | undefined> {
  const { rows } = await sql.query<{ no: string }>(
    `select s.request_no as no from permission_acts a join permission_steps s using (step_id) where a.act_key = $3
     union all
     select request_no from permission_requests
      where client_no = $1 and permission = $2 and kind = $4 and state in ('under way', 'opening', 'closing') limit 1`,
    [asked.clientNo, asked.permission, asked.key, asked.kind],
  );
  return rows[0]?.no;
}

/** What each kind of request is called, and which process follows it. */
const KINDS = {
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
} as const;

export interface Entered extends Asking {
  readonly kind: keyof typeof KINDS;
  readonly step: RequestStep;
  readonly termsFrom: string;
  readonly name: Words;
  readonly today: string;
  readonly branch: string;
  /** After so many days. */
  readonly lapsesAt: { readonly days: number };
  readonly detail?: object;
}

export async function enterRequest(sql: PoolClient, entered: Entered): Promise<OpenedRequest> {
  const { clientNo, permission, channel, by, role, requestId, kind, step, today, name } = entered;
  const { type, id, act, zh, en } = KINDS[kind];
  const requestNo = await nextRequestNo(sql, today);
  const workflowId = `${id}:${permission}:${requestNo}`;
  await sql.query(
    `insert into permission_requests (request_no, client_no, permission, terms_from, kind, state, step, step_since, workflow_id,
                                      requested_at, lapses_at)
     values ($1, $2, $3, $4, $7, 'under way', $8, business_now(), $5, business_now(), business_now() + make_interval(days => $6))`,
    [requestNo, clientNo, permission, entered.termsFrom, workflowId, entered.lapsesAt.days, kind, step],
  );
  const { rows } = await sql.query<{ step_id: string }>(
    `insert into permission_steps (request_no, step, act, outcome, detail, by, role, channel)
     values ($1, $5, $6, 'done', $7, $2, $3, $4) returning step_id::text`,
    [requestNo, by, role ?? null, channel, step, act, JSON.stringify(entered.detail ?? {})],
  );
  await sql.query('insert into permission_acts (act_key, step_id, kept) values ($1, $2, $3)', [
    entered.key,
    rows[0]?.step_id,
    JSON.stringify({ answer: { requestNo } }),
  ]);
  await recordAudit(sql, {
    actor: by,
    role,
    action: act,
    outcome: 'done',
    objectType: 'permission request',
    objectId: requestNo,
    after: { permission, channel, clientNo, ...entered.detail },
    requestId,
    workflowId,
  });
  await queueStart(sql, {
    key: `start:${workflowId}`,
    workflowId,
    type,
    args: [{ requestNo }],
    summary: `${zh} ${name.zh} ${en} ${name.en}`,
    attributes: {
      ProcessType: type,
      BusinessKey: `${permission}:${requestNo}`,
      BusinessDate: today,
      Branch: entered.branch,
    },
  });
  return { requestNo, isNew: true };
}
