/**
 * Another net commission rate of an open permission: asked for by the branch with the day from which trades are charged at it, approved by
 * the brokerage department, told to the counter before that day; where the counter takes it later it begins later. A-share commission is a line of its own and stays (notice of A1..A5).
 */
import { database } from './activity-groups';
import type { PermissionChangeEnd, PermissionChangeInput } from './messages/permission-change';
import { followPermissionChange, type Deciding } from './permission-requests/follow-change';

const BY_BROKERAGE: Deciding = {
  kind: 'approve-commission-change',
  role: 'brokerage',
  zh: '审批佣金变更',
  en: 'decide on the change of commission',
};

export async function commissionChange(request: PermissionChangeInput): Promise<PermissionChangeEnd> {
  return followPermissionChange(request, {
    name: { zh: '佣金变更', en: 'change of commission' },
    decidedBy: () => BY_BROKERAGE,
    record: (recorded) => database('登记佣金率 record the rate').recordCommission(recorded),
  });
}
