/** What the process of a top-up of the cushion reads. */
import { businessDateOf, daysBetween, type BusinessDate } from '../../domain/calendar/business-date';
import type { Limit } from '../../domain/deadlines/limit';
import { BusinessError } from '../../domain/errors';
import { START_TIME } from '../../domain/settlement/day-start';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { byReference } from '../intake/typed-texts';
import { loadParameters } from '../terms/load-terms';
import { caseKeyOf } from './end-top-up';

export interface OfTopUp {
  readonly topUpId: string;
}

export interface FollowedTopUp extends OfTopUp {
  readonly channel: 'SH' | 'SZ';
  readonly businessDate: BusinessDate;
  readonly origin: 'alarm' | 'finance';
  /** Reference to the words of whoever asked. */
  readonly reason: string;
  readonly askedAt: string;
  /** By the alarm: before the morning that lends. By finance: within so many working days. */
  readonly within: Limit;
  /** Key of what its order pays for. */
  readonly caseKey: string;
}

type Row = Omit<FollowedTopUp, 'within' | 'caseKey'> & { readonly next: BusinessDate | null };

/** @throws BusinessError NOT_FOUND, NO_PARAMETER_FOR_DATE */
export const readCushionTopUp =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ topUpId }: OfTopUp): Promise<FollowedTopUp> =>
    inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<Row>(
        `select t.top_up_id::text as "topUpId", t.channel, t.business_date::text as "businessDate", t.origin, t.reason, t.asked_at as "askedAt",
                d.next_trading_day::text as next
         from cushion_top_ups t left join settlement_days d using (channel, business_date) where t.top_up_id = $1`,
        [topUpId],
      );
      const [found] = rows;
      if (found === undefined)
        throw new BusinessError('NOT_FOUND', { what: '补足安全气垫 top-up of the cushion', key: topUpId });
      const { next, ...asked } = found;
      const parameter = await loadParameters(sql, asked.channel, asked.businessDate);
      const within: Limit =
        asked.origin === 'alarm' && next !== null
          ? {
              kind: 'CLOCK_TIME',
              n: Math.max(0, daysBetween(businessDateOf(asked.askedAt), next)),
              time: START_TIME,
            }
          : { kind: 'BUSINESS_DAYS', n: Number.parseInt(parameter('CUSHION_TOP_UP_WITHIN_DAYS'), 10) };
      return {
        ...asked,
        reason: await byReference(sql, `cushion-top-up:${topUpId}`, 'reason', asked.reason),
        within,
        caseKey: caseKeyOf(topUpId),
      };
    });

/** What is asked for by now; nothing once it has ended or an order for it is under way. */
export const cushionTopUpDue =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  async ({ topUpId }: OfTopUp): Promise<{ readonly amountFen: string }> => {
    const { rows } = await pool.query<{ amountFen: string }>(
      `select (case when t.state = 'open' and not exists (
                 select from orders o where o.case_key = $2 and o.state in ('sent', 'executed'))
               then t.amount_fen else 0 end)::text as "amountFen" from cushion_top_ups t where t.top_up_id = $1`,
      [topUpId, caseKeyOf(topUpId)],
    );
    return { amountFen: rows[0]?.amountFen ?? '0' };
  };
