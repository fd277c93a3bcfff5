/** A change of an open permission as its rows say: the request, what is asked for, why and by whom. */
import type { ClientBase } from 'pg';
import { BusinessError } from '../../domain/errors';
import type { ChangeCause, ChangeKind } from './ask-change';
import { lockRequest, type PermissionRequest } from './request-row';

export interface PermissionChange extends PermissionRequest {
  readonly kind: ChangeKind;
  /** The permission, by the request that opened it. */
  readonly openedBy: string;
  readonly cause: ChangeCause;
  readonly callbackNo: string | null;
  /** The overdraft that brought it. */
  readonly overdraftCase: string | null;
  readonly reason: string;
  readonly madeBy: string;
  readonly rateBefore: string | null;
  readonly rateAfter: string | null;
  readonly effectiveOn: string | null;
  /** Where the counter took it too late for `effectiveOn`. */
  readonly beginsOn: string | null;
}

/**
 * Locked with its request until the transaction ends.
 * @throws BusinessError NOT_FOUND
 */
export async function lockChange(sql: Pick<ClientBase, 'query'>, requestNo: string): Promise<PermissionChange> {
  const request = await lockRequest(sql, requestNo);
  const { rows } = await sql.query<Omit<PermissionChange, keyof PermissionRequest>>(
    `select opened_by as "openedBy", cause, callback_no as "callbackNo", overdraft_case as "overdraftCase", reason, made_by as "madeBy", rate_before::text as "rateBefore",
            rate_after::text as "rateAfter", effective_on as "effectiveOn", begins_on as "beginsOn"
       from permission_changes where request_no = $1 for update`,
    [requestNo],
  );
  const [change] = rows;
  if (change === undefined) throw new BusinessError('NOT_FOUND', { what: '权限变更 change', key: requestNo });
  return { ...request, ...change, kind: request.kind as ChangeKind };
}

/**
 * A change is told to the counter while the permission is open, a closing while no change is: each takes the permission before it looks
 * for the other, so that the counter never hears of both at once and the last that it hears is what the books say.
 * @throws BusinessError PERMISSION_NOT_OPEN, PERMISSION_BEING_CLOSED
 */
export async function requirePermissionOpen(
  sql: Pick<ClientBase, 'query'>,
  { openedBy, clientNo, permission }: PermissionChange,
): Promise<void> {
  const { rows: open } = await sql.query(
    'select from permissions where request_no = $1 and closed_at is null for update',
    [openedBy],
  );
  if (open.length === 0) throw new BusinessError('PERMISSION_NOT_OPEN', { client: clientNo, permission });
  const { rows } = await sql.query<{ request_no: string }>(
    `select request_no from permission_requests where client_no = $1 and permission = $2 and kind = 'closing' and state = 'closing'`,
    [clientNo, permission],
  );
  if (rows[0] !== undefined) throw new BusinessError('PERMISSION_BEING_CLOSED', { request: rows[0].request_no });
}

/**
 * The other side of it, before a closing is told to the counter.
 * @throws Error while the counter is told of a change that was approved; the verb is repeated until that is recorded
 */
export async function requireNoChangeAtCounter(
  sql: Pick<ClientBase, 'query'>,
  { clientNo, permission }: Pick<PermissionRequest, 'clientNo' | 'permission'>,
): Promise<void> {
  await sql.query('select from permissions where client_no = $1 and permission = $2 and closed_at is null for update', [
    clientNo,
    permission,
  ]);
  const { rows } = await sql.query<{ request_no: string }>(
    `select r.request_no from permission_requests r join permission_changes d using (request_no) join permissions p on p.request_no = d.opened_by
      where p.client_no = $1 and p.permission = $2 and p.closed_at is null and r.state = 'opening'`,
    [clientNo, permission],
  );
  if (rows[0] !== undefined)
    throw new Error(`the counter is being told of change ${rows[0].request_no}: the closing waits for it`);
}

/** The request that suspended buying, where no lifting has ended it; of the client's permission, whether or not that was closed since. */
export async function suspensionOf(
  sql: Pick<ClientBase, 'query'>,
  { clientNo, permission }: Pick<PermissionRequest, 'clientNo' | 'permission'>,
): Promise<string | undefined> {
  const { rows } = await sql.query<{ request_no: string }>(
    `select s.request_no from permission_suspensions s join permissions p on p.request_no = s.opened_by
      where p.client_no = $1 and p.permission = $2 and s.lifted_at is null`,
    [clientNo, permission],
  );
  return rows[0]?.request_no;
}
