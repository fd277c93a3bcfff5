/** Who handles it: a named person of a department, or the group of another complaint. */
import { COMPLAINT_DEPARTMENTS } from '../../domain/complaints/complaint-words';
import type { TaskForm } from '../building-blocks/task-spec';
import { answerDue } from './clocks';
import { actorOf, answered, factsOf, record, recordLink, type ComplaintCase } from './complaint-case';
import { answeredByCompliance } from './of-compliance';

const ASSIGN: TaskForm = {
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    anyOf: [{ required: ['person', 'role'] }, { required: ['groupOf'] }],
    properties: {
      groupOf: {
        type: 'string',
        pattern: '^T\\d{8}-\\d{6}$',
        title: '并入群体投诉 of the same cause as: its investigation serves this one too',
      },
      person: { type: 'string', minLength: 1, maxLength: 100, title: '承办人 handler' },
      role: {
        enum: COMPLAINT_DEPARTMENTS,
        title: '承办部门 department',
      },
      branch: { type: 'string', maxLength: 20, title: '营业部 branch' },
    },
  },
};

/** To a department and a named handler, or to the group of another complaint; of a reopened complaint by compliance, a level higher. */
export async function assign(it: ComplaintCase, rounds: { assigned: number }): Promise<'assigned' | 'joined'> {
  it.waiting.stage('指派承办人', 'assignment');
  const { level } = it.complaint;
  for (let refused: string | undefined; ;) {
    const nth = (rounds.assigned += 1);
    const work = {
      businessKey: `complaint-assign:${it.complaintNo}:${nth}`,
      kind: 'assign-complaint',
      titleZh: '指派投诉承办人',
      titleEn: 'assign a complaint to a handler',
      ...answerDue(it),
      form: ASSIGN,
      facts: { ...factsOf(it), ...(refused === undefined ? {} : { refused }) },
      revision: nth,
      bulk: false,
    };
    const { form, by } = await (level === 1
      ? answered(it, { ...work, role: 'service' })
      : answeredByCompliance(it, work));
    if (typeof form['groupOf'] === 'string') {
      const { groupOf } = form;
      const step = { step: 'join group', by: actorOf(by), groupOf, detail: { groupOf } } as const;
      refused = await recordLink(it, step, '并入群体投诉 join the group');
      if (refused === undefined) return 'joined';
      continue;
    }
    const handler = {
      person: String(form['person']),
      role: String(form['role']),
      ...(typeof form['branch'] === 'string' ? { branch: form['branch'] } : {}),
    };
    await record(it, { step: 'assign', by: actorOf(by), handler, detail: { handler } }, '指派 assign');
    return 'assigned';
  }
}
