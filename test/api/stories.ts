/** A settlement day as small as can be: what the API needs of a day, and nothing of the day's work. */
import { ApplicationFailure } from '@temporalio/common';
import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import { businessFailure } from '../../workflows/failures';
import { askApproval } from '../../workflows/building-blocks/approval';
import { BusinessClock } from '../../workflows/building-blocks/business-clock';
import { TaskDesk } from '../../workflows/building-blocks/human-task';
import { completeTask } from '../../workflows/messages/tasks';
import { signException, type SettlementDayInput, type SignException } from '../../workflows/messages/settlement-day';

export { deadlineExtension } from '../../workflows/deadline-extension';
export { roleGrant } from '../../workflows/role-grant';
export { telephoneNotice } from '../../workflows/telephone-notice';

const MAKE_ORDER_FORM = {
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['amount', 'account'],
    properties: {
      amount: { type: 'string', pattern: '^\\d+\\.\\d{2}$' },
      account: { type: 'string', minLength: 1, maxLength: 20 },
    },
  },
};

/** Somebody of operations makes an order, another approves it; finance has work of its own; breaks may be signed. */
export async function settlementDay({ channel, businessDate }: SettlementDayInput): Promise<string> {
  const desk = TaskDesk.open();
  const signed = new Set<string>();
  setHandler(
    signException,
    ({ findingId }) => {
      signed.add(findingId);
      return { openBreaks: 0 };
    },
    {
      validator: ({ findingId }: SignException) => {
        if (signed.has(findingId)) throw businessFailure('BREAK_ALREADY_DECIDED', { id: findingId });
      },
    },
  );
  await BusinessClock.open();
  const key = `${channel}:${businessDate}`;
  const making = await desk.ask({
    businessKey: `make:${key}`,
    kind: 'make-funding-order',
    titleZh: '经办划付指令',
    titleEn: 'make the funding order',
    role: 'operations',
    side: 'client',
    form: MAKE_ORDER_FORM,
    facts: {},
    revision: 1,
  });
  await desk.ask({
    businessKey: `head:${key}`,
    kind: 'tell-head',
    titleZh: '自营负责人知悉',
    titleEn: 'the head of finance takes note',
    role: 'finance',
    mark: 'head',
    side: 'proprietary',
    form: { version: 1, schema: { type: 'object', additionalProperties: false, properties: {} } },
    facts: {},
    revision: 1,
  });
  for (let revision = 1; ; revision += 1) {
    const made = await making.answered;
    if (made.result !== 'completed') return made.result;
    const asked = await askApproval(desk, {
      businessKey: `approve:${key}:${revision}`,
      kind: 'approve-order',
      titleZh: '复核划付指令',
      titleEn: 'approve the funding order',
      role: 'operations',
      side: 'client',
      facts: { amount: made.form['amount'] },
      revision,
      madeBy: made.by.person,
    });
    const { decision } = await asked.decided;
    if (decision !== 'recalled') {
      await desk.closing();
      return decision;
    }
  }
}

const mend = defineSignal('mend');
const end = defineSignal('end');

/** A process that fails at the first task that it is given until it is mended; it answers which it has taken, in their order. */
export async function mendable(): Promise<readonly string[]> {
  const taken: string[] = [];
  let first: string | undefined;
  let isMended = false;
  let isOver = false;
  setHandler(mend, () => void (isMended = true));
  setHandler(end, () => void (isOver = true));
  setHandler(completeTask, ({ taskId, form, actor: by, at }) => {
    first ??= taskId;
    if (!isMended && taskId === first) throw ApplicationFailure.nonRetryable('out of order', 'Broken');
    taken.push(taskId);
    return { outcome: { result: 'completed', form, by, at } };
  });
  await BusinessClock.open();
  await condition(() => isOver);
  return taken.sort((a, b) => Number(BigInt(a) - BigInt(b)));
}
