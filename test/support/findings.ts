/** Findings of a day as a person would note them: the sentence and the outcome left away. */
import type { Pool } from 'pg';
import type { DayKey } from '../../activities/settlement/day-key';

export interface NotedFinding {
  readonly class: string;
  readonly file: string;
  readonly row?: number;
  readonly field?: string;
  readonly value?: string;
  readonly fileValue?: string;
  readonly computed?: string;
  readonly [attribute: string]: unknown;
}

/** Every finding in force of the day, in the order of classes, files and rows. */
export async function findingsOf(pool: Pool, day: DayKey): Promise<readonly NotedFinding[]> {
  const { rows } = await pool.query<{
    class: string;
    file_name: string;
    row_no: bigint | null;
    field: string | null;
    value: string | null;
    file_value: string | null;
    computed: string | null;
    attributes: Readonly<Record<string, unknown>>;
  }>(
    `select class, file_name, row_no, field, value, file_value, computed, attributes from findings_in_force
     where channel = $1 and business_date = $2 order by class, file_name, row_no, field, finding_id`,
    [day.channel, day.businessDate],
  );
  return rows.map((row) => ({
    class: row.class,
    file: row.file_name,
    ...(row.row_no === null ? {} : { row: Number(row.row_no) }),
    ...(row.field === null ? {} : { field: row.field }),
    ...(row.value === null ? {} : { value: row.value }),
    ...(row.file_value === null ? {} : { fileValue: row.file_value }),
    ...(row.computed === null ? {} : { computed: row.computed }),
    ...row.attributes,
  }));
}

/** Names of the files that are refused. */
export async function refusedFiles(pool: Pool, day: DayKey): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select name from file_verdicts where channel = $1 and business_date = $2 and state = 'refused' order by name`,
    [day.channel, day.businessDate],
  );
  return rows.map(({ name }) => name);
}
