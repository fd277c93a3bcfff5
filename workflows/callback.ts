/**
 * A client is called back by somebody who has no part in what it is about, with the questions of a script, within the days that the
 * purpose gives (A2 §5). Calls are written by intake, which tells the process; it keeps the promise, has the head decide about a client
 * who cannot be reached, files the record, and sees to what the answers bring.
 *
 *   wait for the hours of calls -> wait for a call -> [unreachable: the head decides] -> record filed -> follow-ups done
 */
import { condition, patched, setHandler } from '@temporalio/workflow';
import type { FollowedCallback } from '../activities/callbacks/follow-callback';
import { database, outside } from './activity-groups';
import { BusinessClock } from './building-blocks/business-clock';
import { deliverBeside, leaveToDispatcher } from './building-blocks/delivery';
import { TaskDesk } from './building-blocks/human-task';
import type { TaskForm, TaskSpec } from './building-blocks/task-spec';
import { formOfAll, REASON } from './building-blocks/task-forms';
import { dueFrom, Owed } from './building-blocks/owed';
import { Promises, type PromiseSpec } from './building-blocks/promises';
import { openWaiting, type Waiting } from './building-blocks/waiting';
import { whoever } from './building-blocks/whoever';
import { askFollowUps, type FollowedUp } from './callback/follow-ups';
import { callbackChanged, type CallbackEnd, type CallbackInput } from './messages/callback';
import type { TaskOutcome } from './messages/tasks';

export async function callback({ callbackNo }: CallbackInput): Promise<CallbackEnd> {
  const waiting = openWaiting({ zh: '回访', en: 'callback' });
  const desk = TaskDesk.open(waiting);
  const promises = Promises.open(waiting);
  const told = { revision: 0 };
  setHandler(callbackChanged, (revision) => void (told.revision = Math.max(told.revision, revision)), {
    description: '回访有进展 a call was made',
  });
  const clock = await BusinessClock.open();
  const read = () => readCallback(callbackNo);
  const followUps = new Map<string, FollowedUp | undefined>();
  const means = { desk, promises, clock };

  let called = await read();
  const promise = await Owed.give(means, promiseOf(called));
  while (called.state !== 'ended') {
    if (called.state === 'escalated') called = await decideUnreachable(called, desk, { waiting, told, promise });
    else {
      await awaitCall(called, clock, told, waiting);
      called = await read();
    }
    await askFollowUps(called, means, followUps);
  }
  if (called.outcome === 'withdrawn')
    await promise.withdraw('所涉事项已结束 what the client was to be called about is over');
  else await promise.meet({ by: called.endedBy ?? '', at: called.endedAt ?? '' });

  waiting.stage('回访记录归档', 'filing of the record');
  await outside('归档回访记录 file the record').fileCallback({ callbackNo });
  await database('告知发起流程 tell whoever asked').tellCallbackEnded({ callbackNo });
  await askFollowUps(called, means, followUps);
  waiting.stage('后续处理', 'follow-ups');
  await Promise.all([...followUps.values()].flatMap((task) => (task === undefined ? [] : [task.done])));
  leaveToDispatcher();
  waiting.stage('已结束', 'ended');
  await desk.closing();
  return called.outcome as CallbackEnd;
}

const readCallback = (callbackNo: string): Promise<FollowedCallback> =>
  database('读取回访 read the callback').readCallback({ callbackNo });

const promiseOf = ({ callbackNo, ownerRole, ladder, days, askedAt, branch }: FollowedCallback): PromiseSpec => ({
  businessKey: `callback:${callbackNo}`,
  step: 'call back',
  subject: callbackNo,
  ...(branch === null ? {} : { branch }),
  owner: { role: ownerRole },
  ladder,
  limit: { kind: 'BUSINESS_DAYS', n: days },
  receivedAt: askedAt,
  titleZh: '完成回访',
  titleEn: 'call the client back',
  otherwise: '到期上报负责人与合规 told to the head and compliance when due',
});

/** Waits for the hours in which a call is allowed, then for a call. */
async function awaitCall(
  { revision, callFrom, mayCallNow, isCalling, ownerRole }: FollowedCallback,
  clock: BusinessClock,
  told: { readonly revision: number },
  waiting: Waiting,
): Promise<void> {
  const moved = () => told.revision > revision;
  deliverBeside();
  if (!mayCallNow && !isCalling && callFrom !== null) {
    waiting.stage('等待回访时段', 'waiting for the hours of calls');
    await clock.waitUntil(callFrom, moved, '等待回访时段 wait until a call is allowed');
    if (moved()) return;
  }
  waiting.stage('等待回访', 'waiting for a call');
  const waitsNoMore = waiting.on({
    who: '回访人 caller',
    role: ownerRole,
    whatZh: '致电客户并登记结果',
    whatEn: 'call the client and record the result',
  });
  await condition(moved);
  waitsNoMore();
}

const unreachableForm = (mayHaveConsequence: boolean): TaskForm =>
  formOfAll({
    decision: { enum: ['call again', ...(mayHaveConsequence ? ['suspend'] : []), 'leave'], title: '决定 decision' },
    reason: REASON,
  });

/** The wait for a decision, until which the callback is owed. */
interface Undecided {
  readonly waiting: Waiting;
  readonly told: { readonly revision: number };
  readonly promise: Owed;
}

/** No attempt is left: the head of those who call decides, compliance where the head is concerned; nothing follows by itself. */
async function decideUnreachable(
  called: FollowedCallback,
  desk: TaskDesk,
  { waiting, told, promise }: Undecided,
): Promise<FollowedCallback> {
  waiting.stage('未能联系，等待决定', 'not reached: waiting for a decision');
  deliverBeside();
  if (patched('who decides about an unreachable client is asked anew'))
    return decidedByWhoever(called, desk, { told, promise });
  const task = await desk.ask(unreachableTask(called, 1));
  // Beside the wait, which goes on as it always did: what it is about may be over before anybody decides.
  void condition(() => told.revision > called.revision).then(() =>
    task.outcome() === undefined ? desk.withdraw(task, IS_OVER) : undefined,
  );
  return decide(called, await task.answered);
}

const IS_OVER = '所涉事项已结束 what it is about is over';

/** A head who takes no part any more while the decision is waited for leaves it to compliance, who is asked anew. */
async function decidedByWhoever(
  escalated: FollowedCallback,
  desk: TaskDesk,
  { told, promise }: Omit<Undecided, 'waiting'>,
): Promise<FollowedCallback> {
  const { round } = escalated;
  let called = escalated;
  for (let time = 1; ; time += 1) {
    // Of an earlier version nobody was told until when: a history goes on as it began.
    const due = patched('an unreachable client is decided about until the callback is due') ? dueFrom(promise) : {};
    const task = await desk.ask({ ...unreachableTask(called, time), ...due });
    const { isHeadKeptOut } = called;
    while (!task.isDone() && called.isHeadKeptOut === isHeadKeptOut && isWaitingFor(called, round)) {
      const { revision } = called;
      await condition(() => task.isDone() || told.revision > revision);
      if (!task.isDone()) called = await readCallback(called.callbackNo);
    }
    const goesOn = isWaitingFor(called, round);
    const end = await desk.withdraw(task, goesOn ? '改由他人决定 others decide now' : IS_OVER);
    if (end.result === 'completed') return decide(called, end);
    if (!goesOn) return called;
  }
}

const isWaitingFor = ({ state, round }: FollowedCallback, asked: number): boolean =>
  state === 'escalated' && round === asked;

/** @param time how often it was asked in this round */
const unreachableTask = (
  {
    callbackNo,
    round,
    ownerRole,
    isHeadKeptOut,
    inPlaceOfHead = 'compliance',
    purposeName,
    subject,
    mayHaveConsequence,
  }: FollowedCallback,
  time: number,
): TaskSpec => ({
  businessKey: `callback-unreachable:${callbackNo}:${round}${time === 1 ? '' : `:${time}`}`,
  kind: 'callback-unreachable',
  titleZh: `未能联系客户：${purposeName.zh}`,
  titleEn: `the client was not reached: ${purposeName.en}`,
  ...(isHeadKeptOut === true ? { role: inPlaceOfHead } : { role: ownerRole, mark: 'head' }),
  form: unreachableForm(mayHaveConsequence),
  facts: { callback: callbackNo, subject, round },
  revision: 1,
  otherwise: '期限届满上报合规 told to compliance when the time is over',
});

function decide({ callbackNo, round }: FollowedCallback, answer: TaskOutcome): Promise<FollowedCallback> {
  const filled = answer.result === 'completed' ? answer.form : { decision: 'call again', reason: answer.result };
  return database('未能联系的决定 decision about the unreachable client').decideUnreachable({
    callbackNo,
    round,
    decision: filled['decision'] as 'call again',
    reason: String(filled['reason']),
    ...(answer.result === 'completed' ? whoever(answer.by) : { by: 'southbound' }),
  });
}
