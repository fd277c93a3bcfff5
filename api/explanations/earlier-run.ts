/** What changed since the last run: an earlier run of a figure is kept, with the files that came between. */
import type { Pool } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { cny } from '../reports/money-text';
import { instant, rowId } from '../schemas';
import { z } from '../zod';

export const figureChange = z
  .strictObject({
    run: z.number().int().openapi({ description: '前一次的序号 number of the run before' }),
    replacedAt: instant,
    before: z.string(),
    difference: z
      .string()
      .nullable()
      .openapi({ description: '本次减前次 this run less the one before; null for a word' }),
    terms: z.array(z.strictObject({ term: z.string(), before: z.string(), now: z.string() })),
    files: z
      .array(
        z.strictObject({ fileId: rowId, name: z.string(), version: z.number().int(), state: z.string(), at: instant }),
      )
      .openapi({
        description: '其间变动的文件 files that came or ceased to be in force since the day was first computed',
      }),
    notices: z
      .array(
        z.strictObject({
          postponementId: rowId,
          from: z.string().openapi({ format: 'date' }),
          to: z.string().openapi({ format: 'date' }),
          state: z.enum(['approved', 'withdrawn']),
          at: instant,
        }),
      )
      .openapi({
        description: '其间生效或撤销的交收推迟 postponements that came into force or were taken back between two plans',
      }),
  })
  .openapi('FigureChange');

export type FigureChange = z.input<typeof figureChange>;

interface Asked {
  readonly channel: string;
  readonly date: BusinessDate;
  readonly section: string;
  readonly subject: string;
  readonly name: string;
}

/** Where a section's figures are computed, and the column of each of its names; `terms` are what others rest on. */
const COMPUTED: Readonly<
  Record<string, { readonly table: string; readonly columns: Readonly<Record<string, string>> }>
> = {
  cash: {
    table: 'client_figures',
    columns: {
      balance: 'balance_fen',
      frozenTrades: 'frozen_trades_fen',
      frozenPortfolioFee: 'frozen_fee_fen',
      inTransit: 'in_transit_fen',
      creditedToday: 'credited_today_fen',
      available: 'available_fen',
      withdrawable: 'withdrawable_fen',
    },
  },
  preClearing: {
    table: 'pre_clearings',
    columns: {
      payable: 'payable_fen',
      receivable: 'receivable_fen',
      commission: 'commission_fen',
      frozenIntraday: 'frozen_fen',
      correction: 'correction_fen',
    },
  },
  riskMoney: {
    table: 'risk_money',
    columns: {
      markToMarket: 'mark_to_market_fen',
      margin: 'margin_fen',
      marginIfFlat22: 'margin_flat22_fen',
      payable: 'payable_fen',
      unsettledLongHKD: 'long_cents',
      unsettledShortHKD: 'short_cents',
      collateralHKD: 'collateral_cents',
    },
  },
  overdrafts: { table: 'overdrafts', columns: { amount: 'amount_fen' } },
  advances: {
    table: 'advances',
    columns: { advancedThisMorning: 'advanced_fen', repaidToday: 'repaid_fen', outstanding: 'outstanding_fen' },
  },
};

/** Null where the figure was computed once, or is read from ledger and files as they stand. */
export async function changeOf(pool: Pool, asked: Asked): Promise<FigureChange | null> {
  if (asked.section === 'funding') return changeOfPlan(pool, asked);
  const computed = COMPUTED[asked.section];
  const column = computed?.columns[asked.name];
  if (computed === undefined || column === undefined) return null;
  const key = asked.section === 'riskMoney' ? 'side' : 'fund_account';
  const { rows } = await pool.query<{ run: number; replaced_at: string; before: Row; now: Row | null }>(
    `select e.run, e.replaced_at, e.figures as before, to_jsonb(n) as now from earlier_figures e
     left join ${computed.table} n on n.channel = e.channel and n.business_date = e.business_date and n.${key} = e.subject
     where e.channel = $1 and e.business_date = $2 and e.computed = $3 and e.subject = $4 order by e.run desc limit 1`,
    [asked.channel, asked.date, computed.table, asked.subject],
  );
  const [earlier] = rows;
  if (earlier === undefined) return null;
  const value = (row: Row | null, name: string) => BigInt(row?.[name] ?? 0);
  const before = value(earlier.before, column);
  const names = Object.entries(computed.columns).filter(
    ([, name]) => value(earlier.before, name) !== value(earlier.now, name),
  );
  return {
    run: earlier.run,
    replacedAt: earlier.replaced_at,
    before: cny(before),
    difference: cny(value(earlier.now, column) - before),
    terms: names.map(([term, name]) => ({
      term,
      before: cny(value(earlier.before, name)),
      now: cny(value(earlier.now, name)),
    })),
    files: await filesBetween(pool, asked),
    notices: [],
  };
}

type Row = Readonly<Record<string, string | number>>;

/** Plans are kept as revisions: each with its terms. */
async function changeOfPlan(pool: Pool, asked: Asked): Promise<FigureChange | null> {
  const { rows } = await pool.query<{
    revision: number;
    computed_at: string;
    replaced_at: string;
    term: string;
    before: bigint;
    now: bigint;
  }>(
    `with revisions as (
       select figure_id, revision, computed_at, row_number() over (order by revision desc) as nth from figures
       where channel = $1 and business_date = $2 and side = $3 and code = 'FUNDING')
     select b.revision, b.computed_at, n.computed_at as replaced_at, t.term, t.amount_fen as before, m.amount_fen as now
     from revisions b join revisions n on n.nth = 1 and b.nth = 2
     join figure_terms t on t.figure_id = b.figure_id join figure_terms m on m.figure_id = n.figure_id and m.term_no = t.term_no order by t.term_no`,
    [asked.channel, asked.date, asked.subject],
  );
  const [first] = rows;
  const shown = rows.filter(({ term }) => asked.name === 'amount' || TERM_OF_PLAN[asked.name] === term);
  if (first === undefined || shown.length === 0) return null;
  const sum = (which: 'before' | 'now') => shown.reduce((total, row) => total + row[which], 0n);
  const sign = asked.name.endsWith('Payable') ? -1n : 1n;
  return {
    run: first.revision,
    replacedAt: first.replaced_at,
    before: cny(sign * sum('before')),
    difference: cny(sign * (sum('now') - sum('before'))),
    terms: shown
      .filter(({ before, now }) => before !== now)
      .map(({ term, before, now }) => ({ term: term.replace(/Fen$/, ''), before: cny(before), now: cny(now) })),
    ...(await changedBetween(pool, asked, first)),
  };
}

/** A plan rests on files of days before, and on notices: what was decided after the one plan and by the time of the next. */
async function changedBetween(
  pool: Pool,
  asked: Asked,
  between: { readonly computed_at: string; readonly replaced_at: string },
): Promise<Pick<FigureChange, 'files' | 'notices'>> {
  const of = [asked.channel, asked.date, between.computed_at, between.replaced_at];
  const { rows: files } = await pool.query<FileRow>(
    `select v.file_id, v.name, v.version, v.state, v.decided_at from file_verdicts v
     where v.channel = $1 and v.business_date < $2 and v.decided_at > $3 and v.decided_at <= $4 order by v.decided_at, v.file_id`,
    of,
  );
  const { rows: notices } = await pool.query<FigureChange['notices'][number]>(
    `select p.postponement_id::text as "postponementId", p.postponed_from::text as "from", p.postponed_to::text as "to", e.state, e.at
     from settlement_postponements p cross join lateral (values ('approved', p.approved_at), ('withdrawn', p.withdrawn_at)) as e(state, at)
     where p.channel = $1 and $2::date >= p.postponed_from and e.at > $3 and e.at <= $4 order by e.at, p.postponement_id`,
    of,
  );
  return { files: files.map(fileOf), notices };
}

const TERM_OF_PLAN: Readonly<Record<string, string>> = {
  reserveBalancePrevious: 'reserveBalancePreviousFen',
  tradePayable: 'tradeNetFen',
  riskMoneyPayable: 'riskMoneyPayableFen',
  riskMoneyReturned: 'riskMoneyReturnedFen',
  portfolioFeePayable: 'portfolioFeePayableFen',
  nonTradePayable: 'nonTradePayableFen',
  crossCoverOwed: 'crossCoverOwedFen',
  corporateActionReceivable: 'corporateActionReceivableFen',
};

/** Files of the day that replaced others, and those that they replaced. */
async function filesBetween(pool: Pool, asked: Asked): Promise<FigureChange['files']> {
  const { rows } = await pool.query<FileRow>(
    `select v.file_id, v.name, v.version, v.state, v.decided_at from file_verdicts v
     where v.channel = $1 and v.business_date = $2 and v.decided_at is not null
       and (v.state = 'superseded' or exists (
         select from file_verdicts o where o.channel = v.channel and o.business_date = v.business_date and o.kind = v.kind
           and o.part is not distinct from v.part and o.state = 'superseded' and o.version < v.version))
     order by v.decided_at, v.file_id`,
    [asked.channel, asked.date],
  );
  return rows.map(fileOf);
}

interface FileRow {
  readonly file_id: bigint;
  readonly name: string;
  readonly version: number;
  readonly state: string;
  readonly decided_at: string;
}

const fileOf = (row: FileRow): FigureChange['files'][number] => ({
  fileId: String(row.file_id),
  name: row.name,
  version: row.version,
  state: row.state,
  at: row.decided_at,
});
