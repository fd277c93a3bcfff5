/** The first three steps: register, accept or refuse, assign. */
import { COMPLAINT_CATEGORIES, COMPLAINT_PRODUCTS } from '../../domain/complaints/complaint-words';
import type { TaskForm } from '../building-blocks/human-task';
import type { FilledForm } from '../messages/tasks';
import { actorOf, answered, factsOf, isChanged, readAgain, record, type ComplaintCase } from './complaint-case';
import { meetStage, resumeClocks, stopClocks } from './clocks';

const REGISTER: TaskForm = {
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['decision'],
    properties: {
      decision: { enum: ['complete', 'ask back', 'duplicate'], title: '登记结果 decision' },
      product: { enum: COMPLAINT_PRODUCTS, title: '更正产品 product, where it was not known' },
      category: { enum: COMPLAINT_CATEGORIES, title: '更正类别 category, where it was not known' },
      branch: { type: 'string', minLength: 1, maxLength: 20, title: '补记营业部 branch, where it was not known' },
      duplicateOf: { type: 'string', pattern: '^T\\d{8}-\\d{6}$', title: '重复于 duplicate of' },
    },
    if: { properties: { decision: { const: 'duplicate' } } },
    then: { required: ['duplicateOf'] },
  },
};

/** Complete, or asked back while the clocks stand; a duplicate is linked to the complaint that is open. Whoever received it owes this. */
export async function register(it: ComplaintCase): Promise<'registered' | 'duplicate'> {
  it.waiting.stage('登记', 'registration');
  for (let nth = 1; ; nth += 1) {
    const { complaint } = it;
    const { receivedRole, branch, isReceiverKeptOut, receivedBy, alike } = complaint;
    const byBranch = receivedRole === 'branch' && branch !== null && !isReceiverKeptOut;
    const isStaff = receivedRole === 'branch' || receivedRole === 'service';
    const { form, by } = await answered(it, {
      businessKey: `complaint-register:${it.complaintNo}:${nth}`,
      kind: 'register-complaint',
      titleZh: '登记投诉',
      titleEn: 'register a complaint',
      role: byBranch ? 'branch' : 'service',
      ...(byBranch ? { branch } : {}),
      ...(isStaff && !isReceiverKeptOut ? { holder: receivedBy } : {}),
      form: REGISTER,
      facts: { ...factsOf(it), alike, asked: nth - 1 },
      revision: nth,
      bulk: false,
    });
    switch (form['decision']) {
      case 'duplicate': {
        const duplicateOf = String(form['duplicateOf']);
        await record(
          it,
          { step: 'link duplicate', by: actorOf(by), duplicateOf, detail: { duplicateOf } },
          '并入 link',
        );
        return 'duplicate';
      }
      case 'ask back':
        await record(it, { step: 'ask back', by: actorOf(by) }, '请投诉人补充 ask the complainant');
        await waitForComplainant(it, by.person);
        break;
      default:
        await record(it, { step: 'register', by: actorOf(by), ...betterKnown(form) }, '登记 register');
        return 'registered';
    }
  }
}

/** What whoever registers knows better than whoever received it: of a mail nobody has said what it is about. */
function betterKnown(form: FilledForm) {
  const known = Object.fromEntries(
    (['product', 'category', 'branch'] as const).flatMap((field) =>
      typeof form[field] === 'string' ? [[field, form[field]]] : [],
    ),
  );
  return Object.keys(known).length === 0 ? {} : { detail: known, known };
}

/** Until something was added, or the clocks may stand no longer. */
async function waitForComplainant(it: ComplaintCase, by: string): Promise<void> {
  const { supplements, askedBackUntil } = it.complaint;
  if (askedBackUntil === null) return;
  const stopped = await stopClocks(it, by);
  const waitsNoMore = it.waiting.on({
    who: '投诉人 complainant',
    whatZh: '补充材料',
    whatEn: 'to add what is missing',
    dueAt: askedBackUntil,
    otherwise: '计时恢复，由登记人决定 the clock runs again, and whoever registers decides',
  });
  let came: 'done' | 'due' = 'done';
  while (came === 'done' && it.complaint.supplements === supplements) {
    came = await it.clock.waitUntil(askedBackUntil, () => isChanged(it), '等待投诉人补充 wait for the complainant');
    await readAgain(it);
  }
  waitsNoMore();
  await resumeClocks(stopped, by);
}

const ACCEPT: TaskForm = {
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['decision'],
    properties: {
      decision: { enum: ['accept', 'refuse'], title: '受理决定 decision' },
      ground: {
        enum: ['not ours', 'no facts', 'in court or arbitration', 'decided before', 'out of time'],
        title: '不受理理由 ground',
      },
    },
    if: { properties: { decision: { const: 'refuse' } } },
    then: { required: ['ground'] },
  },
};

/** Accepted or refused with a reason, within the limit; the complainant is told. */
export async function accept(it: ComplaintCase): Promise<'accepted' | 'refused'> {
  it.waiting.stage('受理', 'acceptance');
  const { form, by, at } = await answered(it, {
    businessKey: `complaint-accept:${it.complaintNo}`,
    kind: 'accept-complaint',
    titleZh: '决定是否受理投诉',
    titleEn: 'accept or refuse a complaint',
    role: 'service',
    ...dueOf(it, `complaint-accept:${it.complaintNo}`),
    form: ACCEPT,
    facts: factsOf(it),
    revision: 1,
    bulk: false,
  });
  const isRefused = form['decision'] === 'refuse';
  const ground = String(form['ground']);
  await meetStage(it, 'accept', { by: by.person, at });
  await record(
    it,
    {
      step: isRefused ? 'refuse' : 'accept',
      by: actorOf(by),
      ...(isRefused ? { detail: { ground }, facts: { ground } } : {}),
    },
    isRefused ? '不予受理 refuse' : '受理 accept',
  );
  return isRefused ? 'refused' : 'accepted';
}

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
        enum: ['branch', 'region', 'brokerage', 'service', 'operations', 'finance', 'compliance', 'general_manager'],
        title: '承办部门 department',
      },
      branch: { type: 'string', maxLength: 20, title: '营业部 branch' },
    },
  },
};

/** To a department and a named handler, or to the group of another complaint; of a reopened complaint by compliance, a level higher. */
export async function assign(it: ComplaintCase, nth: number): Promise<'assigned' | 'joined'> {
  it.waiting.stage('指派承办人', 'assignment');
  const { level } = it.complaint;
  const { form, by } = await answered(it, {
    businessKey: `complaint-assign:${it.complaintNo}:${nth}`,
    kind: 'assign-complaint',
    titleZh: '指派投诉承办人',
    titleEn: 'assign a complaint to a handler',
    role: level === 1 ? 'service' : 'compliance',
    form: ASSIGN,
    facts: factsOf(it),
    revision: nth,
    bulk: false,
  });
  if (typeof form['groupOf'] === 'string') {
    const { groupOf } = form;
    await record(
      it,
      { step: 'join group', by: actorOf(by), groupOf, detail: { groupOf } },
      '并入群体投诉 join the group',
    );
    return 'joined';
  }
  const handler = {
    person: String(form['person']),
    role: String(form['role']),
    ...(typeof form['branch'] === 'string' ? { branch: form['branch'] } : {}),
  };
  await record(it, { step: 'assign', by: actorOf(by), handler, detail: { handler } }, '指派 assign');
  return 'assigned';
}

/** Until when, where a promise says so. */
export const dueOf = (it: ComplaintCase, key: string): { readonly dueAt?: string } => {
  const dueAt = it.owed.get(key)?.dueAt();
  return dueAt === undefined ? {} : { dueAt };
};
