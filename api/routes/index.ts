/** All routes. What is not here is not served, and what is here stands in `policy.ts` and in the API document. */
import type { Route } from '../route';
import { complaintRoutes } from './areas/complaints';
import { corporateActionRoutes } from './areas/corporate-actions';
import { operationRoutes } from './areas/operation';
import { permissionRoutes } from './areas/permissions';
import { settlementRoutes } from './areas/settlement';
import { workRoutes } from './areas/work';

export const routes: readonly Route[] = [
  ...settlementRoutes,
  ...workRoutes,
  ...permissionRoutes,
  ...corporateActionRoutes,
  ...operationRoutes,
  ...complaintRoutes,
];
