/** What the process of a change of an open permission reads, and does once it is approved and the counter has been told. */
import { shanghaiInstant, type BusinessDate } from '../../domain/calendar/business-date';
import type { Words } from '../../domain/messages/words';
import { permilleText } from '../../domain/permissions/commission-rate';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { byReference } from '../intake/typed-texts';
import { liftWhatIsCovered } from '../overdrafts/follow-case';
import { queueNotice } from '../outbox/queue-notice';
import { loadParameters } from '../terms/load-terms';
import { actOnRequest } from './act-on-request';
import type { ChangeCause, ChangeKind } from './ask-change';
import { lockChange, type PermissionChange } from './change-row';
import { ownAct, type OfRequest } from './follow-request';
import type { RequestState } from './request-row';

type Pooled = Pick<Dependencies, 'pool'>;

/** What a process knows of its change. No personal data. */
export interface FollowedChange extends OfRequest {
  readonly kind: ChangeKind;
  readonly permission: string;
  readonly name: Words;
  readonly branch: string;
  readonly state: RequestState;
  readonly cause: ChangeCause;
  readonly callbackNo: string | null;
  /** Which somebody typed, by reference. */
  readonly reason: string;
  readonly madeBy: string;
  readonly requestedAt: string;
  /** Working days within which it is decided. */
  readonly withinDays: number;
  /** Of a change of commission, fractions as text. */
  readonly rateBefore: string | null;
  readonly rateAfter: string | null;
  readonly effectiveOn: string | null;
}

export const readChange =
  ({ pool }: Pooled) =>
  ({ requestNo }: OfRequest): Promise<FollowedChange> =>
    inTransaction(pool, async (sql) => {
      const change = await lockChange(sql, requestNo);
      const { kind, permission, terms, branch, state, cause, callbackNo, reason, madeBy, requestedAt } = change;
      const { rateBefore, rateAfter, effectiveOn } = change;
      const parameter = await loadParameters(sql, 'SH', change.today as BusinessDate);
      return {
        requestNo,
        kind,
        permission,
        name: { zh: terms.nameZh, en: terms.nameEn },
        branch,
        state,
        cause,
        callbackNo,
        reason: await byReference(sql, `permission-change:${requestNo}`, 'reason', reason),
        madeBy,
        requestedAt,
        withinDays: Number.parseInt(parameter('PERMISSION_CHANGE_WITHIN_DAYS'), 10),
        rateBefore,
        rateAfter,
        effectiveOn,
      };
    });

/** Buying is suspended or resumed, as the counter was told; the client is told. */
export const recordSuspension =
  ({ pool }: Pooled) =>
  ({ requestNo }: OfRequest): Promise<RequestState> =>
    actOnRequest(pool, ownAct(requestNo, 'record change'), 'record change', async (sql, request) => {
      const change = await lockChange(sql, requestNo);
      const isSuspension = change.kind === 'suspension';
      await (isSuspension
        ? sql.query('insert into permission_suspensions (request_no, opened_by) values ($1, $2)', [
            requestNo,
            change.openedBy,
          ])
        : sql.query(
            // Also one that was carried over from a permission that was closed since.
            `update permission_suspensions s set lifted_with = $1, lifted_at = business_now() from permissions p
              where p.request_no = s.opened_by and p.client_no = $2 and p.permission = $3 and s.lifted_at is null`,
            [requestNo, change.clientNo, change.permission],
          ));
      if (isSuspension && change.overdraftCase !== null) await liftWhatIsCovered(sql, change.overdraftCase);
      await queueNotice(sql, {
        key: `${change.kind}:${requestNo}`,
        workflowId: request.workflowId,
        severity: 'info',
        ...ofClient(change),
        template: isSuspension ? 'BUYING_SUSPENDED' : 'BUYING_RESUMED',
        facts: { permission: nameOf(change), request: requestNo },
      });
      return { answer: 'filing', detail: { permission: change.openedBy }, next: { step: 'filing', state: 'filing' } };
    });

/** The rate in force ends where the new one begins, on the day that the counter was told. */
export const recordCommission =
  ({ pool }: Pooled) =>
  ({ requestNo }: OfRequest): Promise<RequestState> =>
    actOnRequest(pool, ownAct(requestNo, 'record change'), 'record change', async (sql, request) => {
      const change = await lockChange(sql, requestNo);
      const { clientNo, permission, rateBefore, rateAfter } = change;
      const effectiveOn = change.beginsOn ?? change.effectiveOn;
      if (rateBefore === null || rateAfter === null || effectiveOn === null)
        throw new RangeError(`${requestNo} is no change of commission`);
      const from = shanghaiInstant(effectiveOn as BusinessDate, '00:00');
      await sql.query(
        `update permission_commissions set valid_to = $3 where client_no = $1 and permission = $2 and valid_to is null and valid_from < $3`,
        [clientNo, permission, from],
      );
      await sql.query(
        `insert into permission_commissions (client_no, permission, rate, valid_from, request_no, source) values ($1, $2, $3, $4, $5, $6)`,
        [clientNo, permission, rateAfter, from, requestNo, `request ${requestNo}`],
      );
      await queueNotice(sql, {
        key: `commission-changed:${requestNo}`,
        workflowId: request.workflowId,
        severity: 'info',
        ...ofClient(change),
        template: 'COMMISSION_CHANGED',
        facts: {
          permission: nameOf(change),
          request: requestNo,
          date: effectiveOn,
          before: permilleText(rateBefore),
          after: permilleText(rateAfter),
        },
      });
      return {
        answer: 'filing',
        detail: { rateBefore, rateAfter, effectiveOn },
        next: { step: 'filing', state: 'filing' },
      };
    });

const nameOf = ({ terms }: PermissionChange): Words => ({ zh: terms.nameZh, en: terms.nameEn });
const ofClient = ({ clientNo, branch }: PermissionChange) => ({
  side: 'client' as const,
  branch,
  recipientRef: clientNo,
});
