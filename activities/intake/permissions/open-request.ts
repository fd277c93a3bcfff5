/** A client asks for a permission: one open request a client and permission, whoever asks twice gets the first (A2 §9). */
import type { Pool, PoolClient } from 'pg';
import { BusinessError, SeveralRefusals } from '../../../domain/errors';
import { recordAudit } from '../../audit/record-audit';
import { inTransaction } from '../../database/transaction';
import { queueStart } from '../../outbox/queue-message';
import { nextRequestNo } from '../../permissions/request-number';
import { TERMS_COLUMNS, type PermissionTerms } from '../../permissions/request-row';

export interface AskedPermission {
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

/**
 * Enters the request and starts its process.
 * @throws BusinessError NOT_FOUND, PERMISSION_UNKNOWN, CHANNEL_NOT_TAKEN, ONLY_NATURAL_PERSONS, PERMISSION_OPEN_ALREADY; all that apply
 */
export const openPermissionRequest = (pool: Pool, asked: AskedPermission): Promise<OpenedRequest> =>
  inTransaction(pool, async (sql) => {
    // Two that ask at once for the same come one after the other.
    await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `permission:${asked.clientNo}:${asked.permission}`,
    ]);
    const before = await openedBefore(sql, asked);
    if (before !== undefined) return { requestNo: before, isNew: false };
    return enter(sql, asked, await termsFor(sql, asked));
  });

/** A request that is open, or that was opened under this key and has ended since. */
async function openedBefore(sql: PoolClient, asked: AskedPermission): Promise<string | undefined> {
  const { rows } = await sql.query<{ no: string }>(
    `select s.request_no as no from permission_acts a join permission_steps s using (step_id) where a.act_key = $3
     union all
     select request_no from permission_requests
      where client_no = $1 and permission = $2 and kind = 'opening' and state in ('under way', 'opening') limit 1`,
    [asked.clientNo, asked.permission, asked.key],
  );
  return rows[0]?.no;
}

interface Found {
  readonly today: string;
  readonly kind: 'natural' | 'institution';
  readonly branch: string;
  readonly termsFrom: string | null;
  readonly terms: PermissionTerms | null;
  readonly openSince: string | null;
}

type Asking = Found & { readonly terms: PermissionTerms; readonly termsFrom: string };

async function termsFor(sql: PoolClient, asked: AskedPermission): Promise<Asking> {
  const { rows } = await sql.query<Found>(
    `with clock as (select (business_now() at time zone 'Asia/Shanghai')::date as today)
     select k.today, c.kind, c.branch, t.valid_from as "termsFrom", case when t.permission is not null then ${TERMS_COLUMNS} end as terms,
            (select p.request_no from permissions p
              where p.client_no = c.client_no and p.permission = $2 and p.closed_at is null) as "openSince"
       from registered_clients c cross join clock k
       left join permission_types t on t.permission = $2 and t.valid_from <= k.today and (t.valid_to is null or k.today < t.valid_to)
      where c.client_no = $1`,
    [asked.clientNo, asked.permission],
  );
  const [found] = rows;
  if (found === undefined) throw new BusinessError('NOT_FOUND', { what: '客户 client', key: asked.clientNo });
  const { terms, termsFrom } = found;
  if (terms === null || termsFrom === null) {
    throw new BusinessError('PERMISSION_UNKNOWN', { permission: asked.permission, date: found.today });
  }
  const { permission, channel } = asked;
  const { channels } = terms;
  const refusals = [
    !channels.includes(channel) &&
      new BusinessError('CHANNEL_NOT_TAKEN', { permission, channel, channels: channels.join(', '), field: 'channel' }),
    found.kind !== 'natural' && new BusinessError('ONLY_NATURAL_PERSONS'),
    found.openSince !== null && new BusinessError('PERMISSION_OPEN_ALREADY', { permission, request: found.openSince }),
  ].filter((refusal) => refusal !== false);
  const [first, ...others] = refusals;
  if (first !== undefined) throw new SeveralRefusals([first, ...others]);
  return { ...found, terms, termsFrom };
}

async function enter(sql: PoolClient, asked: AskedPermission, found: Asking): Promise<OpenedRequest> {
  const { clientNo, permission, channel, by, role, requestId } = asked;
  const requestNo = await nextRequestNo(sql, found.today);
  const workflowId = `permission-opening:${permission}:${requestNo}`;
  await sql.query(
    `insert into permission_requests (request_no, client_no, permission, terms_from, kind, state, step, step_since, workflow_id,
                                      requested_at, lapses_at)
     values ($1, $2, $3, $4, 'opening', 'under way', 'identity', business_now(), $5, business_now(),
             business_now() + make_interval(days => $6))`,
    [requestNo, clientNo, permission, found.termsFrom, workflowId, found.terms.requestDays],
  );
  const { rows } = await sql.query<{ step_id: string }>(
    `insert into permission_steps (request_no, step, act, outcome, by, role, channel)
     values ($1, 'identity', 'ask for permission', 'done', $2, $3, $4) returning step_id::text`,
    [requestNo, by, role ?? null, channel],
  );
  await sql.query('insert into permission_acts (act_key, step_id, kept) values ($1, $2, $3)', [
    asked.key,
    rows[0]?.step_id,
    JSON.stringify({ answer: { requestNo } }),
  ]);
  await recordAudit(sql, {
    actor: by,
    role,
    action: 'ask for permission',
    outcome: 'done',
    objectType: 'permission request',
    objectId: requestNo,
    after: { permission, channel, clientNo },
    requestId,
    workflowId,
  });
  await queueStart(sql, {
    key: `start:${workflowId}`,
    workflowId,
    type: 'permissionOpening',
    args: [{ requestNo }],
    summary: `开通权限 ${found.terms.nameZh} opening of ${found.terms.nameEn}`,
    attributes: {
      ProcessType: 'permissionOpening',
      BusinessKey: `${permission}:${requestNo}`,
      BusinessDate: found.today,
      Branch: found.branch,
    },
  });
  return { requestNo, isNew: true };
}
