/** The steps of an opening by a natural person, in their order (A2 §10). */
import type { Words } from '../messages/words';

export const OPENING_STEPS = ['identity', 'eligibility', 'disclosure', 'test', 'agreements', 'second check'] as const;

/** Those that the client goes through, and what follows without him: an approval, the counter, the filing, the callback. */
export type OpeningStep = (typeof OPENING_STEPS)[number] | 'approval' | 'counter' | 'filing' | 'callback' | 'ended';

/** What a step is called by people. */
export const OPENING_STEP_WORDS: Readonly<Record<OpeningStep, Words>> = {
  identity: { zh: '身份验证', en: 'identity' },
  eligibility: { zh: '条件核对', en: 'eligibility' },
  disclosure: { zh: '收听风险揭示', en: 'listening to the risk disclosure' },
  test: { zh: '知识测试', en: 'knowledge test' },
  agreements: { zh: '签署协议', en: 'signing of the agreements' },
  'second check': { zh: '开通前再次核对', en: 'second check of eligibility' },
  approval: { zh: '等待审批', en: 'waiting for approval' },
  counter: { zh: '通知柜台', en: 'telling the counter' },
  filing: { zh: '资料归档', en: 'filing of the documents' },
  callback: { zh: '等待回访', en: 'waiting for the callback' },
  ended: { zh: '已结束', en: 'ended' },
};

/** The step that follows one of the client's. */
export function stepAfter(step: string): OpeningStep {
  const place = OPENING_STEPS.findIndex((one) => one === step);
  const next = OPENING_STEPS[place + 1];
  if (place < 0 || next === undefined) throw new RangeError(`no step of the client follows ${step}`);
  return next;
}
