/** Puts findings on the day's list, each once. Names, rows and figures are kept apart so that people can filter by them. */
import type { PoolClient } from 'pg';
import type { BothLanguages, Finding } from '../../domain/clearing-files/finding';
import type { FindingOutcome } from '../../domain/clearing-files/finding-class-entry';
import { beat } from '../bulk/beat';
import { copyInto, type CopiedColumn } from '../bulk/copy-into';
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

/** File or comparison that findings are listed on. */
export interface FindingPlace {
  readonly fileId: bigint | null;
  readonly name: string;
}

/**
 * Lists what was found; answers the numbers of the findings. A finding that is listed already with the same figures stays as it
 * is; with other figures, or after it was withdrawn, it is listed anew and the earlier one stands no longer.
 */
export async function listFindings(
  sql: PoolClient,
  day: DayKey,
  file: FindingPlace,
  findings: readonly ListedFinding[],
): Promise<bigint[]> {
  if (findings.length === 0) return [];
  await arriving(sql, file, [findings]);
  const { rows } = await sql.query<{ finding_id: bigint }>(
    `${LIST} select finding_id from listed union all select standing from known where is_same`,
    listed(day, file),
  );
  return rows.map(({ finding_id }) => finding_id);
}

/** As `listFindings`, for more findings than memory holds. Nothing is answered but how many came. */
export async function listManyFindings(
  sql: PoolClient,
  day: DayKey,
  file: FindingPlace,
  findings: AsyncIterable<readonly ListedFinding[]>,
): Promise<number> {
  const came = await arriving(sql, file, findings);
  if (came > 0) await sql.query(`${LIST} select count(*) from listed`, listed(day, file));
  return came;
}

const listed = (day: DayKey, { fileId, name }: FindingPlace) => [day.channel, day.businessDate, fileId, name];

const asJson = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part));

type ArrivingFinding = Pick<
  ListedFinding,
  'class' | 'outcome' | 'reason' | 'row' | 'field' | 'value' | 'fileValue' | 'computed' | 'amountFen'
> & { readonly nth: number; readonly place: string; readonly attributes: string };

const columns: readonly CopiedColumn<ArrivingFinding>[] = [
  { name: 'nth', type: 'int8', of: ({ nth }) => nth },
  { name: 'place', type: 'text', of: ({ place }) => place },
  { name: 'class', type: 'text', of: (found) => found.class },
  { name: 'outcome', type: 'text', of: ({ outcome }) => outcome },
  { name: 'row_no', type: 'int8', of: ({ row }) => row ?? null },
  { name: 'field', type: 'text', of: ({ field }) => field ?? null },
  { name: 'value', type: 'text', of: ({ value }) => value ?? null },
  { name: 'file_value', type: 'text', of: ({ fileValue }) => fileValue ?? null },
  { name: 'computed', type: 'text', of: ({ computed }) => computed ?? null },
  { name: 'amount_fen', type: 'int8', of: ({ amountFen }) => amountFen ?? null },
  { name: 'attributes', type: 'text', of: ({ attributes }) => attributes },
  { name: 'reason_zh', type: 'text', of: ({ reason }) => reason.zh },
  { name: 'reason_en', type: 'text', of: ({ reason }) => reason.en },
];

/** Puts findings beside the list, each with its place: file, class, record, field and what else tells it from others. */
async function arriving(
  sql: PoolClient,
  file: FindingPlace,
  batches: Iterable<readonly ListedFinding[]> | AsyncIterable<readonly ListedFinding[]>,
): Promise<number> {
  await sql.query(
    `create temporary table if not exists arriving_findings (
       nth bigint, place text, class text, outcome text, row_no bigint, field text, value text, file_value text, computed text,
       amount_fen bigint, attributes text, reason_zh text, reason_en text) on commit drop`,
  );
  await sql.query('truncate arriving_findings');
  let nth = 0;
  async function* placed() {
    for await (const batch of batches) {
      yield batch.map((found) => {
        nth += 1;
        return placedFinding(file, found, nth);
      });
      beat(nth);
    }
  }
  return copyInto(sql, 'arriving_findings', columns, placed());
}

function placedFinding(file: FindingPlace, found: ListedFinding, nth: number): ArrivingFinding {
  const { class: name, outcome, reason, row, field, value, fileValue, computed, amountFen, ...attributes } = found;
  const place = asJson([file.fileId?.toString() ?? file.name, name, row?.toString(), field, attributes]);
  return {
    class: name,
    outcome,
    reason,
    ...(row === undefined ? {} : { row }),
    ...(field === undefined ? {} : { field }),
    ...(value === undefined ? {} : { value }),
    ...(fileValue === undefined ? {} : { fileValue }),
    ...(computed === undefined ? {} : { computed }),
    ...(amountFen === undefined ? {} : { amountFen }),
    nth,
    place,
    attributes: asJson(attributes),
  };
}

/**
 * Earlier findings of a place have its text for a key, the second one with #2 behind it, and so on. One of them stands at most.
 * The text of a place ends with a bracket, so that what follows a # is always such a number.
 */
const LIST = `
  with arrived as (select distinct on (place) * from arriving_findings order by place, nth),
  known as (
    select a.place, count(f.finding_id) as times, max(f.finding_id) filter (where w.finding_id is null) as standing,
           coalesce(bool_or((f.value, f.file_value, f.computed, f.amount_fen) is not distinct from
                            (a.value, a.file_value, a.computed, a.amount_fen)) filter (where f.finding_id is not null and w.finding_id is null), false) as is_same
    from arrived a
    left join findings f on f.channel = $1 and f.business_date = $2 and regexp_replace(f.finding_key, '#\\d+$', '') = a.place
    left join finding_withdrawals w on w.finding_id = f.finding_id
    group by a.place),
  gone as (
    insert into finding_withdrawals (finding_id, cause)
    select standing, 'found again with other figures' from known where standing is not null and not is_same
    on conflict (finding_id) do nothing),
  listed as (
    insert into findings (channel, business_date, file_id, file_name, class, outcome, row_no, field, value, file_value, computed, amount_fen,
                          attributes, reason_zh, reason_en, finding_key)
    select $1, $2, $3, $4, a.class, a.outcome, a.row_no, a.field, a.value, a.file_value, a.computed, a.amount_fen, a.attributes::jsonb,
           a.reason_zh, a.reason_en, a.place || case when k.times = 0 then '' else '#' || k.times + 1 end
    from arrived a join known k using (place) where not k.is_same order by a.nth
    returning finding_id)`;

/** Findings that no longer stand, because what they were found in is no longer in force. */
export async function withdrawFindings(sql: PoolClient, fileId: bigint, cause: string): Promise<void> {
  await sql.query(
    `insert into finding_withdrawals (finding_id, cause) select finding_id, $2 from findings_in_force where file_id = $1
     on conflict (finding_id) do nothing`,
    [fileId, cause],
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
