/** Whom a task of a case asks: where nobody of a role is left there who may do it, whoever does its part (decision 0103). */
import { mediatorRole } from '../complaints/handlers';
import { complianceOrAbove } from '../people/keep-out';
import type { Sql } from '../people/standing';

/** @returns the role itself where somebody of it may do the task, or where no other one does its part */
export async function roleAsked(
  sql: Sql,
  { workflowId, kind, role }: { readonly workflowId: string; readonly kind: string; readonly role: string },
): Promise<string> {
  if (kind === 'offer-mediation') return mediatorRole(sql, workflowId);
  return role === 'compliance' ? complianceOrAbove(sql, workflowId) : role;
}
