/**
 * What listed breaks explain of a difference between our books and the outside, so that one fault is one break: transfers that
 * the bank does not show, money that the clearing house moved otherwise than it announced. Those of earlier days count while
 * their signed exception runs.
 */
import type { PoolClient } from 'pg';
import type { DayKey } from './day-key';

export interface Explained {
  /** Balance outside less balance in our books, fen. */
  readonly ofAccount: (account: string) => bigint;
  /** Moved at the clearing house less cleared to clients, fen. */
  readonly ofClearing: (ledger: string, side: string) => bigint;
}

interface Break {
  readonly class: string;
  readonly key: readonly string[] | null;
  readonly amount_fen: bigint;
  /** Bank account that the row of the file is about, by its side. */
  readonly bank: string | null;
  readonly side: string | null;
}

export async function explainedFen(sql: PoolClient, day: DayKey): Promise<Explained> {
  const { rows } = await sql.query<Break>(BREAKS, [day.channel, day.businessDate]);
  const sumOf = (amounts: readonly bigint[]) => amounts.reduce((sum, amount) => sum + amount, 0n);
  return {
    ofAccount: (account) =>
      sumOf(
        rows.flatMap((found) => {
          if (found.class === 'ACCOUNT_DIFFERENT') return found.key?.[1] === account ? [found.amount_fen] : [];
          if (found.bank !== account) return [];
          // A transfer is told from the reserve account's view: what the bank lacks, it still holds.
          return [found.class === 'BANK_EXTRA' ? -found.amount_fen : found.amount_fen];
        }),
      ),
    ofClearing: (ledger, side) =>
      sumOf(
        rows.flatMap((found) => {
          if (found.class === 'CLEARING_NOT_EVEN')
            return found.key?.[0] === ledger && found.key[1] === side ? [found.amount_fen] : [];
          if (found.class !== 'SETTLED_DIFFERENT' || found.side !== side) return [];
          return ledger === LEDGER_OF[found.key?.[2] ?? ''] ? [found.amount_fen] : [];
        }),
      ),
  };
}

/** Where the counterpart of a movement of the reserve account stands. */
const LEDGER_OF: Readonly<Record<string, string>> = {
  JY: 'clearing',
  ZF: 'clearing',
  FG: 'clearing',
  FK: 'risk_in_settlement',
  FKTH: 'risk_in_settlement',
};

const BREAKS = `
  with standing as (
    select f.*, f.attributes -> 'key' as key from findings_in_force f left join break_decisions d using (finding_id)
    where f.channel = $1 and f.outcome = 'break' and f.amount_fen is not null
      and f.class in ('BANK_MISSING', 'BANK_EXTRA', 'BANK_BALANCE', 'SETTLED_DIFFERENT', 'ACCOUNT_DIFFERENT', 'CLEARING_NOT_EVEN')
      and not exists (select 1 from break_write_offs w where w.finding_id = f.finding_id and w.state = 'approved')
      and (f.business_date = $2 and f.file_name <> 'reconciliation' or f.business_date < $2 and d.expires_on >= $2))
  select s.class, s.key, s.amount_fen, coalesce(l.account, b.account) as bank, a.side
  from standing s
  left join bank_lines l on l.business_date = s.business_date and l.file_id = s.file_id and l.row_no = s.row_no
  left join money_movements m on m.business_date = s.business_date and m.file_id = s.file_id and m.row_no = s.row_no
  left join broker_accounts a on a.account = coalesce(m.account, s.key ->> 0)
  left join broker_accounts b on s.class = 'BANK_MISSING' and b.channel = $1 and b.kind = 'bank' and b.side = a.side`;
