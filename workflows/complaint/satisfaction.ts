/** After the answer: the complainant is called back by somebody who did not handle it; where they disagree, mediation is offered. */
import { condition } from '@temporalio/workflow';
import type { Satisfaction } from '../../activities/complaints/ask-complaint-callback';
import { database } from '../activity-groups';
import type { TaskForm } from '../building-blocks/task-spec';
import { doneInTime } from './clocks';
import { actorOf, factsOf, record, type ComplaintCase } from './complaint-case';

/** By the callback service, whoever complained: three attempts on three days, within its hours, by nobody who had a hand in it. */
export async function callBack(it: ComplaintCase): Promise<Satisfaction> {
  it.waiting.stage('回访', 'callback');
  const { complaintNo } = it;
  const { level } = it.complaint;
  const { callbackNo } = await database('请求回访 ask for the callback').askComplaintCallback({ complaintNo, level });
  const waitsNoMore = it.waiting.on({
    who: '回访人 caller',
    role: 'service',
    whatZh: `回访 ${callbackNo}`,
    whatEn: `callback ${callbackNo}`,
  });
  await condition(() => it.callbacks.outcomeOf(callbackNo) !== undefined);
  waitsNoMore();
  const { satisfaction } = await database('回访中的表态 what was said of the answer').complaintSatisfaction({
    callbackNo,
  });
  await record(it, { step: 'call back', detail: { level, satisfaction } }, `回访结果 callback: ${satisfaction}`);
  return satisfaction;
}

const MEDIATED: TaskForm = {
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['mediation'],
    properties: { mediation: { enum: ['not wanted', 'settled', 'failed'], title: '调解结果 mediation' } },
  },
};

/** Offered before it goes a level higher: settled, nothing is left to be handled. */
export async function mediate(it: ComplaintCase): Promise<'settled' | 'goes on'> {
  it.waiting.stage('提供调解', 'mediation is offered');
  const { form, by } = await doneInTime(it, 'mediate', {
    businessKey: `complaint-mediate:${it.complaintNo}`,
    kind: 'offer-mediation',
    titleZh: '投诉人不满意：提供调解并登记结果',
    titleEn: 'the complainant disagrees: offer mediation, and record what came of it',
    role: 'service',
    form: MEDIATED,
    facts: factsOf(it),
    revision: 1,
    bulk: false,
  });
  await record(it, { step: 'mediate', by: actorOf(by), detail: { mediation: form['mediation'] } }, '调解 mediation');
  return form['mediation'] === 'settled' ? 'settled' : 'goes on';
}

/** Once, to a higher level: compliance assigns it, and the answer is owed anew. Answers when that began. */
export async function reopen(it: ComplaintCase): Promise<string> {
  const { reopenedAt } = await record(it, { step: 'reopen' }, '重新办理 reopen a level higher');
  if (reopenedAt === null) throw new RangeError('a complaint that was reopened says when');
  return reopenedAt;
}
