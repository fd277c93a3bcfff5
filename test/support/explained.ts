/** What the explanations of a book leave unexplained: every figure is the sum of its lines or quoted from one, every entry the sum of its lines. */
import type { Pool } from 'pg';
import { explainedLines } from '../../api/explanations/explained-lines';
import { figuresOfReport, NONE } from '../../api/explanations/figures-of-report';
import { dayOf } from './days-of-verbs';

/** A number as the sum writes it: decimals that say nothing are left away. */
const plain = (number: string) => (number.includes('.') ? number.replace(/\.?0+$/, '') : number);

interface Told {
  readonly amount: string | null;
  readonly quoted: readonly string[];
}

/** Of every figure of a day the sum of its lines, or what is quoted of them. */
async function explainedFigures(pool: Pool, date: string): Promise<ReadonlyMap<string, Told>> {
  const day = dayOf(date);
  const { text, values } = explainedLines(
    { channel: day.channel, date: day.businessDate },
    `select figure, trim_scale(sum(amount))::text as amount, coalesce(array_agg(distinct quoted) filter (where quoted is not null), '{}') as quoted
       from lines group by figure`,
  );
  const { rows } = await pool.query<{ figure: string } & Told>(text, values);
  return new Map(rows.map(({ figure, ...told }) => [figure, told]));
}

/** Figures of a report that their lines do not sum to. */
export async function unexplainedFigures(pool: Pool, date: string, report: Readonly<Record<string, unknown>>) {
  const explained = await explainedFigures(pool, date);
  return figuresOfReport(report).flatMap(({ figureId, value }) => {
    const told = explained.get(figureId);
    // A figure of zero may have no lines at all.
    const isSum = (told?.quoted ?? []).length === 0 && (told?.amount ?? '0') === plain(value);
    const isQuoted = told?.amount === null && told.quoted.length === 1 && told.quoted[0] === value;
    const isNothing = told === undefined && value === NONE;
    return isSum || isQuoted || isNothing ? [] : [{ figureId, value, told }];
  });
}

/** Entries that their lines do not sum to. */
export async function unexplainedEntries(pool: Pool): Promise<unknown[]> {
  const { rows } = await pool.query(
    `select e.batch_id, e.line_no, e.amount, l.amount as lines from entries e
     left join (select batch_id, line_no, sum(amount) as amount from entry_lines group by 1, 2) l using (batch_id, line_no)
     where e.amount is distinct from l.amount`,
  );
  return rows as unknown[];
}
