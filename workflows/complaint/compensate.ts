/** Compensation: an own-fund payment request to finance, made by one person and approved by a second, booked when the money has moved. */
import { workflowInfo } from '@temporalio/workflow';
import type { DraftedProposal } from '../../activities/complaints/investigation';
import { database } from '../activity-groups';
import { dueFrom } from '../building-blocks/owed';
import { paid } from '../building-blocks/payment';
import { oweLater } from './clocks';
import type { ComplaintCase } from './complaint-case';
import { payeeCorrections } from './correct-payee';

/** Owed until the money has moved; until then it may be told to go to another account. */
export async function compensate(it: ComplaintCase, { proposalId, amountFen }: DraftedProposal): Promise<void> {
  if (amountFen === '0') return;
  const due = () => database('待付赔付 compensation due').compensationDue({ proposalId });
  const { businessDate } = await due();
  const owed = await oweLater(it, 'pay', {
    key: `complaint-pay:${it.complaintNo}:${proposalId}`,
    subject: `${it.complaintNo}:${proposalId}`,
  });
  const payee = payeeCorrections(it, { proposalId, ...dueFrom(owed) });
  const order = await paid(it, {
    workflowId: workflowInfo().workflowId,
    channel: 'SH',
    businessDate,
    side: 'proprietary',
    kind: 'COMPENSATION',
    caseKey: `${it.complaintNo}:${proposalId}`,
    makeKind: 'make-compensation-order',
    titleZh: '投诉赔付划款',
    titleEn: 'payment of a compensation',
    role: 'finance',
    ...dueFrom(owed),
    otherwise: '到期升级至合规 compliance is told when due',
    amount: async () => {
      const { amountFen, payee: account } = await due();
      return { amountFen, facts: { complaint: it.complaintNo, payee: account } };
    },
    over: () => false,
    changes: payee.approved,
    changedBecause: '收款账户已更正，按新账户重做 the account is another one now: made anew',
  });
  await (order === undefined
    ? owed.withdraw('已无须支付 nothing is to be paid any more')
    : owed.meet({ by: order.approvedBy, ...(order.movedAt === undefined ? {} : { at: order.movedAt }) }));
  await payee.end();
}
