/** What compliance does of a complaint; the general manager does it where nobody there is left who is not kept out (decision 0103). */
import { condition, patched } from '@temporalio/workflow';
import type { AskedTask, TaskSpec } from '../building-blocks/task-spec';
import { heedsReadings, isChanged, readAgain, type AnsweredTask, type ComplaintCase } from './complaint-case';

type Role = 'compliance' | 'general_manager';

/** Work that was asked of either of them. */
export interface AskedOfCompliance {
  readonly role: Role;
  readonly task: AskedTask;
}

type Work = Omit<TaskSpec, 'role'>;

const roleNow = ({ complaint }: ComplaintCase): Role =>
  complaint.isComplianceConcerned === true ? 'general_manager' : 'compliance';

export async function askCompliance(it: ComplaintCase, work: Work): Promise<AskedOfCompliance> {
  const role = roleNow(it);
  const businessKey = role === 'compliance' ? work.businessKey : `${work.businessKey}:above`;
  return { role, task: await it.desk.ask({ ...work, role, businessKey }) };
}

/** Whether it waits for those who may not do it any more, by what was read last. */
export const isForOthers = (it: ComplaintCase, { role, task }: AskedOfCompliance): boolean =>
  !task.isDone() && role !== roleNow(it);

/** Asked of the others, where `isForOthers`; what was answered meanwhile stays. */
export async function askedOfOthers(
  it: ComplaintCase,
  asked: AskedOfCompliance,
  work: Work,
): Promise<AskedOfCompliance> {
  const end = await it.desk.withdraw(asked.task, '改由他人办理 others do it now');
  return end.result === 'withdrawn' ? askCompliance(it, work) : asked;
}

/** Asks and waits, as `answered`, whoever turns out to be concerned meanwhile. */
export async function answeredByCompliance(it: ComplaintCase, work: Work): Promise<AnsweredTask> {
  let asked = await askCompliance(it, work);
  // An earlier version heard of nobody while it waited.
  const hears = patched('who is left of compliance is heard while it is asked');
  const heeds = heedsReadings();
  while (hears && !asked.task.isDone()) {
    const waiting = asked;
    await condition(() => waiting.task.isDone() || isChanged(it) || (heeds && isForOthers(it, waiting)));
    if (waiting.task.isDone()) break;
    await readAgain(it);
    if (isForOthers(it, asked)) asked = await askedOfOthers(it, asked, work);
  }
  const outcome = await asked.task.answered;
  if (outcome.result !== 'completed') throw new RangeError(`task ${work.businessKey} was ${outcome.result}`);
  return outcome;
}
