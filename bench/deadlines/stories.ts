/** What is compared: processes that wait on one timer, and one that owes an answer and climbs the ladder of its promise. */
import { proxyActivities, sleep, workflowInfo } from '@temporalio/workflow';
import type { Limit } from '../../domain/deadlines/limit';
import { BusinessClock } from '../../workflows/building-blocks/business-clock';
import { Promises, type PromiseEnd } from '../../workflows/building-blocks/promises';
import { openWaiting } from '../../workflows/building-blocks/waiting';

/** The least that a waiting process can be. */
export async function bareTimer(): Promise<void> {
  await sleep('30 days');
}

/** The least that a process can be that does something at an instant. */
export async function bareAlarm(at: string): Promise<void> {
  const { nothing } = proxyActivities<{ nothing: () => Promise<void> }>({
    taskQueue: `${workflowInfo().namespace}-empty`,
    startToCloseTimeout: '1m',
  });
  await sleep(Math.max(1, Date.parse(at) - Date.now()));
  await nothing();
}

export interface Owed {
  readonly key: string;
  readonly receivedAt: string;
  readonly limit: Limit;
}

/** One open case: registered, promised, seen by supervisors, waiting on the next rung. */
export async function owedAnswer({ key, receivedAt, limit }: Owed): Promise<PromiseEnd> {
  const waiting = openWaiting({ zh: '投诉', en: 'complaint' });
  const promises = Promises.open(waiting);
  waiting.stage('办理中', 'being answered');
  const clock = await BusinessClock.open();
  const answer = await promises.give(clock, {
    businessKey: key,
    step: 'answer',
    subject: key,
    owner: { role: 'service' },
    ladder: 'PROMISE',
    limit,
    receivedAt,
    titleZh: '答复投诉',
    titleEn: 'answer the complaint',
  });
  return answer.kept;
}
