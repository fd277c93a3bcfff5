/**
 * Tells by telephone what no channel brought to its recipient: a person reads the text of the message to whoever is
 * concerned, and writes whether that one was reached. The answer is proof of notice like any other receipt (A4 §36), and it is
 * promised within the working hours that the purpose of the message names.
 */
import { ApplicationFailure } from '@temporalio/workflow';
import type { TelephoneScript } from '../activities/outbox/telephone';
import { database } from './activity-groups';
import { BusinessClock } from './building-blocks/business-clock';
import { TaskDesk } from './building-blocks/human-task';
import { Promises, type GivenPromise } from './building-blocks/promises';
import { openWaiting } from './building-blocks/waiting';
import { refusalWithin } from './failures';
import { telephoneNoticeId, type TelephoneNoticeInput } from './messages/telephone-notice';

const FORM = {
  version: 1,
  schema: {
    type: 'object',
    required: ['outcome'],
    additionalProperties: false,
    properties: {
      outcome: { enum: ['reached', 'not reached'], title: '结果 outcome' },
      note: { type: 'string', maxLength: 500, title: '备注 note' },
    },
  },
};

export async function telephoneNotice({ messageId, role }: TelephoneNoticeInput): Promise<void> {
  const waiting = openWaiting({ zh: '电话通知', en: 'Telling by telephone' });
  const desk = TaskDesk.open(waiting);
  const promises = Promises.open(waiting);
  const clock = await BusinessClock.open();
  waiting.stage('等待通话', 'waiting for the call');
  const script = await database('电话话术 the script').readTelephoneScript({ messageId });
  const promise = await promiseCall(promises, clock, { messageId, role, script });
  const task = await desk.ask({
    businessKey: telephoneNoticeId({ messageId }),
    kind: 'telephone-notice',
    titleZh: `电话通知：${script.subject.zh}`,
    titleEn: `Tell by telephone: ${script.subject.en}`,
    role,
    ...placeOf(script),
    ...(promise === undefined ? {} : { dueAt: promise.dueAt() }),
    form: FORM,
    facts: { message: messageId, recipient: script.recipient, text: `/v1/messages/${messageId}/content` },
    revision: 1,
    otherwise: '无人办理则一直待办 it stays open',
  });
  const outcome = await task.answered;
  if (outcome.result === 'completed') {
    const { by, at } = outcome;
    await database('记录电话结果 what came of the call').recordTelephoned({
      messageId,
      outcome: outcome.form['outcome'] === 'reached' ? 'reached' : 'not reached',
      by: by.person,
      at,
    });
    await promise?.meet({ by: by.person, at });
  } else {
    await promise?.withdraw('电话待办已撤下 the task was taken off');
  }
  await desk.closing();
}

interface Call extends TelephoneNoticeInput {
  readonly script: TelephoneScript;
}

/**
 * The call by its time. None where the purpose names no hours: an alarm about an alarm that nobody could be told would have no end. None
 * either where the calendar does not know the day: that somebody telephones matters more than by when.
 */
async function promiseCall(
  promises: Promises,
  clock: BusinessClock,
  { messageId, role, script }: Call,
): Promise<GivenPromise | undefined> {
  const { withinHours, handedOverAt } = script;
  if (withinHours === null) return undefined;
  try {
    return await promises.give(clock, {
      businessKey: telephoneNoticeId({ messageId }),
      step: 'telephone',
      subject: telephoneNoticeId({ messageId }),
      owner: { role },
      ladder: 'PROMISE',
      limit: { kind: 'BUSINESS_HOURS', n: withinHours },
      receivedAt: handedOverAt,
      ...placeOf(script),
      titleZh: '电话通知',
      titleEn: 'tell by telephone',
      otherwise: '逾期升级至合规 compliance is told when it is due',
    });
  } catch (error) {
    const refusal = refusalWithin(error);
    if (refusal instanceof ApplicationFailure && refusal.type === 'CALENDAR_OUT_OF_RANGE') return undefined;
    throw refusal;
  }
}

const placeOf = ({ side, branch }: TelephoneScript) => ({
  ...(side === null ? {} : { side }),
  ...(branch === null ? {} : { branch }),
});
