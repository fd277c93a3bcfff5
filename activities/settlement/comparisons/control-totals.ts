/** Control totals of hk_zjhz: Q rows against the settlement details, J rows against the Q rows that settle on their date. */
import type { PoolClient } from 'pg';
import { amountText } from '../../../domain/money';
import { onRow, type ComparedFinding, type Comparison } from './comparison';

const FIGURES = [
  ['BS', 'line_count', 0],
  ['YSJE', 'receivable_fen', 2],
  ['YFJE', 'payable_fen', 2],
  ['JSJE', 'net_fen', 2],
] as const;

interface Totals {
  readonly file_id: bigint;
  readonly row_no: bigint | null;
  readonly line_count: bigint | null;
  readonly receivable_fen: bigint | null;
  readonly payable_fen: bigint | null;
  readonly net_fen: bigint | null;
  readonly own_line_count: bigint;
  readonly own_receivable_fen: bigint;
  readonly own_payable_fen: bigint;
  readonly own_net_fen: bigint;
  readonly reserve_account: string;
  readonly business: string;
  readonly settle_date: string;
}

function differences(rows: readonly Totals[], counted: boolean): ComparedFinding[] {
  return rows.flatMap((row) =>
    FIGURES.filter(([field]) => counted || field !== 'BS').flatMap(([field, column, decimals]) => {
      const [fileValue, computed] = [row[column] ?? 0n, row[`own_${column}`]];
      if (fileValue === computed) return [];
      const text = (value: bigint) => (decimals === 0 ? value.toString() : amountText(value));
      return [
        onRow('hk_zjhz', row, 'CONTROL_TOTAL_MISMATCH', {
          field,
          fileValue: text(fileValue),
          computed: text(computed),
          ...(row.row_no === null && { key: [row.reserve_account, row.business, row.settle_date] }),
        }),
      ];
    }),
  );
}

/** Q rows: number, receivables, payables and net per reserve account, business and settlement date; pair refused. */
export const controlTotals: Comparison = {
  classes: ['CONTROL_TOTAL_MISMATCH'],
  needs: ['hk_zjhz', 'hk_jsmx'],
  refuses: ['hk_zjhz', 'hk_jsmx'],
  compare: async (sql: PoolClient, day) => {
    const { rows } = await sql.query<Totals>(
      `with own as (
         select reserve_account,
                case when business = 'H01' then 'JY' when business = 'H60' then 'ZF' when business = 'H70' then 'FG' else 'GX' end as business,
                settle_date, count(*) as n, coalesce(sum(net_fen) filter (where net_fen > 0), 0)::bigint as receivable,
                coalesce(sum(net_fen) filter (where net_fen < 0), 0)::bigint as payable, sum(net_fen)::bigint as net
         from clearing_lines_in_force where channel = $1 and business_date = $2 group by 1, 2, 3),
       file as (
         select * from money_summaries_in_force
         where channel = $1 and business_date = $2 and category = 'Q' and business in ('JY', 'ZF', 'GX', 'FG'))
       select coalesce(f.file_id, (select min(file_id) from files_in_force where channel = $1 and business_date = $2 and kind = 'hk_zjhz')) as file_id,
              f.row_no, f.line_count, f.receivable_fen, f.payable_fen, f.net_fen, coalesce(o.n, 0)::bigint as own_line_count,
              coalesce(o.receivable, 0)::bigint as own_receivable_fen, coalesce(o.payable, 0)::bigint as own_payable_fen, coalesce(o.net, 0)::bigint as own_net_fen,
              reserve_account, business, settle_date
       from file f full join own o using (reserve_account, business, settle_date)
       order by f.row_no, reserve_account, business, settle_date`,
      [day.channel, day.businessDate],
    );
    return differences(rows, true);
  },
};

/**
 * J rows: what settles on the next business day follows from the Q rows of this and earlier days; hk_zjhz refused. A batch's
 * total is that of its rows as they stand or as they should: one wrong row is one finding, whether the total took it along or not.
 */
export const settlingTotals: Comparison = {
  classes: ['CONTROL_TOTAL_MISMATCH'],
  needs: ['hk_zjhz'],
  refuses: ['hk_zjhz'],
  compare: async (sql: PoolClient, day) => {
    const { rows } = await sql.query<Totals>(
      `with j as (select * from money_summaries_in_force where channel = $1 and business_date = $2 and category = 'J'),
       -- Of trades one net falls due; its sign decides the batch.
       due as (
         select q.reserve_account, d.due_date as settle_date,
                case when q.business in ('FKCE', 'FKAJ') then 'FK' else q.business end as business,
                q.batch, sum(q.net_fen)::bigint as net
         from (select reserve_account, business, batch, settle_date, net_fen from money_summaries_in_force
               where channel = $1 and business_date <= $2 and category = 'Q'
               -- What was cancelled by notice since is not settled.
               union all
               select reserve_account, 'JY', '0', settle_date, net_fen from counted_clearing_lines
               where channel = $1 and business_date <= $2 and times < 0) q
         -- Risk money is not postponed with what is due.
         cross join lateral (select case when q.business in ('FKCE', 'FKAJ') then q.settle_date else due_date_of($1, q.settle_date) end as due_date) d
         where d.due_date in (select distinct settle_date from j union select next_trading_day from settlement_days where channel = $1 and business_date = $2)
         group by 1, 2, 3, 4),
       returned as (
         select p.reserve_account, n.next_trading_day as settle_date, 'FKTH' as business, '1' as batch, -p.net_fen as net
         from money_summaries_in_force p
         join settlement_days n on n.channel = $1 and n.business_date = $2
         where p.channel = $1 and p.business_date = n.previous_trading_day and p.category = 'J' and p.business = 'FK' and p.settle_date = $2),
       own as (
         select reserve_account, settle_date, business, case when business = 'JY' then case when net < 0 then '1' else '2' end else batch end as batch, net
         from due where net <> 0
         union all select * from returned where net <> 0),
       -- What an earlier evening announced for the date is not known while its summary is missing or refused: those rows are taken as told.
       unsummed as (
         select business_date, trades_settle, fee_settles, risk_settles from settlement_days d
         where channel = $1 and business_date < $2
           and not exists (select 1 from files_in_force f where f.channel = $1 and f.business_date = d.business_date and f.kind = 'hk_zjhz')),
       unknown as (
         select unnest(array['JY', 'FG']) as business, trades_settle as settle_date from unsummed
         union select unnest(array['ZF', 'GX']), fee_settles from unsummed
         union select 'FK', risk_settles from unsummed
         union select 'FKTH', d.next_trading_day from settlement_days d join unsummed u on u.business_date = d.previous_trading_day
         where d.channel = $1 and d.business_date = $2),
       own_single as (
         select reserve_account, settle_date, business, batch, greatest(net, 0)::bigint as receivable, least(net, 0)::bigint as payable, net from own
         where (business, settle_date) not in (select business, settle_date from unknown)
         union all
         select reserve_account, settle_date, business, batch, receivable_fen, payable_fen, net_fen from j
         where (business, settle_date) in (select business, settle_date from unknown)),
       told_sum as (
         select reserve_account, settle_date, batch, sum(receivable_fen)::bigint as receivable, sum(payable_fen)::bigint as payable, sum(net_fen)::bigint as net
         from j where business <> 'HJ' group by 1, 2, 3),
       own_sum as (
         select reserve_account, settle_date, batch, sum(receivable)::bigint as receivable, sum(payable)::bigint as payable, sum(net)::bigint as net
         from own_single group by 1, 2, 3),
       own_rows as (
         select * from own_single
         union all
         select t.reserve_account, t.settle_date, 'HJ', t.batch, case when o is null then t.receivable else o.receivable end,
                case when o is null then t.payable else o.payable end, case when o is null then t.net else o.net end
         from told_sum t left join own_sum o
           on (o.reserve_account, o.settle_date, o.batch) = (t.reserve_account, t.settle_date, t.batch)
          and exists (select 1 from j where j.business = 'HJ' and (j.reserve_account, j.settle_date, j.batch) = (t.reserve_account, t.settle_date, t.batch)
                      and (j.receivable_fen, j.payable_fen, j.net_fen) = (o.receivable, o.payable, o.net)))
       select coalesce(j.file_id, (select min(file_id) from files_in_force where channel = $1 and business_date = $2 and kind = 'hk_zjhz')) as file_id,
              j.row_no, 0::bigint as line_count, j.receivable_fen, j.payable_fen, j.net_fen, 0::bigint as own_line_count,
              coalesce(o.receivable, 0)::bigint as own_receivable_fen, coalesce(o.payable, 0)::bigint as own_payable_fen, coalesce(o.net, 0)::bigint as own_net_fen,
              reserve_account, business, settle_date
       from j full join own_rows o using (reserve_account, business, batch, settle_date)
       order by j.row_no, reserve_account, business, settle_date`,
      [day.channel, day.businessDate],
    );
    return differences(rows, false);
  },
};
