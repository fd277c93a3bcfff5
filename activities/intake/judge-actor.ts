/**
 * Whether a person may do a task, by what the directory says at this moment: grants, delegation, the human behind each account.
 * The one judgement of API and verbs. Of what a request or an update says of the actor only the keys of the persons are believed.
 */
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { Side } from '../../domain/channel';
import { BusinessError, byPlace, SeveralRefusals, type ErrorCode } from '../../domain/errors';
import { isKeptOut } from '../people/keep-out';
import { fourEyesRefusals, samePersonRefusal, type ActingPerson } from '../../domain/people/four-eyes';
import { grantFor, type Demand, type Grant } from '../../domain/people/grants';
import { joinsFrontAndBackOffice, joinsOperationsAndTechnology } from '../../domain/people/role-conflicts';
import { isRole, worksOnOneSide, type Role } from '../../domain/people/roles';
import {
  businessDateNow,
  delegationsOf,
  handedOn,
  isInForceOn,
  standingOf,
  type DelegationRow,
  type Sql,
  type Standing,
} from '../people/standing';

/** Who acts, and for whom. */
export interface ActingFor {
  readonly person: string;
  readonly onBehalfOf?: string | undefined;
}

/** Of a task: what the judgement needs. */
export interface JudgedTask {
  readonly task_id: string | bigint;
  /** Process whose work it is; null where there is none yet. */
  readonly workflow_id: string | null;
  readonly kind: string;
  readonly role: string;
  readonly mark: string | null;
  readonly side: string | null;
  readonly branch: string | null;
  readonly made_by: string | null;
  readonly made_for: string | null;
  readonly first_task: string | bigint | null;
  readonly amount_fen: bigint | null;
}

/** Every reason why the actor may not do the task, in the order of the list; none: allowed. */
export async function refusalsOfActor(sql: Sql, actor: ActingFor, task: JudgedTask): Promise<readonly BusinessError[]> {
  const today = await businessDateNow(sql);
  const demand = demandOf(task);
  const person = await standingOf(sql, actor.person, today);
  const acting = await delegationOf(sql, actor, person, { task, demand, today });
  const refusals = [
    ...acting.refusals,
    // Without a delegation in force there is no right to speak of.
    ...(acting.refusals.length > 0 ? [] : refusalsOfGrant(acting, person, demand)),
    ...(task.made_by === null
      ? refusalsOfMaker(person, acting.role)
      : await refusalsOfChecker(sql, { ...task, made_by: task.made_by }, { person, acting, demand, today })),
    ...(await refusalsOfRestriction(sql, [person.naturalPerson, acting.principal], task, today)),
    ...(await refusalsOfCase(sql, [person.naturalPerson, acting.principal], task)),
  ];
  return withoutRepetition(refusals).sort((a, b) => byPlace(a.code, b.code));
}

/** @throws SeveralRefusals where there is any */
export function refuseFirst(refusals: readonly BusinessError[]): void {
  const [first, ...rest] = refusals;
  if (first !== undefined) throw new SeveralRefusals([first, ...rest]);
}

/** Grants by which a delegate may act for a principal today, whatever the task; none where no delegation is in force. */
export async function delegatedGrants(sql: Sql, delegate: string, principal: string): Promise<readonly Grant[]> {
  const today = await businessDateNow(sql);
  const rows = (await delegationsOf(sql, delegate, principal)).filter((row) => isInForceOn(row, today));
  const { grants } = await standingOf(sql, principal, today);
  return rows.flatMap((row) => handedOn(row, grants));
}

interface Acting {
  /** Own grants, or those of the principal that were handed on. */
  readonly grants: readonly Grant[];
  /** Role that the delegation gives; none for whoever acts for himself. */
  readonly role: Role | null;
  /** The human of the principal. */
  readonly principal: string | null;
  readonly row: DelegationRow | undefined;
  readonly refusals: readonly BusinessError[];
}

interface Asked {
  readonly task: JudgedTask;
  readonly demand: Demand;
  readonly today: BusinessDate;
}

/** By which right the person acts: the own one, or that of a principal, as far as it was handed on. */
async function delegationOf(
  sql: Sql,
  actor: ActingFor,
  person: Standing,
  { task, demand, today }: Asked,
): Promise<Acting> {
  const { onBehalfOf } = actor;
  if (onBehalfOf === undefined)
    return { grants: person.grants, role: null, principal: null, row: undefined, refusals: [] };
  const principal = await standingOf(sql, onBehalfOf, today);
  const rows = await delegationsOf(sql, actor.person, onBehalfOf);
  const row =
    rows.find((one) => one.role === demand.role && isInForceOn(one, today) && isWithinScope(one, task)) ??
    rows.find((one) => one.role === demand.role && isInForceOn(one, today)) ??
    rows.find((one) => one.role === demand.role) ??
    rows[0];
  const inForce = row !== undefined && isInForceOn(row, today) && principal.active && person.active;
  const outOfScope = inForce && row.role === demand.role && !isWithinScope(row, task);
  return {
    grants: inForce ? handedOn(row, principal.grants) : [],
    role: inForce ? row.role : null,
    principal: principal.naturalPerson,
    row: inForce ? row : undefined,
    refusals: [
      ...(inForce ? [] : [new BusinessError('DELEGATION_NOT_IN_FORCE')]),
      ...(outOfScope ? [new BusinessError('DELEGATION_OUT_OF_SCOPE', { task: String(task.task_id) })] : []),
    ],
  };
}

const sideOf = (person: Standing): Side | null => person.grants.find(({ side }) => side !== null)?.side ?? null;

const isWithinScope = (row: DelegationRow, { kind, amount_fen: amount }: JudgedTask): boolean =>
  (row.kinds === null || row.kinds.includes(kind)) &&
  (row.amount_limit_fen === null || (amount !== null && BigInt(amount) <= row.amount_limit_fen));

function refusalsOfGrant(acting: Acting, person: Standing, demand: Demand): readonly BusinessError[] {
  const grant = grantFor(acting.grants, demand);
  if (grant === 'ROLE_MISSING')
    return [
      new BusinessError('ROLE_MISSING', {
        role: demand.mark === null ? demand.role : `${demand.role} (${demand.mark})`,
      }),
    ];
  if (grant === 'WRONG_BRANCH') return [new BusinessError('WRONG_BRANCH', { branch: demand.branch ?? '' })];
  // A delegation does not change the side on which the delegate works (A1 §27).
  const elsewhere =
    acting.role !== null && worksOnOneSide(acting.role) && demand.side !== null && sideOf(person) !== demand.side;
  return grant === 'WRONG_SIDE' || elsewhere ? [new BusinessError('WRONG_SIDE', { side: demand.side ?? '' })] : [];
}

/** Whoever holds a role by an exception takes no part in what it keeps the human from, by whatever account or delegation (A5 §17). */
async function refusalsOfRestriction(
  sql: Sql,
  humans: readonly (string | null)[],
  { kind }: JudgedTask,
  today: BusinessDate,
): Promise<readonly BusinessError[]> {
  const { rows } = await sql.query<{ restriction: string }>(
    `select k.restriction
       from restricted_kinds k
       join grants g on k.restriction = any(string_to_array(g.restriction, '; '))
       join people p on p.person = g.person
      where k.kind = $1 and p.natural_person = any($2) and daterange(k.valid_from, k.valid_to) @> $3::date
        and daterange(g.valid_from, g.valid_to) @> $3::date
      order by 1 limit 1`,
    [kind, humans.filter((human) => human !== null), today],
  );
  return rows.map(({ restriction }) => new BusinessError('ROLE_RESTRICTED', { restriction }));
}

/** Whom a process is about, and whoever is recused, does none of its work, by no account and no delegation either. */
async function refusalsOfCase(
  sql: Sql,
  humans: readonly (string | null)[],
  { workflow_id: workflow }: JudgedTask,
): Promise<readonly BusinessError[]> {
  return workflow !== null && (await isKeptOut(sql, workflow, humans)) ? [new BusinessError('KEPT_OUT_OF_CASE')] : [];
}

/** Where nobody made it: one whose roles must not be held together may not make anything either. */
function refusalsOfMaker(person: Standing, delegated: Role | null): readonly BusinessError[] {
  const roles = [...rolesOf(person), ...(delegated === null ? [] : [delegated])];
  return [
    ...(joinsFrontAndBackOffice(roles) ? [new BusinessError('MAKER_FRONT_AND_BACK_OFFICE')] : []),
    ...(joinsOperationsAndTechnology(roles) ? [new BusinessError('MAKER_OPERATIONS_AND_TECHNOLOGY')] : []),
  ];
}

async function refusalsOfChecker(
  sql: Sql,
  task: JudgedTask & { readonly made_by: string },
  judged: { readonly person: Standing; readonly acting: Acting; readonly demand: Demand; readonly today: BusinessDate },
): Promise<readonly BusinessError[]> {
  const { person, acting, demand, today } = judged;
  const maker = await standingOf(sql, task.made_by, today);
  const madeFor = task.made_for === null ? null : (await standingOf(sql, task.made_for, today)).naturalPerson;
  const checkers = await checkersBefore(sql, task);
  const hand = { person: person.naturalPerson, principal: acting.principal ?? undefined };
  const codes: ErrorCode[] = fourEyesRefusals({
    task: { side: demand.side, makerRole: demand.role, checkerRole: demand.role },
    maker: actingPerson(
      maker,
      demand,
      madeFor === null ? null : { principal: madeFor, role: demand.role, firstDay: null, lastDay: null },
    ),
    checker: actingPerson(
      person,
      demand,
      acting.principal === null
        ? null
        : {
            principal: acting.principal,
            role: acting.role,
            firstDay: acting.row?.first_day ?? null,
            lastDay: acting.row?.last_day ?? null,
          },
    ),
    decidedOn: today,
    // In which role a thing was made was judged when it was made; the maker may have left since.
  }).filter((code) => code !== 'MAKER_ROLE_MISSING' && code !== 'MAKER_WRONG_SIDE');
  if (checkers.some((before) => samePersonRefusal(before, hand) !== undefined)) codes.push('CHECKERS_ARE_ONE_PERSON');
  return codes.map((code) => new BusinessError(code as 'SAME_PERSON'));
}

/** Who has checked the same thing before, by the human. */
async function checkersBefore(sql: Sql, { first_task: first }: JudgedTask) {
  if (first === null) return [];
  const { rows } = await sql.query<{ person: string; principal: string | null }>(
    `select natural_person(checker) as person, natural_person(checker_for) as principal from approvals where first_task = $1`,
    [first],
  );
  return rows.map(({ person, principal }) => ({ person, principal: principal ?? undefined }));
}

const actingPerson = (standing: Standing, demand: Demand, delegation: ActingPerson['delegation']): ActingPerson => ({
  person: standing.naturalPerson,
  roles: rolesOf(standing),
  side:
    standing.grants.find(({ role, side }) => role === demand.role && side === demand.side)?.side ??
    standing.grants.find(({ role }) => role === demand.role)?.side ??
    sideOf(standing),
  delegation,
});

const rolesOf = ({ grants }: Standing): readonly Role[] => [...new Set(grants.map(({ role }) => role))];

function demandOf({ task_id: task, role, side, branch, mark }: JudgedTask): Demand {
  if (!isRole(role)) throw new RangeError(`task ${task} asks for the unknown role ${role}`);
  return { role, side: side as Side | null, branch, mark };
}

function withoutRepetition(refusals: readonly BusinessError[]): BusinessError[] {
  return [...new Map(refusals.map((refusal) => [refusal.code, refusal])).values()];
}
