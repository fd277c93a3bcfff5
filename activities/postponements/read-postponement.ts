/** What the process of a postponement reads. Typed words come as references. */
import { businessDateOf, daysBetween, type BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { byReference } from '../intake/typed-texts';
import { loadParameters } from '../terms/load-terms';

type Pooled = Pick<Dependencies, 'pool'>;

export interface OfPostponement {
  readonly postponementId: string;
}

export interface FollowedPostponement extends OfPostponement {
  readonly channel: string;
  readonly from: BusinessDate;
  readonly to: BusinessDate;
  readonly cause: string;
  /** Reference to the words of the notice. */
  readonly notice: string;
  readonly state: 'awaiting approval' | 'approved' | 'refused' | 'recalled' | 'withdrawn';
  readonly madeBy: string;
  readonly askedAt: string;
  /** Decided by the time at which the first day is posted, counted from the day of the request. */
  readonly decideWithin: { readonly kind: 'CLOCK_TIME'; readonly n: number; readonly time: string };
  /** Days of the two that have begun and are not closed: their plans are computed anew. */
  readonly openDays: readonly BusinessDate[];
  /** The newest evening with a forecast, which is made anew. */
  readonly forecastOn: BusinessDate | null;
  /** When the trades of the first day are posted at the latest, nothing moves back any more, UTC. */
  readonly over: string;
}

/** @throws BusinessError NOT_FOUND, NO_PARAMETER_FOR_DATE */
export const readPostponement =
  ({ pool }: Pooled) =>
  ({ postponementId }: OfPostponement): Promise<FollowedPostponement> =>
    inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<Omit<FollowedPostponement, 'decideWithin'>>(
        `select p.postponement_id::text as "postponementId", p.channel, p.postponed_from::text as "from", p.postponed_to::text as "to", p.cause,
                p.notice, p.state, p.made_by as "madeBy", p.made_at as "askedAt",
                array(select d.business_date::text from settlement_days d where d.channel = p.channel and d.closed_at is null
                      and d.business_date in (p.postponed_from, p.postponed_to) order by 1) as "openDays",
                (select max(f.business_date)::text from forecasts f where f.channel = p.channel) as "forecastOn",
                to_char(((p.postponed_from + 1)::timestamp at time zone 'Asia/Shanghai') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS".000Z"') as over
         from settlement_postponements p where p.postponement_id = $1`,
        [postponementId],
      );
      const [found] = rows;
      if (found === undefined)
        throw new BusinessError('NOT_FOUND', { what: '交收推迟 postponement', key: postponementId });
      const parameter = await loadParameters(sql, found.channel, found.from);
      return {
        ...found,
        notice: await byReference(sql, `settlement-postponement:${postponementId}`, 'notice', found.notice),
        decideWithin: {
          kind: 'CLOCK_TIME',
          n: Math.max(0, daysBetween(businessDateOf(found.askedAt), found.from)),
          time: parameter('POSTING_NOT_BEFORE'),
        },
      };
    });

export interface AskedWithdrawal {
  /** Reference to the words. */
  readonly reason: string;
  readonly madeBy: string;
}

/** @throws BusinessError NOT_FOUND */
export const readPostponementWithdrawal =
  ({ pool }: Pooled) =>
  ({ withdrawalId }: { readonly withdrawalId: string }): Promise<AskedWithdrawal> =>
    inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<AskedWithdrawal>(
        'select reason, made_by as "madeBy" from postponement_withdrawals where withdrawal_id = $1',
        [withdrawalId],
      );
      const [found] = rows;
      if (found === undefined)
        throw new BusinessError('NOT_FOUND', { what: '撤销推迟 withdrawal of a postponement', key: withdrawalId });
      return {
        ...found,
        reason: await byReference(sql, `postponement-withdrawal:${withdrawalId}`, 'reason', found.reason),
      };
    });
