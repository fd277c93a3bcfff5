/** The file's portfolio fees against our own, tolerance one cent (A4 §22, §37; S11): the file's amount is booked, ours is listed. */
import { finding } from '../../domain/clearing-files/finding';
import { parseScaled } from '../../domain/scaled';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { cnyText } from '../files/amount-text';
import { listFindings } from '../files/list-findings';
import { loadParameters } from '../terms/load-terms';
import type { DayKey } from './day-key';

export const comparePortfolioFees =
  ({ pool }: Dependencies) =>
  (day: DayKey): Promise<{ readonly breaks: number }> =>
    inTransaction(pool, async (sql) => {
      const parameters = await loadParameters(sql, day.channel, day.businessDate);
      const { rows } = await sql.query<{
        file_id: bigint;
        name: string;
        row_no: bigint;
        file_fen: bigint;
        own_fen: bigint;
      }>(
        `select l.file_id, v.name, l.row_no, l.net_fen as file_fen, coalesce(-f.own_fen, 0)::bigint as own_fen
         from clearing_lines_in_force l join files v using (file_id)
         join clients c on c.securities_account = l.securities_account
         left join portfolio_fees f on f.channel = l.channel and f.business_date = l.business_date and f.securities_account = l.securities_account
         where l.channel = $1 and l.business_date = $2 and l.business = 'H60' and abs(l.net_fen + coalesce(f.own_fen, 0)) > $3
         order by l.row_no`,
        [day.channel, day.businessDate, parseScaled(parameters('PORTFOLIO_FEE_TOLERANCE_CNY'), 2)],
      );
      for (const row of rows) {
        const found = finding('FEE_MISMATCH', {
          row: Number(row.row_no),
          field: 'YSFJE',
          fileValue: cnyText(row.file_fen),
          computed: cnyText(row.own_fen),
        });
        await listFindings(sql, day, { fileId: row.file_id, name: row.name }, [
          { ...found, amountFen: row.file_fen - row.own_fen },
        ]);
      }
      return { breaks: rows.length };
    });
