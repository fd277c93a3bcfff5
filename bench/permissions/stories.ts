/** The product's processes, and one that does nothing as often as an opening does something. */
import { condition, defineSignal, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';

export * from '../../workflows';

const next = defineSignal('next');

/** How often an opening does what costs the engine something. */
export interface Steps {
  readonly activities: number;
  readonly timers: number;
  readonly signals: number;
}

/** Half of the activities, the waits, the other half. A wait without a timer is one signal too. */
export async function emptyOpening({ activities, timers, signals }: Steps): Promise<void> {
  let told = 0;
  setHandler(next, () => void (told += 1));
  const { nothing } = proxyActivities<{ nothing: () => Promise<void> }>({
    taskQueue: `${workflowInfo().namespace}-empty`,
    startToCloseTimeout: '30s',
  });
  const half = Math.floor(activities / 2);
  for (let nth = 0; nth < half; nth += 1) await nothing();
  for (let nth = 0; nth < Math.max(timers, signals); nth += 1) {
    const isTold = () => told > Math.min(nth, signals - 1);
    if (nth < timers) await condition(isTold, '30 days');
    else await condition(isTold);
  }
  for (let nth = half; nth < activities; nth += 1) await nothing();
}
