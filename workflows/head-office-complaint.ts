/**
 * A complaint that is urgent, of many people, or handled again: the head office takes it up the same day and says how it goes on
 * (facts 6.2). `head-office-complaint:NUMBER:CAUSE`, once for each cause; the complaint itself goes on meanwhile, and where it ends first
 * there is nothing left to be said.
 */
import { patched, setHandler } from '@temporalio/workflow';
import { HEAD_OFFICE_WORDS } from '../domain/complaints/complaint-words';
import { database } from './activity-groups';
import { BusinessClock } from './building-blocks/business-clock';
import { deliverBeside } from './building-blocks/delivery';
import { TaskDesk } from './building-blocks/human-task';
import { Owed } from './building-blocks/owed';
import { Promises } from './building-blocks/promises';
import { formOfAll, REASON } from './building-blocks/task-forms';
import { openWaiting } from './building-blocks/waiting';
import { followedComplaintEnded, type HeadOfficeEnd, type HeadOfficeInput } from './messages/head-office-complaint';

const TAKE_UP = formOfAll({
  decision: {
    enum: ['followed by the head office', 'left with its handler'],
    title: '总部督办，或由承办人继续 who follows it from now on',
  },
  reason: REASON,
});

const ENDED = '投诉已办结 the complaint has ended';

export async function headOfficeComplaint({ complaintNo, cause, since }: HeadOfficeInput): Promise<HeadOfficeEnd> {
  const waiting = openWaiting({ zh: '投诉报总部', en: 'complaint to the head office' });
  const desk = TaskDesk.open(waiting);
  const promises = Promises.open(waiting);
  let isOver = false;
  setHandler(followedComplaintEnded, () => void (isOver = true), { description: '投诉已办结 the complaint has ended' });
  const clock = await BusinessClock.open();
  const read = await database('读取投诉 read the complaint').readForHeadOffice({ complaintNo, cause, since });
  const { limit, branch, hasEnded, takenUpBy: role = 'compliance', ...facts } = read;
  const key = `head-office-complaint:${complaintNo}:${cause}`;
  const words = HEAD_OFFICE_WORDS[cause];
  deliverBeside();
  const owed = await Owed.give(
    { desk, promises, clock },
    {
      businessKey: key,
      step: 'take up',
      subject: complaintNo,
      owner: { role },
      ...(branch === null ? {} : { branch }),
      ladder: 'PROMISE',
      limit,
      receivedAt: since,
      titleZh: '总部接办投诉',
      titleEn: 'the head office takes up a complaint',
    },
  );
  isOver ||= hasEnded;
  waiting.stage('等待总部接办', 'waiting for the head office');
  const dueAt = owed.dueAt();
  const task = await desk.ask({
    businessKey: key,
    kind: 'take-up-complaint',
    titleZh: `当日接办投诉：${words.zh}`,
    titleEn: `take up a complaint the same day: ${words.en}`,
    role,
    ...(dueAt === undefined ? {} : { dueAt }),
    form: TAKE_UP,
    facts: { complaint: complaintNo, cause, ...facts },
    revision: 1,
    bulk: false,
    otherwise: '投诉照常办理 the complaint goes on all the same',
  });
  // An earlier version waited for the answer whatever had become of the complaint.
  const outcome = await (patched('nothing is said of a complaint that has ended')
    ? desk.answerUnless(() => isOver, task, ENDED)
    : task.answered);
  if (outcome.result !== 'completed') {
    await owed.withdraw(ENDED);
    waiting.stage('已结束', 'ended');
    await desk.closing();
    return 'the complaint has ended';
  }
  const { form, by, at } = outcome;
  const decision = form['decision'] as HeadOfficeEnd;
  await database('登记总部意见 what the head office says').recordTakenUp({
    complaintNo,
    cause,
    decision,
    reason: String(form['reason']),
    by: { person: by.person, role: by.role },
  });
  await owed.meet({ by: by.person, at });
  waiting.stage('已结束', 'ended');
  await desk.closing();
  return decision;
}
