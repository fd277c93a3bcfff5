/** A department that is named in a form or an act must be there, or nobody would ever have the work. */
import { BusinessError } from '../../domain/errors';
import { businessDateNow, type Sql } from '../people/standing';

export interface NamedDepartment {
  readonly role: string;
  readonly branch?: string | undefined;
}

/** Whether somebody works in the branch today, or clients belong to it. */
export async function isBranch(sql: Sql, branch: string): Promise<boolean> {
  const { rows } = await sql.query<{ known: boolean }>(
    `select exists (select from grants where branch = $1 and daterange(valid_from, valid_to) @> $2::date)
         or exists (select from registered_clients where branch = $1) as known`,
    [branch, await businessDateNow(sql)],
  );
  return rows[0]?.known === true;
}

/** BRANCH_UNKNOWN, BRANCH_MISSING of the departments that a list of a form gives work to, each with its place. */
export async function refusalsOfDepartments(
  sql: Sql,
  form: Readonly<Record<string, unknown>>,
  list: 'actions' | 'findings',
): Promise<readonly BusinessError[]> {
  const refusals: BusinessError[] = [];
  for (const [place, named] of (form[list] as readonly NamedDepartment[]).entries())
    refusals.push(...(await refusalsOfDepartment(sql, named, `form.${list}.${place}.branch`)));
  return refusals;
}

/** BRANCH_UNKNOWN, BRANCH_MISSING: of the branches one is asked, not all of them. */
export async function refusalsOfDepartment(
  sql: Sql,
  { role, branch }: NamedDepartment,
  field: string,
): Promise<readonly BusinessError[]> {
  if (branch !== undefined)
    return (await isBranch(sql, branch)) ? [] : [new BusinessError('BRANCH_UNKNOWN', { branch, field })];
  return role === 'branch' || role === 'branch_risk' ? [new BusinessError('BRANCH_MISSING', { role, field })] : [];
}
