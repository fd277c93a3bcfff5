/**
 * What a complaint can be about: an opening or another change of a permission, an overdraft, a callback, another complaint, each of the same
 * client, or the event of a security, which is everybody's. Whatever else runs here, a settlement day or a trade of the house, would be
 * read across the barriers by way of the frozen evidence.
 */
import { BusinessError } from '../../domain/errors';
import type { Sql } from '../people/standing';
import { complaintOf } from '../intake/complaints/complaint-of-process';

/** Processes of clients and of securities, with the client where there is one; of complaints the one that is asked for, `$1`. */
const SUBJECTS = `
  select workflow_id, client_no from permission_requests union all
  select workflow_id, client_no from callbacks union all
  select o.workflow_id, a.client_no from overdraft_cases o join client_fund_accounts a using (fund_account) union all
  select $1, coalesce(client_no, '-') from complainants where complaint_no = ${complaintOf('$1')} union all
  select workflow_id, null from corporate_actions`;

const KINDS = /^(permission-|institution-|callback:|overdraft|complaint:|corporate-action)/;

/** SUBJECT_NOT_OF_COMPLAINT by its kind; NOT_FOUND also where it is of another client, so that nobody learns what there is. */
export async function subjectRefusals(
  sql: Sql,
  {
    workflowId,
    clientNo,
    field,
  }: { readonly workflowId: string; readonly clientNo: string | null; readonly field: string },
): Promise<readonly BusinessError[]> {
  if (!KINDS.test(workflowId)) return [new BusinessError('SUBJECT_NOT_OF_COMPLAINT', { process: workflowId, field })];
  const { rowCount } = await sql.query(
    `select from (${SUBJECTS}) s where s.workflow_id = $1 and (s.client_no is null or s.client_no = $2)`,
    [workflowId, clientNo],
  );
  return rowCount === 0 ? [new BusinessError('NOT_FOUND', { what: '流程 process', key: workflowId, field })] : [];
}
