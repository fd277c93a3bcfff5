/** Balances of the evening before and the movements of the day make the balances of the evening; otherwise pair refused. */
import type { PoolClient } from 'pg';
import { cnyText } from '../../files/amount-text';
import { onRow, type Compared, type ComparedFinding, type Comparison } from './comparison';

interface RolledRow {
  readonly file_id: bigint;
  readonly row_no: bigint | null;
  readonly file_value: bigint;
  readonly computed: bigint;
  readonly securities_account: string;
  readonly code: string;
}

/** The evening before is read from its file; before the first day of the book from the opening entries. */
const PREVIOUS_SHARES = `
  previous as (
    select securities_account, code, sum(quantity)::bigint as quantity from security_balances_in_force
    where channel = $1 and business_date = $3 group by 1, 2
    union all
    select owner, asset, -sum(amount)::bigint from entries
    where ledger = 'client_shares' and business_date <= $3
      and not exists (select 1 from settlement_days where channel = $1 and business_date = $3) group by 1, 2)`;

export const securitiesRollForward: Comparison = {
  needs: ['hk_zqye', 'hk_zqbd'],
  refuses: ['hk_zqye', 'hk_zqbd'],
  compare: async (sql, day) => {
    if (!(await previousIsKnown(sql, day, 'hk_zqye'))) return [];
    const { rows } = await sql.query<RolledRow>(
      `with ${PREVIOUS_SHARES},
       moved as (select securities_account, code, sum(quantity)::bigint as quantity from security_movements_in_force where channel = $1 and business_date = $2 group by 1, 2),
       rolled as (
         select securities_account, code, (coalesce(p.quantity, 0) + coalesce(m.quantity, 0))::bigint as quantity
         from previous p full join moved m using (securities_account, code)),
       balance as (
         select securities_account, code, min(file_id) as file_id, min(row_no) as row_no, sum(quantity)::bigint as quantity
         from security_balances_in_force where channel = $1 and business_date = $2 group by 1, 2)
       select coalesce(b.file_id, (select min(file_id) from files_in_force where channel = $1 and business_date = $2 and kind = 'hk_zqye')) as file_id,
              b.row_no, coalesce(b.quantity, 0)::bigint as file_value, coalesce(r.quantity, 0)::bigint as computed, securities_account, code
       from rolled r full join balance b using (securities_account, code)
       where coalesce(b.quantity, 0) <> coalesce(r.quantity, 0) order by b.row_no, securities_account, code`,
      [day.channel, day.businessDate, day.previous],
    );
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

export const moneyRollForward: Comparison = {
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

/** Each running balance follows from the one before it and the movement. */
async function runningBalances(sql: PoolClient, day: Compared): Promise<ComparedFinding[]> {
  const { rows } = await sql.query<{ file_id: bigint; row_no: bigint; balance_fen: bigint; computed: bigint }>(
    `with ${PREVIOUS_MONEY},
     running as (
       select m.file_id, m.row_no, m.running_no, m.account, m.balance_fen,
              (coalesce(lag(m.balance_fen) over (partition by m.account order by m.running_no), p.balance_fen, 0) + m.amount_fen)::bigint as computed
       from money_movements_in_force m left join previous p using (account) where m.channel = $1 and m.business_date = $2)
     select file_id, row_no, balance_fen, computed from running where balance_fen <> computed order by file_id, row_no`,
    [day.channel, day.businessDate, day.previous],
  );
  return rows.map((row) =>
    onRow('hk_zjbd', row, 'ROLL_FORWARD_MISMATCH', {
      field: 'YE',
      fileValue: cnyText(row.balance_fen),
      computed: cnyText(row.computed),
    }),
  );
}

async function eveningBalances(sql: PoolClient, day: Compared): Promise<ComparedFinding[]> {
  const { rows } = await sql.query<Record<string, bigint> & { file_id: bigint; row_no: bigint }>(
    `with ${PREVIOUS_MONEY},
     moved as (
       select account, coalesce(sum(amount_fen) filter (where amount_fen > 0), 0)::bigint as received,
              coalesce(sum(amount_fen) filter (where amount_fen < 0), 0)::bigint as paid
       from money_movements_in_force where channel = $1 and business_date = $2 group by account)
     select b.file_id, b.row_no, b.opening_fen, b.received_fen, b.paid_fen, b.balance_fen, coalesce(p.balance_fen, 0)::bigint as own_opening_fen,
            coalesce(m.received, 0)::bigint as own_received_fen, coalesce(m.paid, 0)::bigint as own_paid_fen,
            (coalesce(p.balance_fen, 0) + coalesce(m.received, 0) + coalesce(m.paid, 0))::bigint as own_balance_fen
     from money_balances_in_force b left join previous p using (account) left join moved m using (account)
     where b.channel = $1 and b.business_date = $2 order by b.row_no`,
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
      const [fileValue, computed] = [row[column] ?? 0n, row[`own_${column}`] ?? 0n];
      return fileValue === computed
        ? []
        : [
            onRow('hk_zjye', row, 'ROLL_FORWARD_MISMATCH', {
              field,
              fileValue: cnyText(fileValue),
              computed: cnyText(computed),
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
