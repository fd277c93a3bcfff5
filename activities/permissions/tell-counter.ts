/**
 * The counter is told that a client may trade: an instruction a fund account and kind. Each is asked for before it is sent, so that
 * one whose answer was lost is not sent again.
 */
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import type { OfRequest } from './follow-request';
import { lockRequest } from './request-row';

export type CounterAnswer = { readonly outcome: 'accepted' } | { readonly outcome: 'refused'; readonly code: string };

/** @throws Error where the counter does not answer; the verb is repeated, and asks first */
export const tellCounter =
  ({ pool, counter }: Pick<Dependencies, 'pool' | 'counter'>) =>
  async ({ requestNo }: OfRequest): Promise<CounterAnswer> => {
    const { clientNo, permission, terms, fundAccounts } = await inTransaction(pool, async (sql) => {
      const request = await lockRequest(sql, requestNo);
      const { rows } = await sql.query<{ fund_account: string }>(
        'select fund_account from client_fund_accounts where client_no = $1 order by fund_account',
        [request.clientNo],
      );
      return { ...request, fundAccounts: rows.map(({ fund_account }) => fund_account) };
    });
    if (fundAccounts.length === 0)
      throw new Error(`client ${clientNo} has no fund account that the counter could be told of`);
    for (const fundAccount of fundAccounts) {
      for (const right of terms.counterPermissions) {
        const instructionKey = `open:${permission}:${requestNo}:${fundAccount}:${right}`;
        const { state } = await counter.askPermission(instructionKey);
        if (state === 'accepted') continue;
        const told = { instructionKey, fundAccount, permission: right, state: 'granted' as const, reason: requestNo };
        const answer = await counter.sendPermission(told);
        if (answer.outcome === 'refused') return { outcome: 'refused', code: answer.code };
      }
    }
    return { outcome: 'accepted' };
  };
