/**
 * Clears the trades that settle today to clients: buyers' money down, sellers' money up, commission with them
 * (A4 §21, S5). One entry a client and trade date; the lines behind it are the settlement details with this settlement date.
 */
import type { Dependencies } from '../dependencies';
import { inTransaction } from '../database/transaction';
import { openBatch } from '../ledger/open-batch';
import { holdDueDates } from '../postponements/due-dates';
import { detailFilesSettlingOn, type DayKey, type Posted } from './day-key';
import { dueLinesOf } from './due-lines';

export const clearTrades =
  ({ pool }: Dependencies) =>
  (day: DayKey): Promise<Posted> =>
    inTransaction(pool, async (sql) => {
      await holdDueDates(sql, day);
      const batch = await openBatch(sql, {
        ...day,
        key: `settle:${day.channel}:${day.businessDate}:clear-trades`,
        kind: 'clear-trades',
        restsOn: await detailFilesSettlingOn(sql, day, ['H01']),
        cause: `trades settling on ${day.businessDate} cleared to clients`,
      });
      if (batch === undefined) return { entries: 0 };
      const { rowCount } = await sql.query(CLEAR_TRADES, [
        day.channel,
        day.businessDate,
        batch,
        (await dueLinesOf(sql, day)).on,
      ]);
      return { entries: rowCount ?? 0 };
    });

/** Money of an account that no client has stays on suspense of the reserve account's side (S23). */
const CLEAR_TRADES = `
  with settled as (
    select l.file_id, l.trade_date, l.reserve_account, a.side, c.fund_account,
           sum(l.net_fen)::bigint as net_fen, sum(case when c.fund_account is null then 0 else l.commission_fen end)::bigint as commission_fen
    from counted_clearing_lines l
    join broker_accounts a on a.account = l.reserve_account
    left join clients c on c.securities_account = l.securities_account
    where l.channel = $1 and l.settle_date = any($4::date[]) and l.business = 'H01'
    group by l.file_id, l.trade_date, l.reserve_account, a.side, c.fund_account),
  legs as (
    select 'client_money' as ledger, fund_account as owner, -net_fen as amount, 'trades' as cause, file_id, trade_date from settled where fund_account is not null
    union all
    select 'client_money', fund_account, commission_fen, 'commission', file_id, trade_date from settled where fund_account is not null
    union all
    select 'suspense', reserve_account, -net_fen, 'trades of an unknown account', file_id, trade_date from settled where fund_account is null
    union all
    select 'clearing', side, sum(net_fen)::bigint, 'trades', file_id, trade_date from settled group by side, file_id, trade_date
    union all
    select 'commission_due', side, -sum(commission_fen)::bigint, 'commission', file_id, trade_date from settled group by side, file_id, trade_date)
  insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause, cause_file_id)
  select $2::date, $3, row_number() over (order by ledger, owner, trade_date, cause), ledger, owner, 'CNY', amount, $2::date,
         cause || ' of ' || trade_date, file_id
  from legs where amount <> 0`;
