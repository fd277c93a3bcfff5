/** What may be asked of a step by hand, and which steps go with it. */
import { eveningSteps } from '../../../domain/settlement/evening-steps';
import {
  BATCH_OF_STEP,
  refusalsOfStepRequest,
  STEPS_BY_HAND,
  withThoseAfter,
  type StepAsked,
} from '../../../domain/settlement/step-acts';

const ASKED: StepAsked = {
  ...{
    date: '2025-06-26',
    step: 'trades',
    act: 'hold',
    isClosed: false,
    state: null,
    isBatchOver: false,
    pending: null,
  },
};

test.each<[why: string, asked: Partial<StepAsked>, codes: string]>([
  ['before the evening a step may be held', {}, ''],
  ['what is held may be held on by hand', { state: 'held' }, ''],
  ['what is done is not held but aborted', { state: 'done' }, 'STEP_ALREADY_DONE'],
  ['what is done may be aborted', { act: 'abort', state: 'done' }, ''],
  ['what is done or held may be repeated', { act: 'repeat', state: 'held' }, ''],
  ['what was not reached is not repeated', { act: 'repeat' }, 'STEP_NOT_RUN'],
  ['nothing of a closed day is corrected', { act: 'repeat', state: 'done', isClosed: true }, 'DAY_CLOSED'],
  ['a step that is none', { step: 'lunch' }, 'STEP_UNKNOWN'],
  ['one request at a time', { pending: '7' }, 'STEP_REQUEST_PENDING'],
  ['the plan of the morning is repeated before the batch', { step: 'funding plan', act: 'repeat', state: 'done' }, ''],
  ['and not before it was made', { step: 'funding plan', act: 'repeat' }, 'STEP_NOT_RUN'],
  [
    'nor after the batch',
    { step: 'funding plan', act: 'repeat', state: 'done', isBatchOver: true },
    'FUNDING_PLAN_OVER',
  ],
  ['nor is it held', { step: 'funding plan' }, 'STEP_NOT_BY_HAND'],
  ['an order has two people of its own', { step: 'orders', act: 'abort' }, 'STEP_NOT_BY_HAND'],
  ['what was read stays as it was read', { step: 'checkpoints', act: 'repeat' }, 'STEP_NOT_BY_HAND'],
  [
    'all at once, in the order of the list',
    { step: 'lunch', isClosed: true, pending: '7' },
    'DAY_CLOSED STEP_UNKNOWN STEP_REQUEST_PENDING',
  ],
])('%s', (_why, asked, codes) => {
  const refusals = refusalsOfStepRequest({ ...ASKED, ...asked });
  expect(refusals.map(({ code }) => code).join(' ')).toBe(codes);
});

test('with a step go all that wait for it, however far', () => {
  expect(withThoseAfter('trades')).toEqual(['trades', 'repayments', 'client figures', 'overdrafts', 'reconciliation']);
  expect(withThoseAfter('reconciliation')).toEqual(['reconciliation']);
  expect(withThoseAfter('comparison')).toEqual(['comparison']);
});

test('every step that posts has its batch, and every step may be named', () => {
  expect(Object.keys(BATCH_OF_STEP).filter((step) => !eveningSteps.some((one) => one.step === step))).toEqual([]);
  expect(STEPS_BY_HAND).toHaveLength(eveningSteps.length + 1);
});
