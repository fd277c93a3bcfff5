/** The roles of the house and the office that each belongs to (A1 §27). */

/** Front and back office are never held by one person at once; `neither` goes with both. */
export type Office = 'front' | 'back' | 'neither';

const OFFICE_OF_ROLE = {
  client: 'neither',
  branch: 'front',
  branch_risk: 'back',
  region: 'front',
  brokerage: 'front',
  prop: 'front',
  service: 'front',
  operations: 'back',
  finance: 'back',
  compliance: 'back',
  audit: 'back',
  general_manager: 'neither',
  supervisor: 'neither',
  admin: 'back',
} as const satisfies Record<string, Office>;

export type Role = keyof typeof OFFICE_OF_ROLE;

/** All roles. */
export const ROLES = Object.keys(OFFICE_OF_ROLE) as readonly Role[];

/** Whether a text names a role. */
export const isRole = (text: string): text is Role => Object.hasOwn(OFFICE_OF_ROLE, text);

/** The office of a role. */
export const officeOf = (role: Role): Office => OFFICE_OF_ROLE[role];

/** Makers and checkers in these departments work on one side only; the others read both. */
export const worksOnOneSide = (role: Role): boolean => role === 'operations' || role === 'finance' || role === 'prop';
