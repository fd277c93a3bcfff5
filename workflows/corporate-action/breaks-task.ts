/** What does not agree is asked of operations: one task at a time, whatever the number of breaks behind it, and promised by a time. */
import type { FollowedEvent } from '../../activities/corporate-actions/follow-event';
import type { OwedByEvent } from '../../activities/corporate-actions/owed-by-event';
import { database } from '../activity-groups';
import { deliverBeside } from '../building-blocks/delivery';
import { formOfAll, REASON } from '../building-blocks/task-forms';
import type { AskedAboutBreaks } from '../messages/corporate-action';
import type { EventInProgress } from './event-in-progress';
import { looksWhileCollecting } from './money';
import { askSecondPerson, secondPersonDecided } from './left-by-two';
import { keepOwed, meetOwed, withdrawOwed } from './owed';

export const CLEAR_BREAKS = formOfAll({
  decision: { enum: ['compare again', 'leave as it stands'], title: '处理 what is done' },
  reason: REASON,
});

/** Whether the story compares at once, whatever it waited for. */
const isCompared = ({ state, isElective, closedDay, noticedOn }: FollowedEvent): boolean =>
  state === 'closed' ||
  (state === 'announced' && !isElective) ||
  ((state === 'collecting' || state === 'announced') &&
    closedDay !== null &&
    closedDay >= noticedOn &&
    looksWhileCollecting());

/** How much does not agree or is not answered yet, in which state, and by when what does not agree is to be cleared. */
export interface OpenBreaks {
  readonly open: number;
  readonly owed: OwedByEvent | null | undefined;
  readonly asOf: string | undefined;
}

/** Who left breaks as they stand, and of which state they were. */
interface LeftAsItStands {
  readonly by: string;
  readonly approvedBy?: string;
  readonly at: string;
  readonly reason: string;
  readonly asOf?: string;
}

/**
 * Opens the task where something does not agree, acts on its answer, and takes it off the list where nothing is left. Answers whether the
 * event is to be read again at once: what was found since is asked about anew, by a promise of its own.
 */
export async function keepBreaksTask(
  it: EventInProgress,
  event: FollowedEvent,
  { open, owed, asOf }: OpenBreaks,
): Promise<boolean> {
  const { done } = it;
  const answered = done.breaks?.task.outcome();
  const shown = done.breaks?.asked.facts['asOf'];
  if (answered !== undefined) done.breaks = undefined;
  if (answered?.result === 'completed') {
    if (answered.form['decision'] === 'leave as it stands') {
      const left = { by: answered.by.person, at: answered.at, reason: String(answered.form['reason']) };
      const all = { ...left, ...asShown(typeof shown === 'string' ? shown : undefined) };
      if (event.isLeftByTwo !== true) return leave(it, all);
      await askSecondPerson(it, event, all);
    } else if (isCompared(event)) {
      // It is compared first: what still differs then is asked about anew.
      done.daysFollowed = -1;
      return false;
    }
  }
  const second = await secondPersonDecided(it, open);
  if (second !== undefined) return leave(it, second);
  const promise = await keepOwed(it, 'clear breaks', owed);
  if (open === 0) {
    await done.breaks?.withdraw();
    done.breaks = undefined;
    return false;
  }
  if (done.breaks !== undefined || done.leaving !== undefined) return false;
  // An event that was over and is asked about again is another run: what was answered in an earlier one answers nothing of this.
  done.breakTasks = Math.max(done.breakTasks, event.answeredBreaksTask ?? 0) + 1;
  await askAboutBreaks(it, askedAbout(it, event, { open, asOf, dueAt: promise?.dueAt() }));
  return false;
}

async function leave(it: EventInProgress, { at, ...left }: LeftAsItStands): Promise<boolean> {
  const { done, key } = it;
  const cleared = await database('按原状保留差异 breaks left as they stand').clearBreaks({ ...key, ...left });
  if (cleared.leavesCredit === true)
    await withdrawOwed(it, 'credit the entitlement', '按原状保留 it was left as it stands');
  await meetOwed(it, 'clear breaks', { by: left.approvedBy ?? left.by, at });
  done.daysFollowed = -1;
  return (cleared.open ?? 0) > 0;
}

function askedAbout(
  { done, key }: EventInProgress,
  { version, kind, code, elections }: FollowedEvent,
  { open, asOf, dueAt = elections?.clearingCutAt }: Omit<OpenBreaks, 'owed'> & { readonly dueAt: string | undefined },
): AskedAboutBreaks {
  return {
    businessKey: `corporate-action-breaks:${key.channel}:${key.eventNo}:${version}:${done.breakTasks}`,
    ...(dueAt === undefined ? {} : { dueAt }),
    facts: { channel: key.channel, event: key.eventNo, version, kind, code, open, ...asShown(asOf) },
  };
}

/** By what state they were shown; what is found or moves afterwards is asked about anew. */
const asShown = (asOf: string | undefined) => (asOf === undefined ? {} : { asOf });

/** The same key is the same task, in a later run too. */
export async function askAboutBreaks(it: EventInProgress, asked: AskedAboutBreaks): Promise<void> {
  const task = await it.desk.ask({
    ...asked,
    kind: 'clear-corporate-action-breaks',
    titleZh: `核对公司行为差异 ${it.key.eventNo}`,
    titleEn: `clear what does not agree: ${it.key.eventNo}`,
    role: 'operations',
    side: 'client',
    form: CLEAR_BREAKS,
    revision: 1,
    otherwise: '到期上报 told upwards when due',
  });
  deliverBeside();
  it.done.breaks = {
    task,
    asked,
    isDone: task.isDone,
    withdraw: async () => void (await it.desk.withdraw(task, '已一致 everything agrees')),
  };
}
