/** What follows from a callback: tasks with their promises, a complaint, a request to suspend; each asked for once. */
import { patched } from '@temporalio/workflow';
import type { FollowedCallback, FollowUp } from '../../activities/callbacks/follow-callback';
import { database } from '../activity-groups';
import { dueFrom, Owed, type Owing } from '../building-blocks/owed';
import type { AskedTask, TaskForm, TaskSpec } from '../building-blocks/task-spec';

const FOLLOW_UP: TaskForm = {
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['finding'],
    properties: {
      finding: { type: 'string', minLength: 5, maxLength: 500, title: '处理结果 what was found and done' },
    },
  },
};

/** Something that follows, and its end. */
export interface FollowedUp {
  readonly done: Promise<unknown>;
}

/** Each follow-up is asked for once, as soon as what brings it is known; a suspension is a request of its own, decided there. */
export async function askFollowUps(
  called: FollowedCallback,
  means: Owing,
  asked: Map<string, FollowedUp | undefined>,
): Promise<void> {
  const { callbackNo, followUps } = called;
  for (const followUp of followUps.filter((one) => !asked.has(one.followUp))) {
    switch (followUp.act) {
      case 'suspension':
        await database('提请暂停买入 ask for the suspension of buying').requestSuspension({ callbackNo });
        asked.set(followUp.followUp, undefined);
        break;
      case 'complaint':
        await database('登记为投诉 receive a complaint of it').openComplaintOfCallback({
          callbackNo,
          followUp: followUp.followUp,
        });
        asked.set(followUp.followUp, undefined);
        break;
      default: {
        const owed = await oweFollowUp(called, followUp, means);
        const task = await means.desk.ask({
          ...followUpTask(called, followUp),
          ...(owed === undefined ? {} : dueFrom(owed)),
        });
        asked.set(followUp.followUp, { done: owed === undefined ? task.answered : metBy(task, owed) });
      }
    }
  }
}

const keyOf = ({ callbackNo }: FollowedCallback, { followUp }: FollowUp): string =>
  `callback-follow-up:${callbackNo}:${followUp}`;

/** Owed from the call that brings it; an earlier version read no time, and promised nothing. */
async function oweFollowUp(called: FollowedCallback, followUp: FollowUp, means: Owing): Promise<Owed | undefined> {
  if (followUp.within === undefined || !patched('what follows from a callback is owed by a time')) return undefined;
  const { role, branch } = whose(followUp, called.branch);
  const { days, since } = followUp.within;
  return Owed.give(means, {
    businessKey: keyOf(called, followUp),
    step: 'follow up',
    subject: `${called.callbackNo}:${followUp.followUp}`,
    owner: { role },
    ...(branch === undefined ? {} : { branch }),
    ladder: 'PROMISE',
    limit: { kind: 'BUSINESS_DAYS', n: days },
    receivedAt: since,
    titleZh: `回访后续：${followUp.titleZh}`,
    titleEn: `after a callback: ${followUp.titleEn}`,
    otherwise: '到期升级至合规 compliance is told when due',
  });
}

async function metBy(task: AskedTask, owed: Owed): Promise<void> {
  const outcome = await task.answered;
  if (outcome.result === 'completed') await owed.meet({ by: outcome.by.person, at: outcome.at });
  else await owed.withdraw('后续事项已撤下 it is asked of nobody any more');
}

const followUpTask = (called: FollowedCallback, followUp: FollowUp): TaskSpec => ({
  businessKey: keyOf(called, followUp),
  kind: 'callback-follow-up',
  titleZh: `回访后续：${followUp.titleZh}`,
  titleEn: `after a callback: ${followUp.titleEn}`,
  ...whose(followUp, called.branch),
  form: FOLLOW_UP,
  facts: {
    callback: called.callbackNo,
    purpose: called.purpose,
    subject: called.subject,
    followUp: followUp.followUp,
  },
  revision: 1,
});

/** What a branch would do for a client of its own, the service department does for whoever is of none. */
const whose = (
  { role }: FollowUp,
  branch: string | null,
): { readonly role: string; readonly branch?: string; readonly side?: string } => ({
  role: role === 'branch' && branch === null ? 'service' : role,
  ...(role === 'branch' && branch !== null ? { branch } : {}),
  ...(role === 'operations' ? { side: 'client' } : {}),
});
