/** What does not agree is asked of operations: one task at a time, whatever the number of breaks behind it, and promised by a time. */
import type { FollowedEvent } from '../../activities/corporate-actions/follow-event';
import type { OwedByEvent } from '../../activities/corporate-actions/owed-by-event';
import { database } from '../activity-groups';
import { deliverBeside } from '../building-blocks/delivery';
import { formOfAll, REASON } from '../building-blocks/task-forms';
import type { EventInProgress } from './event-in-progress';
import { keepOwed, meetOwed, withdrawOwed } from './owed';

const CLEAR_BREAKS = formOfAll({
  decision: { enum: ['compare again', 'leave as it stands'], title: '处理 what is done' },
  reason: REASON,
});

/** Whether the story compares at once, whatever it waited for. */
const isCompared = ({ state, isElective }: FollowedEvent): boolean =>
  state === 'closed' || (state === 'announced' && !isElective);

/** How much does not agree or is not answered yet, and by when what does not agree is to be cleared. */
export interface OpenBreaks {
  readonly open: number;
  readonly owed: OwedByEvent | null | undefined;
}

/**
 * Opens the task where something does not agree, acts on its answer, and takes it off the list where nothing is left. Answers whether the
 * event is to be read again at once: what was found since is asked about anew, by a promise of its own.
 */
export async function keepBreaksTask(
  it: EventInProgress,
  event: FollowedEvent,
  { open, owed }: OpenBreaks,
): Promise<boolean> {
  const { done, key } = it;
  const outcome = done.breaks?.task.outcome();
  const shown = done.breaks?.asOf;
  if (outcome !== undefined) {
    done.breaks = undefined;
    if (outcome.result === 'completed' && outcome.form['decision'] === 'leave as it stands') {
      const cleared = { by: outcome.by.person, reason: String(outcome.form['reason']), ...asShown(shown) };
      const left = await database('按原状保留差异 breaks left as they stand').clearBreaks({ ...key, ...cleared });
      if (left.leavesCredit === true)
        await withdrawOwed(it, 'credit the entitlement', '按原状保留 it was left as it stands');
      await meetOwed(it, 'clear breaks', { by: cleared.by, at: outcome.at });
      done.daysFollowed = -1;
      return (left.open ?? 0) > 0;
    }
    if (outcome.result === 'completed' && isCompared(event)) {
      // It is compared first: what still differs then is asked about anew.
      done.daysFollowed = -1;
      return false;
    }
  }
  const promise = await keepOwed(it, 'clear breaks', owed);
  if (open === 0) {
    await done.breaks?.withdraw();
    done.breaks = undefined;
    return false;
  }
  if (done.breaks !== undefined) return false;
  // An event that was over and is asked about again is another run: what was answered in an earlier one answers nothing of this.
  done.breakTasks = Math.max(done.breakTasks, event.answeredBreaksTask ?? 0) + 1;
  const dueAt = promise?.dueAt() ?? event.elections?.clearingCutAt;
  const asOf = event.breaksAsOf;
  const task = await it.desk.ask({
    businessKey: `corporate-action-breaks:${key.channel}:${key.eventNo}:${event.version}:${done.breakTasks}`,
    kind: 'clear-corporate-action-breaks',
    titleZh: `核对公司行为差异 ${key.eventNo}`,
    titleEn: `clear what does not agree: ${key.eventNo}`,
    role: 'operations',
    side: 'client',
    ...(dueAt === undefined ? {} : { dueAt }),
    form: CLEAR_BREAKS,
    facts: {
      channel: key.channel,
      event: key.eventNo,
      version: event.version,
      kind: event.kind,
      code: event.code,
      open,
      ...asShown(asOf),
    },
    revision: 1,
    otherwise: '到期上报 told upwards when due',
  });
  deliverBeside();
  done.breaks = {
    task,
    ...asShown(asOf),
    isDone: task.isDone,
    withdraw: async () => void (await it.desk.withdraw(task, '已一致 everything agrees')),
  };
  return false;
}

/** By what state they were shown; what is found or moves afterwards is asked about anew. */
const asShown = (asOf: string | undefined) => (asOf === undefined ? {} : { asOf });
