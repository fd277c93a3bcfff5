/** Balances of the evening before and the movements of the day make the balances of the evening; otherwise pair refused. */
import type { PoolClient } from 'pg';
import { amountText } from '../../../domain/money';
import { onRow, type Compared, type ComparedFinding, type Comparison } from './comparison';

interface RolledRow {
  readonly file_id: bigint;
  readonly row_no: bigint | null;
  readonly file_value: bigint;
  readonly computed: bigint;
  readonly securities_account: string;
  readonly code: string;
}

export const securitiesRollForward: Comparison = {
  classes: ['ROLL_FORWARD_MISMATCH'],
  needs: ['hk_zqye', 'hk_zqbd'],
  refuses: ['hk_zqye', 'hk_zqbd'],
  compare: async (sql, day) => {
    if (!(await previousIsKnown(sql, day, 'hk_zqye'))) return [];
    const { rows } = await sql.query<RolledRow>(SHARES_ROLLED, [day.channel, day.businessDate, day.previous]);
    return rows.map((row) =>
      onRow('hk_zqye', row, 'ROLL_FORWARD_MISMATCH', {
        field: 'YE',
        fileValue: row.file_value.toString(),
        computed: row.computed.toString(),
        ...(row.row_no === null && { key: [row.securities_account, row.code] }),
      }),
    );
  },
};

/**
 * The evening before is read from its file; before the first day of the book from the opening entries. One sum over all lines of
 * both evenings and the movements between them: joining three sums instead takes twice as long.
 */
const SHARES_ROLLED = `
  with lines as (
    select securities_account, code, 0::bigint as told, quantity as rolled, null::bigint as file_id, null::bigint as row_no
    from security_balances_in_force where channel = $1 and business_date = $3
    union all
    select owner, asset, 0, -amount, null, null from entries
    where ledger = 'client_shares' and business_date <= $3
      and not exists (select 1 from settlement_days where channel = $1 and business_date = $3)
    union all
    select securities_account, code, 0, quantity, null, null from security_movements_in_force where channel = $1 and business_date = $2
    union all
    select securities_account, code, quantity, 0, file_id, row_no from security_balances_in_force where channel = $1 and business_date = $2)
  select coalesce(min(file_id), (select min(file_id) from files_in_force where channel = $1 and business_date = $2 and kind = 'hk_zqye')) as file_id,
         min(row_no) as row_no, sum(told)::bigint as file_value, sum(rolled)::bigint as computed, securities_account, code
  from lines group by securities_account, code having sum(told) <> sum(rolled)
  order by min(row_no), securities_account, code`;

export const moneyRollForward: Comparison = {
  classes: ['ROLL_FORWARD_MISMATCH'],
  needs: ['hk_zjye', 'hk_zjbd'],
  refuses: ['hk_zjye', 'hk_zjbd'],
  compare: async (sql, day) => {
    if (!(await previousIsKnown(sql, day, 'hk_zjye'))) return [];
    return [...(await runningBalances(sql, day)), ...(await eveningBalances(sql, day))];
  },
};

const PREVIOUS_MONEY = `
  previous as (
    select account, balance_fen from money_balances_in_force where channel = $1 and business_date = $3
    union all
    select a.account, coalesce((select sum(e.amount) from entries e where e.ledger = a.kind and e.owner = a.account and e.business_date <= $3), 0)::bigint
    from broker_accounts a
    where a.channel = $1 and a.kind in ('reserve', 'risk_fund') and not exists (select 1 from settlement_days where channel = $1 and business_date = $3))`;

/**
 * Each running balance follows from the one before it and the movement. One wrong balance is one finding: the movement after it
 * may go on from the figure of the file or from the right one.
 */
async function runningBalances(sql: PoolClient, day: Compared): Promise<ComparedFinding[]> {
  const { rows } = await sql.query<{ file_id: bigint; row_no: bigint; balance_fen: bigint; computed: bigint }>(
    `with ${PREVIOUS_MONEY},
     running as (
       select m.file_id, m.row_no, m.running_no, m.account, m.balance_fen, m.amount_fen,
              (coalesce(lag(m.balance_fen) over (partition by m.account order by m.running_no), p.balance_fen, 0) + m.amount_fen)::bigint as computed
       from money_movements_in_force m left join previous p using (account) where m.channel = $1 and m.business_date = $2),
     judged as (
       select *, lag(computed) over (partition by account order by running_no) + amount_fen as right_before from running)
     select file_id, row_no, balance_fen, computed from judged
     where balance_fen <> computed and balance_fen is distinct from right_before order by file_id, row_no`,
    [day.channel, day.businessDate, day.previous],
  );
  return rows.map((row) =>
    onRow('hk_zjbd', row, 'ROLL_FORWARD_MISMATCH', {
      field: 'YE',
      fileValue: amountText(row.balance_fen),
      computed: amountText(row.computed),
    }),
  );
}

interface BalanceRow {
  readonly file_id: bigint;
  readonly row_no: bigint | null;
  readonly account: string;
  readonly opening_fen: bigint | null;
  readonly received_fen: bigint | null;
  readonly paid_fen: bigint | null;
  readonly balance_fen: bigint | null;
  readonly own_opening_fen: bigint;
  readonly own_received_fen: bigint;
  readonly own_paid_fen: bigint;
  readonly own_balance_fen: bigint;
}

/** An account with a balance or with movements has its row: the file always shows all reserve and risk-fund accounts. */
async function eveningBalances(sql: PoolClient, day: Compared): Promise<ComparedFinding[]> {
  const { rows } = await sql.query<BalanceRow>(
    `with ${PREVIOUS_MONEY},
     moved as (
       select account, coalesce(sum(amount_fen) filter (where amount_fen > 0), 0)::bigint as received,
              coalesce(sum(amount_fen) filter (where amount_fen < 0), 0)::bigint as paid
       from money_movements_in_force where channel = $1 and business_date = $2 group by account),
     told as (select * from money_balances_in_force where channel = $1 and business_date = $2),
     own as (
       select account, coalesce(p.balance_fen, 0) as opening, coalesce(m.received, 0) as received, coalesce(m.paid, 0) as paid
       from previous p full join moved m using (account))
     select coalesce(b.file_id, (select min(file_id) from files_in_force where channel = $1 and business_date = $2 and kind = 'hk_zjye')) as file_id,
            b.row_no, account, b.opening_fen, b.received_fen, b.paid_fen, b.balance_fen, coalesce(o.opening, 0)::bigint as own_opening_fen,
            coalesce(o.received, 0)::bigint as own_received_fen, coalesce(o.paid, 0)::bigint as own_paid_fen,
            (coalesce(o.opening, 0) + coalesce(o.received, 0) + coalesce(o.paid, 0))::bigint as own_balance_fen
     from told b full join own o using (account) order by b.row_no, account`,
    [day.channel, day.businessDate, day.previous],
  );
  const fields = [
    ['QCYE', 'opening_fen'],
    ['SRJE', 'received_fen'],
    ['ZCJE', 'paid_fen'],
    ['YE', 'balance_fen'],
  ] as const;
  return rows.flatMap((row) =>
    fields.flatMap(([field, column]) => {
      const [fileValue, computed] = [row[column] ?? 0n, row[`own_${column}`]];
      return fileValue === computed
        ? []
        : [
            onRow('hk_zjye', row, 'ROLL_FORWARD_MISMATCH', {
              field,
              fileValue: amountText(fileValue),
              computed: amountText(computed),
              ...(row.row_no === null && { key: [row.account] }),
            }),
          ];
    }),
  );
}

/** The first day rolls forward from the opening entries; on later days the file of the evening before must be in force. */
async function previousIsKnown(sql: PoolClient, day: Compared, kind: string): Promise<boolean> {
  const { rows } = await sql.query<{ known: boolean }>(
    `select not exists (select 1 from settlement_days where channel = $1 and business_date = $2)
            or exists (select 1 from files_in_force where channel = $1 and business_date = $2 and kind = $3) as known`,
    [day.channel, day.previous, kind],
  );
  return rows[0]?.known ?? false;
}
