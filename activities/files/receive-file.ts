/**
 * Receives one file: reads it as a stream, checks structure, values and every row, and keeps its lines - all of them or
 * none (A4 §21; clearing-file checks, section 7). Every defect is listed with record, field, value and reason.
 */
import type { PoolClient } from 'pg';
import { readBatches } from '../../adapters/clearing-files/read-file';
import type { RowBatch } from '../../adapters/clearing-files/reading';
import { shanghaiLayouts } from '../../adapters/clearing-files/layouts/shanghai';
import type { Layout } from '../../adapters/clearing-files/layouts/layout';
import {
  businessDateOf,
  shanghaiInstant,
  shanghaiTimeOf,
  type BusinessDate,
} from '../../domain/calendar/business-date';
import { countingFindings, finding, refuses, type Finding } from '../../domain/clearing-files/finding';
import { beat } from '../bulk/beat';
import { copyInto, type CopiedColumn } from '../bulk/copy-into';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { queueNotice } from '../outbox/queue-notice';
import type { DayKey } from '../settlement/day-key';
import { missingFiles } from '../settlement/list-missing-files';
import { loadParameters } from '../terms/load-terms';
import { fileTables, type FileRow, type FileTable, type ReceivedRow } from './file-columns';
import { fileInForceBeside, recordVerdict, refusedLowerVersion, type ArrivedFile } from './file-verdict';
import { listFindings, withdrawFindings } from './list-findings';
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

export const receiveFile =
  ({ pool }: Dependencies) =>
  (given: { readonly fileId: string; readonly workflowId: string }): Promise<Receipt> =>
    inTransaction(pool, async (sql) => {
      const file = await arrivedFile(sql, given.fileId);
      const day: DayKey = { channel: file.channel, businessDate: file.business_date as BusinessDate };
      if (file.state !== 'arrived') return receiptOf(sql, file);
      await sql.query('select open_business_date($1)', [file.business_date]);
      await listIfLate(sql, day, file);
      const earlier = await fileInForceBeside(sql, file);
      if (earlier !== undefined && !replaces(file, earlier)) return await notTaken(sql, day, file, earlier);
      const reading = await readAndCopy(sql, day, file);
      return reading.refused
        ? await refuse(sql, day, file, reading, given.workflowId)
        : await accept(sql, day, file, reading, earlier);
    });

interface Reading {
  readonly records: number;
  readonly findings: readonly Finding[];
  readonly refused: boolean;
}

/** Copies the lines while checking them; a refusal rolls the lines back and keeps the findings. */
async function readAndCopy(sql: PoolClient, day: DayKey, file: ArrivedFile): Promise<Reading> {
  const layout = layoutOf(file);
  const table = fileTables[file.kind];
  if (table === undefined) throw new RangeError(`no table for ${file.kind}`);
  const rules = await loadRowRules(sql, day, file, layout);
  const findings: Finding[] = [];
  await sql.query('savepoint lines');
  const columns: CopiedColumn<ReceivedRow>[] = [
    { name: 'business_date', type: 'date', of: () => file.business_date },
    { name: 'file_id', type: 'int8', of: () => file.file_id },
    { name: 'row_no', type: 'int8', of: ({ row }) => row['row'] as number },
    { name: 'channel', type: 'text', of: () => file.channel },
    ...table.columns,
  ];
  const records = await copyInto(sql, table.table, columns, checkedRows(rowsOf(layout, day, file), rules, findings));
  findings.push(...(await duplicateKeys(sql, file, table, layout)));
  const counting = countingFindings(findings);
  const refused = refuses(counting);
  if (refused) await sql.query('rollback to savepoint lines');
  return { records, findings: counting, refused };
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

async function* checkedRows(batches: AsyncGenerator<RowBatch<FileRow>>, rules: RowRules, findings: Finding[]) {
  for await (const batch of batches) {
    findings.push(...batch.findings);
    const received: ReceivedRow[] = [];
    for (const row of batch.rows) {
      for (const found of rules.findingsOf(row)) findings.push(found);
      received.push({ row, commissionFen: rules.commissionFen(row) });
    }
    yield received;
    beat(received.length);
  }
}

/** The later row of two with the same key is reported, with the first one's number. */
async function duplicateKeys(
  sql: PoolClient,
  file: ArrivedFile,
  { table, key }: FileTable,
  layout: Layout,
): Promise<Finding[]> {
  if (key.length === 0) return [];
  const { rows } = await sql.query<{ row_no: bigint; first_row: bigint }>(
    `select row_no, first_row from (
       select row_no, min(row_no) over (partition by ${key.join(', ')}) as first_row from ${table}
       where business_date = $1 and file_id = $2) keyed
     where row_no <> first_row order by row_no`,
    [file.business_date, file.file_id],
  );
  return rows.map(({ row_no, first_row }) =>
    finding('DUPLICATE_KEY', { row: Number(row_no), field: layout.keyFields.join('+'), firstRow: Number(first_row) }),
  );
}

async function accept(
  sql: PoolClient,
  day: DayKey,
  file: ArrivedFile,
  reading: Reading,
  earlier?: ArrivedFile,
): Promise<Receipt> {
  await recordVerdict(sql, file.file_id, {
    state: 'accepted',
    cause: `${reading.records} records taken`,
    records: reading.records,
  });
  const place = { fileId: file.file_id, name: file.name };
  await listFindings(sql, day, place, reading.findings);
  const lower = earlier ?? (await refusedLowerVersion(sql, file));
  if (lower !== undefined) {
    await recordVerdict(sql, lower.file_id, { state: 'superseded', cause: `replaced by ${file.name}` });
    await withdrawFindings(sql, lower.file_id, `file replaced by ${file.name}`);
    await listFindings(sql, day, place, [{ ...finding('NEWER_VERSION', {}), replaces: lower.name }]);
  }
  await takeBackPair(sql, file);
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

async function refuse(
  sql: PoolClient,
  day: DayKey,
  file: ArrivedFile,
  reading: Reading,
  workflowId: string,
): Promise<Receipt> {
  await recordVerdict(sql, file.file_id, { state: 'refused', cause: `${reading.findings.length} findings` });
  await listFindings(sql, day, { fileId: file.file_id, name: file.name }, reading.findings);
  await queueNotice(sql, {
    key: `file-refused:${file.file_id}`,
    workflowId,
    severity: 'critical',
    recipientRole: 'operations',
    subject: { zh: `文件被拒收 ${file.name}`, en: `File refused: ${file.name}` },
    text: {
      zh: `${file.name} 整份拒收，共 ${reading.findings.length} 处问题；请查看文件问题清单并联系中国结算重发。`,
      en: `${file.name} was refused as a whole with ${reading.findings.length} findings. See the file's list of findings and ask the clearing house to resend it.`,
    },
  });
  return receiptOf(sql, { ...file, state: 'refused' });
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
