/** Corporate actions, their holders and elections. */
import type { Route } from '../../route';
import {
  exportCorporateActionHolders,
  listCorporateActionConversions,
  listCorporateActionEntitlements,
  listCorporateActionHolders,
  listCorporateActions,
  listOwnCorporateActions,
  readCorporateAction,
} from './corporate-actions';
import {
  askElectionCutChangeRoute,
  electForFirmRoute,
  electRoute,
  leaveToDefaultRoute,
  recordTelephoneElectionRoute,
} from './elections';
import {
  markReachableRoute,
  markUnreachableRoute,
  recordTelephoneElectionsRoute,
  remindHoldersRoute,
} from './election-selections';

export const corporateActionRoutes: readonly Route[] = [
  listCorporateActions,
  readCorporateAction,
  listCorporateActionEntitlements,
  listCorporateActionConversions,
  listCorporateActionHolders,
  exportCorporateActionHolders,
  listOwnCorporateActions,
  electRoute,
  electForFirmRoute,
  leaveToDefaultRoute,
  recordTelephoneElectionRoute,
  recordTelephoneElectionsRoute,
  askElectionCutChangeRoute,
  remindHoldersRoute,
  markUnreachableRoute,
  markReachableRoute,
];
