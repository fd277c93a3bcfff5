/** What a callback about an opening brought makes somebody ask for the suspension of buying: in the name of whoever ended the callback. */
import { BusinessError } from '../../domain/errors';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { askChange } from '../permissions/ask-change';
import { lockCallback } from './callback-row';
import type { OfCallback } from './follow-callback';

/**
 * Asks once. Answers null where there is nothing to suspend any more.
 * @throws BusinessError NOT_FOUND
 */
export const requestSuspension =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ callbackNo }: OfCallback): Promise<{ readonly requestNo: string | null }> =>
    inTransaction(pool, async (sql) => {
      const { subject, clientNo, outcome, endedBy, ownerRole } = await lockCallback(sql, callbackNo);
      const { rows } = await sql.query<{ permission: string }>(
        'select permission from permissions where request_no = $1 and closed_at is null',
        [subject],
      );
      const [open] = rows;
      if (open === undefined || endedBy === null || clientNo === null) return { requestNo: null };
      try {
        const { requestNo } = await askChange(sql, {
          key: `callback:${callbackNo}:suspension`,
          kind: 'suspension',
          clientNo,
          permission: open.permission,
          reason: `回访 ${callbackNo} 结果 ${outcome ?? ''}，提请暂停买入 the callback ended so: buying is to be suspended`,
          by: endedBy,
          role: ownerRole,
          callbackNo,
        });
        return { requestNo };
      } catch (error) {
        if (error instanceof BusinessError && error.code === 'BUYING_SUSPENDED_ALREADY') return { requestNo: null };
        throw error;
      }
    });
