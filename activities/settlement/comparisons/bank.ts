/** Bank transfers of the reserve accounts against the bank's statements, and the statements' running balances. */
import type { PoolClient } from 'pg';
import { amountText } from '../../../domain/money';
import { onRow, type Compared, type ComparedFinding, type Comparison } from './comparison';

/** Transfers with the reserve accounts, at the clearing house and at the bank. */
export const bankTransfers: Comparison = {
  classes: ['BANK_MISSING', 'BANK_EXTRA'],
  needs: ['hk_zjbd', 'bank_client', 'bank_own'],
  refuses: [],
  compare: transfers,
};

export const bankBalances: Comparison = { classes: ['BANK_BALANCE'], needs: [], refuses: [], compare: runningBalances };

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
      amount: amountText(row.fen),
      amountFen: row.fen,
    }),
  );
}

/**
 * Balance = balance before - debit + credit; the first line repeats the closing balance of the day before. One wrong balance is
 * one finding: the line after it may go on from the figure of the statement or from the right one.
 */
async function runningBalances(sql: PoolClient, day: Compared): Promise<ComparedFinding[]> {
  const { rows } = await sql.query<{
    kind: string;
    file_id: bigint;
    row_no: bigint;
    at_time: string;
    moved: bigint;
    balance_fen: bigint;
    computed: bigint;
    goes_on: boolean;
  }>(
    `with lines as (
       select b.*, f.kind, b.credit_fen - b.debit_fen as moved, lag(b.balance_fen) over statement as before,
              (select p.balance_fen from bank_lines_in_force p where p.channel = $1 and p.business_date = $3 and p.account = b.account order by p.row_no desc limit 1) as closing
       from bank_lines_in_force b join files f using (file_id) where b.channel = $1 and b.business_date = $2
       window statement as (partition by b.account order by b.row_no)),
     computed as (
       select *, case when before is null then coalesce(closing, balance_fen) else before + moved end as computed from lines),
     judged as (
       select *, balance_fen <> computed and balance_fen is distinct from lag(computed) over statement + moved as wrong,
              lead(computed) over statement = lead(balance_fen) over statement or lead(balance_fen) over statement is null as goes_on
       from computed window statement as (partition by account order by row_no))
     select kind, file_id, row_no, at_time, moved, balance_fen, computed, goes_on from judged where wrong order by file_id, row_no`,
    [day.channel, day.businessDate, day.previous],
  );
  return rows.map((row) =>
    onRow(row.kind, row, 'BANK_BALANCE', {
      field: 'balance',
      fileValue: amountText(row.balance_fen),
      computed: amountText(row.computed),
      time: row.at_time,
      amount: amountText(row.moved),
      // What the statement's later balances carry on.
      amountFen: row.goes_on ? row.balance_fen - row.computed : 0n,
    }),
  );
}
