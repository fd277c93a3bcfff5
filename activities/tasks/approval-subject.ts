/**
 * What an approval decides about: a row that one person drafted and that changes its state in the transaction of the decision.
 * Each kind says how its row is locked and read, and how it ends; everything else is the same for all.
 */
import { createHash } from 'node:crypto';
import type { PoolClient } from 'pg';
import { canonicalJson } from '../../domain/canonical-json';
import { BusinessError } from '../../domain/errors';
import { retentionChangeSubject } from '../archive/retention-change';
import { appraisalSubject } from '../appraisals/appraisal-row';
import { extensionSubject } from '../deadlines/extension-subject';
import { complaintProposalSubject } from '../complaints/investigation';
import { payeeCorrectionSubject } from '../complaints/payee-correction';
import { electionCutChangeSubject, telephoneElectionSubject } from '../corporate-actions/election-subjects';
import { roleGrantSubject } from '../directory/role-grant-subject';
import { breakWriteOffSubject } from '../breaks/write-off-subject';
import { writeOffSubject } from '../overdrafts/write-off';
import { orderSubject } from '../orders/order-subject';
import { tradeCancellationSubject } from '../cancellations/cancellation-subject';
import { postponementSubject } from '../postponements/postponement-subject';
import { postponementWithdrawalSubject } from '../postponements/withdrawal-subject';
import { permissionChangeSubject } from '../permissions/change-subject';
import { stepRequestSubject } from '../settlement/step-request-subject';
import { delegationSubject } from '../people/delegation-subject';
import { parameterChangeSubject } from '../terms/parameter-change-subject';
import type { ApprovalSubject, SubjectEnd, SubjectKind } from './subject-kind';
import { lockTask, type TaskRow } from './task-row';

const KINDS: Readonly<Record<ApprovalSubject['kind'], SubjectKind>> = {
  appraisal: appraisalSubject,
  order: orderSubject,
  'overdraft write-off': writeOffSubject,
  'break write-off': breakWriteOffSubject,
  'settlement postponement': postponementSubject,
  'step request': stepRequestSubject,
  'postponement withdrawal': postponementWithdrawalSubject,
  'trade cancellation': tradeCancellationSubject,
  'parameter change': parameterChangeSubject,
  delegation: delegationSubject,
  'permission change': permissionChangeSubject,
  'retention change': retentionChangeSubject,
  'role grant': roleGrantSubject,
  'deadline extension': extensionSubject,
  'complaint proposal': complaintProposalSubject,
  'payee correction': payeeCorrectionSubject,
  'telephone election': telephoneElectionSubject,
  'election cut change': electionCutChangeSubject,
};

/**
 * The task, locked by whoever ends it. Of one that decides about more time the promise is locked before it: a promise that moves takes that task
 * along, and whoever moves it holds the promise.
 * @throws BusinessError NOT_FOUND
 */
export async function lockToEnd(sql: PoolClient, taskId: string): Promise<TaskRow> {
  const { rows } = await sql.query<{ id: string }>(
    `select subject_id as id from tasks where task_id = $1 and subject_kind = 'deadline extension'`,
    [taskId],
  );
  const [moreTime] = rows;
  if (moreTime !== undefined) await extensionSubject.lock(sql, moreTime.id);
  return lockTask(sql, taskId);
}

/** Digest of what is shown for approval: the row where there is one, the facts, the revision. */
export async function contentSha256(
  sql: PoolClient,
  subject: ApprovalSubject | undefined,
  shown: { readonly facts: unknown; readonly revision: number },
): Promise<string> {
  const content = subject === undefined ? null : (await KINDS[subject.kind].lock(sql, subject.id)).content;
  return createHash('sha256')
    .update(canonicalJson({ content, ...shown }))
    .digest('hex');
}

/**
 * Refuses where the row is another one than was shown.
 * @throws BusinessError REVISION_STALE, APPROVAL_STALE
 */
export async function refuseChanged(
  sql: PoolClient,
  subject: ApprovalSubject | undefined,
  task: {
    readonly task_id: string;
    readonly revision: number;
    readonly facts: unknown;
    readonly content_sha256: string | null;
  },
): Promise<void> {
  if (subject !== undefined) {
    const { revision } = await KINDS[subject.kind].lock(sql, subject.id);
    if (revision !== task.revision)
      throw new BusinessError('REVISION_STALE', { shown: task.revision, current: revision });
  }
  const { facts, revision } = task;
  if ((await contentSha256(sql, subject, { facts, revision })) !== task.content_sha256)
    throw new BusinessError('APPROVAL_STALE', { task: task.task_id });
}

/** Approves, refuses, recalls or withdraws. */
export async function endSubject(sql: PoolClient, { kind, id }: ApprovalSubject, end: SubjectEnd): Promise<void> {
  await KINDS[kind].end(sql, id, end, await KINDS[kind].lock(sql, id));
}
