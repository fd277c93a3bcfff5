/** The journal of a day for the general ledger of finance: money by batch, ledger and side, debits and credits equal on each side. */
import type { Pool } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { SIDES, type Side } from '../../domain/channel';
import { yuan } from '../../domain/money';
import { cny } from '../reports/money-text';
import { bilingual, money, side } from '../schemas';
import { z } from '../zod';
import type { Sheet } from './sheets';
import { COLUMN_NAMES, sheetCalled } from './sheet-names';

export const journal = z
  .strictObject({
    lines: z.array(
      z.strictObject({
        side,
        batch: z.string(),
        ledger: z.string(),
        name: bilingual,
        debit: money,
        credit: money,
      }),
    ),
    totals: z.array(z.strictObject({ side, debit: money, credit: money, difference: money })),
  })
  .openapi('Journal');

export interface JournalLine {
  readonly side: Side;
  readonly batch: string;
  readonly ledger: string;
  readonly zh: string;
  readonly en: string;
  readonly debit: bigint;
  readonly credit: bigint;
}

/**
 * No account of a client: the general ledger has one account a ledger and side. The side of an entry is that of its client or
 * account; the cushion stands in the client deposit account and is of the client side.
 */
export async function journalLines(
  pool: Pool,
  channel: string,
  date: BusinessDate,
  sides: readonly Side[],
): Promise<readonly JournalLine[]> {
  const { rows } = await pool.query<JournalLine>(
    `with placed as (
       select b.batch_key as batch, e.ledger, e.amount,
              case when e.owner in ('client', 'proprietary') then e.owner when e.owner = 'CUSHION' then 'client'
                   else coalesce(c.side::text, a.side::text) end as side
       from entries e join batches b on b.batch_id = e.batch_id and b.channel = $1
       left join clients c on c.fund_account = e.owner left join broker_accounts a on a.account = e.owner
       where e.business_date = $2 and e.asset = 'CNY')
     select p.side, p.batch, p.ledger, l.name_zh as zh, l.name_en as en,
            coalesce(sum(p.amount) filter (where p.amount > 0), 0)::bigint as debit,
            coalesce(-sum(p.amount) filter (where p.amount < 0), 0)::bigint as credit
     from placed p join ledgers l using (ledger) where p.side = any($3)
     group by p.side, p.batch, p.ledger, l.name_zh, l.name_en order by p.side, p.batch, p.ledger`,
    [channel, date, sides],
  );
  return rows;
}

export function journalOf(lines: readonly JournalLine[], sides: readonly Side[]): z.input<typeof journal> {
  return {
    lines: lines.map(({ side: ofSide, batch, ledger, zh, en, debit, credit }) => ({
      side: ofSide,
      batch,
      ledger,
      name: { zh, en },
      debit: yuan(debit),
      credit: yuan(credit),
    })),
    totals: SIDES.filter((one) => sides.includes(one)).map((one) => {
      const sum = (which: 'debit' | 'credit') =>
        lines.filter((line) => line.side === one).reduce((total, line) => total + line[which], 0n);
      return {
        side: one,
        debit: yuan(sum('debit')),
        credit: yuan(sum('credit')),
        difference: yuan(sum('debit') - sum('credit')),
      };
    }),
  };
}

export const journalSheet = (lines: readonly JournalLine[]): Sheet => ({
  ...sheetCalled('journal'),
  columns: ['side', 'batch', 'ledger', 'debit', 'credit'].map((name) => ({ zh: COLUMN_NAMES[name] ?? name, en: name })),
  rows: lines.map(({ side: ofSide, batch, ledger, zh, debit, credit }) => [
    ofSide,
    batch,
    `${ledger} ${zh}`,
    cny(debit),
    cny(credit),
  ]),
});
