/**
 * Receives one file: reads it as a stream, checks structure, values and every row, and keeps its lines - all of them or
 * none (A4 §21; clearing-file checks, section 7). Every defect is listed with record, field, value and reason. Only the bytes
 * that arrived are taken: a file that was overwritten since is refused, and what it was overwritten with is an arrival of its
 * own. Whatever else goes wrong over a file ends in an alarm that names it, and never holds up the files behind it.
 */
import { stat } from 'node:fs/promises';
import type { PoolClient } from 'pg';
import { readBatches, sha256OfFile } from '../../adapters/clearing-files/read-file';
import type { RowBatch } from '../../adapters/clearing-files/reading';
import { shanghaiLayouts } from '../../adapters/clearing-files/layouts/shanghai';
import type { Layout } from '../../adapters/clearing-files/layouts/layout';
import {
  businessDateOf,
  shanghaiInstant,
  shanghaiTimeOf,
  type BusinessDate,
} from '../../domain/calendar/business-date';
import { finding, type Finding } from '../../domain/clearing-files/finding';
import { beat } from '../bulk/beat';
import { copyInto, type CopiedColumn } from '../bulk/copy-into';
import { streamRows } from '../bulk/stream-rows';
import { recordEvents } from '../corporate-actions/record-events';
import { enterNotices } from '../postponements/enter-notices';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import type { DayKey } from '../settlement/day-key';
import { missingFiles } from '../settlement/list-missing-files';
import { loadParameters } from '../terms/load-terms';
import { fileTables, type FileRow, type FileTable, type ReceivedRow } from './file-columns';
import { fileInForceBeside, recordVerdict, refusedEarlierVersion, type ArrivedFile } from './file-verdict';
import { FindingSpool } from './finding-spool';
import { listFindings, listManyFindings, withdrawFindings } from './list-findings';
import { isOutage } from './receiving-failures';
import { refuseAsChanged, refuseAsNotReceived, refuseForFindings } from './refuse-file';
import { loadRowRules, type RowRules } from './row-rules';

export interface Receipt {
  readonly fileId: string;
  readonly kind: string;
  readonly state: 'accepted' | 'refused' | 'superseded';
  readonly records: number;
  readonly findings: number;
  /** Files of the day that are still awaited. */
  readonly awaited: number;
  /** Name of the version in force that this one replaced. */
  readonly replaced?: string;
}

interface GivenFile {
  readonly fileId: string;
  readonly workflowId: string;
}

export const receiveFile =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  async (given: GivenFile): Promise<Receipt> => {
    const findings = new FindingSpool();
    try {
      return await inTransaction(pool, (sql) => receive(sql, given, findings));
    } catch (failure) {
      // The world being away is the world's: the verb is repeated until it is back.
      if (isOutage(failure)) throw failure;
      return await inTransaction(pool, (sql) => giveUp(sql, given, failure));
    } finally {
      await findings.close();
    }
  };

async function receive(sql: PoolClient, given: GivenFile, findings: FindingSpool): Promise<Receipt> {
  const file = await arrivedFile(sql, given.fileId);
  const day = dayOf(file);
  if (file.state !== 'arrived') return receiptOf(sql, file);
  await sql.query('select open_business_date($1)', [file.business_date]);
  await listIfLate(sql, day, file);
  const earlier = await fileInForceBeside(sql, file);
  if (earlier !== undefined && !replaces(file, earlier)) return notTaken(sql, day, file, earlier);
  const refused = () => receiptOf(sql, { ...file, state: 'refused' });
  const before = await stampOf(file);
  if (!(await isAsArrived(file))) {
    await refuseAsChanged(sql, day, file, given.workflowId);
    return refused();
  }
  await sql.query('savepoint lines');
  const records = await readAndCopy(sql, day, file, findings);
  const isChanged = (await stampOf(file)) !== before && !(await isAsArrived(file));
  if (!isChanged && !findings.refuses) return accept(sql, day, file, { records, findings }, earlier);
  await sql.query('rollback to savepoint lines');
  // Overwritten while it was read: what was read is partly this and partly that.
  if (isChanged) await refuseAsChanged(sql, day, file, given.workflowId);
  else await refuseForFindings(sql, day, file, findings, given.workflowId);
  return refused();
}

async function giveUp(sql: PoolClient, { fileId, workflowId }: GivenFile, failure: unknown): Promise<Receipt> {
  const file = await arrivedFile(sql, fileId);
  if (file.state !== 'arrived') return receiptOf(sql, file);
  await refuseAsNotReceived(sql, dayOf(file), file, failure, workflowId);
  return receiptOf(sql, { ...file, state: 'refused' });
}

const dayOf = (file: ArrivedFile): DayKey => ({
  channel: file.channel,
  businessDate: file.business_date as BusinessDate,
});

/** Copies the lines while checking them; answers how many. */
async function readAndCopy(sql: PoolClient, day: DayKey, file: ArrivedFile, findings: FindingSpool): Promise<number> {
  const layout = layoutOf(file);
  const table = fileTables[file.kind];
  if (table === undefined) throw new RangeError(`no table for ${file.kind}`);
  const rules = await loadRowRules(sql, day, file, layout);
  const columns: CopiedColumn<ReceivedRow>[] = [
    { name: 'business_date', type: 'date', of: () => file.business_date },
    { name: 'file_id', type: 'int8', of: () => file.file_id },
    { name: 'row_no', type: 'int8', of: ({ row }) => row['row'] as number },
    { name: 'channel', type: 'text', of: () => file.channel },
    ...table.columns,
  ];
  const records = await copyInto(sql, table.table, columns, checkedRows(rowsOf(layout, day, file), rules, findings));
  for await (const duplicates of duplicateKeys(sql, file, table, layout)) await findings.add(duplicates);
  return records;
}

function layoutOf({ kind }: ArrivedFile): Layout {
  const layout = shanghaiLayouts.layouts.find((candidate) => candidate.kind === kind);
  if (layout === undefined) throw new RangeError(`no layout for ${kind}`);
  return layout;
}

function rowsOf(layout: Layout, day: DayKey, file: ArrivedFile): AsyncGenerator<RowBatch<FileRow>> {
  const options = { businessDate: day.businessDate, ...(file.part === null ? {} : { part: String(file.part) }) };
  return readBatches(file.path, layout, options) as AsyncGenerator<RowBatch<FileRow>>;
}

async function* checkedRows(batches: AsyncGenerator<RowBatch<FileRow>>, rules: RowRules, findings: FindingSpool) {
  for await (const batch of batches) {
    await findings.add(batch.findings);
    const received: ReceivedRow[] = [];
    for (const row of batch.rows) {
      const found = rules.findingsOf(row);
      if (found.length > 0) await findings.add(found);
      received.push({ row, commissionFen: rules.commissionFen(row) });
    }
    yield received;
    beat(received.length);
  }
}

/** The later row of two with the same key is reported, with the first one's number. */
async function* duplicateKeys(
  sql: PoolClient,
  file: ArrivedFile,
  { table, key }: FileTable,
  layout: Layout,
): AsyncGenerator<readonly Finding[], void> {
  if (key.length === 0) return;
  const field = layout.keyFields.join('+');
  const pages = streamRows<{ row_no: bigint; first_row: bigint }>(
    sql,
    `select row_no, first_row from (
       select row_no, min(row_no) over (partition by ${key.join(', ')}) as first_row from ${table}
       where business_date = $1 and file_id = $2) keyed
     where row_no <> first_row order by row_no`,
    [file.business_date, file.file_id],
  );
  for await (const page of pages) {
    yield page.map(({ row_no, first_row }) =>
      finding('DUPLICATE_KEY', { row: Number(row_no), field, firstRow: Number(first_row) }),
    );
  }
}

async function accept(
  sql: PoolClient,
  day: DayKey,
  file: ArrivedFile,
  reading: { readonly records: number; readonly findings: FindingSpool },
  earlier?: ArrivedFile,
): Promise<Receipt> {
  await recordVerdict(sql, file.file_id, {
    state: 'accepted',
    cause: `${reading.records} records taken`,
    records: reading.records,
  });
  const place = { fileId: file.file_id, name: file.name };
  await listManyFindings(sql, day, place, reading.findings.batches());
  const lower = earlier ?? (await refusedEarlierVersion(sql, file));
  if (lower !== undefined) {
    await recordVerdict(sql, lower.file_id, { state: 'superseded', cause: `replaced by ${file.name}` });
    await withdrawFindings(sql, lower.file_id, `file replaced by ${file.name}`);
    await listFindings(sql, day, place, [{ ...finding('NEWER_VERSION', {}), replaces: lower.name }]);
  }
  await takeBackPair(sql, file);
  if (file.kind === 'settlement_notices') await enterNotices(sql, day, place);
  if (file.kind === 'hk_tzxx') await recordEvents(sql, { ...day, fileId: file.file_id, isResend: lower !== undefined });
  return receiptOf(sql, { ...file, state: 'accepted' }, earlier?.name);
}

/** Files that are compared with one another: when they contradict, both are refused, as it is not known which is wrong. */
const COMPARED_WITH: Readonly<Record<string, string>> = {
  hk_jsmx: 'hk_zjhz',
  hk_zjhz: 'hk_jsmx',
  hk_zqbd: 'hk_zqye',
  hk_zqye: 'hk_zqbd',
  hk_zjbd: 'hk_zjye',
  hk_zjye: 'hk_zjbd',
};

/** A newer half of a refused pair: the other half is in force again, and the two are compared again. */
async function takeBackPair(sql: PoolClient, file: ArrivedFile): Promise<void> {
  const { rows } = await sql.query<{ file_id: bigint }>(
    `select distinct on (part) file_id from file_verdicts
     where channel = $1 and business_date = $2 and (kind = $3 or (kind = $4 and part is distinct from $5)) and state = 'refused'
       and cause like '%against another file'
       and not exists (select 1 from files_in_force f where f.channel = $1 and f.business_date = $2 and f.kind = file_verdicts.kind
                       and f.part is not distinct from file_verdicts.part)
     order by part, version desc`,
    [file.channel, file.business_date, COMPARED_WITH[file.kind] ?? '', file.kind, file.part],
  );
  for (const { file_id } of rows) {
    await recordVerdict(sql, file_id, { state: 'accepted', cause: `compared again with ${file.name}` });
  }
}

const replaces = (file: ArrivedFile, inForce: ArrivedFile) =>
  file.version > inForce.version && file.sha256 !== inForce.sha256;

/** The same bytes again, or a version that is not higher than the one in force. */
async function notTaken(sql: PoolClient, day: DayKey, file: ArrivedFile, inForce: ArrivedFile): Promise<Receipt> {
  const same = file.sha256 === inForce.sha256;
  await recordVerdict(sql, file.file_id, {
    state: same ? 'superseded' : 'refused',
    cause: same ? `same bytes as ${inForce.name}` : `version not higher than ${inForce.name} in force`,
  });
  await listFindings(sql, day, { fileId: file.file_id, name: file.name }, [
    { ...finding(same ? 'SAME_FILE_AGAIN' : 'VERSION_NOT_HIGHER', {}), replaces: inForce.name },
  ]);
  return receiptOf(sql, { ...file, state: same ? 'superseded' : 'refused' });
}

/** Late is a file of which no version was there when it began to count as missing; it is taken all the same. */
async function listIfLate(sql: PoolClient, day: DayKey, file: ArrivedFile): Promise<void> {
  const lateAfter = (await loadParameters(sql, day.channel, day.businessDate))('FILE_LATE_AFTER');
  if (file.arrived_at <= shanghaiInstant(day.businessDate, lateAfter)) return;
  const { rowCount } = await sql.query(
    `select 1 from files where channel = $1 and business_date = $2 and kind = $3 and part is not distinct from $4 and arrived_at < $5`,
    [file.channel, file.business_date, file.kind, file.part, file.arrived_at],
  );
  if ((rowCount ?? 0) > 0) return;
  const arrived = `${businessDateOf(file.arrived_at)} ${shanghaiTimeOf(file.arrived_at)}`;
  await listFindings(sql, day, { fileId: file.file_id, name: file.name }, [{ ...finding('LATE_FILE', {}), arrived }]);
}

/** What changes when somebody writes to the file or puts another in its place; empty where none is. */
async function stampOf({ path }: ArrivedFile): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found === undefined ? '' : `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
}

/** Whether the bytes that arrived still lie where they arrived. */
async function isAsArrived({ path, sha256 }: ArrivedFile): Promise<boolean> {
  try {
    return (await sha256OfFile(path)) === sha256;
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw failure;
  }
}

async function arrivedFile(sql: PoolClient, fileId: string): Promise<ArrivedFile> {
  // Two receipts of one file, or of two versions of it, wait for one another; the application's role may not lock rows of files.
  await sql.query(
    `select pg_advisory_xact_lock(hashtextextended(concat_ws(' ', 'receive', channel, business_date, kind, part), 0))
     from files where file_id = $1`,
    [fileId],
  );
  const { rows } = await sql.query<ArrivedFile>('select * from file_verdicts where file_id = $1', [fileId]);
  const [file] = rows;
  if (file === undefined) throw new RangeError(`no file ${fileId}`);
  return file;
}

async function receiptOf(sql: PoolClient, file: ArrivedFile, replaced?: string): Promise<Receipt> {
  const { rows } = await sql.query<{ records: bigint | null; findings: bigint }>(
    `select (select record_count from file_states where file_id = $1 and state = 'accepted' order by state_no limit 1) as records,
            (select count(*) from findings_in_force where file_id = $1) as findings`,
    [file.file_id],
  );
  return {
    fileId: String(file.file_id),
    kind: file.kind,
    state: file.state === 'arrived' ? 'refused' : file.state,
    records: Number(rows[0]?.records ?? 0n),
    findings: Number(rows[0]?.findings ?? 0n),
    awaited: (await missingFiles(sql, { channel: file.channel, businessDate: file.business_date as BusinessDate }))
      .length,
    ...(replaced === undefined ? {} : { replaced }),
  };
}
