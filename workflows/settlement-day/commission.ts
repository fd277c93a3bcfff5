/**
 * Earned commission leaves the client deposit account by one approved order each morning (S5). What the bank refuses is due again the next morning:
 * nobody waits for it on the day.
 */
import { database, outside } from '../activity-groups';
import { approvedOrder, sentAndFollowed, type MoneyOrderSpec } from '../building-blocks/money-order';
import { transferOf, type DayInProgress } from './day-in-progress';

export async function moveCommission(day: DayInProgress): Promise<void> {
  await askEarlierOrders(day);
  const spec: MoneyOrderSpec = {
    ...transferOf(day, 'client', 'COMMISSION'),
    makeKind: 'make-commission-order',
    titleZh: '佣金划至自有资金账户',
    titleEn: 'move earned commission to the own bank account',
    amount: async () => ({ amountFen: (await database('待划佣金 commission due').commissionDue(day.key)).dueFen }),
  };
  const approved = await approvedOrder(day.desk, spec);
  if (approved === undefined) return;
  await sentAndFollowed(day.clock, day.waiting, spec, approved, {
    everyMinutes: day.opened.bankAskAgainAfterMinutes,
    arrived: () => outside('询问佣金划款 ask the bank').askOrder(approved),
  });
}

/**
 * Orders of earlier days without an answer: what became of them decides how much is still due. One that the bank never received, as the statement
 * of its day shows, is due again.
 */
async function askEarlierOrders({ key, workflowId }: DayInProgress): Promise<void> {
  for (let after: string | undefined; ;) {
    const { order } = await database('未达佣金指令 commission order under way').openCommissionOrder({
      ...key,
      ...(after === undefined ? {} : { after }),
    });
    if (order === undefined) return;
    after = order.orderId;
    const answer = await outside('询问前一日佣金划款 ask about the earlier order').askOrder(order);
    const never =
      answer.state === 'unknown' &&
      (await database('核对佣金划款 was it ever received').commissionNeverReceived({ orderId: order.orderId })).never;
    if (answer.state !== 'executed' && answer.state !== 'refused' && !never) continue;
    await database('登记佣金划款 record the earlier order').recordOrderProgress({
      ...key,
      workflowId,
      order,
      state: answer.state === 'executed' ? 'executed' : 'rejected outside',
      ...(never ? { code: 'NEVER_RECEIVED' } : {}),
      ...(answer.executedAt === undefined ? {} : { executedAt: answer.executedAt }),
    });
  }
}
