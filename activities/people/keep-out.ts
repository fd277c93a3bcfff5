/**
 * Who may do no work of a process, by whatever account or delegation: whoever is complained about, the direct superior, whoever is
 * recused (facts 6.1 [S70]: recusal), and the complainant with an account of the house. Superiors are the heads, and for whoever is no
 * deputy the deputies too, of role, side and branch; of a head whoever `superiors_of_heads` names. `kept_out_of` says so at each act.
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
    `insert into process_exclusions as e (workflow_id, person, cause, entered_by) values ($1, $2, $3, $4) ${HOLDS_AGAIN}`,
    [workflowId, person, cause, by],
  );
  if (cause !== 'complained about') return;
  // As they are now, for the register; who is a superior later is judged when somebody acts.
  await sql.query(
    `insert into process_exclusions as e (workflow_id, person, cause, entered_by)
     select distinct $1, person, 'superior', $3 from superiors_of(natural_person($2), $4) where keeps_from = 'all work' ${HOLDS_AGAIN}`,
    [workflowId, person, by, await businessDateNow(sql)],
  );
}

/** Of an entry that is made as `e`: what was taken back holds again where the person is named anew, what stands stays as it is. */
export const HOLDS_AGAIN = `on conflict (workflow_id, person, cause) do update set taken_back_by = null, taken_back_at = null where e.taken_back_at is not null`;

/**
 * Whoever was named by mistake is kept out no more, nor those who were over that person then and over nobody else whom it is about.
 * @returns who comes back; nobody where the person is not complained about
 */
export async function letIn(
  sql: Sql,
  { workflowId, person, by }: { readonly workflowId: string; readonly person: string; readonly by: string },
): Promise<readonly string[]> {
  const { rows } = await sql.query<{ person: string }>(
    `with named as (
       select exclusion_id, person, (entered_at at time zone 'Asia/Shanghai')::date as on_day from process_exclusions
        where workflow_id = $1 and cause = 'complained about' and taken_back_at is null),
     wrong as (select * from named where person = $2),
     still as (select s.person from named n, superiors_of(natural_person(n.person), n.on_day) s where n.person <> $2)
     update process_exclusions e set taken_back_by = $3, taken_back_at = business_now()
       from wrong w
      where e.workflow_id = $1 and e.taken_back_at is null
        and (e.exclusion_id = w.exclusion_id
          or (e.cause = 'superior' and e.person in (select s.person from superiors_of(natural_person($2), w.on_day) s)
              and e.person not in (select still.person from still)))
     returning e.person`,
    [workflowId, person, by],
  );
  return rows.map((one) => one.person);
}

/** Whether one of the humans does no work of a process now. */
export async function isKeptOut(sql: Sql, workflowId: string, humans: readonly (string | null)[]): Promise<boolean> {
  const { rows } = await sql.query<{ kept: boolean }>('select is_kept_out($1, $2) as kept', [
    workflowId,
    humans.filter((one) => one !== null),
  ]);
  return rows[0]?.kept === true;
}

/** Heads of a role in a process; those of all branches are asked about where `branch` is null. */
interface HeadAsked {
  readonly workflowId: string;
  readonly role: string;
  readonly branch: string | null;
}

/** SQL: the humans who are heads of a role today; of a branch, where one is named. Both are expressions of the query. */
export const headsOf = (role: string, branch: string): string =>
  `select natural_person(person) as human from grants
    where role = ${role} and mark = 'head' and (branch is null or ${branch}::text is null or branch = ${branch})
      and daterange(valid_from, valid_to) @> (business_now() at time zone 'Asia/Shanghai')::date`;

/**
 * Whether a head of a role does no work of a process now: then its work goes to somebody else.
 * @param branch of a head of the branches; those of all others are asked about where it is null
 */
export const isHeadKeptOut = async (
  sql: Sql,
  workflowId: string,
  role: string,
  branch: string | null = null,
): Promise<boolean> => (await headsKeptOut(sql, [{ workflowId, role, branch }])).has(0);

/** The places of those heads who do no work of their processes now, in one statement however many are asked about. */
export async function headsKeptOut(sql: Sql, asked: readonly HeadAsked[]): Promise<ReadonlySet<number>> {
  if (asked.length === 0) return new Set();
  const { rows } = await sql.query<{ place: number }>(
    `select a.ordinality::int - 1 as place
       from rows from (jsonb_to_recordset($1::jsonb) as ("workflowId" text, role text, branch text)) with ordinality a,
            lateral (select process_behind(a."workflowId") as workflow_id offset 0) b
       -- Nobody is kept out of most processes: settlement days ring rungs by the hundreds.
      where (b.workflow_id like 'complaint:%' or exists (select from process_exclusions e where e.workflow_id = b.workflow_id))
        and is_kept_out(b.workflow_id, array(${headsOf('a.role', 'a.branch')}))`,
    [JSON.stringify(asked)],
  );
  return new Set(rows.map(({ place }) => place));
}

/**
 * SQL: whether somebody who is none of some humans has a role today.
 * @param role expression of the query
 * @param humans query of one column `human`
 */
export const isSomebodyLeft = (role: string, humans: string): string =>
  `exists (select from grants g join people p using (person)
            where g.role = ${role} and p.active and daterange(g.valid_from, g.valid_to) @> (business_now() at time zone 'Asia/Shanghai')::date
              and not exists (select from (${humans}) away where away.human = p.natural_person))`;

/** A role in a process, and accounts of those who may no more do it there than whoever is kept out. */
interface RoleAsked {
  readonly workflowId: string;
  readonly role: string;
  readonly accounts?: readonly string[];
}

/** Whether a role has nobody left who may work at a process now: then its work there goes to others (decision 0103). */
export const isNobodyLeft = async (sql: Sql, asked: RoleAsked): Promise<boolean> =>
  (await rolesWithNobodyLeft(sql, [asked])).has(0);

/** The places of those roles that have nobody left in their processes, in one statement however many are asked about; of none where nobody is kept out. */
export async function rolesWithNobodyLeft(sql: Sql, asked: readonly RoleAsked[]): Promise<ReadonlySet<number>> {
  if (asked.length === 0) return new Set();
  const { rows } = await sql.query<{ place: number }>(
    `select a.ordinality::int - 1 as place
       from rows from (jsonb_to_recordset($1::jsonb) as ("workflowId" text, role text, accounts text[])) with ordinality a,
            lateral (select process_behind(a."workflowId") as workflow_id offset 0) b
      where (a.accounts is not null
             or ((b.workflow_id like 'complaint:%' or exists (select from process_exclusions e where e.workflow_id = b.workflow_id))
                 and exists (select from kept_out_of(b.workflow_id))))
        and not ${isSomebodyLeft(
          'a.role',
          `select k.human from kept_out_of(b.workflow_id) k where k.keeps_from = 'all work'
            union all select natural_person(account) from unnest(a.accounts) account`,
        )}`,
    [JSON.stringify(asked)],
  );
  return new Set(rows.map(({ place }) => place));
}

/** Who does what falls to compliance in a process: the general manager where nobody there is left who may. */
export const complianceOrAbove = async (sql: Sql, workflowId: string): Promise<'compliance' | 'general_manager'> =>
  (await isNobodyLeft(sql, { workflowId, role: 'compliance' })) ? 'general_manager' : 'compliance';

/** The humans who may not handle a process now: those who do no work of it, and who is over a head whom it is about. */
export async function barredFromHandling(sql: Sql, workflowId: string): Promise<readonly string[]> {
  const { rows } = await sql.query<{ human: string }>('select distinct human from kept_out_of($1)', [workflowId]);
  return rows.map(({ human }) => human);
}
