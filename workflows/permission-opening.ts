/**
 * A natural person opens a permission, on any channel and at any pace for thirty days: identity, eligibility, risk disclosure and
 * knowledge test, agreements. What the client does is written by intake, which tells the process; it lets the request lapse, judges
 * again, has the counter open the permission, and ends when the file of the client is complete (A2 §9-15).
 */
import { patched, setHandler } from '@temporalio/workflow';
import type { FollowedRequest } from '../activities/permissions/follow-request';
import { database } from './activity-groups';
import { BusinessClock } from './building-blocks/business-clock';
import { Callbacks } from './building-blocks/callbacks';
import { leaveToDispatcher } from './building-blocks/delivery';
import { TaskDesk } from './building-blocks/human-task';
import { openWaiting, type Waiting } from './building-blocks/waiting';
import {
  requestChanged,
  riskResultGiven,
  type PermissionOpeningEnd,
  type PermissionOpeningInput,
} from './messages/permission-opening';
import { openAtCounter } from './permission-requests/at-counter';
import { completeFile, endsUndone, fileWhatEnded } from './permission-requests/complete-file';
import { read } from './permission-requests/papers';

export async function permissionOpening({ requestNo }: PermissionOpeningInput): Promise<PermissionOpeningEnd> {
  const waiting = openWaiting({ zh: '开通权限', en: 'opening of a permission' });
  const desk = TaskDesk.open(waiting);
  const told = listen();
  const callbacks = Callbacks.open();
  const clock = await BusinessClock.open();

  let request = await read(requestNo);
  while (request.state === 'under way') request = await followClient(request, clock, told, waiting);
  if (request.state === 'opening') {
    await openAtCounter(request, desk, waiting);
    request = await read(requestNo);
  }
  if (request.state === 'filing') {
    await completeFile(request, { desk, waiting, callbacks });
    request = await read(requestNo);
  }
  if (endsUndone(request.state)) await fileWhatEnded(request, waiting);
  leaveToDispatcher();
  waiting.stage('已结束', 'ended');
  await desk.closing();
  return request.state as PermissionOpeningEnd;
}

/** What intake has said so far. */
interface Told {
  revision: number;
  riskResults: number;
  /** Of them those by which the request was judged again. */
  judgedBy: number;
}

function listen(): Told {
  const told: Told = { revision: 0, riskResults: 0, judgedBy: 0 };
  setHandler(requestChanged, (revision) => void (told.revision = Math.max(told.revision, revision)), {
    description: '申请有进展 the request moved on',
  });
  setHandler(riskResultGiven, () => void (told.riskResults += 1), {
    description: '客户已完成测评 the client answered the questionnaire',
  });
  return told;
}

/** One stretch of the way: the second check where it is due, otherwise the wait for the client, the questionnaire or the end of the time. */
async function followClient(
  request: FollowedRequest,
  clock: BusinessClock,
  told: Told,
  waiting: Waiting,
): Promise<FollowedRequest> {
  const { requestNo, step, stepName, revision } = request;
  waiting.stage(stepName.zh, stepName.en);
  if (step === 'second check' && !request.isCheckedAgain) {
    await database('开通前再次核对条件 second check of eligibility').judgeAgain({
      requestNo,
      nth: `revision ${revision}`,
    });
    return read(requestNo);
  }
  leaveToDispatcher();
  const results = resultsBefore(told);
  const waitsNoMore = waiting.on(clientIn(request));
  const came = await clock.waitUntil(
    request.lapsesAt,
    () => told.revision > revision || told.riskResults > results,
    `等待客户：${stepName.zh} waits for the client: ${stepName.en}`,
  );
  waitsNoMore();
  if (came === 'due') await database('申请到期失效 the request lapses').lapseRequest({ requestNo });
  else if (told.riskResults > results) {
    told.judgedBy = told.riskResults;
    await database('新的测评结果，重新核对 a new risk result: judge again').judgeAgain({
      requestNo,
      nth: `result ${told.riskResults}`,
    });
  }
  return read(requestNo);
}

/** A result that comes while the request is read or judged is one to judge by; an earlier version took it for judged. */
const resultsBefore = ({ riskResults, judgedBy }: Told): number =>
  riskResults > judgedBy && patched('a result that comes while it is read is judged by') ? judgedBy : riskResults;

function clientIn({ stepName, stepSince, lapsesAt, failedBy }: FollowedRequest) {
  const why = failedBy.length === 0 ? '' : ` (${failedBy.join(', ')})`;
  return {
    who: '客户 client',
    role: 'client',
    whatZh: `${stepName.zh}${why}`,
    whatEn: stepName.en,
    since: stepSince,
    dueAt: lapsesAt,
    otherwise: '到期失效，可重新申请 lapses; the client may apply again',
  };
}
