/** A process that waits for several instants at once and goes on differently after each. */
import { proxyActivities } from '@temporalio/workflow';
import { BusinessClock } from '../../../workflows/building-blocks/business-clock';

const { note } = proxyActivities<{ note: (what: string) => Promise<void> }>({ startToCloseTimeout: '10s' });

export async function severalWaits(past: string, future: string): Promise<void> {
  let over = false;
  const clock = await BusinessClock.open();
  // The first waits for what is far away, the second for what has passed: it has something to do at once.
  const far = clock.waitUntil(future, () => over, 'far away');
  await clock.waitUntil(past, () => false, 'past');
  await note('past');
  over = true;
  await far;
}
