/** The first three steps: register, accept or refuse, assign. */
import { condition, patched } from '@temporalio/workflow';
import {
  COMPLAINT_CATEGORIES,
  COMPLAINT_DEPARTMENTS,
  COMPLAINT_PRODUCTS,
  REFUSAL_GROUND_WORDS,
  REFUSAL_GROUNDS,
  URGENCIES,
  type RefusalGround,
} from '../../domain/complaints/complaint-words';
import type { RecordedStep } from '../../activities/complaints/record-step';
import { openFirstWork } from '../building-blocks/first-work';
import type { AskedTask, TaskForm, TaskSpec } from '../building-blocks/task-spec';
import { Owed } from '../building-blocks/owed';
import type { FilledForm } from '../messages/tasks';
import { answerDue, dueOf, meetStage, resumeClocks, stagePromises, stopClocks } from './clocks';
import {
  actorOf,
  answered,
  factsOf,
  isChanged,
  readAgain,
  record,
  recordLink,
  type AnsweredTask,
  type ComplaintCase,
} from './complaint-case';
import { deliveredBy, DELIVERY, REPLY } from './delivered';
import { answeredByCompliance } from './of-compliance';

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
      urgency: { enum: URGENCIES, title: '紧急程度 urgency; an urgent one goes to the head office the same day' },
      against: {
        type: 'string',
        minLength: 1,
        maxLength: 100,
        title: '被投诉人员 person it is about, who is kept out',
      },
      duplicateOf: { type: 'string', pattern: '^T\\d{8}-\\d{6}$', title: '重复于 duplicate of' },
      delivery: DELIVERY,
    },
    if: { properties: { decision: { const: 'duplicate' } } },
    then: { required: ['duplicateOf'] },
  },
};

/** What is owed from the receipt on, and its registration asked: what every complaint begins with. */
export function begin(it: ComplaintCase): Promise<AskedTask> {
  return openFirstWork(it, {
    promised: stagePromises(it, it.clocks),
    task: registrationOf(it, { nth: 1, refused: undefined }),
    dueBy: `complaint-accept:${it.complaintNo}`,
    given: (spec, promise) => {
      it.owed.set(spec.businessKey, Owed.of(it, spec, promise));
      it.waiting.stage('登记', 'registration');
    },
  });
}

/** Complete, or asked back while the clocks stand; a duplicate is linked to the complaint that is open. Whoever received it owes this. */
export async function register(it: ComplaintCase, asked: AskedTask): Promise<'registered' | 'duplicate'> {
  let wait: Wait | undefined;
  let refused: string | undefined;
  for (let nth = 1; ; nth += 1) {
    const task = nth === 1 ? asked : await it.desk.ask(registrationOf(it, { nth, refused }));
    const outcome = await task.answered;
    if (outcome.result !== 'completed') throw new RangeError(`the registration was ${outcome.result}`);
    const { form, by, at } = outcome;
    await wait?.end(at);
    wait = undefined;
    refused = undefined;
    switch (form['decision']) {
      case 'duplicate': {
        const duplicateOf = String(form['duplicateOf']);
        const { detail, ...known } = knownBesides(form);
        const linked = { by: actorOf(by), duplicateOf, ...known, detail: { duplicateOf, ...detail } };
        const step = { step: 'link duplicate', ...linked } as const;
        refused = await recordLink(it, step, '并入 link');
        if (refused === undefined) return 'duplicate';
        break;
      }
      case 'ask back':
        wait = await askBack(it, outcome);
        break;
      default:
        await record(it, { step: 'register', by: actorOf(by), ...betterKnown(form) }, '登记 register');
        return 'registered';
    }
  }
}

function registrationOf(
  it: ComplaintCase,
  { nth, refused }: { readonly nth: number; readonly refused: string | undefined },
): TaskSpec {
  const { receivedRole, branch, receiverBranch = branch, isReceiverKeptOut, receivedBy, alike } = it.complaint;
  // Whoever received it first registers it, also one about another branch.
  const byBranch = receivedRole === 'branch' && receiverBranch !== null && !isReceiverKeptOut;
  const byReceiver = byBranch || (receivedRole === 'service' && !isReceiverKeptOut);
  return {
    businessKey: `complaint-register:${it.complaintNo}:${nth}`,
    kind: 'register-complaint',
    titleZh: '登记投诉',
    titleEn: 'register a complaint',
    role: byBranch ? 'branch' : 'service',
    ...(byBranch ? { branch: receiverBranch } : {}),
    ...(byReceiver ? { holder: receivedBy } : {}),
    ...dueOf(it, `complaint-accept:${it.complaintNo}`),
    form: REGISTER,
    facts: { ...factsOf(it), alike, asked: nth - 1, ...(refused === undefined ? {} : { refused }) },
    revision: nth,
    bulk: false,
  };
}

/** What whoever registers knows better than whoever received it: of a mail nobody has said what it is about, and about whom. */
function betterKnown(form: FilledForm): Pick<RecordedStep, 'detail' | 'known' | 'against'> {
  const known = Object.fromEntries(
    (['product', 'category', 'branch', 'urgency'] as const).flatMap((field) =>
      typeof form[field] === 'string' ? [[field, form[field]]] : [],
    ),
  );
  const against = typeof form['against'] === 'string' ? { against: form['against'] } : {};
  const detail = { ...known, ...against };
  return Object.keys(detail).length === 0 ? {} : { detail, known, ...against };
}

/** The same where the registration is not complete by it: urgent is urgent, and whoever it is about is kept out from then on. */
const knownBesides = (form: FilledForm): ReturnType<typeof betterKnown> =>
  patched('what is filled in with any registration is kept') ? betterKnown(form) : {};

/** What was asked of the complainant; ended, the clocks run again. */
interface Wait {
  /** @param at time of the act that ends it, UTC */
  readonly end: (at: string) => Promise<void>;
}

/**
 * The clocks stand until something was added, until whoever registers goes on, or until their bound: then they run again by themselves.
 * Where the bound was reached before, the complainant is told that they run.
 */
async function askBack(it: ComplaintCase, { form, by, at }: AnsweredTask): Promise<Wait> {
  const { stopped, stand } = await stopClocks(it, { by: by.person, at });
  const step = stand ? 'ask back' : 'ask again';
  const { detail, ...known } = knownBesides(form);
  const all = { ...deliveredBy(form).detail, ...detail };
  const said = { ...known, ...(Object.keys(all).length === 0 ? {} : { detail: all }) };
  await record(it, { step, by: actorOf(by), ...said }, '请投诉人补充 ask the complainant');
  const { supplements, supplementedAt, askedBackUntil } = it.complaint;
  // Added between the act that asks and the first look at it; an earlier version waited for more.
  const isAdded = supplementedAt !== null && patched('what is added before the first look counts');
  const waitsNoMore = it.waiting.on({
    who: '投诉人 complainant',
    whatZh: '补充材料',
    whatEn: 'to add what is missing',
    ...(askedBackUntil === null ? {} : { dueAt: askedBackUntil }),
    otherwise: '计时恢复，由登记人决定 the clock runs again, and whoever registers decides',
  });
  let endedAt: string | undefined;
  const resumed = (async () => {
    while (endedAt === undefined && !isAdded && it.complaint.supplements === supplements) {
      await condition(() => endedAt !== undefined || isChanged(it));
      await readAgain(it);
    }
    waitsNoMore();
    // What was added first, or the act of whoever goes on: not when the engine heard of it.
    const ends = [it.complaint.supplementedAt, endedAt].filter((one) => typeof one === 'string').sort();
    await resumeClocks(stopped, { by: by.person, at: ends[0] });
  })();
  return {
    end: (actAt) => {
      endedAt = actAt;
      return resumed;
    },
  };
}

const ACCEPT: TaskForm = {
  version: 2,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['decision'],
    properties: {
      decision: { enum: ['accept', 'refuse'], title: '受理决定 decision' },
      ground: { enum: REFUSAL_GROUNDS, title: '不受理理由 ground' },
      delivery: DELIVERY,
      reply: REPLY,
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
  const ground = form['ground'] as RefusalGround;
  await meetStage(it, 'accept', { by: by.person, at });
  await record(
    it,
    {
      step: isRefused ? 'refuse' : 'accept',
      by: actorOf(by),
      ...(isRefused ? refusedFor(ground, form) : deliveredBy(form)),
    },
    isRefused ? '不予受理 refuse' : '受理 accept',
  );
  return isRefused ? 'refused' : 'accepted';
}

/** What is told and recorded of a refusal. */
const refusedFor = (ground: RefusalGround, form: FilledForm) => ({
  detail: { ground, ...deliveredBy(form).detail },
  facts: { ground: REFUSAL_GROUND_WORDS[ground] },
});

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
