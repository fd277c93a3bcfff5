/**
 * What may be asked of a step of an evening by hand.
 *
 * Source    settlement page: start, repeat, hold or abort a step with reason and second approval; each is in the history.
 *
 *   hold      the step is not begun until it is repeated; those after it wait with it
 *   repeat    what it and those after it posted is taken back, and done again; ends a hold
 *   abort     what it and those after it posted is taken back, and held until it is repeated
 *
 * Of the morning the funding plan alone is repeated, until the first batch: with the newest lines it is the same or the next revision. Orders have their
 * own two people and go out once, advances follow the evening before, and a reading of the clearing house is evidence.
 */
import { BusinessError } from '../errors';
import { COMPARISON, eveningSteps, type EveningStep } from './evening-steps';

export const STEP_ACTS = ['hold', 'repeat', 'abort'] as const;
export type StepAct = (typeof STEP_ACTS)[number];

/** Steps that people may act on, in their order. */
export const STEPS_BY_HAND: readonly string[] = [COMPARISON, ...eveningSteps.map(({ step }) => step)];

/** The step of the morning that may be repeated, and those that nobody acts upon by hand. */
export const FUNDING_PLAN = 'funding plan';
export const MORNING_STEPS: readonly string[] = [FUNDING_PLAN, 'advances', 'commission', 'orders', 'checkpoints'];

export interface StepAsked {
  readonly date: string;
  readonly step: string;
  readonly act: StepAct;
  readonly isClosed: boolean;
  /** How far the step has come; null: it was not reached. */
  readonly state: 'done' | 'held' | null;
  /** The 10:30 batch of both sides is recorded. */
  readonly isBatchOver: boolean;
  /** A request for the same step that nobody has decided. */
  readonly pending: string | null;
}

/** All that apply. */
export function refusalsOfStepRequest({
  date,
  step,
  act,
  isClosed,
  state,
  isBatchOver,
  pending,
}: StepAsked): readonly BusinessError[] {
  return [
    ...(isClosed ? [new BusinessError('DAY_CLOSED', { date })] : []),
    ...(STEPS_BY_HAND.includes(step) || MORNING_STEPS.includes(step)
      ? []
      : [
          new BusinessError('STEP_UNKNOWN', {
            step,
            steps: [FUNDING_PLAN, ...STEPS_BY_HAND].join(', '),
            field: 'step',
          }),
        ]),
    ...(MORNING_STEPS.includes(step) && (step !== FUNDING_PLAN || act !== 'repeat')
      ? [new BusinessError('STEP_NOT_BY_HAND', { step, field: 'step' })]
      : []),
    ...(step === FUNDING_PLAN && act === 'repeat' && isBatchOver && !isClosed
      ? [new BusinessError('FUNDING_PLAN_OVER', { date })]
      : []),
    ...(act === 'hold' && state === 'done' && !isClosed && !MORNING_STEPS.includes(step)
      ? [new BusinessError('STEP_ALREADY_DONE', { step })]
      : []),
    ...(act === 'repeat' && state === null && !isClosed && (step === FUNDING_PLAN || !MORNING_STEPS.includes(step))
      ? [new BusinessError('STEP_NOT_RUN', { step })]
      : []),
    ...(pending === null ? [] : [new BusinessError('STEP_REQUEST_PENDING', { step, request: pending })]),
  ];
}

/** The step and every one that waits for it, in their order. */
export function withThoseAfter(step: string, steps: readonly EveningStep[] = eveningSteps): readonly string[] {
  const all = new Set([step]);
  for (const { step: next, after } of steps) if (after.some((before) => all.has(before))) all.add(next);
  return [...all];
}

/** Steps that post, with the kind of their batch. */
export const BATCH_OF_STEP: Readonly<Record<string, string>> = {
  'account movements': 'account-movements',
  'client cash': 'client-cash',
  trades: 'clear-trades',
  'portfolio fee': 'clear-portfolio-fee',
  entitlements: 'clear-entitlements',
  'share movements': 'share-movements',
  repayments: 'repay-advances',
};
