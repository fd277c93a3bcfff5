/**
 * Takes the evening's postings back because a file they rest on was replaced after them: reversal, then posting again with the
 * newer version (settlement page, evening step 1). What was our own act in the morning stays.
 */
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { reverseBatchesOf } from '../ledger/reverse-batches';
import type { DayKey } from './day-key';

/** What an evening posts, by the kind of its batch: all of them, also where there is nothing to book. */
export const EVENING_BATCHES: readonly string[] = [
  'account-movements',
  'client-cash',
  'clear-trades',
  'clear-portfolio-fee',
  'clear-entitlements',
  'share-movements',
  'repay-advances',
];

export const reverseEvening =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (given: DayKey & { readonly cause: string }): Promise<{ readonly reversed: number }> =>
    inTransaction(pool, async (sql) => {
      const reversed = await reverseBatchesOf(sql, { ...given, kinds: EVENING_BATCHES });
      if (reversed > 0) {
        await recordAudit(sql, {
          actor: 'southbound',
          action: 'reverse evening postings',
          outcome: 'done',
          objectType: 'settlement day',
          objectId: `${given.channel}:${given.businessDate}`,
          reason: given.cause,
          after: { reversed },
        });
      }
      return { reversed };
    });
