/**
 * The people of a rehearsal. They see what the API shows them and do what an attentive person would: the maker completes
 * what is to be made exactly as the facts say, the second person approves what the first has made, each some business
 * minutes after the task was opened; the supervisor signs exceptions for breaks once a day has been posted. They take no
 * emergency channel and make no telephone calls.
 */
import type { Side } from '../../domain/channel';
import { addDays, businessDateOf } from '../../domain/calendar/business-date';
import { minutesAfter } from '../../domain/calendar/instants';
import { ApiRefusal, type ApiClient } from './api-client';
import type { Break, SettlementDay, Task, TaskLine } from './api-answers';

/** Persons of the rehearsal's directory. */
export const SUPERVISOR = 'supervisor-1';
const MAKERS: Readonly<Record<Side, string>> = { client: 'ops-client-1', proprietary: 'fin-prop-1' };
const CHECKERS: Readonly<Record<Side, string>> = { client: 'ops-client-2', proprietary: 'fin-prop-2' };
/** Second checkers, where the terms ask for two: the heads. */
const HEADS: Readonly<Record<Side, string>> = { client: 'ops-client-head', proprietary: 'fin-prop-head' };
/** Starts the days and moves the clock. */
export const OPERATOR = MAKERS.client;
const WORKERS: readonly string[] = [MAKERS, CHECKERS, HEADS].flatMap(({ client, proprietary }) => [
  client,
  proprietary,
]);

/** How long a person takes after a task was opened, on the business clock. */
const REACTION_MINUTES = 5;
const EXCEPTION_VALID_DAYS = 7;
/** What the cast leaves alone: nobody takes the emergency channel, nobody calls the bank. */
const LEFT_ALONE: readonly string[] = ['emergency-channel', 'call-bank'];

/** What somebody is about to do, and when. */
export interface Intention {
  readonly key: string;
  readonly person: string;
  /** UTC. */
  readonly at: string;
  readonly act: 'make' | 'approve' | 'call' | 'sign';
  /** Task or break. */
  readonly subject: string;
}

/** What a person intends with a task of one's own list; nothing where it is not for this person. */
export function intentionFor(person: string, task: TaskLine, takes: readonly string[] = []): Intention | undefined {
  if (task.side === null || (LEFT_ALONE.includes(task.kind) && !takes.includes(task.kind))) return undefined;
  const act = actOn(task.kind);
  if (act === undefined) return undefined;
  const whoever = act === 'make' || act === 'call' ? MAKERS : task.mark === 'head' ? HEADS : CHECKERS;
  if (person !== whoever[task.side]) return undefined;
  return {
    key: `${act}:${task.taskId}:${task.revision}`,
    person,
    at: minutesAfter(task.openedAt, REACTION_MINUTES),
    act,
    subject: task.taskId,
  };
}

/** What is done with a task of this kind; the emergency channel is approved by the head. */
function actOn(kind: string): Intention['act'] | undefined {
  if (kind.startsWith('make-')) return 'make';
  if (kind.startsWith('approve-') || kind === 'emergency-channel') return 'approve';
  return kind === 'call-bank' ? 'call' : undefined;
}

/** The supervisor signs when the day waits for it: everything is compared and posted, and a break stands. */
export function intentionForBreak(found: Break, postedAt: string): Intention | undefined {
  if (found.decision !== null) return undefined;
  const from = found.foundAt > postedAt ? found.foundAt : postedAt;
  return {
    key: `sign:${found.breakId}`,
    person: SUPERVISOR,
    at: minutesAfter(from, REACTION_MINUTES),
    act: 'sign',
    subject: found.breakId,
  };
}

/** The form as the maker fills it in: the amount that the facts show, to the cent. */
export function madeForm(task: Pick<Task, 'taskId' | 'facts'>): { readonly amount: string } {
  const { amount } = task.facts;
  if (typeof amount !== 'string') throw new Error(`task ${task.taskId} shows no amount to make an order of`);
  return { amount };
}

const APPROVAL = { decision: 'approve', reason: '与头寸计划核对一致 agrees with the plan' } as const;

const CALL = { answer: '银行答复：正在处理 the bank says that it is at it' } as const;

export interface Cast {
  /** Everybody looks at what is new for them. */
  readonly look: (day: SettlementDay, postedAt: string | undefined) => Promise<void>;
  /** When somebody acts next, UTC. */
  readonly nextAt: () => string | undefined;
  /** Lets everybody act whose time has come. True when somebody did. */
  readonly actUntil: (now: string) => Promise<boolean>;
}

/** @param takes kinds of tasks that somebody does in a course of faults and nobody on an ordinary day */
export function openCast(api: ApiClient, takes: readonly string[] = []): Cast {
  let intentions: readonly Intention[] = [];
  const done = new Set<string>();
  return {
    async look(day, postedAt) {
      const isDone = (kind: string) => !LEFT_ALONE.includes(kind) || takes.includes(kind);
      const fromTasks = day.waiting.some(({ kind }) => isDone(kind)) ? await ownTasks(api, takes) : [];
      const fromBreaks = postedAt === undefined ? [] : await openBreaks(api, day, postedAt);
      intentions = [...fromTasks, ...fromBreaks].filter(({ key }) => !done.has(key));
    },
    nextAt: () => intentions.map(({ at }) => at).sort()[0],
    async actUntil(now) {
      const due = intentions.filter(({ at }) => at <= now).sort((a, b) => (a.at < b.at ? -1 : 1));
      for (const intention of due) {
        done.add(intention.key);
        await act(api, intention, now);
      }
      intentions = intentions.filter(({ key }) => !done.has(key));
      return due.length > 0;
    },
  };
}

async function ownTasks(api: ApiClient, takes: readonly string[]): Promise<Intention[]> {
  const lists = await Promise.all(
    WORKERS.map(async (person) =>
      (await api.readAll<TaskLine>(person, '/v1/tasks')).flatMap((task) => intentionFor(person, task, takes) ?? []),
    ),
  );
  return lists.flat();
}

async function openBreaks(api: ApiClient, day: SettlementDay, postedAt: string): Promise<Intention[]> {
  const breaks = await api.readAll<Break>(
    SUPERVISOR,
    `/v1/settlement-days/${day.channel}/${day.businessDate}/breaks?decided=no`,
  );
  return breaks.flatMap((found) => intentionForBreak(found, postedAt) ?? []);
}

async function act(api: ApiClient, intention: Intention, now: string): Promise<void> {
  try {
    if (intention.act === 'sign') await sign(api, intention, now);
    else await complete(api, intention);
  } catch (error) {
    // What was withdrawn or done by the time a person comes to it is nothing to do any more.
    if (error instanceof ApiRefusal && OVERTAKEN.includes(error.code)) return;
    throw error;
  }
}

const OVERTAKEN: readonly string[] = [
  'TASK_NOT_OPEN',
  'TASK_WITHDRAWN',
  'TASK_RECALLED',
  'REVISION_STALE',
  'BREAK_ALREADY_DECIDED',
];

async function complete(api: ApiClient, { person, subject, act: what, key }: Intention): Promise<void> {
  const task = await api.read<Task>(person, `/v1/tasks/${subject}`);
  const form = what === 'make' ? madeForm(task) : what === 'call' ? CALL : APPROVAL;
  await api.write(person, 'POST', `/v1/tasks/${subject}/completion`, { revision: task.revision, form }, key);
}

async function sign(api: ApiClient, { person, subject, key }: Intention, now: string): Promise<void> {
  await api.write(
    person,
    'POST',
    `/v1/breaks/${subject}/decision`,
    {
      decision: 'exception',
      reason: '已核对并向对方查询，次日跟进 checked, asked the other side, followed up tomorrow',
      expiresOn: addDays(businessDateOf(now), EXCEPTION_VALID_DAYS),
    },
    key,
  );
}
