/**
 * Another net commission rate of an open permission: asked for by the branch with the day from which trades are charged at it, approved by
 * the brokerage department, told to the counter before that day; where the counter takes it later it begins later. A-share commission is a line of its own and stays (notice of A1..A5).
 */
import { database, outside } from './activity-groups';
import { BusinessClock } from './building-blocks/business-clock';
import { deliverBeside } from './building-blocks/delivery';
import { TaskDesk } from './building-blocks/human-task';
import { Promises } from './building-blocks/promises';
import { openWaiting } from './building-blocks/waiting';
import type { PermissionChangeEnd, PermissionChangeInput } from './messages/permission-change';
import { endsUndone } from './permission-requests/complete-file';
import { decide, fileUndone, type Deciding } from './permission-requests/decide-change';
import { changeAtCounter } from './permission-requests/at-counter';

const BY_BROKERAGE: Deciding = {
  kind: 'approve-commission-change',
  role: 'brokerage',
  zh: '审批佣金变更',
  en: 'decide on the change of commission',
};

export async function commissionChange({ requestNo }: PermissionChangeInput): Promise<PermissionChangeEnd> {
  const waiting = openWaiting({ zh: '佣金变更', en: 'change of commission' });
  const desk = TaskDesk.open(waiting);
  const promises = Promises.open(waiting);
  const clock = await BusinessClock.open();
  const read = () => database('读取申请 read the request').readChange({ requestNo });

  let change = await read();
  await decide(change, BY_BROKERAGE, { clock, desk, promises, waiting });
  change = await read();
  if (change.state === 'opening') {
    await changeAtCounter(change, desk, waiting);
    await database('登记佣金率 record the rate').recordCommission({ requestNo });
    deliverBeside();
    waiting.stage('资料归档', 'filing of the documents');
    await outside('归档决定 file the decision').fileChange({ requestNo });
    await database('档案完整 the file is complete').endFiling({ requestNo });
    change = await read();
  } else if (endsUndone(change.state)) await fileUndone(change, waiting);
  waiting.stage('已结束', 'ended');
  await desk.closing();
  return change.state as PermissionChangeEnd;
}
