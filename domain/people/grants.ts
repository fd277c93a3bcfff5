/** What a grant lets a person do, and what a piece of work asks of the person who does it. */
import type { Side } from '../channel';
import type { Role } from './roles';

export interface Grant {
  readonly role: Role;
  readonly side: Side | null;
  readonly branch: string | null;
  readonly mark: 'deputy' | 'head' | null;
}

/** What a piece of work asks of the person who does it. */
export interface Demand {
  readonly role: Role;
  readonly side: Side | null;
  readonly branch: string | null;
  readonly mark: string | null;
}

/** Why no grant does: the first of these that stands in the way. */
export type NoGrant = 'ROLE_MISSING' | 'WRONG_BRANCH' | 'WRONG_SIDE';

/** The grant by which the work may be done, or why there is none. */
export function grantFor(grants: readonly Grant[], demand: Demand): Grant | NoGrant {
  const ofRole = grants.filter(
    (grant) => grant.role === demand.role && (demand.mark === null || grant.mark === demand.mark),
  );
  if (ofRole.length === 0) return 'ROLE_MISSING';
  const ofBranch = ofRole.filter(({ branch }) => demand.branch === null || branch === null || branch === demand.branch);
  if (ofBranch.length === 0) return 'WRONG_BRANCH';
  return ofBranch.find(({ side }) => demand.side === null || side === null || side === demand.side) ?? 'WRONG_SIDE';
}
