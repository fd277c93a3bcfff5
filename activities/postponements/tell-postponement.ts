/** A postponement is told to whom it concerns: operations, finance, branches and clients (A4 §40). */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import type { OfPostponement } from './read-postponement';
import { tellMoved, type MovedDues } from './tell-moved';

/**
 * Tells once each that it is postponed, or due again: whoever has something due on the first day, trades, fees and entitlements, also what an
 * earlier notice had moved there. Answers how many clients.
 */
export const tellPostponement =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ postponementId, back }: OfPostponement & { readonly back: boolean }): Promise<{ readonly clients: number }> =>
    inTransaction(pool, async (sql) => {
      const { workflowId, ...moved } = await movedBy(sql, postponementId);
      const clients = await tellMoved(sql, moved, {
        workflowId,
        key: `${back ? 'postponement-withdrawn' : 'postponed'}:${postponementId}`,
        template: back ? 'SETTLEMENT_MOVED_BACK' : 'SETTLEMENT_POSTPONED',
      });
      return { clients };
    });

async function movedBy(sql: PoolClient, postponementId: string): Promise<MovedDues & { readonly workflowId: string }> {
  const { rows } = await sql.query<Omit<MovedDues, 'filed'> & { workflowId: string; filed: BusinessDate[] }>(
    `select channel, postponed_from::text as "from", postponed_to::text as "to", workflow_id as "workflowId",
            due_unless_postponed(channel, postponed_from)::text[] as filed
     from settlement_postponements where postponement_id = $1`,
    [postponementId],
  );
  const [found] = rows;
  if (found === undefined) throw new BusinessError('NOT_FOUND', { what: '交收推迟 postponement', key: postponementId });
  return found;
}
