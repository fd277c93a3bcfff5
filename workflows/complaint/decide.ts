/** The decision: what the handler proposes is approved by others, from an amount on by compliance and the general manager in turn. */
import { condition, patched } from '@temporalio/workflow';
import type { GroupDecision } from '../../activities/complaints/follow-complaint';
import type { DraftedProposal } from '../../activities/complaints/investigation';
import { database } from '../activity-groups';
import {
  approval,
  askApproval,
  type AskedApproval,
  type ApprovalSpec,
  type Decision,
} from '../building-blocks/approval';
import type { TaskForm } from '../building-blocks/task-spec';
import { formOfAll, REASON } from '../building-blocks/task-forms';
import type { Actor } from '../messages/tasks';
import { actorOf, factsOf, heedsReadings, isChanged, readAgain, record, type ComplaintCase } from './complaint-case';
import { answerDue } from './clocks';
import { assign } from './assign';
import { investigate, type Proposed } from './investigate';
import { askCompliance, askedOfOthers, isForOthers } from './of-compliance';

/** How many times was assigned and proposed, over all levels: keys of tasks count on. */
export interface Rounds {
  assigned: number;
  proposed: number;
}

/** Assigned, investigated, proposed, approved; again from where it was refused. */
export async function decided(it: ComplaintCase, rounds: Rounds): Promise<DraftedProposal> {
  let sentBack: string | undefined;
  let ofGroup = await assigned(it, rounds);
  for (;;) {
    const proposed = await investigate(it, { nth: (rounds.proposed += 1), sentBack, ofGroup });
    if (proposed === undefined) {
      ofGroup = await assigned(it, rounds);
      continue;
    }
    const proposal = await draft(it, rounds.proposed, proposed);
    const decision = await approve(it, rounds.proposed, proposal, { by: proposed.by, ofGroup });
    if (decision.decision === 'approved') {
      const { finding, amountFen } = proposal;
      const by = decision.by === undefined ? {} : { by: actorOf(decision.by) };
      await record(it, { step: 'decide', ...by, detail: { finding, amountFen } }, '处理决定 decide');
      return proposal;
    }
    if (decision.decision === 'withdrawn') {
      ofGroup = await assigned(it, rounds);
      continue;
    }
    sentBack = decision.reason;
  }
}

/** Assigned, or joined to a group whose investigation has come to its decision: then its handler proposes for this one too. */
async function assigned(it: ComplaintCase, rounds: Rounds): Promise<boolean> {
  if ((await assign(it, rounds)) === 'assigned') return false;
  const decision = await groupDecided(it, rounds);
  if (decision === undefined) return assigned(it, rounds);
  const { handler, handlerRole: role, handlerBranch: branch } = decision;
  const { groupOf } = it.complaint;
  await record(
    it,
    {
      step: 'follow group',
      handler: { person: handler, role, ...(branch === null ? {} : { branch }) },
      detail: { groupOf, handler },
    },
    '依同组调查办理 go with the group',
  );
  return true;
}

const LEAVE: TaskForm = formOfAll({
  decision: { enum: ['leave'], title: '退出群体，单独办理 leave the group, and be handled alone' },
  reason: REASON,
});

/** What was decided there; undefined where compliance has it leave the group, because that goes on for too long. */
async function groupDecided(it: ComplaintCase, rounds: Rounds): Promise<GroupDecision | undefined> {
  it.waiting.stage('等待同组调查', 'waiting for the investigation of the group');
  const waitsNoMore = it.waiting.on({
    who: '同组投诉的承办人 handler of the group',
    whatZh: `群体投诉 ${it.complaint.groupOf} 作出决定`,
    whatEn: `${it.complaint.groupOf}, of the same cause, is decided`,
    otherwise: '到期升级至合规 compliance is told when due',
  });
  if (it.complaint.groupDecision !== null) {
    waitsNoMore();
    return it.complaint.groupDecision;
  }
  const work = {
    businessKey: `complaint-leave-group:${it.complaintNo}:${rounds.assigned}`,
    kind: 'leave-complaint-group',
    titleZh: '群体投诉：是否退出群体，单独办理',
    titleEn: 'a complaint waits for its group: leave it, and be handled alone?',
    ...answerDue(it),
    form: LEAVE,
    facts: { ...factsOf(it), groupOf: it.complaint.groupOf },
    revision: rounds.assigned,
    bulk: false,
    otherwise: '继续等待同组调查 it waits for the group',
  };
  let asked = await askCompliance(it, work);
  const decision = () => it.complaint.groupDecision;
  const heeds = heedsReadings();
  while (decision() === null && !asked.task.isDone()) {
    const waiting = asked;
    const isRead = () => heeds && (decision() !== null || isForOthers(it, waiting));
    await condition(() => isChanged(it) || waiting.task.isDone() || isRead());
    await readAgain(it);
    if (decision() === null && isForOthers(it, asked)) asked = await askedOfOthers(it, asked, work);
  }
  waitsNoMore();
  if (!asked.task.isDone()) await it.desk.withdraw(asked.task, '同组投诉已作出决定 the group is decided');
  const left = await asked.task.answered;
  if (left.result !== 'completed') return decision() ?? undefined;
  const { groupOf } = it.complaint;
  await record(it, { step: 'leave group', by: actorOf(left.by), detail: { groupOf } }, '退出群体 leave the group');
  return undefined;
}

/** Whom the decision concerns says who decides: neither compliance nor the head of service about itself, and a level higher what did not satisfy. */
export function riskOf({ complaint }: ComplaintCase): { readonly risk?: string } {
  const { isComplianceConcerned, isServiceConcerned, level } = complaint;
  if (isComplianceConcerned === true) return { risk: 'compliance concerned' };
  if (isServiceConcerned) return { risk: 'service concerned' };
  return level > 1 ? { risk: 'reopened' } : {};
}

const draft = (it: ComplaintCase, nth: number, { finding, amountFen, by }: Proposed): Promise<DraftedProposal> =>
  database('登记处理建议 draft the proposal').draftProposal({
    complaintNo: it.complaintNo,
    nth,
    finding,
    amountFen,
    by: actorOf(by),
    ...(by.onBehalfOf === undefined ? {} : { onBehalfOf: by.onBehalfOf }),
  });

/** Withdrawn where whoever proposed, or handles it, is kept out meanwhile: another one must be found. */
async function approve(
  it: ComplaintCase,
  nth: number,
  proposal: DraftedProposal,
  { by, ofGroup }: { readonly by: Actor; readonly ofGroup: boolean },
): Promise<Decision> {
  it.waiting.stage('复核处理建议', 'approval of the proposal');
  const { finding, amountFen, decidedBeforeFen, sumFen, payee, proposalId } = proposal;
  const paid = amountFen === '0' ? {} : { payee, decidedBeforeFen, sumFen };
  const spec: ApprovalSpec = {
    businessKey: `complaint-approve:${it.complaintNo}:${nth}`,
    kind: 'approve-complaint-proposal',
    titleZh: '复核投诉处理建议',
    titleEn: 'approve the proposed outcome of a complaint',
    role: 'service',
    facts: { ...factsOf(it), finding, amountFen, ...paid, ...(ofGroup ? { groupOf: it.complaint.groupOf } : {}) },
    revision: nth,
    ...answerDue(it),
    madeBy: by.person,
    ...(by.onBehalfOf === undefined ? {} : { madeFor: by.onBehalfOf }),
    subject: { kind: 'complaint proposal', id: proposalId },
    // What was decided before counts: two halves are approved as the whole.
    amountFen: sumFen,
    // Many people, one cause: what was looked into once may be approved at once.
    bulk: ofGroup,
    otherwise: '到期上报，不自动批准 told upwards when due; never approved by itself',
  };
  if (!patched('whom it is about is heard while it is decided'))
    return approval(it.desk, { ...spec, ...riskOf(it) }, () => false, '');
  for (let time = 1; ; time += 1) {
    const risk = riskOf(it);
    const businessKey = time === 1 ? spec.businessKey : `${spec.businessKey}:${time}`;
    const decision = await unlessConcerned(it, await askApproval(it.desk, { ...spec, ...risk, businessKey }), risk);
    if (decision !== 'others decide') return decision;
  }
}

const RECUSED = '承办人已回避 the handler is recused';

/** What is decided, as long as nobody turns out to be concerned who proposed it, or by whom it would be decided. */
async function unlessConcerned(
  it: ComplaintCase,
  asked: AskedApproval,
  { risk }: ReturnType<typeof riskOf>,
): Promise<Decision | 'others decide'> {
  // Read on the way here, while something else was heard of: an earlier version waited for the next word.
  const wasKeptOut = it.complaint.isHandlerKeptOut;
  if (wasKeptOut && patched('a handler who is kept out before it is asked')) return asked.withdraw(RECUSED);
  const heeds = heedsReadings();
  const isForOthersNow = () => heeds && ((it.complaint.isHandlerKeptOut && !wasKeptOut) || riskOf(it).risk !== risk);
  for (;;) {
    await condition(() => asked.decision() !== undefined || isChanged(it) || isForOthersNow());
    const decision = asked.decision();
    if (decision !== undefined) return decision;
    await readAgain(it);
    if (it.complaint.isHandlerKeptOut) return asked.withdraw(RECUSED);
    if (riskOf(it).risk === risk) continue;
    const end = await asked.makeStale('改由他人复核 others decide now');
    return end.decision === 'withdrawn' ? 'others decide' : end;
  }
}
