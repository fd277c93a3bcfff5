/**
 * Tells the counter the corrections of the money frozen in the day (A4 §37, S7): the messages that the pre-clearing made and the
 * counter has not taken yet, oldest first. What it took is written down message by message, so that a repetition goes on there.
 */
import { BusinessError } from '../../domain/errors';
import { amountText } from '../../domain/money';
import { beat } from '../bulk/beat';
import type { Dependencies } from '../dependencies';
import type { DayKey } from './day-key';

/** The counter holds something else under the key: what it was told is not known, so it must not be told again under another. */
const KNOWN_WITH_OTHER_CONTENT = 'KEY_WITH_OTHER_CONTENT';

/**
 * Safe to repeat: a message keeps its key and its lines. One that is refused counts as not told; the next pre-clearing makes
 * another one of what is then due.
 * @returns how many clients' corrections were taken now
 * @throws BusinessError OUTSIDE_REFUSED
 */
export const sendFreezeCorrections =
  ({ pool, counter }: Pick<Dependencies, 'pool' | 'counter'>) =>
  async (day: DayKey): Promise<{ readonly clients: number }> => {
    const { rows: waiting } = await pool.query<{ message_no: number }>(
      `select message_no from freeze_correction_messages
       where channel = $1 and business_date = $2 and taken_at is null and refused_code is null order by message_no`,
      [day.channel, day.businessDate],
    );
    let clients = 0;
    for (const { message_no: number } of waiting) {
      const message = [day.channel, day.businessDate, number];
      const { rows } = await pool.query<{ fund_account: string; amount_fen: bigint }>(
        `select fund_account, amount_fen from freeze_correction_lines
         where channel = $1 and business_date = $2 and message_no = $3 order by fund_account`,
        message,
      );
      const answer = await counter.sendFreezeCorrections({
        batchKey: `freeze:${day.channel}:${day.businessDate}:${number}`,
        businessDate: day.businessDate,
        lines: rows.map((row) => ({ fundAccount: row.fund_account, amount: amountText(row.amount_fen) })),
      });
      if (answer.outcome === 'refused') {
        if (answer.code !== KNOWN_WITH_OTHER_CONTENT)
          await pool.query(
            `update freeze_correction_messages set refused_code = $4
             where channel = $1 and business_date = $2 and message_no = $3 and taken_at is null`,
            [...message, answer.code],
          );
        throw new BusinessError('OUTSIDE_REFUSED', { system: 'counter', code: answer.code });
      }
      await pool.query(
        `update freeze_correction_messages set taken_at = coalesce(taken_at, business_now())
         where channel = $1 and business_date = $2 and message_no = $3`,
        message,
      );
      clients += rows.length;
      beat(clients);
    }
    return { clients };
  };
