/** The ways in which a file is refused: verdict, findings and alarm, in the transaction of the receipt. */
import type { PoolClient } from 'pg';
import { finding } from '../../domain/clearing-files/finding';
import { queueNotice } from '../outbox/queue-notice';
import type { DayKey } from '../settlement/day-key';
import { recordVerdict, type ArrivedFile } from './file-verdict';
import type { FindingSpool } from './finding-spool';
import { listFindings, listManyFindings } from './list-findings';
import { failureCode, failureText } from './receiving-failures';

/** Refused as a whole for what is wrong with it; every bad line is listed. */
export async function refuseForFindings(
  sql: PoolClient,
  day: DayKey,
  file: ArrivedFile,
  findings: FindingSpool,
  workflowId: string,
): Promise<void> {
  const count = findings.counting;
  await recordVerdict(sql, file.file_id, { state: 'refused', cause: `${count} findings` });
  await listManyFindings(sql, day, { fileId: file.file_id, name: file.name }, findings.batches());
  await queueNotice(sql, {
    key: `file-refused:${file.file_id}`,
    workflowId,
    severity: 'critical',
    recipientRole: 'operations',
    template: 'FILE_REFUSED',
    facts: { file: file.name, count: String(count) },
  });
}

/** Refused because what lies there is not what arrived. */
export async function refuseAsChanged(
  sql: PoolClient,
  day: DayKey,
  file: ArrivedFile,
  workflowId: string,
): Promise<void> {
  await recordVerdict(sql, file.file_id, { state: 'refused', cause: 'changed after it had arrived' });
  await listFindings(sql, day, { fileId: file.file_id, name: file.name }, [finding('CHANGED_AFTER_ARRIVAL', {})]);
  await queueNotice(sql, {
    key: `file-changed:${file.file_id}`,
    workflowId,
    severity: 'critical',
    recipientRole: 'operations',
    template: 'FILE_CHANGED',
    facts: { file: file.name },
  });
}

/** Refused because we failed over it: operations and technology are told, the day goes on without it. */
export async function refuseAsNotReceived(
  sql: PoolClient,
  day: DayKey,
  file: ArrivedFile,
  failure: unknown,
  workflowId: string,
): Promise<void> {
  const code = failureCode(failure);
  const said = failureText(failure);
  await recordVerdict(sql, file.file_id, { state: 'refused', cause: `not received: ${code} ${said}` });
  await listFindings(sql, day, { fileId: file.file_id, name: file.name }, [finding('NOT_RECEIVED', { value: code })]);
  for (const role of ['operations', 'admin']) {
    await queueNotice(sql, {
      key: `file-not-received:${file.file_id}:${role}`,
      workflowId,
      severity: 'critical',
      recipientRole: role,
      template: 'FILE_NOT_RECEIVED',
      facts: { file: file.name, code },
    });
  }
}
