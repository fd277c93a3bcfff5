/**
 * Which bank an order goes to. It is sent to one bank only: whoever sends holds the order's line, shared, until the bank has answered; whoever opens
 * the emergency channel takes it alone, so no call to the first bank is under way while it is asked and given up.
 */
import type { PoolClient } from 'pg';
import type { BankPort } from '../../adapters/bank/bank-port';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';

type Banks = Pick<Dependencies, 'pool' | 'bank' | 'emergencyBank'>;

/** What is asked of the bank that the order goes to, while it stays that one. */
export const atBankOfOrder = <Answer>(
  { pool, bank, emergencyBank }: Banks,
  orderKey: string,
  ask: (bank: BankPort) => Promise<Answer>,
): Promise<Answer> =>
  inTransaction(pool, async (sql) => {
    await sql.query(`select pg_advisory_xact_lock_shared(${LINE})`, [orderKey]);
    const through = await sentThrough(sql, orderKey);
    if (through === 'bank') return ask(bank);
    if (emergencyBank === undefined)
      throw new Error(`order ${orderKey} went to the emergency bank: its address is not set`);
    return ask(emergencyBank);
  });

const LINE = `hashtextextended('line of order ' || $1, 0)`;

/** Nobody sends the order until the transaction ends. Answers where it goes. */
export async function holdLineOfOrder(sql: PoolClient, orderKey: string): Promise<'bank' | 'emergency bank'> {
  await sql.query(`select pg_advisory_xact_lock(${LINE})`, [orderKey]);
  return sentThrough(sql, orderKey);
}

async function sentThrough(sql: PoolClient, orderKey: string): Promise<'bank' | 'emergency bank'> {
  const { rows } = await sql.query<{ through: 'bank' | 'emergency bank' }>(
    'select sent_through as through from orders where business_key = $1',
    [orderKey],
  );
  const [order] = rows;
  if (order === undefined) throw new RangeError(`order ${orderKey} is not in the books`);
  return order.through;
}
