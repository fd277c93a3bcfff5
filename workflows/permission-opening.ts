/**
 * A natural person opens a permission, on any channel and at any pace for thirty days: identity, eligibility, risk disclosure and
 * knowledge test, agreements. What the client does is written by intake, which tells the process; it lets the request lapse, judges
 * again, has the counter open the permission, and ends when the file of the client is complete (A2 §9-15).
 */
import { condition, patched, setHandler } from '@temporalio/workflow';
import type { FollowedRequest } from '../activities/permissions/follow-request';
import { CALLBACK_RECORD } from '../domain/callbacks/call-result';
import { database, outside } from './activity-groups';
import { BusinessClock } from './building-blocks/business-clock';
import { Callbacks } from './building-blocks/callbacks';
import { deliverBeside } from './building-blocks/delivery';
import { TaskDesk, type TaskForm } from './building-blocks/human-task';
import { openWaiting, type Waiting } from './building-blocks/waiting';
import {
  requestChanged,
  riskResultGiven,
  type PermissionOpeningEnd,
  type PermissionOpeningInput,
} from './messages/permission-opening';

export async function permissionOpening({ requestNo }: PermissionOpeningInput): Promise<PermissionOpeningEnd> {
  const waiting = openWaiting({ zh: '开通权限', en: 'opening of a permission' });
  const desk = TaskDesk.open(waiting);
  const told = listen();
  const callbacks = Callbacks.open();
  const clock = await BusinessClock.open();

  let request = await read(requestNo);
  while (request.state === 'under way') request = await followClient(request, clock, told, waiting);
  if (request.state === 'opening') request = await openAtCounter(request, desk, waiting);
  if (request.state === 'filing') request = await completeFile(request, desk, waiting, callbacks);
  deliverBeside();
  waiting.stage('已结束', 'ended');
  await desk.closing();
  return request.state as PermissionOpeningEnd;
}

/** What intake has said so far. */
interface Told {
  revision: number;
  riskResults: number;
}

function listen(): Told {
  const told: Told = { revision: 0, riskResults: 0 };
  setHandler(requestChanged, (revision) => void (told.revision = Math.max(told.revision, revision)), {
    description: '申请有进展 the request moved on',
  });
  setHandler(riskResultGiven, () => void (told.riskResults += 1), {
    description: '客户已完成测评 the client answered the questionnaire',
  });
  return told;
}

const read = (requestNo: string): Promise<FollowedRequest> =>
  database('读取申请 read the request').readRequest({ requestNo });

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
  deliverBeside();
  const results = told.riskResults;
  const waitsNoMore = waiting.on(clientIn(request));
  const came = await clock.waitUntil(
    request.lapsesAt,
    () => told.revision > revision || told.riskResults > results,
    `等待客户：${stepName.zh} waits for the client: ${stepName.en}`,
  );
  waitsNoMore();
  if (came === 'due') await database('申请到期失效 the request lapses').lapseRequest({ requestNo });
  else if (told.riskResults > results) {
    await database('新的测评结果，重新核对 a new risk result: judge again').judgeAgain({
      requestNo,
      nth: `result ${told.riskResults}`,
    });
  }
  return read(requestNo);
}

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

const COUNTER_REFUSED: TaskForm = {
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['decision', 'reason'],
    properties: {
      decision: { type: 'string', enum: ['try again', 'refuse'] },
      reason: { type: 'string', minLength: 5, maxLength: 500 },
    },
  },
};

/** The counter is told; where it refuses, operations has it tell again or refuses the permission. Then the permission is recorded. */
async function openAtCounter(request: FollowedRequest, desk: TaskDesk, waiting: Waiting): Promise<FollowedRequest> {
  const { requestNo } = request;
  for (let nth = 1; ; nth += 1) {
    waiting.stage('柜台开通', 'opening at the counter');
    const answer = await outside('通知柜台开通 tell the counter').tellCounter({ requestNo });
    if (answer.outcome === 'accepted') break;
    const { form, by } = await askOperations(request, desk, { nth, code: answer.code });
    if (form['decision'] === 'refuse') {
      const reason = String(form['reason']);
      await database('不予开通 the permission is refused').refusePermission({ requestNo, by, reason });
      return read(requestNo);
    }
  }
  const commission = await outside('读取净佣金率 read the net commission rate').readNetCommission({ requestNo });
  await database('登记权限与默认佣金 record permission and commission').recordPermission({ requestNo, commission });
  return read(requestNo);
}

async function askOperations(
  { requestNo, branch, name }: FollowedRequest,
  desk: TaskDesk,
  { nth, code }: { readonly nth: number; readonly code: string },
) {
  const task = await desk.ask({
    businessKey: `counter-refused:${requestNo}:${nth}`,
    kind: 'counter-refused-permission',
    titleZh: `柜台拒绝开通 ${name.zh}`,
    titleEn: `the counter refused ${name.en}`,
    role: 'operations',
    side: 'client',
    form: COUNTER_REFUSED,
    facts: { request: requestNo, branch, code },
    revision: 1,
  });
  const answer = await task.answered;
  if (answer.result !== 'completed') return { form: { decision: 'try again' }, by: '' };
  return { form: answer.form, by: answer.by.person };
}

const FILE_INCOMPLETE: TaskForm = {
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['filed'],
    properties: { filed: { type: 'boolean', const: true } },
  },
};

/** The process does not end before the file of the client is complete: the callback is awaited, what else is missing is a task of the branch. */
async function completeFile(
  request: FollowedRequest,
  desk: TaskDesk,
  waiting: Waiting,
  callbacks: Callbacks,
): Promise<FollowedRequest> {
  const { requestNo, branch } = request;
  waiting.stage('资料归档', 'filing of the documents');
  // Openings that were under way before there were callbacks have none. Nothing is awaited for them, not even for a moment.
  const callbackNo = patched('callback')
    ? (await database('移交回访 hand over to the callback').handOverToCallback({ requestNo })).callbackNo
    : undefined;
  for (let nth = 1; ; nth += 1) {
    const lacking = await outside('归档 file the documents').fileOpening({ requestNo });
    if (lacking.length === 0) break;
    const ofBranch = lacking.filter(({ kind }) => kind !== CALLBACK_RECORD);
    if (ofBranch.length === 0 && callbackNo !== undefined && callbacks.outcomeOf(callbackNo) === undefined) {
      await awaitCallback(request, callbackNo, callbacks, waiting);
      continue;
    }
    const task = await desk.ask({
      businessKey: `file-incomplete:${requestNo}:${nth}`,
      kind: 'complete-client-file',
      titleZh: '补齐客户档案',
      titleEn: 'complete the file of the client',
      role: 'branch',
      branch,
      form: FILE_INCOMPLETE,
      facts: { request: requestNo, lacking: ofBranch.length === 0 ? lacking : ofBranch },
      revision: 1,
    });
    await task.answered;
  }
  await database('档案完整 the file is complete').endFiling({ requestNo });
  return read(requestNo);
}

async function awaitCallback(
  { requestNo }: FollowedRequest,
  callbackNo: string,
  callbacks: Callbacks,
  waiting: Waiting,
): Promise<void> {
  await database('等待回访 wait for the callback').awaitCallback({ requestNo });
  waiting.stage('等待回访', 'waiting for the callback');
  deliverBeside();
  const waitsNoMore = waiting.on({
    who: '理财服务中心 service',
    role: 'service',
    whatZh: `回访 ${callbackNo}`,
    whatEn: `callback ${callbackNo}`,
  });
  await condition(() => callbacks.outcomeOf(callbackNo) !== undefined);
  waitsNoMore();
}
