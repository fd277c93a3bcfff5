/** The file's portfolio fees against our own, tolerance one cent (A4 §22, §37; S11): the file's amount is booked, ours is listed. */
import { finding } from '../../domain/clearing-files/finding';
import { amountText } from '../../domain/money';
import { parseScaled } from '../../domain/scaled';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { listFindings, withdrawUnfound, type ListedFinding } from '../files/list-findings';
import { loadParameters } from '../terms/load-terms';
import type { DayKey } from './day-key';
import { feesComparable } from './fees-comparable';

export const comparePortfolioFees =
  ({ pool }: Dependencies) =>
  (day: DayKey): Promise<{ readonly breaks: number }> =>
    inTransaction(pool, async (sql) => {
      if (!(await feesComparable(sql, day))) return { breaks: 0 };
      const parameters = await loadParameters(sql, day.channel, day.businessDate);
      const tolerance = parseScaled(parameters('PORTFOLIO_FEE_TOLERANCE_CNY'), 2);
      const { rows } = await sql.query<ComparedFee>(FEES, [day.channel, day.businessDate, tolerance]);
      const listed: bigint[] = [];
      // All of a file at once: a wrong price is a mismatch of every holder.
      for (const fileId of new Set(rows.map(({ file_id }) => file_id))) {
        const ofFile = rows.filter(({ file_id }) => file_id === fileId);
        const place = { fileId, name: ofFile[0]?.name ?? '' };
        for (const number of await listFindings(sql, day, place, ofFile.map(mismatch))) listed.push(number);
      }
      await withdrawUnfound(sql, day, { classes: ['FEE_MISMATCH'], field: FIELD, found: listed });
      return { breaks: rows.length };
    });

const mismatch = (row: ComparedFee): ListedFinding => ({
  ...finding('FEE_MISMATCH', {
    ...(row.row_no !== null && { row: Number(row.row_no) }),
    field: FIELD,
    fileValue: amountText(row.file_fen),
    computed: amountText(row.own_fen),
  }),
  ...(row.row_no === null ? { key: [row.securities_account] } : {}),
  amountFen: row.file_fen - row.own_fen,
});

/** The other fields of this class are fees of trade rows. */
const FIELD = 'YSFJE';

interface ComparedFee {
  readonly file_id: bigint;
  readonly name: string;
  readonly row_no: bigint | null;
  readonly securities_account: string;
  readonly file_fen: bigint;
  readonly own_fen: bigint;
}

/** Rows without a computation of ours, and accounts that should be charged and have no row. Accounts not valued are left out. */
const FEES = `
  with told as (
    select l.file_id, l.row_no, l.securities_account, l.net_fen from clearing_lines_in_force l join clients c using (securities_account)
    where l.channel = $1 and l.business_date = $2 and l.business = 'H60'),
  own as (select securities_account, own_fen from portfolio_fees where channel = $1 and business_date = $2),
  unpriced as (
    select distinct e.owner as securities_account from entries e
    where e.ledger = 'client_shares' and e.business_date <= $2 and not exists (
      select 1 from closing_prices_in_force p where p.channel = $1 and p.code = e.asset and p.business_date <= $2)
    group by e.owner, e.asset having sum(e.amount) <> 0),
  paired as (
    select coalesce(t.file_id, (select min(file_id) from files_in_force where channel = $1 and business_date = $2 and kind = 'hk_jsmx')) as file_id,
           t.row_no, securities_account, coalesce(t.net_fen, 0)::bigint as file_fen, coalesce(-o.own_fen, 0)::bigint as own_fen
    from told t full join own o using (securities_account))
  select p.*, v.name from paired p join files v using (file_id)
  where abs(p.file_fen - p.own_fen) > $3 and not exists (select 1 from unpriced u where u.securities_account = p.securities_account)
  order by p.row_no, p.securities_account`;
