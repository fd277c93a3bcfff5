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
  readonly reason: string;
  readonly madeBy: string;
  readonly rateBefore: string | null;
  readonly rateAfter: string | null;
  readonly effectiveOn: string | null;
}

/**
 * Locked with its request until the transaction ends.
 * @throws BusinessError NOT_FOUND
 */
export async function lockChange(sql: Pick<ClientBase, 'query'>, requestNo: string): Promise<PermissionChange> {
  const request = await lockRequest(sql, requestNo);
  const { rows } = await sql.query<Omit<PermissionChange, keyof PermissionRequest>>(
    `select opened_by as "openedBy", cause, callback_no as "callbackNo", reason, made_by as "madeBy", rate_before::text as "rateBefore",
            rate_after::text as "rateAfter", effective_on as "effectiveOn"
       from permission_changes where request_no = $1 for update`,
    [requestNo],
  );
  const [change] = rows;
  if (change === undefined) throw new BusinessError('NOT_FOUND', { what: '权限变更 change', key: requestNo });
  return { ...request, ...change, kind: request.kind as ChangeKind };
}
