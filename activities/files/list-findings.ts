/** Puts findings on the day's list, each once. Names, rows and figures are kept apart so that people can filter by them. */
import type { PoolClient } from 'pg';
import type { BothLanguages, Finding } from '../../domain/clearing-files/finding';
import type { FindingOutcome } from '../../domain/clearing-files/finding-classes';
import type { DayKey } from '../settlement/day-key';

/** What a finding is about beside the file's own places. */
export interface ListedFinding extends Omit<Finding, 'class' | 'outcome' | 'reason' | 'row' | 'key'> {
  readonly class: string;
  readonly outcome: FindingOutcome;
  readonly reason: BothLanguages;
  readonly row?: number | bigint;
  readonly key?: readonly (string | bigint)[];
  readonly trade?: string;
  readonly time?: string;
  readonly amount?: string;
  readonly arrived?: string;
  readonly replaces?: string;
  /** Money at stake in fen, where it can be told. */
  readonly amountFen?: bigint;
}

export async function listFindings(
  sql: PoolClient,
  day: DayKey,
  file: { readonly fileId: bigint | null; readonly name: string },
  findings: readonly ListedFinding[],
): Promise<void> {
  for (const found of findings) {
    const { class: name, outcome, reason, row, field, value, fileValue, computed, amountFen, ...attributes } = found;
    const place = JSON.stringify(
      [file.fileId?.toString() ?? file.name, name, row?.toString(), field, attributes],
      (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part),
    );
    await sql.query(
      `insert into findings (channel, business_date, file_id, file_name, class, outcome, row_no, field, value, file_value, computed, attributes,
                             reason_zh, reason_en, amount_fen, finding_key)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
       on conflict (channel, business_date, finding_key) do nothing`,
      [
        day.channel,
        day.businessDate,
        file.fileId,
        file.name,
        name,
        outcome,
        row ?? null,
        field ?? null,
        value ?? null,
        fileValue ?? null,
        computed ?? null,
        JSON.stringify(attributes, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part)),
        reason.zh,
        reason.en,
        amountFen ?? null,
        place,
      ],
    );
  }
}

/** Findings that no longer stand, because what they were found in is no longer in force. */
export async function withdrawFindings(sql: PoolClient, fileId: bigint, cause: string): Promise<void> {
  await sql.query(
    `insert into finding_withdrawals (finding_id, cause) select finding_id, $2 from findings_in_force where file_id = $1
     on conflict (finding_id) do nothing`,
    [fileId, cause],
  );
}
