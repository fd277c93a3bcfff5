/**
 * Who may do no work of a process, by whatever account or delegation: whoever is complained about, the direct superior, whoever is
 * recused (facts 6.1 [S70]: recusal). Superiors are the heads, and for whoever is no deputy the deputies too, of role, side and branch.
 */
import { BusinessError } from '../../domain/errors';
import { businessDateNow, type Sql } from './standing';

export type ExclusionCause = 'complained about' | 'recused';

/** Enters the person, and the direct superiors of whoever is complained about. */
export async function keepOut(
  sql: Sql,
  given: { readonly workflowId: string; readonly person: string; readonly cause: ExclusionCause; readonly by: string },
): Promise<void> {
  const { workflowId, person, cause, by } = given;
  const { rowCount } = await sql.query('select from people where person = $1', [person]);
  if (rowCount === 0) throw new BusinessError('NOT_FOUND', { what: '人员 person', key: person });
  await sql.query(
    `insert into process_exclusions (workflow_id, person, cause, entered_by) values ($1, $2, $3, $4) on conflict do nothing`,
    [workflowId, person, cause, by],
  );
  if (cause !== 'complained about') return;
  await sql.query(
    `with own as (
       select g.role, g.side, g.branch, g.mark from grants g join people p on p.person = g.person
        where p.natural_person = natural_person($2) and g.valid_from <= $4 and (g.valid_to is null or $4 < g.valid_to))
     insert into process_exclusions (workflow_id, person, cause, entered_by)
     select distinct $1, g.person, 'superior', $3
       from own join grants g on g.role = own.role and g.side is not distinct from own.side and g.branch is not distinct from own.branch
      where g.valid_from <= $4 and (g.valid_to is null or $4 < g.valid_to) and own.mark is distinct from 'head'
        and (g.mark = 'head' or (g.mark = 'deputy' and own.mark is null)) and natural_person(g.person) <> natural_person($2)
     on conflict do nothing`,
    [workflowId, person, by, await businessDateNow(sql)],
  );
}

/** Whether one of the humans is kept out of the process of a task. */
export async function isKeptOut(sql: Sql, taskId: string, humans: readonly (string | null)[]): Promise<boolean> {
  if (!/^\d+$/.test(taskId)) return false;
  const { rowCount } = await sql.query(
    `select from tasks t join process_exclusions e on e.workflow_id = t.workflow_id
      where t.task_id = $1 and natural_person(e.person) = any($2) limit 1`,
    [taskId, humans.filter((one) => one !== null)],
  );
  return rowCount !== 0;
}

/** The people who are kept out of a process. */
export async function keptOutOf(sql: Sql, workflowId: string): Promise<readonly string[]> {
  const { rows } = await sql.query<{ human: string }>(
    'select distinct natural_person(person) as human from process_exclusions where workflow_id = $1',
    [workflowId],
  );
  return rows.map(({ human }) => human);
}
