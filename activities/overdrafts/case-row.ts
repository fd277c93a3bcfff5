/** An overdraft case as its rows and the ledger say. */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { penaltyInterestFen } from '../../domain/settlement/overdraft';
import { loadParameters } from '../terms/load-terms';

export interface OfOverdraftCase {
  readonly caseNo: string;
}

export interface OverdraftCase extends OfOverdraftCase {
  readonly channel: string;
  readonly fundAccount: string;
  readonly branch: string;
  readonly owedSince: BusinessDate;
  readonly workflowId: string;
  readonly state: 'open' | 'covered' | 'written off';
  readonly callAfterDays: number;
  readonly blockAfterDays: number;
  readonly recoveryAfterDays: number;
  /** Advance outstanding and balance below zero, as booked until now. */
  readonly advanceFen: bigint;
  readonly overdraftFen: bigint;
  /** Accrued until the next trading day, less what was collected or waived before. */
  readonly interestFen: bigint;
  readonly today: BusinessDate;
}

/**
 * Locked until the transaction ends.
 * @throws BusinessError NOT_FOUND
 */
export async function lockCase(sql: PoolClient, caseNo: string): Promise<OverdraftCase> {
  const { rows } = await sql.query<Omit<OverdraftCase, 'interestFen'> & { numerator: string; settled: bigint }>(
    `select o.case_no as "caseNo", o.channel, o.fund_account as "fundAccount", o.branch, o.owed_since as "owedSince",
            o.workflow_id as "workflowId", o.state, o.call_after_days as "callAfterDays", o.block_after_days as "blockAfterDays",
            o.recovery_after_days as "recoveryAfterDays", (business_now() at time zone 'Asia/Shanghai')::date::text as today,
            coalesce((select sum(amount) from entries where ledger = 'advance' and owner = o.fund_account), 0)::bigint as "advanceFen",
            greatest(coalesce((select sum(amount) from entries where ledger = 'client_money' and owner = o.fund_account), 0), 0)::bigint as "overdraftFen",
            coalesce((select a.interest_numerator::text from advances a where a.channel = o.channel and a.fund_account = o.fund_account
                      order by a.business_date desc limit 1), '0') as numerator,
            (coalesce((select -sum(amount) from entries where ledger = 'overdraft_interest' and owner = o.fund_account), 0)
             + coalesce((select sum(w.interest_given_up_fen) from overdraft_write_offs w join overdraft_cases c using (case_no)
                         where c.channel = o.channel and c.fund_account = o.fund_account and w.posted_on is not null), 0))::bigint as settled
     from overdraft_cases o where o.case_no = $1 for update of o`,
    [caseNo],
  );
  const [row] = rows;
  if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '透支追偿 overdraft case', key: caseNo });
  const { numerator, settled, ...found } = row;
  const dayBase = BigInt((await loadParameters(sql, found.channel, found.today))('INTEREST_DAY_BASE'));
  return { ...found, interestFen: penaltyInterestFen(BigInt(numerator), 1n, dayBase) - settled };
}
