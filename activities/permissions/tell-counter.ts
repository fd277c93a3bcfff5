/**
 * The counter is told that a client may trade, or no longer may: an instruction a fund account and kind. Each is asked for before it is sent, so that
 * one whose answer was lost is not sent again.
 */
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import type { OfRequest } from './follow-request';
import { fundAccountsOf } from './follow-closing';
import { lockRequest, type RequestKind } from './request-row';

export type CounterAnswer = { readonly outcome: 'accepted' } | { readonly outcome: 'refused'; readonly code: string };

/** What the counter is told by each kind of request. */
const toldBy = (kind: RequestKind): 'granted' | 'blocked' => (kind === 'closing' ? 'blocked' : 'granted');

/** @throws Error where the counter does not answer; the verb is repeated, and asks first */
export const tellCounter =
  ({ pool, counter }: Pick<Dependencies, 'pool' | 'counter'>) =>
  async ({ requestNo }: OfRequest): Promise<CounterAnswer> => {
    const { clientNo, permission, kind, terms, fundAccounts } = await inTransaction(pool, async (sql) => {
      const request = await lockRequest(sql, requestNo);
      return { ...request, fundAccounts: await fundAccountsOf(sql, request.clientNo) };
    });
    if (fundAccounts.length === 0)
      throw new Error(`client ${clientNo} has no fund account that the counter could be told of`);
    for (const fundAccount of fundAccounts) {
      for (const right of terms.counterPermissions) {
        const instructionKey = `${toldBy(kind) === 'granted' ? 'open' : 'close'}:${permission}:${requestNo}:${fundAccount}:${right}`;
        const { state } = await counter.askPermission(instructionKey);
        if (state === 'accepted') continue;
        const told = { instructionKey, fundAccount, permission: right, state: toldBy(kind), reason: requestNo };
        const answer = await counter.sendPermission(told);
        if (answer.outcome === 'refused') return { outcome: 'refused', code: answer.code };
      }
    }
    return { outcome: 'accepted' };
  };
