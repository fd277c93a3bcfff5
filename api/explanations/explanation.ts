/** Why a figure is what it is: its rule, its terms, their lines down to file and record, and what changed since the last run. */
import type { Pool } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { idKey, keyOfCursor, pageOf as page } from '../cursors';
import { instant, pageOf, rowId } from '../schemas';
import { z } from '../zod';
import { changeOf, figureChange } from './earlier-run';
import { explainedLines } from './explained-lines';
import type { LineKind } from './explained-line';
import { figureRule, ruleOf } from './figure-rule';
import { namedFigure, type FigureOfSide } from './named-figures';

const record = z.strictObject({
  fileId: rowId,
  name: z.string(),
  version: z.number().int(),
  sha256: z.string(),
  arrivedAt: instant,
  row: z
    .string()
    .nullable()
    .openapi({ description: '文件中的记录号 physical record in the file; null where only the file is known' }),
});

const explainedLine = z
  .strictObject({
    term: z.string(),
    kind: z.enum(['record', 'entry', 'order', 'own', 'figure', 'step']).openapi({
      description:
        '文件记录、分录、指令、本库记录、另一指标、规则步骤 record of a file, ledger entry, order, row of our own, another figure, step of the rule',
    }),
    value: z.string().nullable().openapi({ description: '计入指标的数额，精确 what it adds to the figure, exact' }),
    quoted: z.string().nullable().openapi({ description: '引用的文字 the word that the figure is' }),
    record: record.nullable(),
    entry: z
      .strictObject({ batchId: rowId, batchKey: z.string(), line: rowId, businessDate: z.string() })
      .nullable()
      .openapi({ description: '分录所在批次 batch and line in the ledger' }),
    refersTo: z.string().nullable().openapi({ description: '所引用的指标或记录 the figure or row that it stands on' }),
  })
  .openapi('ExplainedLine');

export const explanation = z
  .strictObject({
    figure: namedFigure,
    rule: figureRule.nullable(),
    terms: z.array(z.strictObject({ term: z.string(), value: z.string().nullable(), lines: z.number().int() })),
    sum: z
      .string()
      .nullable()
      .openapi({ description: '全部明细之和 sum of all lines; null where the figure is a word' }),
    lines: pageOf(explainedLine),
    change: figureChange.nullable(),
  })
  .openapi('FigureExplanation');

interface Asked {
  readonly channel: string;
  readonly date: BusinessDate;
  readonly figure: FigureOfSide;
  readonly limit: number;
  readonly cursor: string | undefined;
}

export async function explanationOf(pool: Pool, asked: Asked): Promise<z.input<typeof explanation>> {
  const { channel, date, figure } = asked;
  const { figureId, section, subject, name, side, value } = figure;
  const of = { channel, date, section, subject: subject.split('.')[0] ?? '', name };
  const [rule, terms, lines, change] = await Promise.all([
    ruleOf(pool, of),
    termsOf(pool, asked),
    linesOf(pool, asked),
    changeOf(pool, of),
  ]);
  return {
    figure: { figureId, section, subject, name, side, value },
    rule: rule ?? null,
    terms: terms.map(({ term, amount, count }) => ({ term, value: amount, lines: Number(count) })),
    sum: terms[0]?.sum ?? null,
    lines,
    change,
  };
}

interface TermRow {
  readonly term: string;
  readonly amount: string | null;
  readonly count: bigint;
  readonly sum: string | null;
}

async function termsOf(pool: Pool, { channel, date, figure: { figureId } }: Asked): Promise<readonly TermRow[]> {
  const { text, values } = explainedLines(
    { channel, date, figureId },
    `select term, trim_scale(sum(amount))::text as amount, count(*) as count, trim_scale(sum(sum(amount)) over ())::text as sum
       from lines group by term order by term`,
  );
  return (await pool.query<TermRow>(text, values)).rows;
}

interface LineRow {
  readonly nth: string;
  readonly term: string;
  readonly kind: LineKind;
  readonly amount: string | null;
  readonly quoted: string | null;
  readonly file_id: string | null;
  readonly name: string;
  readonly version: number;
  readonly sha256: string;
  readonly arrived_at: string;
  readonly row_no: string | null;
  readonly batch_id: string | null;
  readonly batch_key: string;
  readonly line_no: string;
  readonly entry_date: string;
  readonly refers: string | null;
}

async function linesOf(pool: Pool, { channel, date, figure: { figureId }, limit, cursor }: Asked) {
  const [after = '0'] = keyOfCursor(cursor, [idKey]) ?? [];
  const { text, values } = explainedLines(
    { channel, date, figureId },
    `, placed as (
       select *, row_number() over (order by term, kind, file_id, row_no, entry_date, batch_id, line_no, refers, amount, quoted) as nth from lines)
     select p.nth::text, p.term, p.kind, trim_scale(p.amount)::text as amount, p.quoted, p.file_id::text, f.name, f.version, f.sha256, f.arrived_at,
            p.row_no::text, p.batch_id::text, b.batch_key, p.line_no::text, p.entry_date, p.refers
     from placed p left join files f on f.file_id = p.file_id left join batches b on b.batch_id = p.batch_id
     where p.nth > $6 order by p.nth limit $7`,
  );
  const { rows } = await pool.query<LineRow>(text, [...values, after, limit + 1]);
  return page(
    rows,
    limit,
    ({ nth }) => [nth],
    (row) => ({
      term: row.term,
      kind: row.kind,
      value: row.amount,
      quoted: row.quoted,
      record:
        row.file_id === null
          ? null
          : {
              fileId: row.file_id,
              name: row.name,
              version: row.version,
              sha256: row.sha256,
              arrivedAt: row.arrived_at,
              row: row.row_no,
            },
      entry:
        row.batch_id === null
          ? null
          : { batchId: row.batch_id, batchKey: row.batch_key, line: row.line_no, businessDate: row.entry_date },
      refersTo: row.refers,
    }),
  );
}
