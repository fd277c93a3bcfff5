/**
 * How a department or a person handled complaints in a period: computed line by line, then a reward or a sanction is proposed and approved by
 * others, a sanction by two. `appraisal:SUBJECT:FIRST:LAST`.
 */
import { database } from './activity-groups';
import { approval } from './building-blocks/approval';
import { BusinessClock } from './building-blocks/business-clock';
import { TaskDesk } from './building-blocks/human-task';
import type { TaskForm } from './building-blocks/task-spec';
import { openWaiting } from './building-blocks/waiting';
import { whoever } from './building-blocks/whoever';
import type { AppraisalInput, AppraisalOutcome } from './messages/appraisal';

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

export async function appraisal({ appraisalId, person }: AppraisalInput): Promise<AppraisalOutcome> {
  const waiting = openWaiting({ zh: '投诉处理考核', en: 'appraisal of complaints' });
  const desk = TaskDesk.open(waiting);
  await BusinessClock.open();
  waiting.stage('计算', 'computing');
  const lines = await database('计算考核指标 compute the figures').computeAppraisal({ appraisalId });
  for (let revision = 1; ; revision += 1) {
    waiting.stage('提出奖惩', 'waiting for a proposal');
    const task = await desk.ask({
      businessKey: `appraisal:${appraisalId}:${revision}`,
      kind: 'propose-appraisal',
      titleZh: '提出投诉处理考核的奖惩',
      titleEn: 'propose what an appraisal ends in',
      role: 'service',
      mark: 'head',
      form: PROPOSE,
      facts: { appraisal: appraisalId, lines },
      revision,
      bulk: false,
      ...(person === undefined ? {} : { madeBy: person }),
    });
    const outcome = await task.answered;
    if (outcome.result !== 'completed') continue;
    const { by, form } = outcome;
    const proposed = form['outcome'] as AppraisalOutcome;
    await database('登记奖惩建议 draft the proposal').proposeAppraisal({
      appraisalId,
      revision,
      outcome: proposed,
      ...whoever(by),
    });
    waiting.stage('复核奖惩', 'waiting for approval');
    const { decision } = await approval(
      desk,
      {
        businessKey: `appraisal-approve:${appraisalId}:${revision}`,
        kind: 'approve-appraisal',
        titleZh: '复核投诉处理考核的奖惩',
        titleEn: 'approve what an appraisal ends in',
        role: 'compliance',
        facts: { appraisal: appraisalId, lines, outcome: proposed },
        revision,
        madeBy: by.person,
        ...(by.onBehalfOf === undefined ? {} : { madeFor: by.onBehalfOf }),
        subject: { kind: 'appraisal', id: appraisalId },
        ...(proposed === 'sanction' ? { risk: 'sanction' } : {}),
        bulk: false,
      },
      () => false,
      '',
    );
    if (decision !== 'approved') continue;
    waiting.stage('已结束', 'ended');
    await desk.closing();
    return proposed;
  }
}
