/** The lines behind a term of a figure: down to file and record number (design 7: figure -> terms -> lines -> record). */
import type { Pool } from 'pg';
import { yuan } from '../../domain/money';
import { dateKey, idKey, keyOfCursor, pageOf as page } from '../cursors';
import { pageOf, money, rowId, side } from '../schemas';
import { z } from '../zod';

/** Where the lines of a term stand, as the verb that computed the figure wrote it down. */
const termSource = z.discriminatedUnion('lines', [
  z.object({ lines: z.literal('clearing_lines'), settleDate: z.string(), side, businesses: z.array(z.string()) }),
  z.object({ lines: z.literal('money_balances'), file: z.string(), row: z.string(), date: z.string() }),
  z.object({ lines: z.literal('entries'), account: z.string(), until: z.string() }),
  z.object({ lines: z.literal('risk_money'), date: z.string().nullable(), side }),
]);

export const figureLine = z
  .strictObject({
    businessDate: z.string().openapi({ format: 'date' }),
    file: z
      .strictObject({ fileId: rowId, name: z.string(), row: z.string() })
      .nullable()
      .openapi({ description: '文件与记录号 file and record number; 账簿内部数据为空 null for rows of our own books' }),
    business: z.string(),
    subject: z.string().openapi({ description: '账户或证券 account or security of the line' }),
    value: money,
  })
  .openapi('FigureLine');

export const figureLines = pageOf(figureLine);

interface LineRow {
  readonly business_date: string;
  readonly file_id: string;
  readonly row_no: string;
  readonly file_name: string | null;
  readonly business: string;
  readonly subject: string;
  readonly amount_fen: string;
}

export interface LinesAsked {
  readonly channel: string;
  /** Lines of evenings before this date count: those that were known when the figure was computed. */
  readonly knownBefore: string;
  readonly source: unknown;
  readonly limit: number;
  readonly cursor: string | undefined;
}

const CURSOR = [dateKey, idKey, idKey] as const;

/** One page of lines, in the order of date, file and record. A source that names no lines has none. */
export async function readFigureLines(pool: Pool, asked: LinesAsked): Promise<z.input<typeof figureLines>> {
  const source = termSource.safeParse(asked.source);
  if (!source.success) return { items: [], next: null };
  const after = keyOfCursor(asked.cursor, CURSOR) ?? ['0001-01-01', '0', '0'];
  const { text, values } = linesOf(source.data, asked);
  const { rows } = await pool.query<LineRow>(
    `select l.business_date::text, l.file_id::text, l.row_no::text, f.name as file_name, l.business, l.subject, l.amount_fen::text
       from (${text}) l left join files f on f.file_id = l.file_id and l.of_file
      where (l.business_date, l.file_id, l.row_no) > ($1::date, $2::bigint, $3::bigint)
      order by l.business_date, l.file_id, l.row_no limit $4`,
    [...after, asked.limit + 1, ...values],
  );
  return page(
    rows,
    asked.limit,
    (row) => [row.business_date, row.file_id, row.row_no],
    (row) => ({
      businessDate: row.business_date,
      file: row.file_name === null ? null : { fileId: row.file_id, name: row.file_name, row: row.row_no },
      business: row.business,
      subject: row.subject,
      value: yuan(BigInt(row.amount_fen)),
    }),
  );
}

/** The rows of a source. Its values begin at $5; the page takes the four before. */
function linesOf(source: z.output<typeof termSource>, asked: LinesAsked): { text: string; values: unknown[] } {
  switch (source.lines) {
    case 'clearing_lines':
      return {
        text: `select c.business_date, c.file_id, c.row_no, c.business, c.securities_account || ' ' || c.code as subject, c.net_fen as amount_fen, true as of_file
                 from counted_clearing_lines c join broker_accounts a on a.account = c.reserve_account
                where c.channel = $5 and c.settle_date = any((select due_on($5, $6))::date[]) and a.side = $7 and c.business = any($8) and (c.business_date < $9 or c.times < 0)`,
        values: [asked.channel, source.settleDate, source.side, source.businesses, asked.knownBefore],
      };
    case 'money_balances':
      return {
        text: `select b.business_date, b.file_id, b.row_no, b.account_kind as business, b.account as subject, b.balance_fen as amount_fen, true as of_file
                 from money_balances b where b.channel = $5 and b.business_date = $6 and b.file_id = $7 and b.row_no = $8`,
        values: [asked.channel, source.date, source.file, source.row],
      };
    case 'entries':
      return {
        text: `select e.business_date, e.batch_id as file_id, e.line_no as row_no, e.cause as business, e.owner as subject, e.amount as amount_fen, false as of_file
                 from entries e where e.owner = $6 and e.asset = 'CNY' and e.business_date <= $7
                  and exists (select from broker_accounts a where a.channel = $5 and a.account = e.owner and a.kind = e.ledger)`,
        values: [asked.channel, source.account, source.until],
      };
    case 'risk_money':
      return {
        text: `select r.business_date, 0::bigint as file_id, 1::bigint as row_no, r.margin_model as business, r.side::text as subject, r.payable_fen as amount_fen, false as of_file
                 from risk_money r where r.channel = $5 and r.business_date = $6 and r.side = $7`,
        values: [asked.channel, source.date, source.side],
      };
  }
}
