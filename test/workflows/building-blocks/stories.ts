/** Small processes that put the building blocks to work, each with one thing to show. */
import { condition, continueAsNew, defineSignal, setHandler } from '@temporalio/workflow';
import { database, outside } from '../../../workflows/activity-groups';
import { askApproval, type ApprovalSpec, type Decision } from '../../../workflows/building-blocks/approval';
import { BusinessClock } from '../../../workflows/building-blocks/business-clock';
import { TaskDesk } from '../../../workflows/building-blocks/human-task';
import { climbLadder, type Rung } from '../../../workflows/building-blocks/ladder';
import { unlessOver } from '../../../workflows/building-blocks/unless-over';
import { openWaiting } from '../../../workflows/building-blocks/waiting';
import type { TaskOutcome } from '../../../workflows/messages/tasks';

export { severalWaits } from './several-waits-story';

const reach = defineSignal<[string]>('reach');

/** Waits for one instant after another and answers how each wait ended. `reach` ends the one that is under way. */
export async function waiter({ instants }: { instants: readonly string[] }): Promise<readonly string[]> {
  let reached = 0;
  setHandler(reach, () => {
    reached += 1;
  });
  const clock = await BusinessClock.open();
  const ends: string[] = [];
  for (const [place, at] of instants.entries()) {
    const before = reached;
    ends.push(await clock.waitUntil(at, () => reached > before, `等待 ${place} wait ${place}`));
  }
  return ends;
}

/** As `waiter`, but every wait in a run of its own. */
export async function renewer({ instants }: { instants: readonly string[] }): Promise<string> {
  const clock = await BusinessClock.open();
  const [at, ...rest] = instants;
  if (at === undefined) return 'done';
  await clock.waitUntil(at, () => false, '等待 wait');
  return continueAsNew<typeof renewer>({ instants: rest });
}

/** Climbs a ladder; `reach` names a condition that holds from then on. */
export async function climber({
  rungs,
}: {
  rungs: readonly Rung[];
}): Promise<{ end: string; missed: readonly number[] }> {
  const reached = new Set<string>();
  const missed: number[] = [];
  setHandler(reach, (name) => void reached.add(name));
  const clock = await BusinessClock.open();
  const end = await climbLadder(clock, {
    ladder: 'TEST',
    subject: 'SH:2025-06-23:client',
    rungs,
    reached: (name) => reached.has(name),
    by: (name) => `person who reached ${name}`,
    onMissed: (rung) => {
      missed.push(rung.rung);
      return Promise.resolve();
    },
  });
  return { end, missed };
}

/** Asks for one approval of what `maker` made, and ends with the decision. */
export async function approved({
  key,
  maker,
  madeFor,
  role = 'operations',
  side = role === 'operations' ? 'client' : undefined,
  branch,
  subject,
}: {
  key: string;
  maker: string;
  madeFor?: string;
  role?: string;
  side?: string;
  branch?: string;
  /** The draft that is decided about; none: what is shown only. */
  subject?: NonNullable<ApprovalSpec['subject']>;
}): Promise<Decision> {
  const waiting = openWaiting({ zh: '划付指令', en: 'funding order' });
  const desk = TaskDesk.open(waiting);
  await BusinessClock.open();
  waiting.stage('等待复核', 'awaiting approval');
  const asked = await askApproval(desk, {
    businessKey: key,
    kind: 'approve-order',
    titleZh: '复核划付指令',
    titleEn: 'approve the funding order',
    role,
    ...(side === undefined ? {} : { side }),
    ...(branch === undefined ? {} : { branch }),
    dueAt: '2025-06-23T01:15:00.000Z',
    facts: { amount: '3028765.43', currency: 'CNY' },
    revision: 2,
    madeBy: maker,
    ...(madeFor === undefined ? {} : { madeFor }),
    ...(subject === undefined ? {} : { subject }),
    otherwise: '09:30 副职 the deputy is told',
  });
  const decided = await asked.decided;
  await desk.closing();
  return decided;
}

/** Asks for one task after another under one desk, `count` in all, then withdraws the last one. */
export async function manyTasks({
  key,
  count,
}: {
  key: string;
  count: number;
}): Promise<readonly TaskOutcome['result'][]> {
  const desk = TaskDesk.open();
  const asked = [];
  for (let place = 0; place < count; place += 1) {
    asked.push(
      await desk.ask({
        businessKey: `${key}:${place}`,
        kind: 'ask-bank',
        titleZh: '询问银行',
        titleEn: 'ask the bank',
        role: 'operations',
        form: { version: 1, schema: { type: 'object' } },
        facts: { place },
        revision: 1,
      }),
    );
  }
  const last = asked.at(-1);
  const others = asked.slice(0, -1);
  await condition(() => others.every((task) => task.isDone()));
  if (last !== undefined) await desk.withdraw(last, 'nothing left to ask');
  await desk.closing();
  return asked.map((task) => task.outcome()?.result ?? 'withdrawn');
}

/** The time for a task is over before it has been opened. */
export async function overtaken({ key }: { key: string }): Promise<TaskOutcome['result']> {
  const desk = TaskDesk.open();
  await BusinessClock.open();
  const task = await desk.ask({
    businessKey: key,
    kind: 'ask-bank',
    titleZh: '询问银行',
    titleEn: 'ask the bank',
    role: 'operations',
    form: { version: 1, schema: { type: 'object' } },
    facts: {},
    revision: 1,
  });
  const { result } = await desk.answerUnless(() => true, task, 'the time is over');
  return result;
}

/** Asks a bank about an order until an instant. */
export async function patientUntil({ at }: { at: string }): Promise<string> {
  const clock = await BusinessClock.open();
  let over = false;
  const passed = clock
    .waitUntil(at, () => false, '等待 wait')
    .then(() => {
      over = true;
    });
  const order = { kind: 'FUND', orderKey: 'fund:SH:2025-06-23:client:1' } as const;
  const answer = await unlessOver(
    () => over,
    () => outside('询问银行 ask the bank').askOrder(order),
  );
  await passed;
  return answer?.state ?? 'no answer';
}

/** Calls a verb that refuses, and answers what it was refused with. */
export async function refusedVerb(): Promise<string> {
  try {
    await database('拒绝 refused').withdrawTask({ taskId: '999999', cause: 'there is none' });
    return 'accepted';
  } catch (error) {
    return ((error as Error).cause as { type?: string }).type ?? 'no type';
  }
}
