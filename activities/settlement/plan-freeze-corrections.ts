/**
 * What the counter must still be told of the money frozen in the day (A4 §37, S7): the corrections of the pre-clearing less what
 * was told before. Pre-clearing is done again whenever a file is replaced; the counter adds up what it is told, so only the
 * difference may go out, and a message that was made once never changes its lines: its key always stands for the same content.
 */
import type { PoolClient } from 'pg';
import type { DayKey } from './day-key';

const LINES_PER_MESSAGE = 2000;

/**
 * Makes the messages of the difference, in fen, to be sent by `sendFreezeCorrections`; none where nothing changed. What the counter
 * refused was not told. Stands in the transaction that writes the pre-clearing.
 */
export async function planFreezeCorrections(sql: PoolClient, day: DayKey): Promise<void> {
  await sql.query(
    `with told as (
       select l.fund_account, sum(l.amount_fen)::bigint as fen
       from freeze_correction_lines l join freeze_correction_messages m using (channel, business_date, message_no)
       where l.channel = $1 and l.business_date = $2 and m.refused_code is null group by l.fund_account),
     wanted as (select fund_account, correction_fen from pre_clearings where channel = $1 and business_date = $2),
     due as (
       select fund_account, coalesce(w.correction_fen, 0) - coalesce(t.fen, 0) as amount_fen
       from wanted w full join told t using (fund_account) where coalesce(w.correction_fen, 0) <> coalesce(t.fen, 0)),
     paged as (
       select fund_account, amount_fen,
              (select coalesce(max(message_no), 0) from freeze_correction_messages where channel = $1 and business_date = $2)
              + (row_number() over (order by fund_account) + $3::int - 1) / $3::int as message_no
       from due),
     opened as (
       insert into freeze_correction_messages (channel, business_date, message_no) select distinct $1, $2::date, message_no from paged)
     insert into freeze_correction_lines (channel, business_date, message_no, fund_account, amount_fen)
     select $1, $2, message_no, fund_account, amount_fen from paged`,
    [day.channel, day.businessDate, LINES_PER_MESSAGE],
  );
}
