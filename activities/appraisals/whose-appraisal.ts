/**
 * Who proposes and who approves what an appraisal ends in. The head of service and compliance do, unless it is about the one or the other: as a
 * department, or as its head. Asked at each proposal, because heads change while an appraisal waits.
 */
import { isHeadKeptOut } from '../people/keep-out';
import { businessDateNow, type Sql } from '../people/standing';
import type { Dependencies } from '../dependencies';
import { inTransaction } from '../database/transaction';
import { lockAppraisal, type AppraisalRow, type OfAppraisal } from './appraisal-row';

/** Whom a proposal is asked of. */
export interface Proposer {
  readonly role: 'service' | 'compliance';
  readonly mark?: 'head';
}

/** Of a department or of its head; a branch is named behind its department (`service:1001`). */
const isAbout = async (
  sql: Sql,
  { subjectKind, subject, workflowId }: AppraisalRow,
  department: Proposer['role'],
): Promise<boolean> =>
  subjectKind === 'person' ? isHeadKeptOut(sql, workflowId, department) : subject.split(':')[0] === department;

/**
 * The head of service proposes, about service compliance.
 * @param isLate nobody proposed in time: compliance does, about compliance whoever of service; so a head who is appraised since, or a post that is
 * empty, leaves nothing lying
 */
export const readProposer =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ appraisalId, isLate }: OfAppraisal & { readonly isLate: boolean }): Promise<Proposer> =>
    inTransaction(pool, async (sql) => {
      const appraisal = await lockAppraisal(sql, appraisalId);
      if (await isAbout(sql, appraisal, 'service')) return { role: 'compliance' };
      if (!isLate) return { role: 'service', mark: 'head' };
      return { role: (await isAbout(sql, appraisal, 'compliance')) ? 'service' : 'compliance' };
    });

/** Whether compliance is too near to approve: appraised itself, or with nobody left besides whoever proposed and whoever is kept out. */
export const isComplianceConcerned =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({
    appraisalId,
    by,
    onBehalfOf,
  }: OfAppraisal & { readonly by: string; readonly onBehalfOf?: string }): Promise<boolean> =>
    inTransaction(pool, async (sql) => {
      const appraisal = await lockAppraisal(sql, appraisalId);
      if (await isAbout(sql, appraisal, 'compliance')) return true;
      const { rowCount } = await sql.query(
        `select from grants g join people p using (person)
          where g.role = 'compliance' and p.active and daterange(g.valid_from, g.valid_to) @> $3::date
            and natural_person(g.person) not in (select natural_person(hand) from unnest($2::text[]) hand)
            and not is_kept_out($1, array[g.person]) limit 1`,
        [appraisal.workflowId, [by, ...(onBehalfOf === undefined ? [] : [onBehalfOf])], await businessDateNow(sql)],
      );
      return rowCount === 0;
    });
