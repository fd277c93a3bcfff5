/**
 * Four eyes: whether a second person may decide what a first one made.
 *
 * Source  A1 §27, A5 §17, "Who uses it". All refusals that apply are reported, in a fixed order:
 *         one about the persons, then the delegation, then conflicts of roles (maker, checker), roles, sides.
 */
import type { BusinessDate } from '../calendar/business-date';
import type { Side } from '../channel';
import type { ErrorCode } from '../errors';
import { joinsFrontAndBackOffice, joinsOperationsAndTechnology } from './role-conflicts';
import { worksOnOneSide, type Role } from './roles';

/** A person acting, for himself or for a principal. */
export interface ActingPerson {
  readonly person: string;
  readonly roles: readonly Role[];
  /** The side on which the person works; a delegation does not change it. */
  readonly side: Side | null;
  readonly delegation: Delegation | null;
}

/** A principal lets another person act; the role, if any, is given from the first to the last day included. */
export interface Delegation {
  readonly principal: string;
  readonly role: Role | null;
  readonly firstDay: BusinessDate | null;
  readonly lastDay: BusinessDate | null;
}

/** What the task asks of its two people; `side` null belongs to neither side. */
export interface FourEyesTask {
  readonly side: Side | null;
  readonly makerRole: Role;
  readonly checkerRole: Role;
}

/** Every reason that there is. */
export const FOUR_EYES_CODES = [
  'SAME_PERSON',
  'CHECKER_ACTS_FOR_MAKER',
  'MAKER_ACTED_FOR_CHECKER',
  'SAME_PRINCIPAL',
  'DELEGATION_NOT_IN_FORCE',
  'MAKER_FRONT_AND_BACK_OFFICE',
  'MAKER_OPERATIONS_AND_TECHNOLOGY',
  'MAKER_ROLE_MISSING',
  'MAKER_WRONG_SIDE',
  'CHECKER_FRONT_AND_BACK_OFFICE',
  'CHECKER_OPERATIONS_AND_TECHNOLOGY',
  'CHECKER_ROLE_MISSING',
  'CHECKER_WRONG_SIDE',
] as const satisfies readonly ErrorCode[];

export type FourEyesCode = (typeof FOUR_EYES_CODES)[number];

/** Every reason why `checker` may not decide what `maker` made on a date; none: allowed. */
export function fourEyesRefusals(input: {
  readonly task: FourEyesTask;
  readonly maker: ActingPerson;
  readonly checker: ActingPerson;
  readonly decidedOn: BusinessDate;
}): FourEyesCode[] {
  const { task, maker, checker, decidedOn } = input;
  const makerRoles = rolesOn(maker, decidedOn);
  const checkerRoles = rolesOn(checker, decidedOn);
  const refusals: (FourEyesCode | false)[] = [
    samePersonRefusal(
      { person: maker.person, principal: maker.delegation?.principal },
      { person: checker.person, principal: checker.delegation?.principal },
    ) ?? false,
    [maker, checker].some((person) => !isDelegationInForce(person, decidedOn)) && 'DELEGATION_NOT_IN_FORCE',
    joinsFrontAndBackOffice(makerRoles) && 'MAKER_FRONT_AND_BACK_OFFICE',
    joinsOperationsAndTechnology(makerRoles) && 'MAKER_OPERATIONS_AND_TECHNOLOGY',
    joinsFrontAndBackOffice(checkerRoles) && 'CHECKER_FRONT_AND_BACK_OFFICE',
    joinsOperationsAndTechnology(checkerRoles) && 'CHECKER_OPERATIONS_AND_TECHNOLOGY',
    !makerRoles.includes(task.makerRole) && 'MAKER_ROLE_MISSING',
    !checkerRoles.includes(task.checkerRole) && 'CHECKER_ROLE_MISSING',
    isOnWrongSide(task.side, task.makerRole, makerRoles, maker.side) && 'MAKER_WRONG_SIDE',
    isOnWrongSide(task.side, task.checkerRole, checkerRoles, checker.side) && 'CHECKER_WRONG_SIDE',
  ];
  return refusals.filter((refusal) => refusal !== false);
}

/** Somebody who acts, and for whom. Accounts of one human bear one key here. */
export interface Hand {
  readonly person: string;
  readonly principal?: string | undefined;
}

/** The first reason that lies in who the two are: all that can be said without the directory. */
export function samePersonRefusal(maker: Hand, checker: Hand): FourEyesCode | undefined {
  if (maker.person === checker.person) return 'SAME_PERSON';
  if (checker.principal === maker.person) return 'CHECKER_ACTS_FOR_MAKER';
  if (maker.principal === checker.person) return 'MAKER_ACTED_FOR_CHECKER';
  return maker.principal !== undefined && maker.principal === checker.principal ? 'SAME_PRINCIPAL' : undefined;
}

function isDelegationInForce({ delegation }: ActingPerson, date: BusinessDate): boolean {
  if (delegation === null) return true;
  const { firstDay, lastDay } = delegation;
  return (firstDay === null || firstDay <= date) && (lastDay === null || date <= lastDay);
}

/** Own roles and, while the delegation is in force, the delegated one. */
function rolesOn(person: ActingPerson, date: BusinessDate): readonly Role[] {
  const delegated = person.delegation?.role ?? null;
  return delegated !== null && isDelegationInForce(person, date) ? [...person.roles, delegated] : person.roles;
}

/** A side is judged only of a role that is held and that works on one side. */
function isOnWrongSide(
  taskSide: Side | null,
  requiredRole: Role,
  roles: readonly Role[],
  ownSide: Side | null,
): boolean {
  return taskSide !== null && roles.includes(requiredRole) && worksOnOneSide(requiredRole) && ownSide !== taskSide;
}
