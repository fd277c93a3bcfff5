/** Who may give work of others to somebody: heads and deputies of the department for its side, and supervisors (A1 §27). */
import type { Demand, Grant } from './grants';

/** Whether one of the grants lets its holder assign a piece of work. */
export const mayAssign = (grants: readonly Grant[], { role, side, branch }: Omit<Demand, 'mark'>): boolean =>
  grants.some(
    (grant) =>
      grant.role === 'supervisor' ||
      (grant.role === role &&
        grant.mark !== null &&
        (side === null || grant.side === null || grant.side === side) &&
        (branch === null || grant.branch === null || grant.branch === branch)),
  );
