/** Which awaited files of the day are not there: each is a finding until it comes (alarms at 20:00 and 21:00 are the ladder's). */
import { clearingFileName } from '../../adapters/clearing-files/file-name';
import { shanghaiLayouts } from '../../adapters/clearing-files/layouts/shanghai';
import type { PoolClient } from 'pg';
import { finding } from '../../domain/clearing-files/finding';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { listFindings } from '../files/list-findings';
import type { DayKey } from './day-key';

/** Every file that a trading day awaits, by its unversioned name. */
export const awaitedFiles = (
  day: DayKey,
): readonly { readonly kind: string; readonly part: string | undefined; readonly name: string }[] =>
  shanghaiLayouts.layouts.flatMap((layout) =>
    layout.arrivals.map(({ part }) => ({
      kind: layout.kind,
      part,
      name: clearingFileName(layout, { businessDate: day.businessDate, ...(part === undefined ? {} : { part }) }),
    })),
  );

/** Awaited files of which no version has arrived. */
export async function missingFiles(sql: PoolClient, day: DayKey): Promise<readonly string[]> {
  const { rows } = await sql.query<{ kind: string; part: number | null }>(
    'select distinct kind, part from files where channel = $1 and business_date = $2',
    [day.channel, day.businessDate],
  );
  const there = new Set(rows.map(({ kind, part }) => `${kind} ${part ?? ''}`));
  return awaitedFiles(day)
    .filter(({ kind, part }) => !there.has(`${kind} ${part ?? ''}`))
    .map(({ name }) => name);
}

export interface FilesSeen {
  /** Names of awaited files of which no version has arrived. */
  readonly missing: readonly string[];
  /** So many verdicts about files of the day stood when a round began. Nothing in rounds from before it was counted. */
  readonly verdicts?: number;
}

/** Missing files become findings; what has come since is withdrawn from the list. */
export const listMissingFiles =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (day: DayKey): Promise<FilesSeen> =>
    inTransaction(pool, async (sql) => {
      const verdicts = await verdictsOf(sql, day);
      const missing = await missingFiles(sql, day);
      for (const name of missing) await listFindings(sql, day, { fileId: null, name }, [finding('MISSING_FILE', {})]);
      await sql.query(
        `insert into finding_withdrawals (finding_id, cause)
         select finding_id, 'the file has come' from findings_in_force
         where channel = $1 and business_date = $2 and class = 'MISSING_FILE' and not file_name = any($3)`,
        [day.channel, day.businessDate, missing],
      );
      return { missing, verdicts };
    });

/** How many verdicts there are about files of the day: one more with each file that is taken, refused or replaced. */
export async function verdictsOf(sql: PoolClient, day: DayKey): Promise<number> {
  const { rows } = await sql.query<{ verdicts: number }>(
    `select count(*)::int as verdicts from file_states join files using (file_id) where channel = $1 and business_date = $2`,
    [day.channel, day.businessDate],
  );
  return rows[0]?.verdicts ?? 0;
}
