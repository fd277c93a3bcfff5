/**
 * What a process promises by a time. A promise is given in a line, its ladder is climbed beside the story, one timer at a time,
 * and it ends as met, met late or withdrawn; reaching the end escalates and never fails the process (invariant 6).
 *
 *   const promises = Promises.open(waiting);              // before the first await of a run
 *   const answer = await promises.give(clock, { businessKey, ladder: 'PROMISE', limit: { kind: 'BUSINESS_DAYS', n: 5 }, ... });
 *   ...
 *   await answer.meet({ by, at });
 *
 * The row decides: whoever changes a promise writes the row and signals the process, which reads what is left to climb. What
 * rings says which computation it was climbed with, so nothing rings at an instant that no longer holds.
 */
import { condition, patched, setHandler, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { Climbed, DeadlineState } from '../../activities/deadlines/deadline-row';
import type { PromiseGiven } from '../../activities/deadlines/open-deadline';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { database } from '../activity-groups';
import { refusalWithin } from '../failures';
import { deadlineChanged } from '../messages/deadlines';
import { Breached } from '../messages/search-attributes';
import type { Decision } from './approval';
import type { BusinessClock } from './business-clock';
import { climbLadder, type Reached, type Rung } from './ladder';
import type { Waiting } from './waiting';

/** What is promised. Texts carry no personal data. */
export interface PromiseSpec extends Omit<PromiseGiven, 'workflowId' | 'process'> {
  readonly titleZh: string;
  readonly titleEn: string;
  /** What happens when it is not kept, for the current details. */
  readonly otherwise?: string;
  /** What the rungs before the last ask for, where it is something else: who has reached it. Read only. */
  readonly onTheWay?: (condition: string) => Reached | undefined;
  /** What the story does besides telling the audience of a rung. */
  readonly onMissed?: (rung: Rung) => void;
}

export type PromiseEnd = Exclude<DeadlineState, 'running' | 'breached'>;

export class Promises {
  private readonly given = new Map<string, GivenPromise>();

  private constructor(private readonly waiting: Waiting | undefined) {}

  /** One a run, before the first await: the signal may come with its first task. */
  static open(waiting?: Waiting): Promises {
    const promises = new Promises(waiting);
    setHandler(deadlineChanged, (key, revision) => promises.given.get(key)?.lookAgain(revision), {
      description: '期限已重算 a promise was computed anew',
    });
    return promises;
  }

  /** Gives the promise and climbs its ladder beside the story. A key that stands, from an earlier run, goes on as it stands. */
  async give(clock: BusinessClock, spec: PromiseSpec): Promise<GivenPromise> {
    const { titleZh, titleEn } = spec;
    const climbed = await database(`承诺期限 ${titleZh} promise: ${titleEn}`).openDeadline(givenOf(spec));
    return this.follow(clock, spec, climbed);
  }

  /** Climbs the ladder of a promise that was given together with others. */
  follow(clock: BusinessClock, spec: PromiseSpec, climbed: Climbed): GivenPromise {
    const promise = new GivenPromise(clock, this.waiting, spec, climbed);
    this.given.set(spec.businessKey, promise);
    return promise;
  }
}

/** What is written of it. */
export function givenOf(spec: PromiseSpec): PromiseGiven {
  const { titleZh: _, titleEn: __, otherwise: ___, onTheWay: ____, onMissed: _____, ...row } = spec;
  const { workflowId, workflowType } = workflowInfo();
  return { ...row, workflowId, process: workflowType };
}

export class GivenPromise {
  /** How it ended; the process awaits it before it ends. */
  readonly kept: Promise<PromiseEnd>;
  private reached: Reached | undefined;
  private withdrawn: string | undefined;
  /** The row was computed anew and has not been read yet. */
  private stale = false;
  /** As it was read by whoever changed it here. */
  private fresh: Climbed | undefined;
  private end: PromiseEnd | undefined;
  private breached: boolean;

  constructor(
    private readonly clock: BusinessClock,
    private readonly waiting: Waiting | undefined,
    private readonly spec: PromiseSpec,
    private climbed: Climbed,
  ) {
    this.breached = climbed.state === 'breached';
    this.kept = this.climb();
  }

  dueAt(): string {
    return this.climbed.dueAt;
  }

  isBreached(): boolean {
    return this.breached;
  }

  /** What was promised is done. `at` is the business time of a person's act; a retry or a late worker makes nobody late. */
  async meet(reached: Reached): Promise<PromiseEnd> {
    this.reached ??= reached;
    return this.kept;
  }

  /** A decision was promised: it is met by one, whatever it says; whoever asked and asks no more is owed none. */
  async meetBy({ decision, by, at, reason }: Decision): Promise<PromiseEnd> {
    if (by === undefined || decision === 'recalled') return this.withdraw(reason);
    return this.meet({ by: by.person, at });
  }

  /** Nothing is owed any more. */
  async withdraw(cause: string): Promise<PromiseEnd> {
    this.withdrawn ??= cause;
    return this.kept;
  }

  /** Stops the clock while others must act, from `at` on: the business time of a person's act, or when the row is written. Throws the refusal: STOP_AFTER_LIMIT, STOP_BOUND_REACHED, CLOCK_ALREADY_STOPPED, DEADLINE_FIXED. */
  async stop(reason: string, by: string, at?: string): Promise<void> {
    const { businessKey, titleZh, titleEn } = this.spec;
    const act = { businessKey, reason, by, ...(at === undefined ? {} : { at }) };
    this.take(await refusing(database(`中止计时 ${titleZh} stop the clock: ${titleEn}`).stopClock(act)));
  }

  /** Lets the clock run again from `at` on, as `stop`. Throws the refusal CLOCK_NOT_STOPPED. */
  async resume(reason: string, by: string, at?: string): Promise<void> {
    const { businessKey, titleZh, titleEn } = this.spec;
    const act = { businessKey, reason, by, ...(at === undefined ? {} : { at }) };
    this.take(await refusing(database(`恢复计时 ${titleZh} resume the clock: ${titleEn}`).resumeClock(act)));
  }

  /**
   * Asks for more time; a process of its own has it decided by a second person, and what is not decided before the limit lapses. Throws
   * the refusal: EXTENSION_AFTER_LIMIT, EXTENSION_ALREADY_ASKED, DEADLINE_FIXED.
   */
  async askMoreTime(asked: { readonly furtherN: number; readonly reason: string; readonly by: string }): Promise<void> {
    const { businessKey, titleZh, titleEn } = this.spec;
    await refusing(
      database(`申请延期 ${titleZh} ask for more time: ${titleEn}`).askExtension({ businessKey, ...asked }),
    );
  }

  /** The row may have been computed anew. */
  lookAgain(revision: number): void {
    if (revision > Math.max(this.climbed.revision, this.fresh?.revision ?? 0)) this.stale = true;
  }

  private take(climbed: Climbed): void {
    if (climbed.revision > this.climbed.revision) this.fresh = climbed;
  }

  /** Climbs, and climbs again whenever the promise was computed anew, until it has ended. */
  private async climb(): Promise<PromiseEnd> {
    for (;;) {
      const waitsNoMore = this.tellWaiting();
      try {
        const ended = await this.climbOnce();
        if (ended !== undefined) return (this.end = ended);
      } finally {
        waitsNoMore?.();
      }
      await this.read();
    }
  }

  /** How the promise ended; undefined where it is to be read again. */
  private async climbOnce(): Promise<PromiseEnd | undefined> {
    const { businessKey, ladder, onTheWay, onMissed } = this.spec;
    const { rungs, revision, state } = this.climbed;
    if (state !== 'running' && state !== 'breached') return state;
    let ended: PromiseEnd | undefined;
    if (rungs.length > 0) {
      const end = await climbLadder(this.clock, {
        ladder,
        subject: businessKey,
        rungs,
        promise: { businessKey, revision },
        moved: () => this.isMoved() || this.withdrawn !== undefined,
        reached: (condition) => this.reached !== undefined || onTheWay?.(condition) !== undefined,
        by: (condition) => onTheWay?.(condition) ?? this.reached ?? { by: SYSTEM_ACTOR },
        onMissed: (rung) => Promise.resolve(onMissed?.(rung)),
        ended: (how) => {
          if (how !== 'running' && how !== 'breached') ended = how;
        },
      });
      if (ended !== undefined) return ended;
      if (end === 'escalated') this.breached = true;
      if (end === 'moved' && this.withdrawn === undefined) return undefined;
    }
    await condition(() => this.reached !== undefined || this.withdrawn !== undefined || this.isMoved());
    if (this.isMoved()) return undefined;
    return this.finish();
  }

  private async finish(): Promise<PromiseEnd | undefined> {
    const { businessKey, titleZh, titleEn } = this.spec;
    const { state } =
      this.withdrawn === undefined
        ? await database(`承诺兑现 ${titleZh} promise met: ${titleEn}`).meetDeadline({
            businessKey,
            ...(this.reached ?? { by: SYSTEM_ACTOR }),
          })
        : await database(`承诺撤销 ${titleZh} promise withdrawn: ${titleEn}`).withdrawDeadline({
            businessKey,
            cause: this.withdrawn,
          });
    return state === 'running' || state === 'breached' ? undefined : state;
  }

  private isMoved(): boolean {
    return this.stale || this.fresh !== undefined;
  }

  /** What is left to climb, from whoever changed it here or from the row. A breach that moved away was none. */
  private async read(): Promise<void> {
    const { businessKey, titleZh, titleEn } = this.spec;
    const { fresh } = this;
    const dueBefore = this.climbed.dueAt;
    this.fresh = undefined;
    if (fresh !== undefined && !this.stale) this.climbed = fresh;
    else {
      this.stale = false;
      this.climbed = await database(`重读期限 ${titleZh} read the promise again: ${titleEn}`).loadDeadline({
        businessKey,
      });
    }
    const { dueAt } = this.climbed;
    // An earlier version went on showing until when the work was due first.
    if (this.waiting !== undefined && dueAt !== dueBefore && patched('work is due when its promise is'))
      this.waiting.moved(dueBefore, dueAt);
    const breached = this.climbed.state === 'breached';
    if (this.breached && !breached) upsertSearchAttributes([{ key: Breached, value: false }]);
    this.breached = breached;
  }

  private tellWaiting(): (() => void) | undefined {
    const { owner, titleZh, titleEn, otherwise } = this.spec;
    const { dueAt, stoppedUntil } = this.climbed;
    return this.waiting?.on({
      who: owner.role,
      role: owner.role,
      whatZh: stoppedUntil === undefined ? titleZh : `${titleZh}（中止计时）`,
      whatEn: stoppedUntil === undefined ? titleEn : `${titleEn} (clock stopped)`,
      dueAt,
      ...(otherwise === undefined ? {} : { otherwise }),
    });
  }
}

/** A refusal of a verb as its own failure, so that its code is the failure's type. */
async function refusing<Answer>(asked: Promise<Answer>): Promise<Answer> {
  try {
    return await asked;
  } catch (error) {
    throw refusalWithin(error);
  }
}
