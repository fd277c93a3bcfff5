/**
 * How a department or a person handled complaints in a period: computed line by line, then a reward or a sanction is proposed and approved by
 * others, a sanction by two. Whoever is appraised decides nothing of it, as a department neither. `appraisal:SUBJECT:FIRST:LAST`.
 *
 *   figures computed -> proposed in time, or by others -> approved; not approved: proposed anew
 */
import { condition } from '@temporalio/workflow';
import type { AppraisalLine } from '../activities/appraisals/compute-appraisal';
import type { Proposer } from '../activities/appraisals/whose-appraisal';
import { database } from './activity-groups';
import { approval } from './building-blocks/approval';
import { BusinessClock } from './building-blocks/business-clock';
import { TaskDesk } from './building-blocks/human-task';
import { dueFrom, Owed, type Owing } from './building-blocks/owed';
import { Promises } from './building-blocks/promises';
import type { TaskForm, TaskSpec } from './building-blocks/task-spec';
import { openWaiting } from './building-blocks/waiting';
import { whoever } from './building-blocks/whoever';
import type { AppraisalInput, AppraisalOutcome } from './messages/appraisal';
import type { TaskOutcome } from './messages/tasks';

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
}

export async function appraisal(asked: AppraisalInput): Promise<AppraisalOutcome> {
  const { appraisalId, propose } = asked;
  const waiting = openWaiting({ zh: '投诉处理考核', en: 'appraisal of complaints' });
  const desk = TaskDesk.open(waiting);
  const promises = Promises.open(waiting);
  const means = { desk, promises, clock: await BusinessClock.open() };
  waiting.stage('计算', 'computing');
  const lines = await database('计算考核指标 compute the figures').computeAppraisal({ appraisalId });
  let since = propose?.askedAt;
  for (let revision = 1; ; revision += 1) {
    waiting.stage('提出奖惩', 'waiting for a proposal');
    const of = { ...asked, lines, revision };
    // An earlier version asked the head of service whoever it was about, with nothing owed; its runs replay in these very steps.
    const outcome =
      since === undefined
        ? await (
            await desk.ask(taskOf(of, { role: 'service', mark: 'head' }))
          ).answered
        : await proposedInTime(means, of, since);
    since &&= outcome.at;
    if (outcome.result !== 'completed') continue;
    const { by, form } = outcome;
    const ending = form['outcome'] as AppraisalOutcome;
    await database('登记奖惩建议 draft the proposal').proposeAppraisal({
      appraisalId,
      revision,
      outcome: ending,
      ...whoever(by),
    });
    const isConcerned =
      propose !== undefined &&
      (await database('由谁复核奖惩 who approves').isComplianceConcerned({ appraisalId, ...whoever(by) }));
    waiting.stage('复核奖惩', 'waiting for approval');
    const { decision, at } = await approval(
      desk,
      {
        businessKey: `appraisal-approve:${appraisalId}:${revision}`,
        kind: 'approve-appraisal',
        titleZh: '复核投诉处理考核的奖惩',
        titleEn: 'approve what an appraisal ends in',
        role: 'compliance',
        facts: { appraisal: appraisalId, lines, outcome: ending },
        revision,
        madeBy: by.person,
        ...(by.onBehalfOf === undefined ? {} : { madeFor: by.onBehalfOf }),
        subject: { kind: 'appraisal', id: appraisalId },
        ...riskOf(ending, isConcerned),
        bulk: false,
      },
      () => false,
      '',
    );
    since &&= at;
    if (decision !== 'approved') continue;
    waiting.stage('已结束', 'ended');
    await desk.closing();
    return ending;
  }
}

/**
 * Asked of whoever may propose now, and when the time is over of whoever may then: the head may be appraised since, or be none.
 * @param since when it was asked for, or the last proposal came to nothing; UTC
 */
async function proposedInTime(means: Owing, of: Appraised, since: string): Promise<TaskOutcome> {
  const { appraisalId, revision, propose } = of;
  const { desk } = means;
  const readProposer = (isLate: boolean) => database('由谁提出奖惩 who proposes').readProposer({ appraisalId, isLate });
  const first = await readProposer(false);
  const owed = await Owed.give(means, {
    businessKey: `appraisal:${appraisalId}:${revision}`,
    step: 'propose',
    subject: appraisalId,
    owner: { role: first.role },
    ladder: 'PROMISE',
    limit: { kind: 'BUSINESS_DAYS', n: propose?.withinDays ?? 0 },
    receivedAt: since,
    titleZh: '提出考核奖惩',
    titleEn: 'propose what an appraisal ends in',
    otherwise: '逾期改由他人提出 others propose when it is late',
  });
  const task = await desk.ask({ ...taskOf(of, first), ...dueFrom(owed) });
  await condition(() => task.isDone() || owed.isBreached());
  const others = task.isDone() ? first : await readProposer(true);
  let outcome = isSame(first, others)
    ? await task.answered
    : await desk.withdraw(task, '逾期未提出，改由他人提出 not proposed in time: others propose');
  if (outcome.result === 'withdrawn') {
    const late = { ...taskOf(of, others), businessKey: `appraisal:${appraisalId}:${revision}:late` };
    outcome = await (await desk.ask({ ...late, ...dueFrom(owed) })).answered;
  }
  if (outcome.result === 'completed') await owed.meet({ by: outcome.by.person, at: outcome.at });
  else await owed.withdraw('重新提出 proposed anew');
  return outcome;
}

const taskOf = ({ appraisalId, person, lines, revision }: Appraised, whom: Proposer): TaskSpec => ({
  businessKey: `appraisal:${appraisalId}:${revision}`,
  kind: 'propose-appraisal',
  titleZh: '提出投诉处理考核的奖惩',
  titleEn: 'propose what an appraisal ends in',
  ...whom,
  form: PROPOSE,
  facts: { appraisal: appraisalId, lines },
  revision,
  bulk: false,
  ...(person === undefined ? {} : { madeBy: person }),
});

const isSame = (one: Proposer, other: Proposer): boolean => one.role === other.role && one.mark === other.mark;

/** Class of risk, by which the terms say who approves: the general manager where compliance is too near, a sanction by two. */
function riskOf(ending: AppraisalOutcome, isComplianceConcerned: boolean): { readonly risk?: string } {
  if (isComplianceConcerned) return { risk: 'compliance concerned' };
  return ending === 'sanction' ? { risk: 'sanction' } : {};
}
