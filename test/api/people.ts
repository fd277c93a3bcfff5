/** Who calls in the tests of the API. */
import type { Role } from '../../domain/people/roles';

/** One person of the rehearsal a role. */
export const PERSON_OF: Readonly<Record<Role, string>> = {
  client: 'client-1',
  branch: 'branch-1001',
  branch_risk: 'branch-risk-1001',
  region: 'region-1',
  brokerage: 'brokerage-1',
  prop: 'prop-1',
  service: 'service-1',
  operations: 'ops-client-1',
  finance: 'fin-prop-1',
  compliance: 'compliance-1',
  audit: 'audit-1',
  general_manager: 'general-manager',
  supervisor: 'supervisor-1',
  admin: 'admin-1',
};
