/** A figure of a day as it is shown: its newest revision with its terms. */
import { yuan } from '../../domain/money';
import { instant, money, rowId } from '../schemas';
import { z } from '../zod';

const term = z.strictObject({
  termNo: z.number().int(),
  term: z.string(),
  value: money,
  uncertain: z.boolean().openapi({ description: '尚未确定 not known for certain yet' }),
});
export const figure = z
  .strictObject({
    figureId: rowId,
    code: z.string(),
    revision: z.number().int(),
    value: money,
    rule: z.string(),
    termsVersion: z.string(),
    computedAt: instant,
    terms: z.array(term),
  })
  .openapi('Figure');

interface FigureRow {
  readonly figure_id: bigint;
  readonly code: string;
  readonly revision: number;
  readonly amount_fen: bigint;
  readonly rule: string;
  readonly terms_version: string;
  readonly computed_at: Date;
  readonly figure_terms: readonly { term_no: number; term: string; amount_fen: bigint; uncertain: boolean }[];
}

export const figureOf = (row: FigureRow): z.input<typeof figure> => ({
  figureId: String(row.figure_id),
  code: row.code,
  revision: row.revision,
  value: yuan(row.amount_fen),
  rule: row.rule,
  termsVersion: row.terms_version,
  computedAt: row.computed_at.toISOString(),
  terms: row.figure_terms.map((line) => ({
    termNo: line.term_no,
    term: line.term,
    value: yuan(line.amount_fen),
    uncertain: line.uncertain,
  })),
});
