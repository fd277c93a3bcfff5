/** Corporate actions, their holders and elections. */
import type { Route } from '../../route';
import {
  exportCorporateActionHolders,
  listCorporateActionEntitlements,
  listCorporateActionHolders,
  listCorporateActions,
  listOwnCorporateActions,
  readCorporateAction,
} from '../corporate-actions';
import {
  askElectionCutChangeRoute,
  electForFirmRoute,
  electRoute,
  leaveToDefaultRoute,
  markUnreachableRoute,
  recordTelephoneElectionRoute,
  remindHoldersRoute,
} from '../elections';

export const corporateActionRoutes: readonly Route[] = [
  listCorporateActions,
  readCorporateAction,
  listCorporateActionEntitlements,
  listCorporateActionHolders,
  exportCorporateActionHolders,
  listOwnCorporateActions,
  electRoute,
  electForFirmRoute,
  leaveToDefaultRoute,
  recordTelephoneElectionRoute,
  askElectionCutChangeRoute,
  remindHoldersRoute,
  markUnreachableRoute,
];
