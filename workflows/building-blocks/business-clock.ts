/**
 * Waiting, the only way a process waits for an instant.
 *
 * In a real book a wait is a durable timer. In a manual book (rehearsal, drill, test) it is armed in the database and
 * ends by the signal of whoever moves the clock; the far timer beside it never fires, it shows the wait in the Web UI
 * the same way as production does.
 *
 * The clock's idea of now is a lower bound: a process is told only when something of its own is due. Nothing is
 * decided by it; activities and intake ask the database.
 */
import { condition, setHandler, workflowInfo } from '@temporalio/workflow';
import type { OpenedClock, ProcessRun } from '../../activities/clock/open-process';
import { clockVerbs } from '../activity-groups';
import { clockMoved } from '../messages/clock';

/** The longest timer the server takes. */
const HUNDRED_YEARS_MS = 36_500 * 86_400_000;

export class BusinessClock {
  private mode: 'real' | 'manual' = 'real';
  private now = '';
  private waits = 0;
  /** Waits that ended by their condition: their rows are taken away by the next arm. */
  private over: number[] = [];
  /** Ends with the last arm that was asked for. */
  private arming: Promise<unknown> = Promise.resolve();

  private constructor() {}

  /** First thing in every run of every process, before any other await. Registers the process with the book. */
  static async open(): Promise<BusinessClock> {
    const clock = BusinessClock.listening();
    clock.take(await clockVerbs('登记流程 register the process').openProcess(runOfProcess()));
    return clock;
  }

  /** As `open`, where what the process begins with is read by the verb that registers it. */
  static async openWith<Begun extends OpenedClock>(
    begin: (run: ProcessRun) => Promise<Begun>,
  ): Promise<{ readonly clock: BusinessClock; readonly begun: Begun }> {
    const clock = BusinessClock.listening();
    const begun = await begin(runOfProcess());
    clock.take(begun);
    return { clock, begun };
  }

  /** Before the first await: the signal may come with the first task of a run. */
  private static listening(): BusinessClock {
    const clock = new BusinessClock();
    setHandler(clockMoved, (now) => clock.advance(now), { description: '业务时钟已移动 the business clock moved' });
    return clock;
  }

  /**
   * Waits until `done` holds or the instant comes, whichever is first; both at once count as done.
   * @param at UTC instant; one that has passed ends the wait at once
   * @param summary what is waited for, Chinese first, shown at the timer: '期限 10:00 到期上报 escalate at 10:00'
   */
  async waitUntil(at: string, done: () => boolean, summary: string): Promise<'done' | 'due'> {
    if (done()) return 'done';
    const due = new Date(at).toISOString();
    if (this.mode === 'real') {
      const ms = Date.parse(due) - Date.now();
      return ms > 0 && (await condition(done, ms, { summary })) ? 'done' : 'due';
    }
    const wait = this.waits++;
    await this.arm(wait, due, summary);
    if (this.now < due) {
      await condition(() => done() || this.now >= due, HUNDRED_YEARS_MS, { summary });
    }
    if (!done()) return 'due';
    if (this.now < due) this.over.push(wait);
    return 'done';
  }

  /** The first instant, so many minutes apart from a beginning, that has not passed as far as the clock knows. */
  nextOf(from: string, everyMinutes: number): string {
    const now = this.mode === 'real' ? Date.now() : Date.parse(this.now);
    const every = everyMinutes * 60_000;
    const passed = Math.max(0, Math.floor((now - Date.parse(from)) / every));
    return new Date(Date.parse(from) + (passed + 1) * every).toISOString();
  }

  /**
   * One arm at a time. Several local activities at once end in any order when they run, and in the order of their start
   * when they are replayed: what follows them would then come in another order, and the replay fails.
   */
  private arm(wait: number, at: string, summary: string): Promise<void> {
    const armed = this.arming.then(async () => {
      const { workflowId } = workflowInfo();
      const over = this.over;
      this.over = [];
      this.advance((await clockVerbs(summary).armWait({ workflowId, wait, at, summary, over })).now);
    });
    this.arming = armed.catch(() => undefined);
    return armed;
  }

  private take({ mode, now }: OpenedClock): void {
    this.mode = mode;
    this.advance(now);
  }

  private advance(now: string): void {
    if (now > this.now) this.now = now;
  }
}

function runOfProcess(): ProcessRun {
  const { workflowId, workflowType } = workflowInfo();
  return { workflowId, type: workflowType };
}
