/** Tells the counter the corrections of the money frozen in the day (A4 §37, S7), in pages that each carry their own key. */
import type { Pool } from 'pg';
import { scaledText } from '../../domain/scaled';
import { BusinessError } from '../../domain/errors';
import { beat } from '../bulk/beat';
import type { Dependencies } from '../dependencies';
import type { DayKey } from './day-key';

const LINES_PER_MESSAGE = 2000;

export const sendFreezeCorrections =
  ({ pool, counter }: Pick<Dependencies, 'pool' | 'counter'>) =>
  async (day: DayKey): Promise<{ readonly clients: number }> => {
    const revision = await revisionOf(pool, day);
    let clients = 0;
    let after = '';
    for (let page = 1; ; page += 1) {
      const { rows } = await pool.query<{ fund_account: string; correction_fen: bigint }>(
        `select fund_account, correction_fen from pre_clearings
         where channel = $1 and business_date = $2 and correction_fen <> 0 and fund_account > $3 order by fund_account limit $4`,
        [day.channel, day.businessDate, after, LINES_PER_MESSAGE],
      );
      const last = rows.at(-1);
      if (last === undefined) return { clients };
      after = last.fund_account;
      clients += rows.length;
      const answer = await counter.sendFreezeCorrections({
        batchKey: `freeze:${day.channel}:${day.businessDate}:${revision}:${page}`,
        businessDate: day.businessDate,
        lines: rows.map((row) => ({ fundAccount: row.fund_account, amount: scaledText(row.correction_fen, 2) })),
      });
      if (answer.outcome === 'refused')
        throw new BusinessError('OUTSIDE_REFUSED', { system: 'counter', code: answer.code });
      beat(clients);
    }
  };

/** After a reversal the corrections are sent again under the next revision, which replaces the one before at the counter. */
async function revisionOf(pool: Pool, day: DayKey): Promise<number> {
  const { rows } = await pool.query<{ reversals: bigint }>(
    `select count(*) as reversals from batches where channel = $1 and business_date = $2 and kind = 'clear-entitlements' and reverses is not null`,
    [day.channel, day.businessDate],
  );
  return Number(rows[0]?.reversals ?? 0n) + 1;
}
