/** The first two steps: register, accept or refuse. */
import { condition, patched } from '@temporalio/workflow';
import { REFUSAL_GROUND_WORDS, REFUSAL_GROUNDS, type RefusalGround } from '../../domain/complaints/complaint-words';
import { DELIVERY, DUPLICATE_OF, NAMES_DUPLICATE, REPLY } from '../../domain/complaints/form-fields';
import { isByBranch, registrationDueBy, registrationTask } from '../../domain/complaints/registration';
import { stagePromises } from '../../domain/complaints/stage-promises';
import type { RecordedStep } from '../../activities/complaints/record-step';
import { openFirstWork, takeFirstWork, type FirstWork } from '../building-blocks/first-work';
import type { AskedTask, TaskForm, TaskSpec } from '../building-blocks/task-spec';
import { Owed } from '../building-blocks/owed';
import type { FilledForm } from '../messages/tasks';
import { dueOf, meetStage, resumeClocks, stopClocks } from './clocks';
import {
  actorOf,
  answered,
  factsOf,
  isChanged,
  readAgain,
  readBeside,
  record,
  recordLink,
  type AnsweredTask,
  type ComplaintCase,
} from './complaint-case';
import { deliveredBy } from './delivered';

/** What every complaint begins with, opened with its receipt; of a process of an earlier version it is opened here. */
export function begin(it: ComplaintCase): Promise<AskedTask> {
  const work: FirstWork = {
    promised: stagePromises(it.complaint, it.clocks),
    task: registrationOf(it, { nth: 1, refused: undefined, byOthers: false }),
    dueBy: registrationDueBy(it.complaintNo),
    given: (spec, promise) => {
      it.owed.set(spec.businessKey, Owed.of(it, spec, promise));
      it.waiting.stage('登记', 'registration');
    },
  };
  return it.opened === undefined ? openFirstWork(it, work) : Promise.resolve(takeFirstWork(it, work, it.opened));
}

/** Complete, or asked back while the clocks stand; a duplicate is linked to the complaint that is open. Whoever received it owes this. */
export async function register(it: ComplaintCase, asked: AskedTask): Promise<'registered' | 'duplicate'> {
  let wait: Wait | undefined;
  let refused: string | undefined;
  let byOthers = false;
  for (let nth = 1; ; nth += 1) {
    const [isInBranch, { revision }] = [!byOthers && isByBranch(it.complaint), it.complaint];
    const task = nth === 1 ? asked : await it.desk.ask(registrationOf(it, { nth, refused, byOthers }));
    if (isInBranch) void untilReceiverConcerned(it, task, revision);
    const outcome = await task.answered;
    if (outcome.result === 'withdrawn') {
      byOthers = true;
      continue;
    }
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

/** Whoever received it in a branch may turn out to be concerned while it waits there: then it is taken off the list of the branch. */
async function untilReceiverConcerned(it: ComplaintCase, task: AskedTask, asAsked: number): Promise<void> {
  let heard = asAsked;
  // An earlier version left it with the branch.
  const isNews = () => it.told.revision > heard && patched('whoever received it is looked at while it is registered');
  for (;;) {
    await condition(() => task.isDone() || isNews());
    if (task.isDone()) return;
    heard = it.told.revision;
    const { complaint } = await readBeside(it);
    if (complaint.isReceiverKeptOut) await it.desk.withdraw(task, '接收人已回避 whoever received it is recused');
  }
}

/** Due as the complaint is to be accepted, where its calendar says until when. */
const registrationOf = (
  it: ComplaintCase,
  asked: { readonly nth: number; readonly refused: string | undefined; readonly byOthers: boolean },
): TaskSpec => ({ ...registrationTask(it.complaint, asked), ...dueOf(it, registrationDueBy(it.complaintNo)) });

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
  version: 3,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['decision'],
    properties: {
      decision: { enum: ['accept', 'refuse', 'duplicate'], title: '受理决定 decision' },
      ground: { enum: REFUSAL_GROUNDS, title: '不受理理由 ground' },
      duplicateOf: DUPLICATE_OF,
      delivery: DELIVERY,
      reply: REPLY,
    },
    allOf: [{ if: { properties: { decision: { const: 'refuse' } } }, then: { required: ['ground'] } }, NAMES_DUPLICATE],
  },
};

/** Accepted or refused with a reason, within the limit; the complainant is told. What shows only now to be a duplicate is linked here too. */
export async function accept(it: ComplaintCase): Promise<'accepted' | 'refused' | 'duplicate'> {
  it.waiting.stage('受理', 'acceptance');
  let refused: string | undefined;
  for (let nth = 1; ; nth += 1) {
    const { form, by, at } = await answered(it, acceptanceOf(it, { nth, refused }));
    if (form['decision'] === 'duplicate') {
      const duplicateOf = String(form['duplicateOf']);
      const step = { step: 'link duplicate', by: actorOf(by), duplicateOf, detail: { duplicateOf } } as const;
      refused = await recordLink(it, step, '并入 link');
      if (refused === undefined) return 'duplicate';
      continue;
    }
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
}

function acceptanceOf(
  it: ComplaintCase,
  { nth, refused }: { readonly nth: number; readonly refused: string | undefined },
): TaskSpec {
  const key = `complaint-accept:${it.complaintNo}`;
  const { alike } = it.complaint;
  return {
    businessKey: nth === 1 ? key : `${key}:${nth}`,
    kind: 'accept-complaint',
    titleZh: '决定是否受理投诉',
    titleEn: 'accept or refuse a complaint',
    role: 'service',
    ...dueOf(it, key),
    form: ACCEPT,
    facts: {
      ...factsOf(it),
      ...(alike.length === 0 ? {} : { alike }),
      ...(refused === undefined ? {} : { refused }),
    },
    revision: nth,
    bulk: false,
  };
}

/** What is told and recorded of a refusal. */
const refusedFor = (ground: RefusalGround, form: FilledForm) => ({
  detail: { ground, ...deliveredBy(form).detail },
  facts: { ground: REFUSAL_GROUND_WORDS[ground] },
});
