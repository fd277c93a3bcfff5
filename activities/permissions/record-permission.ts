/** The permission is recorded with its default commission, in one transaction; the client is told (notice of A1..A5). */
import { permilleText } from '../../domain/permissions/commission-rate';
import type { PoolClient } from 'pg';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { actOnRequest } from './act-on-request';
import { suspensionOf } from './change-row';
import { ownAct, type OfRequest } from './follow-request';
import { lockRequest, type PermissionRequest, type RequestState } from './request-row';
import { askSurvey } from '../surveys/ask-survey';
import { tellClient } from './tell-client';

export interface NetCommission {
  /** Line of the CRM. */
  readonly line: string;
  /** Fraction as text. */
  readonly rate: string;
}

/**
 * The net rate that becomes the default commission, as it stands at this moment.
 * @throws Error where the CRM does not answer, or has no such line of the client: repeated until the branch has entered one
 */
export const readNetCommission =
  ({ pool, crm }: Pick<Dependencies, 'pool' | 'crm'>) =>
  async ({ requestNo }: OfRequest): Promise<NetCommission> => {
    const { clientNo, terms } = await inTransaction(pool, (sql) => lockRequest(sql, requestNo));
    const { rate } = await crm.askCommission(clientNo, terms.commissionOf);
    if (rate === null)
      throw new Error(`the CRM has no line ${terms.commissionOf} for the client of request ${requestNo}`);
    return { line: terms.commissionOf, rate };
  };

/** Opens the permission; from here on its commission is a rate of its own, whatever becomes of the line that it came from. */
export const recordPermission =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ requestNo, commission }: OfRequest & { readonly commission: NetCommission }): Promise<RequestState> =>
    actOnRequest(pool, ownAct(requestNo, 'record permission'), 'open permission', async (sql, request) => {
      const { clientNo, permission } = request;
      await sql.query('insert into permissions (request_no, client_no, permission) values ($1, $2, $3)', [
        requestNo,
        clientNo,
        permission,
      ]);
      // A permission that was closed and is opened again begins a rate anew.
      await sql.query(
        `update permission_commissions set valid_to = business_now()
          where client_no = $1 and permission = $2 and valid_to is null and valid_from < business_now()`,
        [clientNo, permission],
      );
      await sql.query(
        // A rate that was approved for a later day still begins on it.
        `insert into permission_commissions (client_no, permission, rate, request_no, source, valid_to)
         values ($1, $2, $3, $4, $5,
                 (select min(valid_from) from permission_commissions where client_no = $1 and permission = $2 and valid_from > business_now()))`,
        [clientNo, permission, commission.rate, requestNo, `CRM ${commission.line}`],
      );
      await tellClient(sql, request, {
        key: `permission-opened:${requestNo}`,
        template: 'PERMISSION_OPENED',
        facts: { rate: permilleText(commission.rate) },
      });
      await askWhetherSatisfied(sql, request);
      const suspendedBy = await suspensionOf(sql, request);
      if (suspendedBy !== undefined) await tellSuspended(sql, request, suspendedBy);
      return {
        answer: 'filing',
        detail: {
          ...(suspendedBy === undefined ? {} : { suspendedBy }),
          commissionRate: commission.rate,
          commissionOf: commission.line,
        },
        next: { step: 'filing', state: 'filing' },
      };
    });

/** Who opened it on the mobile phone is asked how that went. */
async function askWhetherSatisfied(sql: PoolClient, { requestNo, clientNo }: PermissionRequest): Promise<void> {
  const { rowCount } = await sql.query(
    `select from permission_steps where request_no = $1 and act = 'ask for permission' and channel = 'mobile'`,
    [requestNo],
  );
  if (rowCount === 0) return;
  await askSurvey(sql, { occasion: 'mobile opening', subject: requestNo, clientNo, by: SYSTEM_ACTOR });
}

/** Buying stays suspended, as it was before the permission was closed: the client is told with the opening. */
const tellSuspended = (sql: PoolClient, request: PermissionRequest, suspendedBy: string) =>
  tellClient(sql, request, {
    key: `still-suspended:${request.requestNo}`,
    template: 'BUYING_SUSPENDED',
    facts: { request: suspendedBy },
  });

export interface RefusedByOperations extends OfRequest {
  readonly by: string;
  readonly onBehalfOf?: string;
  readonly reason: string;
}

/** Operations decided that the permission is not opened, because the counter does not take it. */
export const refusePermission =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ requestNo, by, onBehalfOf, reason }: RefusedByOperations): Promise<RequestState> =>
    actOnRequest(
      pool,
      { ...ownAct(requestNo, 'refuse permission'), by, onBehalfOf },
      'refuse permission',
      async (sql, request) => {
        await tellClient(sql, request, {
          key: `permission-refused:${requestNo}`,
          template: 'PERMISSION_REFUSED',
          facts: {},
        });
        return {
          answer: 'refused',
          detail: { reason },
          codes: ['COUNTER_REFUSED'],
          next: { step: 'ended', state: 'refused', cause: 'counter refused' },
        };
      },
    );
