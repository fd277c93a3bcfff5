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
    subject: { zh: `文件被拒收 ${file.name}`, en: `File refused: ${file.name}` },
    text: {
      zh: `${file.name} 整份拒收，共 ${count} 处问题；请查看文件问题清单并联系中国结算重发。`,
      en: `${file.name} was refused as a whole with ${count} findings. See the file's list of findings and ask the clearing house to resend it.`,
    },
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
    subject: { zh: `文件到达后被改写 ${file.name}`, en: `File changed after it had arrived: ${file.name}` },
    text: {
      zh: `${file.name} 到达后被改写或移走，到达时的内容未采用。改写后的文件按新到文件处理；若已移走，请以新版本号（_v2）重新放入。`,
      en: `${file.name} was overwritten or taken away after it had arrived; what arrived was not taken. What it was overwritten with is received as an arrival of its own; where nothing is left, put the file in again with a version (_v2).`,
    },
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
      subject: { zh: `文件收取失败 ${file.name}`, en: `File could not be received: ${file.name}` },
      text: {
        zh: `收取 ${file.name} 时发生系统错误（${code}），该文件未采用，其余文件照常处理。请通知技术部门，排除后将该文件以新版本号（_v2）重新放入。`,
        en: `The system failed over ${file.name} (${code}). The file was not taken, all others are. Tell technology; once the cause is cured put the file in again with a version (_v2).`,
      },
    });
  }
}
