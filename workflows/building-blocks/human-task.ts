/**
 * Work that waits for a person. A process opens one desk a run; each thing it asks becomes a row that people see, and
 * the completion comes back as the Update `completeTask`.
 *
 * The validator refuses what can be seen to be wrong (not open, stale revision, four eyes) without leaving an event;
 * the verb decides under a row lock, so of two people at once exactly one succeeds; the database's constraint is the
 * last layer (A1 §27). What somebody typed comes as a reference: an update past the API that brings the text itself is
 * refused before it stands in the history (docs/decisions/0018-typed-text-by-reference.md).
 */
import { allHandlersFinished, condition, setHandler, Trigger, workflowInfo } from '@temporalio/workflow';
import { database } from '../activity-groups';
import type { OpenedTask, OpenTask } from '../../activities/tasks/open-task';
import { refusalWithin } from '../failures';
import { notOpen, refuseDecision, refuseRecall, refuseReturn } from './task-refusals';
import { refuseTyped } from './typed-by-reference';
import {
  completeTask,
  recallTask,
  returnTask,
  taskPassedUp,
  type CompleteTask,
  type RecallTask,
  type ReturnTask,
  type TaskOutcome,
} from '../messages/tasks';
import type { AskedTask, TaskForm, TaskSpec } from './task-spec';
import type { Waiting } from './waiting';

interface AskedOf {
  readonly spec: TaskSpec;
  /** Others do it now. */
  readonly passUp: (role: string) => void;
  readonly ended: Trigger<TaskOutcome>;
  readonly end: (outcome: TaskOutcome) => void;
}

export class TaskDesk {
  private readonly open = new Map<string, AskedOf>();
  private readonly closed = new Map<string, TaskOutcome['result']>();
  /** What is being asked and has no number yet. */
  private readonly opening = new Set<TaskSpec>();
  /** Who does a task now, by its number. */
  private readonly passedUp = new Map<string, string>();

  private constructor(
    private readonly waiting: Waiting | undefined,
    /** Forms of what the run before asked, until this one has asked it again. */
    private again: readonly TaskForm[],
  ) {}

  /**
   * One a run, before the first await. What the desk waits for is told to `waiting`.
   * @param again forms of tasks that stand before the run knows them, from the run before or from what it begins with: whoever answers one
   *        waits until `askedAgain`
   */
  static open(waiting?: Waiting, again: readonly TaskForm[] = []): TaskDesk {
    const desk = new TaskDesk(waiting, again);
    setHandler(completeTask, (sent) => desk.complete(sent), {
      validator: (sent: CompleteTask) => {
        desk.refuseUnlessOpening(sent.taskId, () => desk.refuseCompletion(sent));
        refuseTyped(sent.form, desk.schemasOf(sent.taskId));
      },
      description: '完成待办 complete a task',
    });
    setHandler(recallTask, (sent) => desk.recall(sent), {
      validator: (sent: RecallTask) => {
        desk.refuseUnlessOpening(sent.taskId, () => desk.refuseRecall(sent));
        refuseTyped({ reason: sent.reason });
      },
      description: '撤回待复核事项 recall what waits for approval',
    });
    setHandler(returnTask, (sent) => desk.giveBack(sent), {
      validator: (sent: ReturnTask) => {
        desk.refuseUnlessOpening(sent.taskId, () => desk.refuseReturn(sent));
        refuseTyped({ reason: sent.reason });
      },
      description: '退回经办人 send back to the maker',
    });
    setHandler(taskPassedUp, (taskId, role) => desk.passUp(taskId, role), {
      description: '待办改由上级办理 others do a task now',
    });
    return desk;
  }

  /** Everything that stands from the run before is asked again. */
  askedAgain(): void {
    this.again = [];
  }

  /** Opens the task and goes on; `answered` resolves when it ends. A key that was answered before is answered at once. */
  async ask(spec: TaskSpec): Promise<AskedTask> {
    this.opening.add(spec);
    try {
      const opened = await database(`待办 ${spec.titleZh} ${spec.titleEn}`).openTask(taskOf(spec));
      return this.opened(spec, opened);
    } finally {
      this.opening.delete(spec);
    }
  }

  /** As `ask`, where the task is opened together with what else the process begins with. */
  async askWith<Opened extends { readonly task: OpenedTask }>(
    spec: TaskSpec,
    open: (task: OpenTask) => Promise<Opened>,
    beside: (opened: Opened) => void,
  ): Promise<AskedTask> {
    this.opening.add(spec);
    try {
      const opened = await open(taskOf(spec));
      beside(opened);
      this.askedAgain();
      return this.opened(spec, opened.task);
    } finally {
      this.opening.delete(spec);
    }
  }

  /** A task that was opened before this run began. */
  take(spec: TaskSpec, opened: OpenedTask): AskedTask {
    this.askedAgain();
    return this.opened(spec, opened);
  }

  private opened(spec: TaskSpec, opened: OpenedTask): AskedTask {
    const task = this.follow(opened.taskId, { ...spec, ...opened.asks }, opened.outcome);
    return opened.second === undefined ? task : { ...task, second: opened.second };
  }

  /** Takes a task off the list because what it was for has gone. One that has ended stays as it ended. */
  async withdraw(task: AskedTask, cause: string): Promise<TaskOutcome> {
    const ended = task.outcome();
    if (ended !== undefined) return ended;
    return this.takeOff(task.taskId, cause, false);
  }

  /** Takes an approval off the list because its draft was changed; what it decides about stays for the next one. */
  async makeStale(task: AskedTask, cause: string): Promise<TaskOutcome> {
    return task.outcome() ?? this.takeOff(task.taskId, cause, true);
  }

  /** Waits for the answer; once what the task was for has gone it is taken off the list, and nothing is waited for. */
  async answerUnless(over: () => boolean, task: AskedTask, cause: string): Promise<TaskOutcome> {
    await condition(() => task.isDone() || over());
    return this.withdraw(task, cause);
  }

  /** Last thing of a run: no answer of a person is cut off. */
  async closing(): Promise<void> {
    await condition(allHandlersFinished);
  }

  private async takeOff(taskId: string, cause: string, subjectStays: boolean): Promise<TaskOutcome> {
    const { outcome } = await database(`撤下待办 withdraw task ${taskId}`).withdrawTask({
      taskId,
      cause,
      subjectStays,
    });
    this.open.get(taskId)?.end(outcome);
    return outcome;
  }

  private follow(taskId: string, spec: TaskSpec, before: TaskOutcome | undefined): AskedTask {
    const ended = new Trigger<TaskOutcome>();
    let outcome: TaskOutcome | undefined;
    let waitsNoMore = this.waits(spec);
    const end = (given: TaskOutcome) => {
      if (outcome !== undefined) return;
      outcome = given;
      this.open.delete(taskId);
      this.closed.set(taskId, given.result);
      waitsNoMore?.();
      ended.resolve(given);
    };
    const passUp = (role: string) => {
      const { mark: _, ...work } = spec;
      const now = { ...work, role };
      waitsNoMore?.();
      waitsNoMore = this.waits(now);
      this.open.set(taskId, { spec: now, ended, end, passUp });
    };
    this.open.set(taskId, { spec, ended, end, passUp });
    if (before !== undefined) end(before);
    const role = this.passedUp.get(taskId);
    if (role !== undefined) this.passUp(taskId, role);
    return { taskId, isDone: () => outcome !== undefined, outcome: () => outcome, answered: asPromise(ended) };
  }

  private waits(spec: TaskSpec): (() => void) | undefined {
    return this.waiting?.on({
      who: spec.side === undefined ? spec.role : `${spec.role} (${spec.side})`,
      role: spec.role,
      whatZh: spec.titleZh,
      whatEn: spec.titleEn,
      ...(spec.dueAt === undefined ? {} : { dueAt: spec.dueAt }),
      ...(spec.otherwise === undefined ? {} : { otherwise: spec.otherwise }),
    });
  }

  /** Heard of before the process knows the number of the task, it is remembered. */
  private passUp(taskId: string, role: string): void {
    this.passedUp.set(taskId, role);
    this.open.get(taskId)?.passUp(role);
  }

  private async complete(sent: CompleteTask): Promise<{ readonly outcome: TaskOutcome }> {
    await this.untilOpened(sent.taskId);
    const { spec, end } = this.refuseCompletion(sent);
    try {
      const { outcome } = await database(`完成待办 ${spec.titleZh} complete: ${spec.titleEn}`).completeTask(sent);
      end(outcome);
      return { outcome };
    } catch (error) {
      throw refusalWithin(error);
    }
  }

  private async recall(sent: RecallTask): Promise<{ readonly outcome: TaskOutcome }> {
    await this.untilOpened(sent.taskId);
    const { spec, end } = this.refuseRecall(sent);
    try {
      const { outcome } = await database(`撤回 ${spec.titleZh} recall: ${spec.titleEn}`).recallTask(sent);
      end(outcome);
      return { outcome };
    } catch (error) {
      throw refusalWithin(error);
    }
  }

  private async giveBack(sent: ReturnTask): Promise<{ readonly outcome: TaskOutcome }> {
    await this.untilOpened(sent.taskId);
    const { spec, end } = this.refuseReturn(sent);
    try {
      const { outcome } = await database(`退回 ${spec.titleZh} send back: ${spec.titleEn}`).returnTask(sent);
      end(outcome);
      return { outcome };
    } catch (error) {
      throw refusalWithin(error);
    }
  }

  /** People see the row a moment before the process knows its number: then the handler decides, not the validator. */
  private refuseUnlessOpening(taskId: string, refuse: () => unknown): void {
    if (this.isOpening() && !this.open.has(taskId) && !this.closed.has(taskId)) return;
    refuse();
  }

  /** Of the task, or of those that it may be while it has no number yet. */
  private schemasOf(taskId: string): readonly TaskForm['schema'][] {
    const task = this.open.get(taskId);
    const forms = task === undefined ? [...this.again, ...[...this.opening].map(({ form }) => form)] : [task.spec.form];
    return forms.map(({ schema }) => schema);
  }

  private isOpening(): boolean {
    return this.opening.size > 0 || this.again.length > 0;
  }

  private async untilOpened(taskId: string): Promise<void> {
    await condition(() => !this.isOpening() || this.open.has(taskId) || this.closed.has(taskId));
  }

  private refuseCompletion(sent: CompleteTask): AskedOf {
    const task = this.openTask(sent.taskId);
    refuseDecision(task.spec, sent);
    task.spec.checkForm?.(sent.form);
    return task;
  }

  private refuseReturn(sent: ReturnTask): AskedOf {
    const task = this.openTask(sent.taskId);
    refuseReturn(task.spec, sent);
    return task;
  }

  private refuseRecall(sent: RecallTask): AskedOf {
    const task = this.openTask(sent.taskId);
    refuseRecall(task.spec, sent);
    return task;
  }

  private openTask(taskId: string): AskedOf {
    const task = this.open.get(taskId);
    if (task === undefined) throw notOpen(taskId, this.closed.get(taskId));
    return task;
  }
}

/** What is written of it. */
function taskOf({ checkForm: _, otherwise: __, form, ...row }: TaskSpec): OpenTask {
  return { ...row, workflowId: workflowInfo().workflowId, form: form.schema, formVersion: form.version };
}

/** A Trigger is only thenable; stories combine answers with Promise.race and the like. */
const asPromise = (ended: Trigger<TaskOutcome>): Promise<TaskOutcome> => Promise.resolve(ended);
