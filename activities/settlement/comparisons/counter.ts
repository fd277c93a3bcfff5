/** The counter's trades against the clearing house's: only here, only there, or told differently. */
import { scaledText } from '../../../domain/scaled';
import { onRow, type ComparedFinding, type Comparison } from './comparison';

interface Paired {
  readonly trade_no: string;
  readonly file_id: bigint | null;
  readonly row_no: bigint | null;
  readonly counter_file_id: bigint | null;
  readonly counter_row_no: bigint | null;
  readonly net_fen: bigint | null;
  readonly securities_account: string;
  readonly code: string;
  readonly buy_sell: string;
  readonly quantity: bigint;
  readonly price_e4: bigint;
  readonly counter_account: string;
  readonly counter_code: string;
  readonly counter_side: string;
  readonly counter_quantity: bigint;
  readonly counter_price_e4: bigint;
}

export const counterComparison: Comparison = {
  classes: ['COUNTER_MISSING', 'CLEARING_MISSING', 'COUNTER_DIFFERENT'],
  needs: ['hk_jsmx', 'counter_trades'],
  refuses: [],
  compare: async (sql, day) => {
    const { rows } = await sql.query<Paired>(
      `with cleared as (
         select * from clearing_lines_in_force l where channel = $1 and business_date = $2 and business = 'H01'
           -- One that is cancelled by notice should be gone at the counter too.
           and not exists (select from trade_cancellations x
                           where x.channel = $1 and x.trade_date = $2 and x.trade_no = l.trade_no and x.state = 'approved')),
       counted as (select * from counter_trades_in_force where channel = $1 and business_date = $2)
       select trade_no, l.file_id, l.row_no, t.file_id as counter_file_id, t.row_no as counter_row_no, l.net_fen,
              l.securities_account, l.code, l.buy_sell, l.quantity, l.price_e4, t.securities_account as counter_account, t.code as counter_code,
              t.buy_sell as counter_side, t.quantity as counter_quantity, t.price_e4 as counter_price_e4
       from cleared l full join counted t using (trade_no)
       where l.trade_no is null or t.trade_no is null
          or (l.securities_account, l.code, l.buy_sell, l.quantity, l.price_e4) <> (t.securities_account, t.code, t.buy_sell, t.quantity, t.price_e4)
       order by l.row_no, t.row_no`,
      [day.channel, day.businessDate],
    );
    return rows.flatMap(told);
  },
};

function told(pair: Paired): ComparedFinding[] {
  if (pair.counter_file_id === null && pair.file_id !== null) {
    return [
      onRow('hk_jsmx', { file_id: pair.file_id, row_no: pair.row_no }, 'COUNTER_MISSING', {
        trade: pair.trade_no,
        amountFen: pair.net_fen ?? 0n,
      }),
    ];
  }
  if (pair.file_id === null && pair.counter_file_id !== null) {
    return [
      onRow('counter_trades', { file_id: pair.counter_file_id, row_no: pair.counter_row_no }, 'CLEARING_MISSING', {
        trade: pair.trade_no,
      }),
    ];
  }
  if (pair.file_id === null) return [];
  const row = { file_id: pair.file_id, row_no: pair.row_no };
  const fields: readonly [string, string, string][] = [
    ['ZQZH', pair.securities_account, pair.counter_account],
    ['ZQDM1', pair.code, pair.counter_code],
    ['MMBZ', pair.buy_sell, pair.counter_side],
    ['SL', pair.quantity.toString(), pair.counter_quantity.toString()],
    ['JG1', scaledText(pair.price_e4, 4), scaledText(pair.counter_price_e4, 4)],
  ];
  return fields
    .filter(([, fileValue, computed]) => fileValue !== computed)
    .map(([field, fileValue, computed]) =>
      onRow('hk_jsmx', row, 'COUNTER_DIFFERENT', { field, fileValue, computed, trade: pair.trade_no }),
    );
}
