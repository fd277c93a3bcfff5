/**
 * A permission is closed at the counter (A2 §12): documents filed and looked at by a second person, then nothing of the day, nothing
 * undelivered, no sale money outstanding. On the client's wish the request waits, is checked again when a settlement day is closed, and
 * lapses with its promise. Then the counter is told, and asked once more before the closing is recorded: what was ordered meanwhile sends
 * the request back to wait. The process ends when the file of the client is complete.
 */
import type { FollowedRequest } from '../activities/permissions/follow-request';
import { database, outside } from './activity-groups';
import { BusinessClock } from './building-blocks/business-clock';
import { leaveToDispatcher } from './building-blocks/delivery';
import { TaskDesk } from './building-blocks/human-task';
import { Promises } from './building-blocks/promises';
import { openWaiting } from './building-blocks/waiting';
import type { PermissionClosingEnd, PermissionClosingInput } from './messages/permission-closing';
import { closeAtCounter } from './permission-requests/at-counter';
import { completeFile, endsUndone, fileWhatEnded } from './permission-requests/complete-file';
import { followPapers, listen, read, waitOrLapse, type AtCounter } from './permission-requests/papers';

export async function permissionClosing({ requestNo }: PermissionClosingInput): Promise<PermissionClosingEnd> {
  const waiting = openWaiting({ zh: '关闭权限', en: 'closing of a permission' });
  const desk = TaskDesk.open(waiting);
  const promises = Promises.open(waiting);
  const told = listen();
  const clock = await BusinessClock.open();
  const { enteredBy, requestedAt, closingLimit, handOverDays, promiseKey } = await database(
    '读取申请条款 read the terms of the request',
  ).readCounterRequest({ requestNo });
  let request = await read(requestNo);
  const promise = await promises.give(clock, {
    businessKey: promiseKey,
    step: 'close',
    subject: requestNo,
    side: 'client',
    branch: request.branch,
    owner: { role: 'branch' },
    ladder: 'PERMISSION_CLOSING',
    limit: closingLimit,
    receivedAt: requestedAt,
    titleZh: '关闭权限',
    titleEn: 'close the permission',
    otherwise: '到期失效，权限仍开通 lapses, and the permission stays open',
  });
  const at: AtCounter = {
    clock,
    desk,
    waiting,
    told,
    enteredBy,
    lapsesAt: () => promise.dueAt(),
    lapse: () => database('申请到期失效 the request lapses').lapseClosing({ requestNo }),
    counted: { reviews: 0, looks: 0, tellings: 0 },
  };

  const blockers = checkedByDay();
  while (request.state === 'under way' || request.state === 'closing') {
    if (request.state === 'closing') {
      await closeAtCounter(request, desk, waiting, (at.counted.tellings += 1));
      request = await read(requestNo);
    } else if (request.step === 'blockers') request = await blockers(request, at);
    else request = await followPapers(request, at);
  }
  if (request.state === 'filing') await promise.meet({ by: enteredBy });
  else await promise.withdraw(`申请已结束 the request ended: ${request.state}`);
  if (request.state === 'filing') {
    await completeFile(request, { desk, waiting, papers: { clock, promises, withinDays: handOverDays } });
    request = await read(requestNo);
  }
  if (endsUndone(request.state)) await fileWhatEnded(request, waiting);
  leaveToDispatcher();
  waiting.stage('已结束', 'ended');
  await desk.closing();
  return request.state as PermissionClosingEnd;
}

/**
 * Checks when the documents were approved, when the counter's block was taken back, and after each settlement day that is closed; between
 * them the request waits.
 */
function checkedByDay() {
  let checks = 0;
  let seen: { readonly reviews: number; readonly tellings: number; readonly days: number } | undefined;
  return async (request: FollowedRequest, at: AtCounter): Promise<FollowedRequest> => {
    const { requestNo, revision, stepName, failedBy } = request;
    at.waiting.stage(stepName.zh, stepName.en);
    const days = at.told.daysClosed;
    const { reviews, tellings } = at.counted;
    if (seen?.reviews !== reviews || seen.tellings !== tellings || days > seen.days) {
      seen = { reviews, tellings, days };
      await outside('核对关闭条件 check what stands in the way').checkClosing({ requestNo, nth: `${(checks += 1)}` });
      return read(requestNo);
    }
    const waitsNoMore = at.waiting.on({
      who: '交收 settlement',
      whatZh: `等待交收 ${failedBy.join(', ')}`,
      whatEn: `settlement: ${failedBy.join(', ')}`,
      dueAt: at.lapsesAt(),
      otherwise: '到期失效 lapses',
    });
    const hasNews = () => at.told.daysClosed > days || at.told.revision > revision;
    await waitOrLapse(at, hasNews, '等待交收日关闭 waits for a settlement day to close');
    waitsNoMore();
    return read(requestNo);
  };
}
