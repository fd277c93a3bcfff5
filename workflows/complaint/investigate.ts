/** The investigation: the handler proposes an outcome, once every department that was asked has answered or compliance goes on without it. */
import { condition, patched } from '@temporalio/workflow';
import type { DepartmentRequest } from '../../activities/complaints/follow-complaint';
import type { Finding } from '../../domain/complaints/complaint-words';
import { parseWrittenAmount } from '../../domain/money';
import { database } from '../activity-groups';
import type { AskedTask, TaskForm } from '../building-blocks/task-spec';
import { businessFailure } from '../failures';
import type { Actor } from '../messages/tasks';
import { actorOf, factsOf, heedsReadings, isChanged, readAgain, type ComplaintCase } from './complaint-case';
import { answerDue, isAnswerLate } from './clocks';
import { dueFrom, Owed } from '../building-blocks/owed';
import { askCompliance, askedOfOthers, isForOthers } from './of-compliance';

export interface Proposed {
  readonly finding: Finding;
  readonly amountFen: string;
  readonly by: Actor;
}

const PROPOSE: TaskForm = {
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['finding', 'amount'],
    properties: {
      finding: { enum: ['upheld', 'partly upheld', 'not upheld'], title: '调查结论 finding' },
      amount: {
        type: 'string',
        pattern: '^\\d{1,10}\\.\\d{2}$',
        title: '赔付金额（在此前已决定的之外）compensation in CNY besides what was decided before, 0.00 for none',
      },
    },
  },
};

const OF_ONE = {
  kind: 'propose-complaint-outcome',
  titleZh: '调查投诉并提出处理建议',
  titleEn: 'investigate a complaint and propose an outcome',
} as const;
const OF_GROUP = {
  kind: 'propose-group-outcome',
  titleZh: '群体投诉：按同组调查提出本件处理建议',
  titleEn: 'propose the outcome of one of a group, by the investigation of the group',
} as const;

/** What the handler proposes; undefined where the handler is kept out now, and another one must be found. */
export async function investigate(
  it: ComplaintCase,
  {
    nth,
    sentBack,
    ofGroup,
  }: { readonly nth: number; readonly sentBack: string | undefined; readonly ofGroup: boolean },
): Promise<Proposed | undefined> {
  it.waiting.stage('调查', 'investigation');
  const { handler, handlerRole, handlerBranch } = it.complaint;
  if (handler === null || handlerRole === null) throw new RangeError('a complaint that is investigated has a handler');
  const task = await it.desk.ask({
    businessKey: `complaint-propose:${it.complaintNo}:${nth}`,
    ...(ofGroup ? OF_GROUP : OF_ONE),
    role: handlerRole,
    ...(handlerBranch === null ? {} : { branch: handlerBranch }),
    ...answerDue(it),
    holder: handler,
    form: PROPOSE,
    facts: {
      ...factsOf(it),
      ...(ofGroup ? { groupOf: it.complaint.groupOf, groupFinding: it.complaint.groupDecision?.finding } : {}),
      ...(sentBack === undefined ? {} : { sentBackBecause: sentBack }),
    },
    revision: nth,
    bulk: false,
    checkForm: ({ finding, amount }) => {
      if (finding === 'not upheld' && amount !== '0.00')
        throw businessFailure('INPUT_INVALID', { field: 'amount', reason: '0.00' });
    },
  });
  const isOver = () => task.isDone() || it.complaint.isHandlerKeptOut;
  await follow(it, isOver);
  if (!task.isDone()) await it.desk.withdraw(task, '承办人已回避 the handler is recused');
  const outcome = await task.answered;
  if (outcome.result !== 'completed') return undefined;
  return {
    finding: outcome.form['finding'] as Finding,
    amountFen: parseWrittenAmount(outcome.form['amount']).toString(),
    by: outcome.by,
  };
}

/** While the handler works: requests to departments run side by side. */
async function follow(it: ComplaintCase, isOver: () => boolean): Promise<void> {
  const heeds = heedsReadings();
  for (;;) {
    for (const request of it.complaint.requests) {
      if (!it.followed.has(request.requestNo)) it.followed.set(request.requestNo, followRequest(it, request));
    }
    const isAsked = () => heeds && it.complaint.requests.some(({ requestNo }) => !it.followed.has(requestNo));
    await condition(() => isOver() || isChanged(it) || isAsked());
    if (isOver()) return;
    await readAgain(it);
  }
}

const GO_ON: TaskForm = {
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['reason'],
    properties: {
      reason: { type: 'string', minLength: 5, maxLength: 500, title: '不再等待的理由 why it goes on without' },
    },
  },
};

const ANSWER: TaskForm = {
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['answered'],
    properties: { answered: { type: 'boolean', const: true, title: '已提交答复 the answer is written' } },
  },
};

/** One department: due by its own date, late it is escalated; as soon as it is late, or the answer that waits for it, compliance may say to go on without. */
async function followRequest(it: ComplaintCase, request: DepartmentRequest): Promise<void> {
  const { requestNo, role, branch, dueDays, askedAt } = request;
  const key = `${it.complaintNo}:${requestNo}`;
  const at = branch === null ? {} : { branch };
  const promise = await Owed.give(it, {
    businessKey: `complaint-request:${key}`,
    step: 'investigation',
    subject: key,
    owner: { role },
    ...at,
    ladder: 'PROMISE',
    limit: { kind: 'BUSINESS_DAYS', n: dueDays },
    receivedAt: askedAt,
    titleZh: '协查答复',
    titleEn: 'answer of a department',
  });
  const task = await it.desk.ask({
    businessKey: `complaint-request:${key}`,
    kind: 'answer-complaint-request',
    titleZh: '答复投诉协查',
    titleEn: 'answer a request about a complaint',
    role,
    ...at,
    ...dueFrom(promise),
    form: ANSWER,
    facts: { complaint: it.complaintNo, request: requestNo },
    revision: 1,
    bulk: false,
  });
  // An earlier version asked compliance when the request itself was late, however long after the answer that was.
  const hearsAnswer = patched('a request is waited for no longer than the answer');
  await condition(() => task.isDone() || promise.isBreached() || (hearsAnswer && isAnswerLate(it)));
  const leave = task.isDone() ? undefined : await askToGoOn(it, requestNo, () => task.isDone());
  const given = leave?.outcome();
  if (task.isDone() || given?.result !== 'completed') {
    const outcome = await task.answered;
    if (leave !== undefined) await it.desk.withdraw(leave, '已答复 it was answered');
    if (outcome.result !== 'completed') return;
    await end(it, requestNo, { state: 'answered', by: outcome.by });
    await promise.meet({ by: outcome.by.person, at: outcome.at });
    return;
  }
  await it.desk.withdraw(task, '合规决定不再等待 compliance goes on without it');
  await end(it, requestNo, { state: 'gone on without', by: given.by, reason: String(given.form['reason']) });
  await promise.withdraw('合规决定不再等待 compliance goes on without it');
}

/** Until it is said, or the department has answered. */
async function askToGoOn(it: ComplaintCase, requestNo: number, isAnswered: () => boolean): Promise<AskedTask> {
  const work = {
    businessKey: `complaint-go-on:${it.complaintNo}:${requestNo}`,
    kind: 'go-on-without-answer',
    titleZh: '协查或答复逾期：是否不再等待',
    titleEn: 'a department, or the answer that waits for it, is late: go on without?',
    ...answerDue(it),
    form: GO_ON,
    facts: { complaint: it.complaintNo, request: requestNo },
    revision: 1,
    bulk: false,
    otherwise: '继续等待 it is waited for',
  };
  let asked = await askCompliance(it, work);
  for (;;) {
    const now = asked;
    await condition(() => isAnswered() || now.task.isDone() || isForOthers(it, now));
    if (isAnswered() || now.task.isDone()) return now.task;
    asked = await askedOfOthers(it, now, work);
  }
}

async function end(
  it: ComplaintCase,
  requestNo: number,
  {
    state,
    by,
    reason,
  }: { readonly state: 'answered' | 'gone on without'; readonly by: Actor; readonly reason?: string },
): Promise<void> {
  await database(`协查结束 request ${requestNo} ends`).endComplaintRequest({
    complaintNo: it.complaintNo,
    requestNo,
    state,
    by: actorOf(by),
    ...(reason === undefined ? {} : { reason }),
  });
}
