import { readReference } from '../../../prisma/reference';
import { callFrom } from '../../../domain/callbacks/callback-windows';
import { COMPLAINT_STATES } from '../../../domain/complaints/complaint-words';
import { textOf } from '../../../domain/errors';
import { shownDetail } from '../../../domain/texts/shown-detail';

const both = (name: string, detail: unknown) => [shownDetail(name, detail, 'zh'), shownDetail(name, detail, 'en')];

describe('a detail in a sentence', () => {
  it.each([
    ['state', 'withdrawn', '已撤回', 'withdrawn'],
    ['step', 'second check', '开通前再次核对', 'second check of eligibility'],
    ['channels', 'mobile, web', '手机、网上', 'mobile, web'],
    ['role', 'branch_risk', '营业部风控岗', 'branch_risk'],
    ['what', '客户 client', '客户', 'client'],
    // Eight hours before: 17:30 in Shanghai, and over midnight; seconds where there are any.
    ['until', '2025-07-22T09:30:00.000Z', '2025-07-22 17:30', '2025-07-22 17:30'],
    ['lapsesAt', '2025-07-22T16:00:05.000Z', '2025-07-23 00:00:05', '2025-07-23 00:00:05'],
    // Nothing is guessed: a word that is not known, a date, a number, a name stay as they are.
    ['state', 'none of ours', 'none of ours', 'none of ours'],
    ['firstDate', '2025-06-24', '2025-06-24', '2025-06-24'],
    ['left', 4, '4', '4'],
    ['request', 'done', 'done', 'done'],
  ])('%s %s', (name, detail, zh, en) => {
    expect(both(name, detail)).toEqual([zh, en]);
  });

  it('names the roles as the directory does', () => {
    for (const { code, nameZh } of readReference().roles) expect(both('role', code)[0]).toBe(nameZh);
  });

  it('names every state of a complaint', () => {
    for (const state of COMPLAINT_STATES) expect(both('state', state)[0]).toMatch(/^\p{Script=Han}+$/u);
  });

  it('stands in the sentences of refusals', () => {
    expect(
      textOf('REQUEST_LAPSED', { request: 'P20250623-000001', lapsesAt: '2025-07-22T09:30:00.000Z' }).zh,
    ).toContain('2025-07-22 17:30');
    // Where nobody knows the holidays there is no instant to name.
    expect(textOf('OUTSIDE_HOURS', { windowFrom: callFrom({ window: null }) })).toEqual({
      zh: '现在不是回访时段，请在 节假日录入之日 起拨打。',
      en: 'Outside the hours of callbacks: call from the day the holidays are entered on.',
    });
    const { zh, en } = textOf('STEP_NOT_OPEN', { step: 'test' });
    expect([zh.includes('“知识测试”'), en.includes('"knowledge test"')]).toEqual([true, true]);
  });
});
