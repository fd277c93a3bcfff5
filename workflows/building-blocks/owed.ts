/**
 * What is owed by a time, also where no calendar can say yet until when: the work goes on, compliance is asked to have the calendar
 * grow, and the promise is given then. A list of holidays that ends stops no process (invariants 6 and 10).
 */
import { ApplicationFailure } from '@temporalio/common';
import type { Decision } from './approval';
import type { TaskDesk } from './human-task';
import type { AskedTask, TaskForm } from './task-spec';
import type { BusinessClock } from './business-clock';
import type { Reached } from './ladder';
import type { GivenPromise, Promises, PromiseSpec } from './promises';
import { refusalWithin } from '../failures';

/** What it needs of a process. */
export interface Owing {
  readonly desk: TaskDesk;
  readonly promises: Promises;
  readonly clock: BusinessClock;
}

const GROWN: TaskForm = {
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['entered'],
    properties: { entered: { type: 'boolean', const: true, title: '已录入日历 the days are entered' } },
  },
};

/** Until when, for a task or an order, where it is known. */
export const dueFrom = (owed: Owed): { readonly dueAt?: string } => {
  const dueAt = owed.dueAt();
  return dueAt === undefined ? {} : { dueAt };
};

export class Owed {
  private given: GivenPromise | undefined;
  private asked: AskedTask | undefined;
  private over = false;

  private constructor(
    private readonly of: Owing,
    private readonly spec: PromiseSpec,
  ) {}

  static async give(of: Owing, spec: PromiseSpec): Promise<Owed> {
    const owed = new Owed(of, spec);
    if (!(await owed.isGiven())) void owed.askForDays();
    return owed;
  }

  /** As `give`, of a promise that was given together with others; undefined where no calendar could say until when. */
  static of(of: Owing, spec: PromiseSpec, given: GivenPromise | undefined): Owed {
    const owed = new Owed(of, spec);
    owed.given = given;
    if (given === undefined) void owed.askForDays();
    return owed;
  }

  /** Undefined while no calendar says so. */
  dueAt(): string | undefined {
    return this.given?.dueAt();
  }

  /** The promise, where it could be given. */
  promise(): GivenPromise | undefined {
    return this.given;
  }

  isBreached(): boolean {
    return this.given?.isBreached() === true;
  }

  /** What was promised is done. */
  async meet(reached: Reached): Promise<void> {
    await this.end();
    await this.given?.meet(reached);
  }

  /** A decision was promised: as `GivenPromise.meetBy`. */
  async meetBy(decision: Decision): Promise<void> {
    await this.end();
    await this.given?.meetBy(decision);
  }

  /** Nothing is owed any more. */
  async withdraw(cause: string): Promise<void> {
    await this.end();
    await this.given?.withdraw(cause);
  }

  private async end(): Promise<void> {
    this.over = true;
    if (this.asked !== undefined)
      await this.of.desk.withdraw(this.asked, '已无须确定期限 nothing is to be dated any more');
  }

  private async isGiven(): Promise<boolean> {
    try {
      this.given = await this.of.promises.give(this.of.clock, this.spec);
      return true;
    } catch (error) {
      const refusal = refusalWithin(error);
      if (refusal instanceof ApplicationFailure && refusal.type === 'CALENDAR_OUT_OF_RANGE') return false;
      throw refusal;
    }
  }

  private async askForDays(): Promise<void> {
    const { businessKey, titleZh, titleEn } = this.spec;
    for (let nth = 1; !this.over; nth += 1) {
      const task = await this.of.desk.ask({
        businessKey: `calendar:${businessKey}:${nth}`,
        kind: 'extend-calendar',
        titleZh: `日历已尽，无法确定期限：${titleZh}`,
        titleEn: `the calendar ends, no due date can be told: ${titleEn}`,
        role: 'compliance',
        form: GROWN,
        facts: { promise: businessKey, receivedAt: this.spec.receivedAt },
        revision: nth,
        bulk: false,
        otherwise: '工作照常进行，无期限 the work goes on without a due date',
      });
      this.asked = task;
      if (this.over) await this.end();
      const outcome = await task.answered;
      this.asked = undefined;
      if (outcome.result !== 'completed' || this.over) return;
      if (!(await this.isGiven())) continue;
      // Done while it was being given: it was never owed by a time that anybody could know.
      if (this.over) await this.given?.withdraw('给出期限前已完成 done before a due date was known');
      return;
    }
  }
}
