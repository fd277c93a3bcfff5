/**
 * Who proposes and who approves what an appraisal ends in. The head of service and compliance do, unless it is about the one or the other: as a
 * department, as its head, or as all who are left of it. Asked at each proposal, because heads change while an appraisal waits.
 */
import { isHeadKeptOut, isNobodyLeft } from '../people/keep-out';
import type { Sql } from '../people/standing';
import type { Dependencies } from '../dependencies';
import { inTransaction } from '../database/transaction';
import { lockAppraisal, type AppraisalRow, type OfAppraisal } from './appraisal-row';

/** Whom a proposal is asked of. */
export interface Proposer {
  readonly role: 'service' | 'compliance' | 'general_manager';
  readonly mark?: 'head';
}

/** Who approves it. */
export interface Approver {
  readonly role: 'compliance' | 'general_manager';
}

/**
 * Of a department, of its head, or of the last who is left of it; a branch is named behind its department (`service:1001`).
 * @param accounts of those who may not do its part either
 */
const isConcerned = async (
  sql: Sql,
  { subjectKind, subject, workflowId }: AppraisalRow,
  role: 'service' | 'compliance',
  accounts: readonly string[] = [],
): Promise<boolean> =>
  (subjectKind === 'person' ? await isHeadKeptOut(sql, workflowId, role) : subject.split(':')[0] === role) ||
  isNobodyLeft(sql, { workflowId, role, accounts });

/**
 * The head of service proposes, about service compliance.
 * @param isLate nobody proposed in time: compliance does, about compliance whoever of service, about service the general manager; so a head
 * who is appraised since, or a post that is empty, leaves nothing lying
 */
export const readProposer =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ appraisalId, isLate }: OfAppraisal & { readonly isLate: boolean }): Promise<Proposer> =>
    inTransaction(pool, async (sql) => {
      const appraisal = await lockAppraisal(sql, appraisalId);
      const isServiceConcerned = await isConcerned(sql, appraisal, 'service');
      if (!isServiceConcerned && !isLate) return { role: 'service', mark: 'head' };
      const isComplianceConcerned = await isConcerned(sql, appraisal, 'compliance');
      if (isServiceConcerned) return { role: isLate || isComplianceConcerned ? 'general_manager' : 'compliance' };
      return { role: isComplianceConcerned ? 'service' : 'compliance' };
    });

/** Compliance approves, or the general manager where that is too near: appraised itself, or with nobody left besides whoever proposed. */
export const readApprover =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({
    appraisalId,
    by,
    onBehalfOf,
  }: OfAppraisal & { readonly by: string; readonly onBehalfOf?: string }): Promise<Approver> =>
    inTransaction(pool, async (sql) => {
      const hands = [by, ...(onBehalfOf === undefined ? [] : [onBehalfOf])];
      const isTooNear = await isConcerned(sql, await lockAppraisal(sql, appraisalId), 'compliance', hands);
      return { role: isTooNear ? 'general_manager' : 'compliance' };
    });
