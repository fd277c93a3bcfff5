/**
 * How a department or a person handled complaints in a period: computed line by line, then a reward or a sanction is proposed and approved by
 * others, a sanction by two. Whoever is appraised decides nothing of it, as a department neither. `appraisal:SUBJECT:FIRST:LAST`.
 *
 *   figures computed -> proposed in time, or by others -> approved in time; not approved: proposed anew
 */
import { condition } from '@temporalio/workflow';
import type { AppraisalLine } from '../activities/appraisals/compute-appraisal';
import type { Approver, Proposer } from '../activities/appraisals/whose-appraisal';
import { database } from './activity-groups';
import { approval, type ApprovalSpec, type Decision } from './building-blocks/approval';
import { BusinessClock } from './building-blocks/business-clock';
import { TaskDesk } from './building-blocks/human-task';
import { dueFrom, Owed, type Owing } from './building-blocks/owed';
import { Promises } from './building-blocks/promises';
import type { AskedTask, TaskForm, TaskSpec } from './building-blocks/task-spec';
import { openWaiting } from './building-blocks/waiting';
import { whoever } from './building-blocks/whoever';
import type { AppraisalInput, AppraisalOutcome } from './messages/appraisal';
import type { Actor, TaskOutcome } from './messages/tasks';

const PROPOSE: TaskForm = {
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['outcome', 'reason'],
    properties: {
      outcome: { enum: ['reward', 'none', 'sanction'], title: '奖惩建议 proposed outcome' },
      reason: { type: 'string', minLength: 5, maxLength: 500, title: '理由 reason' },
    },
  },
};

/** What a proposal is about. */
interface Appraised extends AppraisalInput {
  readonly lines: readonly AppraisalLine[];
  readonly revision: number;
  /** Why the proposal before this one was not approved; empty: there was none. */
  readonly sentBack: string;
}

/** How much time each proposal and each approval has, and from when the proposal has it. */
type InTime = NonNullable<AppraisalInput['propose']>;

/** What was proposed, by whom, and when. */
interface Proposed {
  readonly ending: AppraisalOutcome;
  readonly reason: string;
  readonly by: Actor;
  readonly at: string;
}

export async function appraisal(asked: AppraisalInput): Promise<AppraisalOutcome> {
  const { appraisalId } = asked;
  const waiting = openWaiting({ zh: '投诉处理考核', en: 'appraisal of complaints' });
  const desk = TaskDesk.open(waiting);
  const promises = Promises.open(waiting);
  const means = { desk, promises, clock: await BusinessClock.open() };
  waiting.stage('计算', 'computing');
  const lines = await database('计算考核指标 compute the figures').computeAppraisal({ appraisalId });
  // Nothing was owed to whoever asked in an earlier version.
  let inTime = asked.propose;
  for (let revision = 1, sentBack = ''; ; revision += 1) {
    waiting.stage('提出奖惩', 'waiting for a proposal');
    const of = { ...asked, lines, revision, sentBack };
    let outcome: TaskOutcome;
    if (inTime === undefined) {
      const task = await askedAsBefore(desk, of);
      outcome = await task.answered;
    } else outcome = await proposedInTime(means, of, inTime);
    if (outcome.result !== 'completed') continue;
    const { by, form } = outcome;
    const ending = form['outcome'] as AppraisalOutcome;
    const proposed = { ending, reason: String(form['reason']), by, at: outcome.at };
    await database('登记奖惩建议 draft the proposal').proposeAppraisal({
      appraisalId,
      revision,
      outcome: proposed.ending,
      ...whoever(by),
    });
    waiting.stage('复核奖惩', 'waiting for approval');
    const { decision, reason, at } = await (inTime === undefined
      ? decidedAsBefore(desk, of, proposed)
      : decidedInTime(means, of, proposed, inTime));
    inTime &&= { ...inTime, askedAt: at };
    sentBack = reason;
    if (decision !== 'approved') continue;
    waiting.stage('已结束', 'ended');
    await desk.closing();
    return proposed.ending;
  }
}

/** An earlier version asked the head of service whoever it was about; its runs replay to the very step, so this waits for nothing besides. */
const askedAsBefore = (desk: TaskDesk, of: Appraised): Promise<AskedTask> =>
  desk.ask({
    ...taskOf(of, { role: 'service', mark: 'head' }),
    ...(of.person === undefined ? {} : { madeBy: of.person }),
  });

/** Asked of whoever may propose now, and when the time is over of whoever may then: the head may be appraised since, or be none. */
async function proposedInTime(means: Owing, of: Appraised, inTime: InTime): Promise<TaskOutcome> {
  const { appraisalId } = of;
  const readProposer = (isLate: boolean) => database('由谁提出奖惩 who proposes').readProposer({ appraisalId, isLate });
  const first = await readProposer(false);
  const { task, owed } = await askProposal(
    means,
    taskOf(of, first),
    inTime,
    '逾期改由他人提出 others propose when it is late',
  );
  await condition(() => task.isDone() || owed.isBreached());
  const others = task.isDone() ? first : await readProposer(true);
  const outcome = isSame(first, others)
    ? await task.answered
    : await means.desk.withdraw(task, '逾期未提出，改由他人提出 not proposed in time: others propose');
  if (outcome.result !== 'withdrawn') return ended(outcome, owed);
  const spec = taskOf(of, others);
  const late = await askProposal(
    means,
    { ...spec, businessKey: `${spec.businessKey}:late` },
    { ...inTime, askedAt: outcome.at },
    '逾期上报合规 told to compliance when it is late',
  );
  return ended(await late.task.answered, owed, late.owed);
}

async function askProposal(
  means: Owing,
  task: TaskSpec & { readonly role: string },
  { withinDays, askedAt }: InTime,
  otherwise: string,
): Promise<{ readonly task: AskedTask; readonly owed: Owed }> {
  const { businessKey, role, titleEn } = task;
  const owed = await Owed.give(means, {
    businessKey,
    step: 'propose',
    subject: String(task.facts['appraisal']),
    owner: { role },
    ladder: 'PROMISE',
    limit: { kind: 'BUSINESS_DAYS', n: withinDays },
    receivedAt: askedAt,
    titleZh: '提出考核奖惩',
    titleEn,
    otherwise,
  });
  return { task: await means.desk.ask({ ...task, ...dueFrom(owed) }), owed };
}

/** What was owed is done, by whoever did it in the end. */
async function ended(outcome: TaskOutcome, ...all: readonly Owed[]): Promise<TaskOutcome> {
  for (const owed of all)
    if (outcome.result === 'completed') await owed.meet({ by: outcome.by.person, at: outcome.at });
    else await owed.withdraw('重新提出 proposed anew');
  return outcome;
}

const taskOf = (of: Appraised, whom: Proposer): TaskSpec => ({
  businessKey: `appraisal:${of.appraisalId}:${of.revision}`,
  kind: 'propose-appraisal',
  titleZh: '提出投诉处理考核的奖惩',
  titleEn: 'propose what an appraisal ends in',
  ...whom,
  form: PROPOSE,
  facts: { ...factsOf(of), ...(of.sentBack === '' ? {} : { sentBack: of.sentBack }) },
  revision: of.revision,
  bulk: false,
});

/** Whom it is about, which days, and the figures. */
const factsOf = ({ appraisalId, about, lines }: Appraised) => ({ appraisal: appraisalId, ...about, lines });

const isSame = (one: Proposer, other: Proposer): boolean => one.role === other.role && one.mark === other.mark;

/** An earlier version asked compliance whoever it was about. */
const decidedAsBefore = (desk: TaskDesk, of: Appraised, proposed: Proposed): Promise<Decision> =>
  approval(desk, approvalOf(of, proposed, { role: 'compliance' }), () => false, '');

/** By whoever is far enough from it. */
async function decidedInTime(
  means: Owing,
  of: Appraised,
  proposed: Proposed,
  { withinDays }: InTime,
): Promise<Decision> {
  const { appraisalId } = of;
  const { by, at } = proposed;
  const approver = await database('由谁复核奖惩 who approves').readApprover({ appraisalId, ...whoever(by) });
  const spec = approvalOf(of, proposed, approver);
  const owed = await Owed.give(means, {
    businessKey: spec.businessKey,
    step: 'approve',
    subject: appraisalId,
    owner: approver,
    ladder: 'PROMISE',
    limit: { kind: 'BUSINESS_DAYS', n: withinDays },
    receivedAt: at,
    titleZh: '复核考核奖惩',
    titleEn: spec.titleEn,
    otherwise: '逾期上报合规 told to compliance when it is late',
  });
  const decision = await approval(means.desk, { ...spec, ...dueFrom(owed) }, () => false, '');
  await owed.meetBy(decision);
  return decision;
}

const approvalOf = (of: Appraised, { ending, reason, by }: Proposed, approver: Approver): ApprovalSpec => ({
  businessKey: `appraisal-approve:${of.appraisalId}:${of.revision}`,
  kind: 'approve-appraisal',
  titleZh: '复核投诉处理考核的奖惩',
  titleEn: 'approve what an appraisal ends in',
  role: approver.role,
  facts: { ...factsOf(of), outcome: ending, reason },
  revision: of.revision,
  madeBy: by.person,
  ...(by.onBehalfOf === undefined ? {} : { madeFor: by.onBehalfOf }),
  subject: { kind: 'appraisal', id: of.appraisalId },
  ...riskOf(ending, by, approver),
  bulk: false,
});

/**
 * Class of risk, by which the terms say who approves: the general manager where compliance is too near; a sanction two, the general manager
 * among them, unless that is who proposed it.
 */
function riskOf(ending: AppraisalOutcome, by: Actor, { role }: Approver): { readonly risk?: string } {
  if (role === 'general_manager') return { risk: 'compliance concerned' };
  return ending === 'sanction' && by.role !== 'general_manager' ? { risk: 'sanction' } : {};
}
