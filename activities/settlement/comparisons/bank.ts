/** Bank transfers of the reserve accounts against the bank's statements, and the statements' running balances. */
import type { PoolClient } from 'pg';
import { cnyText } from '../../files/amount-text';
import { onRow, type Compared, type ComparedFinding, type Comparison } from './comparison';

export const bankComparison: Comparison = {
  needs: [],
  refuses: [],
  compare: async (sql, day) => [
    ...(day.has('hk_zjbd', 'bank_client', 'bank_own') ? await transfers(sql, day) : []),
    ...(await runningBalances(sql, day)),
  ],
};

/** The same transfers on both sides by account, time and amount; equal ones are paired in the order of their rows. */
async function transfers(sql: PoolClient, day: Compared): Promise<ComparedFinding[]> {
  const { rows } = await sql.query<{
    kind: string;
    file_id: bigint;
    row_no: bigint;
    at_time: string;
    fen: bigint;
    missing_at_bank: boolean;
  }>(
    `with moved as (
       select m.account, m.at_time, m.amount_fen as fen, m.file_id, m.row_no, row_number() over (partition by m.account, m.at_time, m.amount_fen order by m.row_no) as n
       from money_movements_in_force m where m.channel = $1 and m.business_date = $2 and m.business in ('ZR', 'ZC')),
     stated as (
       select b.counterparty as account, b.at_time, b.debit_fen - b.credit_fen as fen, b.file_id, b.row_no, f.kind,
              row_number() over (partition by b.counterparty, b.at_time, b.debit_fen - b.credit_fen order by b.row_no) as n
       from bank_lines_in_force b join files f using (file_id)
       join broker_accounts a on a.account = b.counterparty and a.kind = 'reserve'
       where b.channel = $1 and b.business_date = $2)
     select case when s.file_id is null then 'hk_zjbd' else s.kind end as kind, coalesce(m.file_id, s.file_id) as file_id, coalesce(m.row_no, s.row_no) as row_no,
            at_time, fen, s.file_id is null as missing_at_bank
     from moved m full join stated s using (account, at_time, fen, n) where m.file_id is null or s.file_id is null order by 1, 2, 3`,
    [day.channel, day.businessDate],
  );
  return rows.map((row) =>
    onRow(row.kind, row, row.missing_at_bank ? 'BANK_MISSING' : 'BANK_EXTRA', {
      time: row.at_time,
      amount: cnyText(row.fen),
      amountFen: row.fen,
    }),
  );
}

/** Balance = balance before - debit + credit; the first line repeats the closing balance of the day before. */
async function runningBalances(sql: PoolClient, day: Compared): Promise<ComparedFinding[]> {
  const { rows } = await sql.query<{
    kind: string;
    file_id: bigint;
    row_no: bigint;
    at_time: string;
    moved: bigint;
    balance_fen: bigint;
    computed: bigint;
  }>(
    `with lines as (
       select b.*, f.kind, lag(b.balance_fen) over (partition by b.account order by b.row_no) as before,
              (select p.balance_fen from bank_lines_in_force p where p.channel = $1 and p.business_date = $3 and p.account = b.account order by p.row_no desc limit 1) as closing
       from bank_lines_in_force b join files f using (file_id) where b.channel = $1 and b.business_date = $2),
     computed as (
       select *, case when before is null then coalesce(closing, balance_fen) else before - debit_fen + credit_fen end as computed from lines)
     select kind, file_id, row_no, at_time, (credit_fen - debit_fen)::bigint as moved, balance_fen, computed from computed
     where balance_fen <> computed order by file_id, row_no`,
    [day.channel, day.businessDate, day.previous],
  );
  return rows.map((row) =>
    onRow(row.kind, row, 'BANK_BALANCE', {
      field: 'balance',
      fileValue: cnyText(row.balance_fen),
      computed: cnyText(row.computed),
      time: row.at_time,
      amount: cnyText(row.moved),
    }),
  );
}
