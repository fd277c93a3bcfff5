/** Whom a task of a case asks: where nobody of a role is left there who may do it, whoever does its part (decision 0103). */
import { mediatorRole } from '../complaints/handlers';
import { complianceOrAbove } from '../people/keep-out';
import type { Sql } from '../people/standing';
import { complaintOf } from '../intake/complaints/complaint-of-process';

/** What a process asks, of which role. */
interface Asked {
  readonly workflowId: string;
  readonly kind: string;
  readonly role: string;
}

/** Whether others do its part where nobody is left. */
const mayBePassedUp = ({ kind, role }: Asked): boolean => role === 'compliance' || kind === 'offer-mediation';

/** SQL: the same of a task `t`. */
export const MAY_BE_PASSED_UP = `(t.role = 'compliance' or t.kind = 'offer-mediation')`;

/** @returns the role itself where somebody of it may do the task, or where no other one does its part */
export async function roleAsked(sql: Sql, { workflowId, kind, role }: Asked): Promise<string> {
  if (kind === 'offer-mediation') return mediatorRole(sql, workflowId, role);
  return role === 'compliance' ? complianceOrAbove(sql, workflowId) : role;
}

/**
 * Holds the complaint behind what others may do, before its promises and tasks are locked, as acts do: whoever keeps somebody out at the same time
 * comes before, and is seen, or after, and sees the task that is opened.
 */
export async function holdCase(sql: Sql, asked: Asked): Promise<void> {
  if (!mayBePassedUp(asked)) return;
  await sql.query(`select from complaints where complaint_no = ${complaintOf('process_behind($1)')} for share`, [
    asked.workflowId,
  ]);
}
