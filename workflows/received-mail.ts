/**
 * A mail to the mailbox of complaints that cannot be read by itself: somebody of the service department looks at it, registers the complaint
 * where it is one, or says that it is none. `received-mail:SHA256`, one a mail.
 */
import { MAIL_SENDERS, type MailSender } from '../domain/complaints/complaint-words';
import { database } from './activity-groups';
import { BusinessClock } from './building-blocks/business-clock';
import { TaskDesk } from './building-blocks/human-task';
import type { TaskForm } from './building-blocks/task-spec';
import { dueFrom, Owed } from './building-blocks/owed';
import { Promises } from './building-blocks/promises';
import { openWaiting } from './building-blocks/waiting';
import type { ReceivedMailEnd, ReceivedMailInput } from './messages/received-mail';

const LOOK: TaskForm = {
  version: 2,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['decision', 'reason'],
    properties: {
      decision: { enum: ['complaint registered', 'no complaint'], title: '邮件性质 what the mail is' },
      complaintNo: { type: 'string', pattern: '^T\\d{8}-\\d{6}$', title: '已登记的投诉 complaint that was registered' },
      sender: {
        enum: MAIL_SENDERS,
        title:
          '发件地址不是投诉人所留联系方式时：是谁的邮件 whose it is, where it does not come from the contact of the complainant',
      },
      reason: { type: 'string', minLength: 5, maxLength: 500, title: '理由 reason' },
    },
    if: { properties: { decision: { const: 'complaint registered' } } },
    then: { required: ['complaintNo'] },
  },
};

export async function receivedMail({ mailId }: ReceivedMailInput): Promise<ReceivedMailEnd> {
  const waiting = openWaiting({ zh: '待查看的邮件', en: 'mail to be looked at' });
  const desk = TaskDesk.open(waiting);
  const promises = Promises.open(waiting);
  const clock = await BusinessClock.open();
  const { receivedAt, faults, withinDays } = await database('读取邮件 read the mail').readReceivedMail({ mailId });
  const promise = await Owed.give(
    { desk, promises, clock },
    {
      businessKey: `received-mail:${mailId}`,
      step: 'look at mail',
      subject: mailId,
      owner: { role: 'service' },
      ladder: 'PROMISE',
      limit: { kind: 'BUSINESS_DAYS', n: withinDays },
      receivedAt,
      titleZh: '查看无法登记的邮件',
      titleEn: 'look at a mail that could not be entered',
    },
  );
  waiting.stage('等待查看', 'waiting for a look');
  const task = await desk.ask({
    businessKey: `received-mail:${mailId}`,
    kind: 'look-at-mail',
    titleZh: '查看无法自动登记的投诉邮件',
    titleEn: 'look at a mail that could not be entered as a complaint',
    role: 'service',
    ...dueFrom(promise),
    form: LOOK,
    facts: { mail: mailId, faults },
    revision: 1,
    bulk: false,
  });
  const outcome = await task.answered;
  if (outcome.result !== 'completed') throw new RangeError(`task received-mail:${mailId} was ${outcome.result}`);
  const { form, by, at } = outcome;
  const decision = form['decision'] as ReceivedMailEnd;
  await database('登记查看结果 what the mail was').recordMailLookedAt({
    mailId,
    ...(decision === 'complaint registered' ? { complaintNo: String(form['complaintNo']) } : {}),
    ...(typeof form['sender'] === 'string' ? { sender: form['sender'] as MailSender } : {}),
    by: { person: by.person, role: by.role },
  });
  await promise.meet({ by: by.person, at });
  waiting.stage('已结束', 'ended');
  await desk.closing();
  return decision;
}
