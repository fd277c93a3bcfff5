/**
 * Checks that need more than one file, over the versions in force (clearing-file checks, section 7): known accounts and
 * securities, ratios, control totals, roll-forward, movements against trades, counter and bank. A comparison that needs a
 * refused or missing file is not made. Control totals and roll-forwards refuse the files of the check; all others are breaks.
 */
import type { PoolClient } from 'pg';
import type { FindingClass } from '../../domain/clearing-files/finding-classes';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { recordVerdict } from '../files/file-verdict';
import { listFindings, withdrawUnfound, type ListedFinding } from '../files/list-findings';
import { queueNotice } from '../outbox/queue-notice';
import { bankBalances, bankTransfers } from './comparisons/bank';
import type { Compared, ComparedFinding, Comparison } from './comparisons/comparison';
import { controlTotals, settlingTotals } from './comparisons/control-totals';
import { counterComparison } from './comparisons/counter';
import { entitlementComparison } from './comparisons/entitlements';
import { knownAccounts, knownSecurities, ratioComparison } from './comparisons/masters';
import { movementComparison } from './comparisons/movements';
import { moneyRollForward, securitiesRollForward } from './comparisons/roll-forward';
import { settledDifferent } from './comparisons/settled-different';
import type { DayKey } from './day-key';
import { awaitedFiles } from './list-missing-files';

/** Refusing comparisons first: what they refuse is compared no further. */
const comparisons: readonly Comparison[] = [
  controlTotals,
  settlingTotals,
  securitiesRollForward,
  moneyRollForward,
  knownAccounts,
  knownSecurities,
  ratioComparison,
  entitlementComparison,
  movementComparison,
  settledDifferent,
  counterComparison,
  bankTransfers,
  bankBalances,
];

export const compareFiles =
  ({ pool }: Dependencies) =>
  async (
    given: DayKey & { readonly workflowId: string },
  ): Promise<{ readonly breaks: number; readonly refused: readonly string[] }> => {
    // Here begins the evening's work on lines that have just been copied.
    await pool.query('select analyse_business_date($1)', [given.businessDate]);
    return inTransaction(pool, async (sql) => {
      const refused: string[] = [];
      const made: FindingClass[] = [];
      const listed: bigint[] = [];
      let breaks = 0;
      for (const comparison of comparisons) {
        const day = await comparedDay(sql, given);
        if (!day.has(...comparison.needs)) continue;
        const found = await comparison.compare(sql, day);
        made.push(...comparison.classes);
        for (const number of await list(sql, day, found)) listed.push(number);
        if (found.length === 0) continue;
        if (comparison.refuses.length === 0) breaks += found.length;
        else refused.push(...(await refuseFiles(sql, given, comparison.refuses, found.length)));
      }
      await withdrawUnfound(sql, given, { classes: made, found: listed });
      return { breaks, refused };
    });
  };

async function comparedDay(sql: PoolClient, day: DayKey): Promise<Compared> {
  const { rows } = await sql.query<{ kind: string; part: number | null }>(
    'select distinct kind, part from files_in_force where channel = $1 and business_date = $2',
    [day.channel, day.businessDate],
  );
  const { rows: days } = await sql.query<{ previous_trading_day: string }>(
    'select previous_trading_day from settlement_days where channel = $1 and business_date = $2',
    [day.channel, day.businessDate],
  );
  const inForce = new Set(rows.map(({ kind, part }) => `${kind} ${part ?? ''}`));
  const lacking = new Set(
    awaitedFiles(day)
      .filter(({ kind, part }) => !inForce.has(`${kind} ${part ?? ''}`))
      .map(({ kind }) => kind),
  );
  return {
    channel: day.channel,
    businessDate: day.businessDate,
    previous: days[0]?.previous_trading_day ?? '',
    // Half of a file in two parts is not the file.
    has: (...needed) => needed.every((kind) => !lacking.has(kind)),
  };
}

/** Lists what one comparison found, file by file. */
async function list(sql: PoolClient, day: DayKey, found: readonly ComparedFinding[]): Promise<bigint[]> {
  const byFile = new Map<bigint, ListedFinding[]>();
  for (const { fileId, finding } of found) {
    const ofFile = byFile.get(fileId) ?? [];
    if (ofFile.length === 0) byFile.set(fileId, ofFile);
    ofFile.push(finding);
  }
  const listed: bigint[] = [];
  for (const [fileId, findings] of byFile) {
    const { rows } = await sql.query<{ name: string }>('select name from files where file_id = $1', [fileId]);
    const numbers = await listFindings(sql, day, { fileId, name: rows[0]?.name ?? '' }, findings);
    for (const number of numbers) listed.push(number);
  }
  return listed;
}

async function refuseFiles(
  sql: PoolClient,
  day: DayKey & { readonly workflowId: string },
  kinds: readonly string[],
  findings: number,
): Promise<string[]> {
  const { rows } = await sql.query<{ file_id: bigint; name: string }>(
    'select file_id, name from files_in_force where channel = $1 and business_date = $2 and kind = any($3) order by file_id',
    [day.channel, day.businessDate, kinds],
  );
  for (const { file_id, name } of rows) {
    await recordVerdict(sql, file_id, { state: 'refused', cause: `${findings} findings against another file` });
    await queueNotice(sql, {
      key: `file-refused:${file_id}`,
      workflowId: day.workflowId,
      severity: 'critical',
      recipientRole: 'operations',
      template: 'FILE_CONTRADICTED',
      facts: { file: name },
    });
  }
  return rows.map(({ name }) => name);
}
