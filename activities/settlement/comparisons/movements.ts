/** Securities delivered for trades = net of the settlement details that settle today, in the code of the day (S20). */
import { dueLinesOf } from '../due-lines';
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
    }>(DELIVERED, [day.channel, day.businessDate, (await dueLinesOf(sql, day)).on]);
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

/** A code that was replaced since the trade is summed by itself: all others need no fractions. One sum over trades and movements. */
const DELIVERED = `
  with traded as (
    select l.securities_account, l.code, l.trade_date, case when l.buy_sell = 'B' then l.quantity else -l.quantity end as quantity
    from counted_clearing_lines l where l.channel = $1 and l.settle_date = any($3::date[]) and l.business = 'H01'),
  replaced as (select * from splits_in_force where channel = $1 and effective_on <= $2),
  lines as (
    select t.securities_account, t.code, t.trade_date, 0::bigint as told, t.quantity as own, null::bigint as file_id, null::bigint as row_no
    from traded t where not exists (select 1 from replaced s where s.old_code = t.code and t.trade_date < s.effective_on)
    union all
    select t.securities_account, s.new_code, t.trade_date, 0, sum(t.quantity * (s.new_shares / s.old_shares))::bigint, null, null
    from traded t join replaced s on s.old_code = t.code and t.trade_date < s.effective_on group by 1, 2, 3
    union all
    select securities_account, code, trade_date, quantity, 0, file_id, row_no from security_movements_in_force
    where channel = $1 and business_date = $2 and business = 'H01')
  select coalesce(min(file_id), (select min(file_id) from files_in_force where channel = $1 and business_date = $2 and kind = 'hk_zqbd')) as file_id,
         min(row_no) as row_no, sum(told)::bigint as file_value, sum(own)::bigint as computed, securities_account, code, trade_date
  from lines group by securities_account, code, trade_date having sum(told) <> sum(own)
  order by min(row_no), securities_account, code, trade_date`;
