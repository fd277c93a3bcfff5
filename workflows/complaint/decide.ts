/** The decision: what the handler proposes is approved by others, from an amount on by compliance and the general manager in turn. */
import type { DraftedProposal } from '../../activities/complaints/investigation';
import { database } from '../activity-groups';
import { approval, type Decision } from '../building-blocks/approval';
import type { Actor } from '../messages/tasks';
import { actorOf, factsOf, record, type ComplaintCase } from './complaint-case';
import { assign } from './intake';
import { investigate, type Proposed } from './investigate';

/** How many times was assigned and proposed, over all levels: keys of tasks count on. */
export interface Rounds {
  assigned: number;
  proposed: number;
}

/** Assigned, investigated, proposed, approved; again from where it was refused. */
export async function decided(it: ComplaintCase, rounds: Rounds): Promise<DraftedProposal> {
  let sentBack: string | undefined;
  await assign(it, (rounds.assigned += 1));
  for (;;) {
    const proposed = await investigate(it, { nth: (rounds.proposed += 1), sentBack });
    if (proposed === undefined) {
      await assign(it, (rounds.assigned += 1));
      continue;
    }
    const proposal = await draft(it, rounds.proposed, proposed);
    const decision = await approve(it, rounds.proposed, proposal, proposed.by);
    if (decision.decision === 'approved') {
      const { finding, amountFen } = proposal;
      const by = decision.by === undefined ? {} : { by: actorOf(decision.by) };
      await record(it, { step: 'decide', ...by, detail: { finding, amountFen } }, '处理决定 decide');
      return proposal;
    }
    sentBack = decision.reason;
  }
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

const approve = (it: ComplaintCase, nth: number, proposal: DraftedProposal, by: Actor): Promise<Decision> => {
  it.waiting.stage('复核处理建议', 'approval of the proposal');
  const { finding, amountFen, proposalId } = proposal;
  return approval(
    it.desk,
    {
      businessKey: `complaint-approve:${it.complaintNo}:${nth}`,
      kind: 'approve-complaint-proposal',
      titleZh: '复核投诉处理建议',
      titleEn: 'approve the proposed outcome of a complaint',
      role: 'service',
      facts: { ...factsOf(it), finding, amountFen },
      revision: nth,
      madeBy: by.person,
      ...(by.onBehalfOf === undefined ? {} : { madeFor: by.onBehalfOf }),
      subject: { kind: 'complaint proposal', id: proposalId },
      amountFen,
      ...(it.complaint.isServiceConcerned ? { risk: 'service concerned' } : {}),
      bulk: false,
      otherwise: '到期上报，不自动批准 told upwards when due; never approved by itself',
    },
    () => false,
    '',
  );
};
