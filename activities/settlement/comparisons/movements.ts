/** Securities delivered for trades = net of the settlement details that settle today, in the code of the day (S20). */
import { onRow, type Comparison } from './comparison';

export const movementComparison: Comparison = {
  classes: ['MOVEMENT_MISMATCH'],
  needs: ['hk_zqbd'],
  refuses: [],
  compare: async (sql, day) => {
    const { rows } = await sql.query<{
      file_id: bigint;
      row_no: bigint | null;
      file_value: bigint;
      computed: bigint;
      securities_account: string;
      code: string;
      trade_date: string;
    }>(
      `with traded as (
         select l.securities_account, coalesce(s.new_code, l.code) as code, l.trade_date,
                sum(case when l.buy_sell = 'B' then 1 else -1 end * l.quantity * coalesce(s.new_shares / s.old_shares, 1))::bigint as quantity
         from clearing_lines_in_force l
         left join splits_in_force s on s.channel = l.channel and s.old_code = l.code and s.effective_on <= $2 and l.trade_date < s.effective_on
         where l.channel = $1 and l.settle_date = $2 and l.business = 'H01' group by 1, 2, 3),
       moved as (
         select securities_account, code, trade_date, min(file_id) as file_id, min(row_no) as row_no, sum(quantity)::bigint as quantity
         from security_movements_in_force where channel = $1 and business_date = $2 and business = 'H01' group by 1, 2, 3)
       select coalesce(m.file_id, (select min(file_id) from files_in_force where channel = $1 and business_date = $2 and kind = 'hk_zqbd')) as file_id,
              m.row_no, coalesce(m.quantity, 0)::bigint as file_value, coalesce(t.quantity, 0)::bigint as computed, securities_account, code, trade_date
       from moved m full join traded t using (securities_account, code, trade_date)
       where coalesce(m.quantity, 0) <> coalesce(t.quantity, 0) order by m.row_no, securities_account, code, trade_date`,
      [day.channel, day.businessDate],
    );
    return rows.map((row) =>
      onRow('hk_zqbd', row, 'MOVEMENT_MISMATCH', {
        field: 'BDSL',
        fileValue: row.file_value.toString(),
        computed: row.computed.toString(),
        key: [row.securities_account, row.code, row.trade_date],
      }),
    );
  },
};
