/**
 * The counter is told of a change of an open permission: an instruction a fund account and right. Each is asked for before it is sent,
 * so that one whose answer was lost is not sent again.
 */
import type { CommissionInstruction, PermissionInstruction } from '../../adapters/counter/counter-port';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { lockChange } from './change-row';
import type { OfRequest } from './follow-request';
import type { CounterAnswer } from './tell-counter';

/** @throws Error where the counter does not answer; the verb is repeated, and asks first */
export const tellCounterOfChange =
  ({ pool, counter }: Pick<Dependencies, 'pool' | 'counter'>) =>
  async ({ requestNo }: OfRequest): Promise<CounterAnswer> => {
    const { rights, commissions } = await inTransaction(pool, (sql) => instructionsOf(sql, requestNo));
    for (const right of rights) {
      const { state } = await counter.askPermission(right.instructionKey);
      if (state === 'accepted') continue;
      const answer = await counter.sendPermission(right);
      if (answer.outcome === 'refused') return { outcome: 'refused', code: answer.code };
    }
    for (const commission of commissions) {
      const { state } = await counter.askCommission(commission.instructionKey);
      if (state === 'accepted') continue;
      const answer = await counter.sendCommission(commission);
      if (answer.outcome === 'refused') return { outcome: 'refused', code: answer.code };
    }
    return { outcome: 'accepted' };
  };

/** Buying is blocked and granted by the rights that it needs; a commission is told with its first trade date. */
async function instructionsOf(
  sql: Parameters<typeof lockChange>[0],
  requestNo: string,
): Promise<{
  readonly rights: readonly PermissionInstruction[];
  readonly commissions: readonly CommissionInstruction[];
}> {
  const { kind, clientNo, permission, terms, rateAfter, effectiveOn } = await lockChange(sql, requestNo);
  const { rows } = await sql.query<{ fund_account: string }>(
    'select fund_account from client_fund_accounts where client_no = $1 order by fund_account',
    [clientNo],
  );
  const accounts = rows.map(({ fund_account }) => fund_account);
  if (accounts.length === 0)
    throw new Error(`client ${clientNo} has no fund account that the counter could be told of`);
  if (kind !== 'commission change') {
    const verb = kind === 'suspension' ? 'suspend' : 'lift';
    const state = kind === 'suspension' ? 'blocked' : 'granted';
    const rights = accounts.flatMap((fundAccount) =>
      terms.counterBuying.map(
        (right) =>
          ({
            instructionKey: `${verb}:${permission}:${requestNo}:${fundAccount}:${right}`,
            fundAccount,
            permission: right,
            state,
            reason: requestNo,
          }) as const,
      ),
    );
    return { rights, commissions: [] };
  }
  if (rateAfter === null || effectiveOn === null) throw new RangeError(`${requestNo} is no change of commission`);
  const commissions = accounts.map((fundAccount) => ({
    instructionKey: `commission:${permission}:${requestNo}:${fundAccount}`,
    fundAccount,
    permission,
    rate: rateAfter,
    effectiveOn,
  }));
  return { rights: [], commissions };
}
