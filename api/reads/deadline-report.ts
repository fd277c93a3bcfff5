/**
 * How promises were kept: of those due in a span of dates, by process, step, team or person. Counted in one statement, so that
 * the parts add up to the total.
 */
import type { Pool } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { z } from '../zod';

/** What promises are grouped by. A step is told with its process: `complaint / answer`. */
export const reportGroups = ['process', 'step', 'team', 'person'] as const;
export type ReportGroup = (typeof reportGroups)[number];

const count = z.number().int();

export const keptFigures = z
  .strictObject({
    key: z.string().nullable().openapi({ description: '分组；null 为未指定 the group; null where none is named' }),
    due: count.openapi({ description: '到期、未到期、已撤销合计 all that fall due in the span' }),
    onTime: count,
    late: count.openapi({ description: '逾期兑现 met after the instant' }),
    overdue: count.openapi({ description: '逾期未兑现 due and not met, or withdrawn after a breach' }),
    breaches: count.openapi({ description: 'late + overdue' }),
    open: count.openapi({ description: '尚未到期 not due yet' }),
    withdrawn: count.openapi({ description: '到期前撤销 withdrawn before it was due; counts in no rate' }),
    onTimePercent: z
      .string()
      .nullable()
      .openapi({ description: 'onTime / (onTime + breaches), two decimals, half away from zero' }),
    medianSeconds: count.nullable().openapi({ description: '从收到到兑现 from receipt to met; a time that occurred' }),
    percentile90Seconds: count.nullable(),
  })
  .openapi('KeptFigures');

type KeptFigures = z.input<typeof keptFigures>;

const KEY: Readonly<Record<ReportGroup, string>> = {
  process: 'process',
  step: `process || ' / ' || step`,
  team: 'owner_team',
  person: 'owner_person',
};

interface Row extends Omit<KeptFigures, 'breaches' | 'medianSeconds' | 'percentile90Seconds'> {
  readonly is_total: boolean;
  readonly median: string | null;
  readonly percentile90: string | null;
}

/**
 * The end of a day is written 00:00 of the next, and belongs to the day that ends. Percentiles are those of times that occurred
 * (the smallest that so many of a hundred do not exceed).
 */
export async function deadlineReport(
  pool: Pool,
  { from, to, by }: { readonly from: BusinessDate; readonly to: BusinessDate; readonly by: ReportGroup },
): Promise<{ readonly total: KeptFigures; readonly groups: readonly KeptFigures[] }> {
  const { rows } = await pool.query<Row>(
    `with judged as (
       select ${KEY[by]} as key, extract(epoch from ended_at - received_at) as seconds,
              case when state = 'met' then 'on time'
                   when state = 'met late' then 'late'
                   -- What its process abandoned is owed all the same.
                   when (ended_at is null or state = 'abandoned') and due_at < (select business_now()) then 'overdue'
                   when state = 'breached' or (state in ('withdrawn', 'abandoned') and breached_at is not null) then 'overdue'
                   when state = 'withdrawn' then 'withdrawn'
                   else 'open' end as how
         -- Each part has its index by due time.
         from (select * from deadlines where ended_at is null union all select * from deadlines where ended_at is not null) promises
        where due_at > ($1::date::timestamp at time zone 'Asia/Shanghai')
          and due_at <= (($2::date + 1)::timestamp at time zone 'Asia/Shanghai'))
     select grouping(key) = 1 as is_total, key,
            count(*)::int as due,
            count(*) filter (where how = 'on time')::int as "onTime",
            count(*) filter (where how = 'late')::int as late,
            count(*) filter (where how = 'overdue')::int as overdue,
            count(*) filter (where how = 'open')::int as open,
            count(*) filter (where how = 'withdrawn')::int as withdrawn,
            round(100.0 * count(*) filter (where how = 'on time')
                  / nullif(count(*) filter (where how in ('on time', 'late', 'overdue')), 0), 2)::text as "onTimePercent",
            round(percentile_disc(0.5) within group (order by seconds) filter (where how in ('on time', 'late')))::text as median,
            round(percentile_disc(0.9) within group (order by seconds) filter (where how in ('on time', 'late')))::text as percentile90
       from judged group by grouping sets ((key), ()) order by key nulls last`,
    [from, to],
  );
  const figures = rows.map((row) => ({ isTotal: row.is_total, figures: figuresOf(row) }));
  const total = figures.find(({ isTotal }) => isTotal)?.figures;
  if (total === undefined) throw new RangeError('a report without its total');
  return { total, groups: figures.filter(({ isTotal }) => !isTotal).map((group) => group.figures) };
}

function figuresOf({ is_total: _, median, percentile90, ...row }: Row): KeptFigures {
  const seconds = (text: string | null) => (text === null ? null : Number.parseInt(text, 10));
  return {
    ...row,
    breaches: row.late + row.overdue,
    medianSeconds: seconds(median),
    percentile90Seconds: seconds(percentile90),
  };
}
