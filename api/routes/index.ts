/** All routes. What is not here is not served, and what is here stands in `policy.ts` and in the API document. */
import type { Route } from '../route';
import { complaintRoutes } from './complaints';
import { corporateActionRoutes } from './corporate-actions';
import { operationRoutes } from './operation';
import { permissionRoutes } from './permissions';
import { settlementRoutes } from './settlement';
import { workRoutes } from './work';

export const routes: readonly Route[] = [
  ...settlementRoutes,
  ...workRoutes,
  ...permissionRoutes,
  ...corporateActionRoutes,
  ...operationRoutes,
  ...complaintRoutes,
];
