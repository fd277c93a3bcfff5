/**
 * Which duties one person never has at once, and which only as an approved exception.
 *
 * Source  A1 §25, §27, A5 §15-18: front office from back office, operations from technology, client side from proprietary side; one senior
 *         manager never over asset management and proprietary trading; other conflicts only as an approved exception, then without part in
 *         single-security decisions. Which duties conflict is dated data (`prisma/reference/role_conflicts.csv`); what a grant burdens a
 *         person with stands here.
 */
import type { BusinessDate } from '../calendar/business-date';
import type { Side } from '../channel';
import { isInForce, type Dated } from '../dated';
import type { ErrorCode } from '../errors';
import { officeOf, worksOnOneSide, type Role } from './roles';

/** Lines of business that a senior manager can be in charge of (分管). */
export const BUSINESS_LINES = ['asset management', 'proprietary trading', 'brokerage'] as const;
export type BusinessLine = (typeof BUSINESS_LINES)[number];

/** What one grant gives. */
export interface HeldRole {
  readonly role: Role;
  readonly side: Side | null;
  readonly mark: 'deputy' | 'head' | null;
  readonly inChargeOf: readonly BusinessLine[];
}

/** `front office`, `back office`, a role, a side, or `over` a line of business. */
export type Duty = `${'front' | 'back'} office` | Role | `${Side} side` | `over ${BusinessLine}`;

export type ConflictCode = Extract<ErrorCode, `ROLES_${string}`>;
export const CONFLICT_CODES: readonly ConflictCode[] = [
  'ROLES_FRONT_AND_BACK_OFFICE',
  'ROLES_OPERATIONS_AND_TECHNOLOGY',
  'ROLES_CLIENT_AND_PROPRIETARY_SIDE',
  'ROLES_ASSET_MANAGEMENT_AND_PROPRIETARY',
  'ROLES_BESIDE_BRANCH_RISK',
  'ROLES_NEED_EXCEPTION',
];

/** Two duties that conflict. `exception`: head of compliance may approve it, and the restriction then stands on the grant. */
export interface RoleConflict extends Dated {
  readonly one: Duty;
  readonly other: Duty;
  readonly rule: 'never' | 'exception';
  readonly code: ConflictCode;
  /** English phrase, kept on the grant; none for what is never allowed. */
  readonly restriction: string | null;
}

/** Who may be in charge of lines of business. */
export const SENIOR_ROLES: readonly Role[] = ['general_manager', 'supervisor'];

/** Heads of these departments are in charge of its line of business without a word. */
const LINE_OF_HEAD: Partial<Record<Role, BusinessLine>> = { prop: 'proprietary trading', brokerage: 'brokerage' };

/** The duties that a grant brings with it. */
export function dutiesOf({ role, side, mark, inChargeOf }: HeldRole): readonly Duty[] {
  const office = officeOf(role);
  const ownLine = mark === 'head' ? LINE_OF_HEAD[role] : undefined;
  const lines = ownLine === undefined ? inChargeOf : [...inChargeOf, ownLine];
  return [
    role,
    ...(office === 'neither' ? [] : [`${office} office` as const]),
    ...(side !== null && worksOnOneSide(role) ? [`${side} side` as const] : []),
    ...lines.map((line) => `over ${line}` as const),
  ];
}

/** Whether a role is given for one branch. */
export const worksInOneBranch = (role: Role): boolean => role === 'branch' || role === 'branch_risk';

/** The conflicts in force on a date between all that a person holds. */
function conflictsAmong(
  held: readonly HeldRole[],
  conflicts: readonly RoleConflict[],
  date: BusinessDate,
): readonly RoleConflict[] {
  const duties = new Set(held.flatMap(dutiesOf));
  return conflicts.filter((row) => isInForce(row, date) && duties.has(row.one) && duties.has(row.other));
}

/**
 * The conflicts that a further grant would bring, in the order of the data; what a person is in already is not told again.
 * @param held grants of every account of the human in the time of the new one
 */
export function conflictsBroughtBy(
  asked: HeldRole,
  held: readonly HeldRole[],
  conflicts: readonly RoleConflict[],
  date: BusinessDate,
): readonly RoleConflict[] {
  const before = conflictsAmong(held, conflicts, date);
  return conflictsAmong([...held, asked], conflicts, date).filter((row) => !before.includes(row));
}

const holds = (roles: readonly Role[], duty: Duty): boolean =>
  roles.some((role) => dutiesOf({ role, side: null, mark: null, inChargeOf: [] }).includes(duty));

/** Whether two roles of one person join front and back office. */
export const joinsFrontAndBackOffice = (roles: readonly Role[]): boolean =>
  holds(roles, 'front office') && holds(roles, 'back office');

/** Whether one person is both operations and technology staff. */
export const joinsOperationsAndTechnology = (roles: readonly Role[]): boolean =>
  holds(roles, 'operations') && holds(roles, 'admin');
