/** What the clearing house moved today beside bank transfers = what it announced the evening before (J rows). */
import { amountText } from '../../../domain/money';
import { onRow, type Comparison } from './comparison';

export const settledDifferent: Comparison = {
  classes: ['SETTLED_DIFFERENT'],
  needs: ['hk_zjbd'],
  refuses: [],
  compare: async (sql, day) => {
    const announced = await sql.query(
      `select 1 from files_in_force where channel = $1 and business_date = $2 and kind = 'hk_zjhz'`,
      [day.channel, day.previous],
    );
    if (announced.rowCount === 0) return [];
    const { rows } = await sql.query<{
      file_id: bigint;
      row_no: bigint | null;
      file_value: bigint;
      computed: bigint;
      account: string;
      batch: string;
      business: string;
    }>(
      `with moved as (
         select m.account, m.part as batch, m.business, min(m.file_id) as file_id, min(m.row_no) as row_no, sum(m.amount_fen)::bigint as fen
         from money_movements_in_force m join broker_accounts a on a.account = m.account and a.kind = 'reserve'
         where m.channel = $1 and m.business_date = $2 and m.business not in ('ZR', 'ZC') group by 1, 2, 3),
       told as (
         select reserve_account as account, batch, business, sum(net_fen)::bigint as fen from money_summaries_in_force
         where channel = $1 and business_date = $3 and category = 'J' and business <> 'HJ' and settle_date = $2
           -- Risk money is not postponed with what is due.
           and (business in ('FK', 'FKTH') or $2 = any((select due_on($1, $2))::date[])) group by 1, 2, 3),
       -- Trades that were cancelled since: what is left is one net again, whose sign decides the batch.
       cancelled as (
         select reserve_account as account, sum(net_fen)::bigint as fen from counted_clearing_lines
         where channel = $1 and times < 0 and business_date > $3 and business_date <= $2
           and settle_date = any((select due_on($1, $2))::date[]) group by 1),
       left_over as (
         select c.account, c.fen + coalesce((select sum(t.fen) from told t where t.account = c.account and t.business = 'JY'), 0)::bigint as fen
         from cancelled c),
       announced as (
         select * from told t where t.business <> 'JY' or not exists (select 1 from cancelled c where c.account = t.account)
         union all
         select account, case when fen < 0 then '1' else '2' end, 'JY', fen from left_over where fen <> 0)
       select coalesce(m.file_id, (select min(file_id) from files_in_force where channel = $1 and business_date = $2 and kind = 'hk_zjbd')) as file_id, m.row_no,
              coalesce(m.fen, 0)::bigint as file_value, coalesce(j.fen, 0)::bigint as computed, account, batch, business
       from moved m full join announced j using (account, batch, business)
       where coalesce(m.fen, 0) <> coalesce(j.fen, 0) order by m.file_id, m.row_no`,
      [day.channel, day.businessDate, day.previous],
    );
    return rows.map((row) =>
      onRow('hk_zjbd', row, 'SETTLED_DIFFERENT', {
        field: 'FSJE',
        fileValue: amountText(row.file_value),
        computed: amountText(row.computed),
        key: [row.account, row.batch, row.business],
        amountFen: row.file_value - row.computed,
      }),
    );
  },
};
