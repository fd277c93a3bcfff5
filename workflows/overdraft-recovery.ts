/**
 * What stays uncovered is followed until it is covered or written off (A1 §13, A5 §10). By the days since it is owed, each a term:
 *
 *   the branch calls the client -> purchases are blocked -> brokerage recovers -> [write-off: finance, then the general manager]
 *
 * Money that comes ends it at any moment: tasks are taken off the list, and purchases are allowed again.
 */
import { condition, setHandler } from '@temporalio/workflow';
import type { FollowedOverdraft } from '../activities/overdrafts/follow-case';
import { database } from './activity-groups';
import { approval } from './building-blocks/approval';
import { BusinessClock } from './building-blocks/business-clock';
import { deliverBeside, leaveToDispatcher } from './building-blocks/delivery';
import { TaskDesk } from './building-blocks/human-task';
import type { AskedTask } from './building-blocks/task-spec';
import { formOfAll, REASON } from './building-blocks/task-forms';
import { dueFrom, Owed } from './building-blocks/owed';
import { Promises, type PromiseSpec } from './building-blocks/promises';
import { openWaiting, type Waiting } from './building-blocks/waiting';
import {
  overdraftCovered,
  type OverdraftRecoveryEnd,
  type OverdraftRecoveryInput,
} from './messages/overdraft-recovery';
import type { TaskOutcome } from './messages/tasks';

export async function overdraftRecovery({ caseNo }: OverdraftRecoveryInput): Promise<OverdraftRecoveryEnd> {
  const waiting = openWaiting({ zh: '透支追偿', en: 'overdraft recovery' });
  const desk = TaskDesk.open(waiting);
  const promises = Promises.open(waiting);
  const told = { times: 0 };
  setHandler(overdraftCovered, () => void (told.times += 1), { description: '透支已补足 the overdraft is covered' });
  const clock = await BusinessClock.open();
  const read = () => database('读取透支 read the case').readOverdraftCase({ caseNo });
  const overdraft = await read();
  const recovery: Recovery = { caseNo, overdraft, clock, desk, promises, waiting, over: false };
  const watched = watch(recovery, told, read);

  const called = callClient(recovery);
  await clock.waitUntil(overdraft.blockAt, () => recovery.over, '到期暂停买入 purchases are blocked when due');
  const block = recovery.over ? undefined : await blockPurchases(recovery);
  await clock.waitUntil(overdraft.recoveryAt, () => recovery.over, '到期移交追偿 recovery begins when due');
  const writtenOff = recovery.over ? false : await recover(recovery, read);

  recovery.over = true;
  await Promise.all([watched, called, block?.done]);
  if (!writtenOff) {
    await database('登记补足 record the cover').coverOverdraft({ caseNo });
    if (block !== undefined) await allowPurchases(recovery, block.byHand);
  }
  waiting.stage('已结束', 'ended');
  leaveToDispatcher();
  await desk.closing();
  return writtenOff ? 'written off' : 'covered';
}

interface Recovery {
  readonly caseNo: string;
  readonly overdraft: FollowedOverdraft;
  readonly clock: BusinessClock;
  readonly desk: TaskDesk;
  readonly promises: Promises;
  readonly waiting: Waiting;
  /** Nothing is owed any more, or it was written off. */
  over: boolean;
}

/** Each word of an evening is checked in the books: an evening may have been posted anew since. */
async function watch(
  recovery: Recovery,
  told: { readonly times: number },
  read: () => Promise<FollowedOverdraft>,
): Promise<void> {
  for (let seen = 0; ;) {
    await condition(() => told.times > seen || recovery.over);
    if (recovery.over) return;
    seen = told.times;
    if (!(await read()).isOwed) recovery.over = true;
  }
}

const COVERED = '透支已补足 the overdraft is covered';

/** The branch calls and writes down what was agreed; whoever does not call in time is told upwards. */
async function callClient(recovery: Recovery): Promise<void> {
  const { caseNo, overdraft, desk, waiting } = recovery;
  waiting.stage('营业部电话催告', 'the branch calls');
  const promise = await Owed.give(recovery, promiseOf(overdraft, 'call', 'branch', overdraft.callWithinDays));
  deliverBeside();
  const task = await desk.ask({
    businessKey: `overdraft-call:${caseNo}`,
    kind: 'call-overdrawn-client',
    titleZh: '电话催告透支客户补足',
    titleEn: 'call the client about the overdraft',
    role: 'branch',
    side: 'client',
    branch: overdraft.branch,
    ...dueFrom(promise),
    form: CALL_FORM,
    facts: factsOf(overdraft),
    revision: 1,
  });
  const outcome = await desk.answerUnless(() => recovery.over, task, COVERED);
  if (outcome.result !== 'completed') {
    await promise.withdraw(COVERED);
    return;
  }
  await promise.meet({ by: outcome.by.person, at: outcome.at });
  await recordAct(recovery, 'call', 1, outcome, String(outcome.form['result']));
}

interface Block {
  /** Blocked at the counter by a person, where the client has no permission that could be suspended. */
  readonly byHand: boolean;
  readonly done: Promise<unknown>;
}

async function blockPurchases(recovery: Recovery): Promise<Block> {
  const { caseNo, waiting } = recovery;
  waiting.stage('暂停买入', 'purchases are being blocked');
  const { requestNo } = await database('提请暂停买入 ask for the suspension').askOverdraftBlock({
    caseNo,
    kind: 'suspension',
  });
  deliverBeside();
  if (requestNo !== null) return { byHand: false, done: Promise.resolve() };
  return { byHand: true, done: atCounter(recovery, 1, '在柜台限制买入', 'block purchases at the counter') };
}

async function allowPurchases(recovery: Recovery, byHand: boolean): Promise<void> {
  const { caseNo } = recovery;
  recovery.waiting.stage('恢复买入', 'purchases are being allowed again');
  if (!byHand) {
    await database('提请恢复买入 ask for the lifting').askOverdraftBlock({ caseNo, kind: 'lifting' });
    return;
  }
  recovery.over = false;
  await atCounter(recovery, 2, '在柜台恢复买入', 'allow purchases at the counter again');
}

async function atCounter(recovery: Recovery, nth: number, titleZh: string, titleEn: string): Promise<void> {
  const { caseNo, overdraft, desk } = recovery;
  const task = await desk.ask({
    businessKey: `overdraft-counter:${caseNo}:${nth}`,
    kind: 'purchases-at-counter',
    titleZh,
    titleEn,
    role: 'operations',
    side: 'client',
    form: DONE_FORM,
    facts: factsOf(overdraft),
    revision: 1,
  });
  const outcome = await desk.answerUnless(() => recovery.over, task, COVERED);
  if (outcome.result === 'completed') await recordAct(recovery, 'block by hand', nth, outcome, titleEn);
}

/** Brokerage recovers, as often as it takes; answers true where it was written off. */
async function recover(recovery: Recovery, read: () => Promise<FollowedOverdraft>): Promise<boolean> {
  const { caseNo, overdraft, desk, waiting } = recovery;
  waiting.stage('追偿', 'recovery');
  const promise = await Owed.give(
    recovery,
    promiseOf(overdraft, 'recover', 'brokerage', overdraft.recoveryWithinDays, (await read()).now),
  );
  for (let nth = 1; !recovery.over; nth += 1) {
    const newest = await read();
    const task: AskedTask = await desk.ask({
      businessKey: `overdraft-recovery:${caseNo}:${nth}`,
      kind: 'recover-overdraft',
      titleZh: '追偿透支款',
      titleEn: 'recover the overdraft',
      role: 'brokerage',
      ...dueFrom(promise),
      form: RECOVERY_FORM,
      facts: factsOf(newest),
      revision: 1,
    });
    const outcome = await desk.answerUnless(() => recovery.over, task, COVERED);
    if (outcome.result !== 'completed') break;
    const decision = String(outcome.form['decision']);
    await recordAct(recovery, 'recovery', nth, outcome, decision);
    if (decision !== 'write off' || !(await writtenOff(recovery, nth, outcome))) continue;
    await promise.meet({ by: outcome.by.person, at: outcome.at });
    return true;
  }
  await promise.withdraw(COVERED);
  return false;
}

/** Finance and then the general manager decide; refused, it is recovered further. */
async function writtenOff(
  recovery: Recovery,
  nth: number,
  outcome: Extract<TaskOutcome, { readonly result: 'completed' }>,
): Promise<boolean> {
  const { caseNo, overdraft, desk, waiting } = recovery;
  const { by } = outcome;
  const drafted = await database('草拟核销 draft the write-off').draftWriteOff({
    caseNo,
    nth,
    madeBy: by.person,
    ...(by.onBehalfOf === undefined ? {} : { madeFor: by.onBehalfOf }),
  });
  if (drafted === null) return false;
  waiting.stage('核销审批', 'the write-off is being decided');
  const { decision } = await approval(
    desk,
    {
      businessKey: `approve-overdraft-write-off:${caseNo}:${nth}`,
      kind: 'approve-overdraft-write-off',
      titleZh: '审批透支核销',
      titleEn: 'decide on the write-off of an overdraft',
      role: 'finance',
      facts: { ...factsOf(overdraft), amount: drafted.amount, interestWaived: drafted.interest },
      revision: 1,
      madeBy: by.person,
      ...(by.onBehalfOf === undefined ? {} : { madeFor: by.onBehalfOf }),
      subject: { kind: 'overdraft write-off', id: drafted.writeOffId },
      amountFen: drafted.amountFen,
    },
    () => recovery.over,
    COVERED,
  );
  if (decision !== 'approved') return false;
  await database('核销入账 book the write-off').postWriteOff({ caseNo, writeOffId: drafted.writeOffId });
  return true;
}

const recordAct = (
  { caseNo }: Recovery,
  act: 'call' | 'block by hand' | 'recovery',
  nth: number,
  { by }: Extract<TaskOutcome, { readonly result: 'completed' }>,
  result: string,
) =>
  database('登记追偿事项 record what was done').recordOverdraftAct({
    caseNo,
    act,
    nth,
    by: { person: by.person, role: by.role },
    result,
  });

const factsOf = ({ caseNo, branch, owedSince, owed, interest }: FollowedOverdraft) => ({
  case: caseNo,
  branch,
  owedSince,
  owed,
  interest,
});

const promiseOf = (
  { caseNo, channel, branch, now }: FollowedOverdraft,
  step: string,
  role: string,
  days: number,
  from = now,
): PromiseSpec => ({
  businessKey: `overdraft-${step}:${caseNo}`,
  step,
  subject: caseNo,
  channel: channel as NonNullable<PromiseSpec['channel']>,
  ...(role === 'branch' ? { branch } : {}),
  owner: { role },
  ladder: 'PROMISE',
  limit: { kind: 'BUSINESS_DAYS', n: days },
  receivedAt: from,
  titleZh: step === 'call' ? '电话催告透支客户' : '追偿透支款',
  titleEn: step === 'call' ? 'call the overdrawn client' : 'recover the overdraft',
  otherwise: '到期上报负责人与合规 told to the head and compliance when due',
});

const note = { ...REASON, title: '经过 what was said and done' };

const CALL_FORM = formOfAll({
  result: { enum: ['will pay', 'disputes', 'not reached'], title: '结果 result' },
  note,
});

const DONE_FORM = formOfAll({ done: { const: true, title: '已办理 done' } });

const RECOVERY_FORM = formOfAll({
  decision: { enum: ['go on', 'write off'], title: '决定 decision' },
  note,
});
