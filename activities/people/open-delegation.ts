/** A delegation as its process begins: since when it waits, within how many working days it is decided, when its last day ends. */
import { addDays, parseBusinessDate, shanghaiInstant } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { loadParameters } from '../terms/load-terms';
import { businessDateNow } from './standing';

export interface OpenedDelegation {
  readonly askedAt: string;
  readonly withinDays: number;
  /** Midnight after its last day, UTC. */
  readonly endsAt: string;
}

/** @throws BusinessError NOT_FOUND, NO_PARAMETER_FOR_DATE */
export const openDelegation =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ delegationId }: { readonly delegationId: string }): Promise<OpenedDelegation> =>
    inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<{ made_at: string; last_day: string }>(
        'select made_at, last_day::text from delegations where delegation_id = $1',
        [delegationId],
      );
      const [row] = rows;
      if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '代理授权 delegation', key: delegationId });
      const parameter = await loadParameters(sql, 'SH', await businessDateNow(sql));
      return {
        askedAt: row.made_at,
        withinDays: Number.parseInt(parameter('DELEGATION_WITHIN_DAYS'), 10),
        endsAt: shanghaiInstant(addDays(parseBusinessDate(row.last_day), 1), '00:00'),
      };
    });
