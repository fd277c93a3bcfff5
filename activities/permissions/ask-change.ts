/** An open permission is to be changed: buying suspended or resumed, another commission. Asked for with a reason, decided by a second person. */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import type { Words } from '../../domain/messages/words';
import { refuseFirst } from '../intake/judge-actor';
import { enterRequest, lockAsking, type OpenedRequest } from '../intake/permissions/enter-request';

/** What brought a change. */
export type ChangeCause = 'by hand' | 'callback' | 'overdraft' | 'review';

export type ChangeKind = 'suspension' | 'lifting' | 'commission change';

export interface AskedChange {
  /** Unique for ever: the same key is the same request. */
  readonly key: string;
  readonly kind: ChangeKind;
  readonly clientNo: string;
  readonly permission: string;
  readonly reason: string;
  readonly by: string;
  readonly role: string;
  /** Branches whose clients the asker serves; any where left away. */
  readonly branches?: readonly string[];
  /** The callback that brought it. */
  readonly callbackNo?: string;
  /** The periodic review of suitability brought it. */
  readonly isReview?: true;
  /** The overdraft case that brought it. */
  readonly overdraftCase?: string;
  readonly commission?: { readonly rate: string; readonly effectiveOn: string };
  readonly requestId?: string;
}

/** A hundred years. */
const NEVER_DAYS = 36_525;

interface Found {
  readonly today: string;
  readonly branch: string | null;
  readonly openedBy: string | null;
  readonly termsFrom: string | null;
  readonly name: Words | null;
  readonly suspendedBy: string | null;
  readonly pending: string | null;
  readonly rate: string | null;
  readonly laterFrom: string | null;
}

/**
 * Whoever asks for a suspension or a lifting that was asked for already gets the first request.
 * @throws SeveralRefusals NOT_FOUND, WRONG_BRANCH, PERMISSION_NOT_OPEN, BUYING_SUSPENDED_ALREADY, BUYING_NOT_SUSPENDED, COMMISSION_CHANGE_PENDING,
 *         COMMISSION_UNCHANGED, COMMISSION_TOO_EARLY, COMMISSION_CHANGES_LATER, all that apply
 */
export async function askChange(sql: PoolClient, asked: AskedChange): Promise<OpenedRequest> {
  await lockAsking(sql, asked);
  const { rows: kept } = await sql.query<{ no: string }>(
    'select s.request_no as no from permission_acts a join permission_steps s using (step_id) where a.act_key = $1',
    [asked.key],
  );
  if (kept[0] !== undefined) return { requestNo: kept[0].no, isNew: false };
  const found = await findPermission(sql, asked);
  if (found.pending !== null && asked.kind !== 'commission change') return { requestNo: found.pending, isNew: false };
  refuseFirst(refusalsOf(asked, found));
  return enter(sql, asked, found);
}

async function findPermission(
  sql: PoolClient,
  { clientNo, permission, kind, commission }: AskedChange,
): Promise<Found> {
  const { rows } = await sql.query<Found>(
    `with clock as (select (business_now() at time zone 'Asia/Shanghai')::date as today),
     open as (select p.request_no, r.terms_from, jsonb_build_object('zh', t.name_zh, 'en', t.name_en) as name
                from permissions p join permission_requests r using (request_no)
                join permission_types t on t.permission = r.permission and t.valid_from = r.terms_from
               where p.client_no = $1 and p.permission = $2 and p.closed_at is null)
     select k.today, c.branch, o.request_no as "openedBy", o.terms_from as "termsFrom", o.name,
            (select s.request_no from permission_suspensions s join permissions q on q.request_no = s.opened_by
              where q.client_no = $1 and q.permission = $2 and s.lifted_at is null) as "suspendedBy",
            (select r.request_no from permission_requests r
              where r.client_no = $1 and r.permission = $2 and r.kind = $3 and r.state in ('under way', 'opening')) as pending,
            (select m.rate::text from permission_commissions m where m.client_no = $1 and m.permission = $2
              order by m.valid_from desc limit 1) as rate,
            (select max(d.effective_on) from permission_changes d
              where d.opened_by = o.request_no and d.approved_at is not null and d.effective_on >= $4::date) as "laterFrom"
       from clock k left join registered_clients c on c.client_no = $1 left join open o on true`,
    [clientNo, permission, kind, commission?.effectiveOn ?? null],
  );
  const [found] = rows;
  if (found === undefined) throw new Error('this book has no business clock: it was not made by the migrations');
  return found;
}

function refusalsOf(asked: AskedChange, found: Found): readonly BusinessError[] {
  const { kind, clientNo, permission, branches } = asked;
  if (found.branch === null)
    return [new BusinessError('NOT_FOUND', { what: '客户 client', key: clientNo, field: 'clientNo' })];
  const isElsewhere = branches !== undefined && !branches.includes(found.branch);
  return [
    ...(isElsewhere ? [new BusinessError('WRONG_BRANCH', { branch: found.branch })] : []),
    ...(found.openedBy === null
      ? [new BusinessError('PERMISSION_NOT_OPEN', { client: clientNo, permission, field: 'permission' })]
      : []),
    ...(kind === 'suspension' && found.suspendedBy !== null
      ? [new BusinessError('BUYING_SUSPENDED_ALREADY', { request: found.suspendedBy })]
      : []),
    ...(kind === 'lifting' && found.openedBy !== null && found.suspendedBy === null
      ? [new BusinessError('BUYING_NOT_SUSPENDED')]
      : []),
    ...(asked.commission === undefined ? [] : refusalsOfCommission(asked.commission, found)),
  ];
}

function refusalsOfCommission(
  { rate, effectiveOn }: NonNullable<AskedChange['commission']>,
  { today, pending, rate: before, laterFrom }: Found,
): readonly BusinessError[] {
  return [
    ...(pending === null ? [] : [new BusinessError('COMMISSION_CHANGE_PENDING', { request: pending })]),
    ...(before !== null && sameRate(rate, before)
      ? [new BusinessError('COMMISSION_UNCHANGED', { rate, field: 'rate' })]
      : []),
    ...(effectiveOn <= today
      ? [new BusinessError('COMMISSION_TOO_EARLY', { date: effectiveOn, today, field: 'effectiveOn' })]
      : []),
    ...(laterFrom === null
      ? []
      : [new BusinessError('COMMISSION_CHANGES_LATER', { date: laterFrom, field: 'effectiveOn' })]),
  ];
}

function causeOf({ callbackNo, overdraftCase, isReview }: AskedChange): ChangeCause {
  if (callbackNo !== undefined) return 'callback';
  if (overdraftCase !== undefined) return 'overdraft';
  return isReview === true ? 'review' : 'by hand';
}

const sameRate = (one: string, other: string): boolean => one.padEnd(10, '0') === other.padEnd(10, '0');

async function enter(sql: PoolClient, asked: AskedChange, found: Found): Promise<OpenedRequest> {
  const { by, reason, commission, callbackNo, overdraftCase } = asked;
  const { termsFrom, name, today, branch } = found;
  if (termsFrom === null || name === null || branch === null) throw new RangeError('a change of no permission');
  const entered = await enterRequest(sql, {
    ...asked,
    step: 'approval',
    termsFrom,
    name,
    today,
    branch,
    // It does not lapse: whether it is decided in time is a promise of its process.
    lapsesAt: { days: NEVER_DAYS },
    detail: { reason, cause: callbackNo ?? overdraftCase ?? causeOf(asked), ...commission },
  });
  await sql.query(
    `insert into permission_changes (request_no, opened_by, cause, callback_no, reason, made_by, rate_before, rate_after, effective_on, overdraft_case)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      entered.requestNo,
      found.openedBy,
      causeOf(asked),
      callbackNo ?? null,
      reason,
      by,
      commission === undefined ? null : found.rate,
      commission?.rate ?? null,
      commission?.effectiveOn ?? null,
      overdraftCase ?? null,
    ],
  );
  return entered;
}
