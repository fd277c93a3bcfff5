/** Which clients a caller may see. */
import { holdsAnyOf, READS_BOTH_SIDES, type Caller } from '../identity';
import { accessTo, type RouteId } from '../policy';

/** Of the own side and the own branch. Whoever is of neither side serves clients, and the house's own account is no client. */
export const isOwnClient = (
  caller: Caller,
  id: RouteId,
  found: { readonly side: 'client' | 'proprietary'; readonly branch: string },
): boolean =>
  holdsAnyOf(caller, READS_BOTH_SIDES) ||
  caller.grants.some(
    ({ role, side, branch }) =>
      (accessTo(id) as readonly string[]).includes(role) &&
      (side ?? 'client') === found.side &&
      (branch === null || branch === found.branch),
  );
