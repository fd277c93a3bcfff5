/** What the steps of a complaint share: where it stands, whom it waits for, its promises, and the record of what was done. */
import { ApplicationFailure } from '@temporalio/common';
import { patched, setHandler } from '@temporalio/workflow';
import type { FollowedComplaint } from '../../activities/complaints/follow-complaint';
import type { RecordedStep } from '../../activities/complaints/record-step';
import { beginning, database } from '../activity-groups';
import { BusinessClock } from '../building-blocks/business-clock';
import { Callbacks } from '../building-blocks/callbacks';
import type { OpenedWork } from '../../activities/tasks/open-work';
import { REGISTRATION_FORM } from '../../domain/complaints/registration';
import { factsShown } from '../../domain/complaints/shown-complaint';
import type { StageClock } from '../../domain/complaints/stage-promises';
import { deliverBeside } from '../building-blocks/delivery';
import { TaskDesk } from '../building-blocks/human-task';
import type { TaskSpec } from '../building-blocks/task-spec';
import { Promises } from '../building-blocks/promises';
import { openWaiting, type Waiting } from '../building-blocks/waiting';
import { complaintChanged, payeeCorrectionAsked } from '../messages/complaint';
import type { Actor, FilledForm } from '../messages/tasks';
import { refusalWithin } from '../failures';
import type { Owed } from '../building-blocks/owed';

export interface ComplaintCase {
  readonly complaintNo: string;
  readonly waiting: Waiting;
  readonly desk: TaskDesk;
  readonly promises: Promises;
  readonly clock: BusinessClock;
  /** The newest revision that intake told of, the newest that named what it is about, and the newest that asked for another account. */
  readonly told: { revision: number; subject: number; payee: number };
  /** How long each stage may take, by the rules of the day of receipt. */
  readonly clocks: readonly StageClock[];
  /** What was opened with the receipt; not of a process of an earlier version. */
  readonly opened: OpenedWork | undefined;
  /** As it was read last. */
  complaint: FollowedComplaint;
  /** What is promised now, by key. */
  readonly owed: Map<string, Owed>;
  /** Callbacks that were asked for. */
  readonly callbacks: Callbacks;
  /** Requests to departments that are followed. */
  readonly followed: Map<number, Promise<void>>;
  /** Whether what it is about lies in the file. */
  readonly evidence: { isFrozen: boolean };
  /** How often each step was recorded. */
  readonly recorded: Map<string, number>;
  /** How often its closing was asked for. */
  readonly closing: { asked: number };
}

/** Registers what it hears before its first await, as every process. */
export async function openCase(complaintNo: string): Promise<ComplaintCase> {
  const waiting = openWaiting({ zh: '投诉', en: 'complaint' });
  const desk = TaskDesk.open(waiting, [REGISTRATION_FORM]);
  const promises = Promises.open(waiting);
  const callbacks = Callbacks.open();
  const told = { revision: 1, subject: 0, payee: 0 };
  const hear = (revision: number, named?: 'subject') => {
    told.revision = Math.max(told.revision, revision);
    // An earlier version froze it at the next step.
    if (named !== undefined && patched('a subject is frozen when it is named'))
      told.subject = Math.max(told.subject, revision);
  };
  setHandler(complaintChanged, hear, { description: '投诉有进展 something was done with the complaint' });
  const hearOfPayee = (revision: number) => {
    told.payee = Math.max(told.payee, revision);
  };
  setHandler(payeeCorrectionAsked, hearOfPayee, {
    description: '申请更正赔付收款账户 another account for a compensation was asked for',
  });
  const { clock, begun } = await BusinessClock.openWith((run) =>
    beginning('登记流程并读取投诉 register the process, read the complaint').openComplaint({ ...run, complaintNo }),
  );
  const { complaint, clocks, opened } = begun;
  const owed = new Map<string, Owed>();
  const followed = new Map<number, Promise<void>>();
  return {
    complaintNo,
    waiting,
    desk,
    promises,
    clock,
    told,
    clocks,
    opened,
    complaint,
    owed,
    callbacks,
    followed,
    evidence: { isFrozen: false },
    recorded: new Map(),
    closing: { asked: 0 },
  };
}

const read = (complaintNo: string): Promise<FollowedComplaint> =>
  database('读取投诉 read the complaint').readComplaint({ complaintNo });

/** The case as it is now, read beside the story, which goes on with what it reads itself: a slow reading does not come after a newer one. */
export const readBeside = async (it: ComplaintCase): Promise<ComplaintCase> => ({
  ...it,
  complaint: await read(it.complaintNo),
});

export async function readAgain(it: ComplaintCase): Promise<FollowedComplaint> {
  return (it.complaint = await read(it.complaintNo));
}

/** Whether people have done something since it was read. */
export const isChanged = (it: ComplaintCase): boolean => it.told.revision > it.complaint.revision;

/** Whether a wait also heeds what another step read of the complaint meanwhile; an earlier version waited for news alone. Asked before the wait. */
export const heedsReadings = (): boolean => patched('what is read beside a wait is heeded');

/** Writes down what was done, tells the complainant, and reads where it stands. */
export async function record(
  it: ComplaintCase,
  step: Omit<RecordedStep, 'complaintNo' | 'nth'>,
  words: string,
): Promise<FollowedComplaint> {
  const nth = (it.recorded.get(step.step) ?? 0) + 1;
  it.recorded.set(step.step, nth);
  await database(words).recordComplaintStep({ ...step, complaintNo: it.complaintNo, nth });
  deliverBeside();
  return readAgain(it);
}

/** As `record`; the code of the refusal where a link to another complaint does not hold any more: it is asked anew. */
export async function recordLink(
  it: ComplaintCase,
  step: Omit<RecordedStep, 'complaintNo' | 'nth'>,
  words: string,
): Promise<string | undefined> {
  try {
    await record(it, step, words);
    return undefined;
  } catch (error) {
    const refusal = refusalWithin(error);
    if (refusal instanceof ApplicationFailure && typeof refusal.type === 'string' && refusal.nonRetryable === true)
      return refusal.type;
    throw refusal;
  }
}

/** What people see of the complaint when they decide. */
export const factsOf = ({ complaint }: ComplaintCase): Readonly<Record<string, unknown>> => factsShown(complaint);

/** Who did a task, for the register. */
export const actorOf = ({ person, role }: Actor) => ({ person, role });

export interface AnsweredTask {
  readonly form: FilledForm;
  readonly by: Actor;
  readonly at: string;
}

/** Asks and waits; a complaint needs somebody for each of its steps, so only a completion is an answer. */
export async function answered(it: ComplaintCase, spec: TaskSpec): Promise<AnsweredTask> {
  const task = await it.desk.ask(spec);
  const outcome = await task.answered;
  if (outcome.result !== 'completed') throw new RangeError(`task ${spec.businessKey} was ${outcome.result}`);
  return outcome;
}
