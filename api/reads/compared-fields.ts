/** What every finding tells: where it is, what stands there, what should, and by how much they differ. */
import { money } from '../schemas';
import { z } from '../zod';
import { moneyOrNull } from './columns';

export const comparedFields = {
  class: z.string(),
  outcome: z.enum(['refused', 'break', 'info', 'alarm']),
  row: z.string().nullable().openapi({ description: '文件中的记录号 record number in the file, from 1' }),
  field: z.string().nullable(),
  value: z.string().nullable(),
  fileValue: z.string().nullable(),
  computed: z.string().nullable(),
  difference: money.nullable(),
};

export interface ComparedRow {
  readonly class: string;
  readonly outcome: 'refused' | 'break' | 'info' | 'alarm';
  readonly row_no: string | null;
  readonly field: string | null;
  readonly value: string | null;
  readonly file_value: string | null;
  readonly computed: string | null;
  readonly amount_fen: bigint | null;
}

/** Columns of `findings_in_force` for a `ComparedRow`. */
export const COMPARED_COLUMNS = 'class, outcome, row_no::text, field, value, file_value, computed, amount_fen::bigint';

export const comparedOf = (row: ComparedRow) => ({
  class: row.class,
  outcome: row.outcome,
  row: row.row_no,
  field: row.field,
  value: row.value,
  fileValue: row.file_value,
  computed: row.computed,
  difference: moneyOrNull(row.amount_fen),
});
