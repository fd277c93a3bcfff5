/**
 * A payment for a case: an order made by one person, approved by a second, sent and followed until the money has moved. What the bank
 * refuses is made anew; nothing is paid twice.
 */
import { outside } from '../activity-groups';
import type { BusinessClock } from './business-clock';
import type { TaskDesk } from './human-task';
import { approvedOrder, sentAndFollowed, type ApprovedOrder, type MoneyOrderSpec } from './money-order';
import type { Waiting } from './waiting';

/** How often the bank is asked what became of it: nothing waits for such a payment by the minute. */
const ASKED_EVERY_MINUTES = 60;

/** An order whose money has moved; when, where the bank says so, UTC. */
export interface PaidOrder extends ApprovedOrder {
  readonly movedAt?: string;
}

/** The order whose money has moved; undefined when nothing is to be paid any more. What is sent is followed, whatever is asked for since. */
export async function paid(
  { desk, clock, waiting }: { readonly desk: TaskDesk; readonly clock: BusinessClock; readonly waiting: Waiting },
  spec: MoneyOrderSpec,
): Promise<PaidOrder | undefined> {
  for (let firstAttempt = 1; ; firstAttempt += 1) {
    const order = await approvedOrder(desk, { ...spec, firstAttempt });
    if (order === undefined) return undefined;
    firstAttempt = order.revision;
    let movedAt: string | undefined;
    const became = await sentAndFollowed(clock, waiting, { ...spec, over: () => false }, order, {
      everyMinutes: ASKED_EVERY_MINUTES,
      // Nobody is told that it is late while the money may be there.
      ...(spec.dueAt === undefined ? {} : { lastLook: spec.dueAt }),
      arrived: async () => {
        const answer = await outside(`询问${spec.titleZh} ask for: ${spec.titleEn}`).askOrder(order);
        movedAt = answer.executedAt;
        return answer;
      },
    });
    if (became === 'moved') return { ...order, ...(movedAt === undefined ? {} : { movedAt }) };
  }
}
