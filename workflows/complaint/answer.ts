/** The answer to whoever complained; where they disagree, mediation is offered. */
import type { TaskForm } from '../building-blocks/task-spec';
import { actorOf, answered, factsOf, record, type ComplaintCase } from './complaint-case';
import { answerDue, meetStage } from './clocks';
import { DELIVERY, REPLY } from '../../domain/complaints/form-fields';
import { deliveredBy } from './delivered';

const SENT: TaskForm = {
  version: 2,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['answered'],
    properties: {
      answered: { type: 'boolean', const: true, title: '答复已写好 the answer is written' },
      delivery: DELIVERY,
      reply: REPLY,
    },
  },
};

/** Owed within the limit. A client reads what is written; to everybody else it is delivered, and the register says how. */
export async function answer(it: ComplaintCase): Promise<void> {
  it.waiting.stage('答复', 'answer');
  const { level } = it.complaint;
  const { by, at, form } = await answered(it, {
    businessKey: `complaint-answer:${it.complaintNo}:${level}`,
    kind: 'answer-complaint',
    titleZh: '答复投诉人',
    titleEn: 'answer the complainant',
    role: 'service',
    ...answerDue(it),
    form: SENT,
    facts: factsOf(it),
    revision: level,
    bulk: false,
  });
  await meetStage(it, 'answer', { by: by.person, at });
  await record(it, { step: 'answer', by: actorOf(by), ...deliveredBy(form) }, '答复 answer');
}
