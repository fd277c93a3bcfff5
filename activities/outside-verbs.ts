/** Verbs that call others. One import and one line a verb. */
import { fileCallback } from './callbacks/file-callback';
import { fileComplaint } from './complaints/file-complaint';
import { freezeEvidence } from './complaints/freeze-evidence';
import type { Dependencies } from './dependencies';
import { askOrder } from './orders/ask-order';
import { openEmergencyChannel } from './orders/open-emergency-channel';
import { sendOrder } from './orders/send-order';
import { deliverNotices } from './outbox/deliver-notices';
import { checkClosing, recordClosed } from './permissions/follow-closing';
import { fileOpening } from './permissions/file-opening';
import { fileChange } from './permissions/file-change';
import { readNetCommission } from './permissions/record-permission';
import { takeBackFromCounter, tellCounter } from './permissions/tell-counter';
import { readReserveAccount } from './settlement/read-reserve-account';
import { sendFreezeCorrections } from './settlement/send-freeze-corrections';

/** Calls to systems that are not ours. */
export const outsideVerbs = (deps: Dependencies) => ({
  askOrder: askOrder(deps),
  checkClosing: checkClosing(deps),
  recordClosed: recordClosed(deps),
  deliverNotices: deliverNotices(deps),
  fileCallback: fileCallback(deps),
  fileComplaint: fileComplaint(deps),
  fileChange: fileChange(deps),
  fileOpening: fileOpening(deps),
  freezeEvidence: freezeEvidence(deps),
  openEmergencyChannel: openEmergencyChannel(deps),
  readNetCommission: readNetCommission(deps),
  readReserveAccount: readReserveAccount(deps),
  sendFreezeCorrections: sendFreezeCorrections(deps),
  sendOrder: sendOrder(deps),
  takeBackFromCounter: takeBackFromCounter(deps),
  tellCounter: tellCounter(deps),
});

export type OutsideVerbs = ReturnType<typeof outsideVerbs>;
