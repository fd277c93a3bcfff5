/**
 * How promises were kept: of those due in a span of dates, by process, step, team or person. Counted in one statement, so that
 * the parts add up to the total; each number opens its list by the same conditions.
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
    cases: z.record(z.string(), z.string()).openapi({
      description: '每个计数的期限清单，须有权限 the list of the promises that each number counts',
    }),
  })
  .openapi('KeptFigures');

type KeptFigures = z.input<typeof keptFigures>;

/** SQL: what each promise `d` is grouped by. */
export const KEY: Readonly<Record<ReportGroup, string>> = {
  process: 'd.process',
  step: `d.process || ' / ' || d.step`,
  team: 'd.owner_team',
  person: 'd.owner_person',
};

/** In a list, in place of a team or a person: those promises that name none. */
export const NONE = 'none';

/** Numbers of the report that count promises kept so; breaches are those kept late and those overdue. */
export const keptMeasures = ['onTime', 'late', 'overdue', 'open', 'withdrawn', 'breaches'] as const;

/** SQL: how the promise `d` was kept. */
export const HOW = `case when d.state = 'met' then 'onTime'
  when d.state = 'met late' then 'late'
  -- What its process abandoned is owed all the same.
  when (d.ended_at is null or d.state = 'abandoned') and d.due_at < (select business_now()) then 'overdue'
  when d.state = 'breached' or (d.state in ('withdrawn', 'abandoned') and d.breached_at is not null) then 'overdue'
  when d.state = 'withdrawn' then 'withdrawn'
  else 'open' end`;

/** SQL: the promise `d` falls due on a day from one on to another, the last included: the end of a day is written 00:00 of the next. */
export const dueFrom = (from: string): string => `d.due_at > (${from}::date::timestamp at time zone 'Asia/Shanghai')`;
export const dueUntil = (to: string): string =>
  `d.due_at <= ((${to}::date + 1)::timestamp at time zone 'Asia/Shanghai')`;

interface Asked {
  readonly from: BusinessDate;
  readonly to: BusinessDate;
  readonly by: ReportGroup;
}

interface Row extends Omit<KeptFigures, 'breaches' | 'medianSeconds' | 'percentile90Seconds' | 'cases'> {
  readonly is_total: boolean;
  readonly median: string | null;
  readonly percentile90: string | null;
}

/**
 * The end of a day belongs to the day that ends. Percentiles are those of times that occurred (the smallest that so many of a hundred do
 * not exceed). @param keptFrom processes of which the caller is told nothing
 */
export async function deadlineReport(
  pool: Pool,
  { from, to, by }: Asked,
  keptFrom: readonly string[],
): Promise<{ readonly total: KeptFigures; readonly groups: readonly KeptFigures[] }> {
  const { rows } = await pool.query<Row>(
    `with judged as (
       select ${KEY[by]} as key, extract(epoch from d.ended_at - d.received_at) as seconds, ${HOW} as how
         -- Each part has its index by due time.
         from (select * from deadlines where ended_at is null union all select * from deadlines where ended_at is not null) d
        where ${dueFrom('$1')} and ${dueUntil('$2')} and (cardinality($3::text[]) = 0 or d.workflow_id <> all ($3)))
     select grouping(key) = 1 as is_total, key,
            count(*)::int as due,
            count(*) filter (where how = 'onTime')::int as "onTime",
            count(*) filter (where how = 'late')::int as late,
            count(*) filter (where how = 'overdue')::int as overdue,
            count(*) filter (where how = 'open')::int as open,
            count(*) filter (where how = 'withdrawn')::int as withdrawn,
            round(100.0 * count(*) filter (where how = 'onTime')
                  / nullif(count(*) filter (where how in ('onTime', 'late', 'overdue')), 0), 2)::text as "onTimePercent",
            round(percentile_disc(0.5) within group (order by seconds) filter (where how in ('onTime', 'late')))::text as median,
            round(percentile_disc(0.9) within group (order by seconds) filter (where how in ('onTime', 'late')))::text as percentile90
       from judged group by grouping sets ((key), ()) order by key nulls last`,
    [from, to, keptFrom],
  );
  const figures = rows.map((row) => ({ isTotal: row.is_total, figures: figuresOf(row, { from, to, by }) }));
  const total = figures.find(({ isTotal }) => isTotal)?.figures;
  if (total === undefined) throw new RangeError('a report without its total');
  return { total, groups: figures.filter(({ isTotal }) => !isTotal).map((group) => group.figures) };
}

function figuresOf({ is_total: isTotal, median, percentile90, ...row }: Row, asked: Asked): KeptFigures {
  const seconds = (text: string | null) => (text === null ? null : Number.parseInt(text, 10));
  return {
    ...row,
    breaches: row.late + row.overdue,
    medianSeconds: seconds(median),
    percentile90Seconds: seconds(percentile90),
    cases: casesOf(asked, isTotal ? {} : { [asked.by]: row.key ?? NONE }),
  };
}

function casesOf({ from, to }: Asked, group: Readonly<Record<string, string>>): Record<string, string> {
  const list = (more: Readonly<Record<string, string>>) =>
    `/v1/deadlines?${String(new URLSearchParams({ dueFrom: from, dueTo: to, ...group, ...more }))}`;
  return {
    due: list({}),
    ...Object.fromEntries(keptMeasures.map((measure) => [measure, list({ measure })])),
  };
}
