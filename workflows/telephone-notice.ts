/**
 * Tells by telephone what no channel brought to its recipient: a person reads the text of the message to whoever is
 * concerned, and writes whether that one was reached. The answer is proof of notice like any other receipt (A4 §36).
 */
import { database } from './activity-groups';
import { TaskDesk } from './building-blocks/human-task';
import { openWaiting } from './building-blocks/waiting';
import type { TelephoneNoticeInput } from './messages/telephone-notice';

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
  waiting.stage('等待通话', 'waiting for the call');
  const desk = TaskDesk.open(waiting);
  const script = await database('电话话术 the script').readTelephoneScript({ messageId });
  const task = await desk.ask({
    businessKey: `telephone-notice:${messageId}`,
    kind: 'telephone-notice',
    titleZh: `电话通知：${script.subject.zh}`,
    titleEn: `Tell by telephone: ${script.subject.en}`,
    role,
    form: FORM,
    facts: { recipient: script.recipient, subject: script.subject, text: script.text },
    revision: 1,
    otherwise: '无人办理则一直待办 it stays open',
  });
  const outcome = await task.answered;
  if (outcome.result === 'completed') {
    await database('记录电话结果 what came of the call').recordTelephoned({
      messageId,
      outcome: outcome.form['outcome'] === 'reached' ? 'reached' : 'not reached',
      by: outcome.by.person,
      at: outcome.at,
    });
  }
  await desk.closing();
}
