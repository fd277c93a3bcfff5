/**
 * An inspection: somebody who did not handle it looks at a closed complaint or a request carried out at the counter, or listens to a
 * recorded call, by a checklist. What is wrong is
 * corrected by a department within its days, tracked to its end. `inspection:SAMPLE:SUBJECT`.
 */
import {
  unmatchedFindings,
  VERDICTS,
  type ChecklistItem,
  type Inspected,
  type InspectionFinding,
} from '../domain/samples/checklists';
import type { Words } from '../domain/messages/words';
import type { FollowedInspection, OwedFinding } from '../activities/inspections/follow-inspection';
import { database } from './activity-groups';
import { BusinessClock } from './building-blocks/business-clock';
import { leaveToDispatcher } from './building-blocks/delivery';
import { TaskDesk } from './building-blocks/human-task';
import type { TaskForm } from './building-blocks/task-spec';
import { CORRECTION_FORM } from './building-blocks/task-forms';
import { dueFrom, Owed, type Owing } from './building-blocks/owed';
import { Promises } from './building-blocks/promises';
import { openWaiting } from './building-blocks/waiting';
import { businessFailure } from './failures';
import type { InspectionEnd, InspectionInput } from './messages/sample';
import type { FilledForm } from './messages/tasks';

/** Closed complaints and what branches do at the counter are inspected by audit, calls by the department of service: by others of it than whoever called. */
const INSPECTOR: Readonly<Record<Inspected, string>> = { complaints: 'audit', calls: 'service', requests: 'audit' };

const WORDS: Readonly<Record<Inspected, { readonly kind: string; readonly promise: Words; readonly task: Words }>> = {
  calls: {
    kind: 'check-call',
    promise: { zh: '回访质检', en: 'listen to a call' },
    task: { zh: '按检查表听取回访录音', en: 'listen to a recorded call by the checklist' },
  },
  complaints: {
    kind: 'inspect-complaint',
    promise: { zh: '投诉检查', en: 'inspect a complaint' },
    task: { zh: '按检查表检查已结投诉', en: 'inspect a closed complaint by the checklist' },
  },
  requests: {
    kind: 'examine-request',
    promise: { zh: '柜台业务检查', en: 'examine a request at the counter' },
    task: { zh: '按检查表检查柜台业务', en: 'examine what was done at the counter by the checklist' },
  },
};

const formOf = (checklist: readonly ChecklistItem[]): TaskForm => ({
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['answers', 'findings'],
    properties: {
      answers: {
        type: 'object',
        title: '检查表 checklist',
        additionalProperties: false,
        required: checklist.map(({ item }) => item),
        properties: Object.fromEntries(
          checklist.map(({ item, zh, en }) => [item, { enum: [...VERDICTS], title: `${zh} ${en}` }]),
        ),
      },
      findings: {
        type: 'array',
        maxItems: 20,
        title: '不合格项及整改 what is wrong, and who corrects it',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['item', 'role', 'dueDays', 'what'],
          properties: {
            item: { enum: checklist.map(({ item }) => item) },
            role: {
              enum: ['branch', 'region', 'brokerage', 'service', 'operations', 'finance', 'compliance', 'admin'],
            },
            branch: { type: 'string', pattern: '^\\d{4}$', title: '营业部 branch' },
            dueDays: { type: 'integer', minimum: 1, maximum: 250, title: '期限（工作日）working days' },
            what: { type: 'string', minLength: 5, maxLength: 500, title: '发现的问题 what was found' },
          },
        },
      },
    },
  },
});

const findingsOf = (form: FilledForm) => form['findings'] as readonly (InspectionFinding & { readonly what: string })[];
const answersOf = (form: FilledForm) => form['answers'] as Readonly<Record<string, string>>;

function refuseUnmatched(form: FilledForm): void {
  const { missing, idle } = unmatchedFindings(answersOf(form), findingsOf(form));
  if (missing.length > 0) throw businessFailure('FINDING_MISSING', { items: missing.join(', ') });
  if (idle.length > 0) throw businessFailure('FINDING_WITHOUT_FAULT', { items: idle.join(', ') });
}

export async function inspection({ inspectionId }: InspectionInput): Promise<InspectionEnd> {
  const waiting = openWaiting({ zh: '检查', en: 'inspection' });
  const desk = TaskDesk.open(waiting);
  const promises = Promises.open(waiting);
  const clock = await BusinessClock.open();
  const inspected = await database('读取检查 read the inspection').readInspection({ inspectionId });
  const { answers, findings, by } = await inspect(inspected, { desk, promises, clock });
  const owed = await database('登记检查结果 record what was found').recordInspection({
    inspectionId,
    answers,
    findings,
    by,
  });
  waiting.stage('整改', 'corrective actions');
  await Promise.all(
    owed.map((finding) => {
      // By reference, as it was typed into the form.
      const what = findings[finding.findingNo - 1]?.what;
      return correct(inspected, { ...finding, ...(what === undefined ? {} : { what }) }, { desk, promises, clock });
    }),
  );
  await database('检查结束 the inspection ends').endInspection({ inspectionId });
  waiting.stage('已结束', 'ended');
  leaveToDispatcher();
  await desk.closing();
  return owed.length === 0 ? 'nothing found' : 'corrected';
}

async function inspect(of: FollowedInspection, means: Owing) {
  const { inspectionId, sampleNo, kind, subject, handledBy, call, begunAt, withinDays, checklist } = of;
  const role = INSPECTOR[kind];
  const promise = await Owed.give(means, {
    businessKey: `inspection:${inspectionId}`,
    step: 'inspect',
    subject,
    owner: { role },
    ladder: 'PROMISE',
    limit: { kind: 'BUSINESS_DAYS', n: withinDays },
    receivedAt: begunAt,
    titleZh: WORDS[kind].promise.zh,
    titleEn: WORDS[kind].promise.en,
  });
  const task = await means.desk.ask({
    businessKey: `inspection:${inspectionId}`,
    kind: WORDS[kind].kind,
    titleZh: WORDS[kind].task.zh,
    titleEn: WORDS[kind].task.en,
    role,
    ...dueFrom(promise),
    form: formOf(checklist),
    facts: { sample: sampleNo, subject, ...call },
    revision: 1,
    bulk: false,
    ...(handledBy === null ? {} : { madeBy: handledBy }),
    checkForm: refuseUnmatched,
  });
  const outcome = await task.answered;
  if (outcome.result !== 'completed') throw new RangeError(`task inspection:${inspectionId} was ${outcome.result}`);
  const { form, by, at } = outcome;
  await promise.meet({ by: by.person, at });
  return {
    answers: answersOf(form),
    findings: findingsOf(form),
    by: { person: by.person, role: by.role },
  };
}

/** Late, it is escalated, and it stays owed until it is done. */
async function correct(
  of: FollowedInspection,
  finding: OwedFinding & { readonly what?: string },
  means: Owing,
): Promise<void> {
  const { inspectionId, subject } = of;
  const { findingNo, item, role, branch, dueDays, since, what } = finding;
  const key = `inspection-finding:${inspectionId}:${findingNo}`;
  const at = branch === undefined ? {} : { branch };
  const promise = await Owed.give(means, {
    businessKey: key,
    step: 'corrective action',
    subject: `${subject}:${item}`,
    owner: { role },
    ...at,
    ladder: 'PROMISE',
    limit: { kind: 'BUSINESS_DAYS', n: dueDays },
    receivedAt: since,
    titleZh: '检查整改',
    titleEn: 'corrective action of an inspection',
  });
  const task = await means.desk.ask({
    businessKey: key,
    kind: 'correct-finding',
    titleZh: '落实检查整改',
    titleEn: 'carry out a corrective action of an inspection',
    role,
    ...at,
    ...dueFrom(promise),
    form: CORRECTION_FORM,
    facts: { subject, item, finding: findingNo, ...(what === undefined ? {} : { what }) },
    revision: 1,
    bulk: false,
  });
  const outcome = await task.answered;
  if (outcome.result !== 'completed') throw new RangeError(`task ${key} was ${outcome.result}`);
  const { by } = outcome;
  await database('整改完成 the finding is corrected').endFinding({
    inspectionId,
    findingNo,
    by: { person: by.person, role: by.role },
  });
  await promise.meet({ by: by.person, at: outcome.at });
}
