/** Steps of the evening that people hold, repeat or abort: each asked for by one, decided by a supervisor, done by the evening at its next round. */
import { condition, setHandler } from '@temporalio/workflow';
import { database } from '../activity-groups';
import { approval } from '../building-blocks/approval';
import { stepRequestAsked } from '../messages/settlement-day';
import type { DayInProgress } from './day-in-progress';

export class StepsByHand {
  private readonly asked: string[] = [];

  private constructor() {}

  /** Before the first await of a run. */
  static open(): StepsByHand {
    const steps = new StepsByHand();
    setHandler(stepRequestAsked, (stepRequestId) => void steps.asked.push(stepRequestId), {
      description: '申请暂停、重做或中止步骤 a step is to be held, repeated or aborted',
    });
    return steps;
  }

  /** Has each decided until the day is closed. */
  async follow(day: DayInProgress, closed: () => boolean): Promise<void> {
    const deciding: Promise<unknown>[] = [];
    for (;;) {
      await condition(() => this.asked.length > 0 || closed());
      const stepRequestId = this.asked.shift();
      if (stepRequestId === undefined) break;
      deciding.push(decide(day, stepRequestId, closed));
    }
    await Promise.all(deciding);
  }
}

const ACTS = {
  hold: { zh: '暂停', en: 'hold' },
  repeat: { zh: '重做', en: 'repeat' },
  abort: { zh: '中止', en: 'abort' },
} as const;

async function decide({ key, desk }: DayInProgress, stepRequestId: string, closed: () => boolean): Promise<void> {
  const found = await database('读取步骤申请 read the step request').readStepRequest({ stepRequestId });
  const { step, act, reason, madeBy } = found;
  const spec = {
    businessKey: `approve-step-request:${stepRequestId}`,
    kind: 'approve-step-request',
    titleZh: `审批${ACTS[act].zh}步骤 ${step}`,
    titleEn: `decide whether to ${ACTS[act].en} the step ${step}`,
    role: 'supervisor',
    facts: { businessDate: key.businessDate, step, act, reason },
    revision: 1,
    madeBy,
    subject: { kind: 'step request', id: stepRequestId } as const,
  };
  await approval(desk, spec, closed, '交收日已关闭 the day is closed');
}
