/**
 * An institution opens a permission at the counter (A2 §8, §11): one person of the branch enters it and files its documents, a second
 * one looks at them, operations opens. Each may send it back to whoever entered it, with reasons. Then as for everybody: the counter is
 * told, the permission recorded, and the process ends when the file of the client is complete.
 */
import type { FollowedRequest } from '../activities/permissions/follow-request';
import { database } from './activity-groups';
import { askApproval } from './building-blocks/approval';
import { BusinessClock } from './building-blocks/business-clock';
import { Callbacks } from './building-blocks/callbacks';
import { leaveToDispatcher } from './building-blocks/delivery';
import { TaskDesk } from './building-blocks/human-task';
import { Promises } from './building-blocks/promises';
import { openWaiting } from './building-blocks/waiting';
import type { InstitutionOpeningEnd, InstitutionOpeningInput } from './messages/institution-opening';
import { completeFile, endsUndone, fileWhatEnded } from './permission-requests/complete-file';
import { openAtCounter } from './permission-requests/at-counter';
import { decisionOrEnd, followPapers, listen, read, said, type AtCounter } from './permission-requests/papers';

export async function institutionOpening({ requestNo }: InstitutionOpeningInput): Promise<InstitutionOpeningEnd> {
  const waiting = openWaiting({ zh: '机构开通权限', en: 'opening of a permission by an institution' });
  const desk = TaskDesk.open(waiting);
  const promises = Promises.open(waiting);
  const told = listen();
  const callbacks = Callbacks.open();
  const clock = await BusinessClock.open();
  const { enteredBy, handOverDays } = await database('读取申请条款 read the terms of the request').readCounterRequest({
    requestNo,
  });
  let request = await read(requestNo);
  const { lapsesAt } = request;
  const at: AtCounter = {
    clock,
    desk,
    waiting,
    told,
    enteredBy,
    lapsesAt: () => lapsesAt,
    lapse: () => database('申请到期失效 the request lapses').lapseRequest({ requestNo }),
    counted: { reviews: 0, looks: 0, tellings: 0 },
  };

  while (request.state === 'under way') {
    if (request.step === 'operations') request = await decide(request, at);
    else request = await followPapers(request, at);
  }
  if (request.state === 'opening') {
    await openAtCounter(request, desk, waiting);
    request = await read(requestNo);
  }
  if (request.state === 'filing') {
    await completeFile(request, { desk, waiting, callbacks, papers: { clock, promises, withinDays: handOverDays } });
    request = await read(requestNo);
  }
  if (endsUndone(request.state)) await fileWhatEnded(request, waiting);
  leaveToDispatcher();
  waiting.stage('已结束', 'ended');
  await desk.closing();
  return request.state as InstitutionOpeningEnd;
}

/** Operations opens, a third pair of eyes: neither who entered nor, by role, who reviewed. */
async function decide(request: FollowedRequest, at: AtCounter): Promise<FollowedRequest> {
  const { requestNo, branch, name, revision, stepName, papers } = request;
  at.waiting.stage(stepName.zh, stepName.en);
  const nth = at.counted.reviews;
  const asked = await askApproval(at.desk, {
    businessKey: `open-institution:${requestNo}:${nth}`,
    kind: 'open-institution-permission',
    titleZh: `开通机构权限 ${name.zh}`,
    titleEn: `open for an institution: ${name.en}`,
    role: 'operations',
    side: 'client',
    dueAt: at.lapsesAt(),
    facts: { request: requestNo, permission: request.permission, branch, documents: papers },
    revision: 1,
    madeBy: at.enteredBy,
    otherwise: '到期失效 lapses',
  });
  const decided = await decisionOrEnd(asked, at, revision);
  if (decided?.by !== undefined) {
    await database('登记运营决定 record the decision of operations').decideInstitution({
      requestNo,
      nth,
      ...said(decided, decided.by),
    });
  }
  return read(requestNo);
}
