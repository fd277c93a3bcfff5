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

/**
 * Lists what was found; answers the numbers of the findings. A finding that is listed already with the same figures stays as it
 * is; with other figures, or after it was withdrawn, it is listed anew and the earlier one stands no longer.
 */
export async function listFindings(
  sql: PoolClient,
  day: DayKey,
  file: { readonly fileId: bigint | null; readonly name: string },
  findings: readonly ListedFinding[],
): Promise<bigint[]> {
  const listed: bigint[] = [];
  for (const found of findings) listed.push(await listOne(sql, day, file, found));
  return listed;
}

const asJson = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part));

async function listOne(
  sql: PoolClient,
  day: DayKey,
  file: { readonly fileId: bigint | null; readonly name: string },
  found: ListedFinding,
): Promise<bigint> {
  const { class: name, outcome, reason, row, field, value, fileValue, computed, amountFen, ...attributes } = found;
  const place = asJson([file.fileId?.toString() ?? file.name, name, row?.toString(), field, attributes]);
  const figures = [value ?? null, fileValue ?? null, computed ?? null, amountFen ?? null];
  const { rows: earlier } = await sql.query<{ finding_id: bigint; stands: boolean; same: boolean }>(
    `select finding_id, not exists (select 1 from finding_withdrawals w where w.finding_id = f.finding_id) as stands,
            (value, file_value, computed, amount_fen) is not distinct from ($4::text, $5::text, $6::text, $7::bigint) as same
     from findings f where channel = $1 and business_date = $2 and (finding_key = $3 or starts_with(finding_key, $3 || '#'))`,
    [day.channel, day.businessDate, place, ...figures],
  );
  const standing = earlier.find(({ stands }) => stands);
  if (standing?.same === true) return standing.finding_id;
  if (standing !== undefined) await withdraw(sql, [standing.finding_id], 'found again with other figures');
  const { rows } = await sql.query<{ finding_id: bigint }>(
    `insert into findings (channel, business_date, file_id, file_name, class, outcome, row_no, field, value, file_value, computed, amount_fen,
                           attributes, reason_zh, reason_en, finding_key)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) returning finding_id`,
    [
      day.channel,
      day.businessDate,
      file.fileId,
      file.name,
      name,
      outcome,
      row ?? null,
      field ?? null,
      ...figures,
      asJson(attributes),
      reason.zh,
      reason.en,
      earlier.length === 0 ? place : `${place}#${earlier.length + 1}`,
    ],
  );
  return rows[0]!.finding_id;
}

/** Findings that no longer stand, because what they were found in is no longer in force. */
export async function withdrawFindings(sql: PoolClient, fileId: bigint, cause: string): Promise<void> {
  const { rows } = await sql.query<{ finding_id: bigint }>(
    'select finding_id from findings_in_force where file_id = $1',
    [fileId],
  );
  await withdraw(
    sql,
    rows.map(({ finding_id }) => finding_id),
    cause,
  );
}

/**
 * Findings of a check that was made again and did not find them any more: what they were compared with has changed. Those on
 * a file that was refused since stay.
 * @param check.field where other checks find the same class in other fields
 */
export async function withdrawUnfound(
  sql: PoolClient,
  day: DayKey,
  check: { readonly classes: readonly string[]; readonly field?: string; readonly found: readonly bigint[] },
): Promise<void> {
  const { rows } = await sql.query<{ finding_id: bigint }>(
    `select finding_id from findings_in_force
     where channel = $1 and business_date = $2 and class = any($3) and not finding_id = any($4) and ($5::text is null or field = $5)
       and (file_id is null or file_id in (select file_id from files_in_force where channel = $1 and business_date = $2))`,
    [day.channel, day.businessDate, check.classes, check.found, check.field ?? null],
  );
  await withdraw(
    sql,
    rows.map(({ finding_id }) => finding_id),
    'no longer found',
  );
}

async function withdraw(sql: PoolClient, findings: readonly bigint[], cause: string): Promise<void> {
  await sql.query(
    `insert into finding_withdrawals (finding_id, cause) select finding_id, $2 from unnest($1::bigint[]) as gone(finding_id)
     on conflict (finding_id) do nothing`,
    [findings, cause],
  );
}
