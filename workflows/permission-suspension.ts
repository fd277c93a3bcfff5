/**
 * Buying is suspended, or resumed: asked for with a reason by operations, or because of a callback; approved by a second person of
 * operations; told to the counter; told to the client. Selling stays possible all the time (permissions page, "Suspension").
 */
import { database } from './activity-groups';
import type { PermissionChangeEnd, PermissionChangeInput } from './messages/permission-change';
import { followPermissionChange, type Deciding } from './permission-requests/follow-change';

const BY_OPERATIONS = { role: 'operations', side: 'client' } as const;
const SUSPENSION: Deciding = {
  ...BY_OPERATIONS,
  kind: 'approve-suspension',
  zh: '审批暂停买入',
  en: 'decide on the suspension of buying',
};
const LIFTING: Deciding = {
  ...BY_OPERATIONS,
  kind: 'approve-lifting',
  zh: '审批恢复买入',
  en: 'decide on the lifting of a suspension',
};

export async function permissionSuspension(request: PermissionChangeInput): Promise<PermissionChangeEnd> {
  return followPermissionChange(request, {
    name: { zh: '暂停或恢复买入', en: 'suspension or lifting' },
    decidedBy: ({ kind }) => (kind === 'suspension' ? SUSPENSION : LIFTING),
    record: (recorded) => database('登记暂停或恢复 record suspension or lifting').recordSuspension(recorded),
  });
}
