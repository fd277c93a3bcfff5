/** Compensation: an own-fund payment request to finance, made by one person and approved by a second, booked when the money has moved. */
import { workflowInfo } from '@temporalio/workflow';
import type { DraftedProposal } from '../../activities/complaints/investigation';
import { database, outside } from '../activity-groups';
import { approvedOrder, sentAndFollowed, type MoneyOrderSpec } from '../building-blocks/money-order';
import { dueFrom, oweLater } from './clocks';
import type { ComplaintCase } from './complaint-case';

/** How often the bank is asked what became of the payment: nothing waits for it by the minute. */
const ASKED_EVERY_MINUTES = 60;

/** Owed until the money has moved: an order that the bank refused is made anew, and nothing is paid twice. */
export async function compensate(it: ComplaintCase, { proposalId, amountFen }: DraftedProposal): Promise<void> {
  if (amountFen === '0') return;
  const due = () => database('待付赔付 compensation due').compensationDue({ proposalId });
  const { businessDate, payee } = await due();
  const owed = await oweLater(it, 'pay', {
    key: `complaint-pay:${it.complaintNo}:${proposalId}`,
    subject: `${it.complaintNo}:${proposalId}`,
  });
  const spec: MoneyOrderSpec = {
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
    amount: due,
    facts: { complaint: it.complaintNo, payee },
    over: () => false,
  };
  for (let firstAttempt = 1; ; firstAttempt += 1) {
    const order = await approvedOrder(it.desk, { ...spec, firstAttempt });
    if (order === undefined) return owed.withdraw('已无须支付 nothing is to be paid any more');
    firstAttempt = order.revision;
    const became = await sentAndFollowed(it.clock, it.waiting, spec, order, {
      everyMinutes: ASKED_EVERY_MINUTES,
      arrived: () => outside('询问赔付划款 ask for the payment').askOrder(order),
    });
    if (became === 'moved') return owed.meet({ by: order.approvedBy });
  }
}
