/**
 * Buying is suspended, or resumed: asked for with a reason by operations, or because of a callback; approved by a second person of
 * operations; told to the counter; told to the client. Selling stays possible all the time (permissions page, "Suspension").
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

export async function permissionSuspension({ requestNo }: PermissionChangeInput): Promise<PermissionChangeEnd> {
  const waiting = openWaiting({ zh: '暂停或恢复买入', en: 'suspension or lifting' });
  const desk = TaskDesk.open(waiting);
  const promises = Promises.open(waiting);
  const clock = await BusinessClock.open();
  const read = () => database('读取申请 read the request').readChange({ requestNo });

  let change = await read();
  await decide(change, change.kind === 'suspension' ? SUSPENSION : LIFTING, { clock, desk, promises, waiting });
  change = await read();
  if (change.state === 'opening') {
    await changeAtCounter(change, desk, waiting);
    await database('登记暂停或恢复 record suspension or lifting').recordSuspension({ requestNo });
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
