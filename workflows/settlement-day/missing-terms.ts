/**
 * A dated term that a step needs and that nobody has entered, a penalty rate of a date: the step is held by its name, and operations are asked to enter it.
 * The task says which term and which date, and goes off the list once the step is done, or with the day.
 */
import type { ApplicationFailure } from '@temporalio/common';
import { patched } from '@temporalio/workflow';
import type { OpenedDay } from '../../activities/settlement/open-day';
import { addDays, shanghaiInstant, type BusinessDate } from '../../domain/calendar/business-date';
import type { TaskDesk } from '../building-blocks/human-task';
import type { AskedTask } from '../building-blocks/task-spec';

/** What of a day is asked with. */
interface AskingDay {
  readonly key: { readonly channel: string; readonly businessDate: BusinessDate };
  readonly opened: OpenedDay;
  readonly desk: TaskDesk;
  readonly bankingOver: boolean;
}

export class MissingTerms {
  private readonly asked = new Map<string, AskedTask>();

  /** Asks once a step and term; any other refusal asks nobody. */
  async ask(day: AskingDay, step: string, { type, details }: ApplicationFailure): Promise<void> {
    if (type !== 'NO_PARAMETER_FOR_DATE' || !patched('missing-term-is-asked-for')) return;
    const { code, date } = (details?.[0] ?? {}) as { readonly code?: string; readonly date?: string };
    const { channel, businessDate } = day.key;
    const task = await day.desk.ask({
      businessKey: `enter-term:${channel}:${businessDate}:${step}:${code}:${date}`,
      kind: 'enter-term',
      titleZh: `录入缺失参数 ${code}`,
      titleEn: `enter the missing term ${code}`,
      role: 'operations',
      // Money that moves today is charged by the last batch; what the evening lacks keeps the day open.
      dueAt: day.bankingOver ? shanghaiInstant(addDays(businessDate, 1), '00:00') : day.opened.at.endOfDayCheckpoint,
      form: FORM,
      facts: { businessDate, step, code, date },
      revision: 1,
      otherwise: '该步骤暂停，当日不能关闭 the step is held, and the day is not closed',
    });
    this.asked.set(step, task);
  }

  /** Takes off the list what was asked for steps that are done. @param stillHeld none where the day is over */
  async entered(day: AskingDay, stillHeld: (step: string) => boolean = () => false): Promise<void> {
    for (const [step, task] of this.asked) {
      if (stillHeld(step)) continue;
      this.asked.delete(step);
      await day.desk.withdraw(task, '已按参数完成，或交收日已关闭 the step is done by it, or the day is closed');
    }
  }
}

/** What was done about it. */
const FORM = {
  version: 1,
  schema: {
    type: 'object',
    required: ['answer'],
    additionalProperties: false,
    properties: { answer: { type: 'string', minLength: 1, maxLength: 500, title: '处理情况 what was done about it' } },
  },
};
