/**
 * What may be asked of a step of an evening by hand.
 *
 * Source    settlement page: start, repeat, hold or abort a step with reason and second approval; each is in the history.
 *
 *   hold      the step is not begun until it is repeated; those after it wait with it
 *   repeat    what it and those after it posted is taken back, and done again; ends a hold
 *   abort     what it and those after it posted is taken back, and held until it is repeated
 */
import { BusinessError } from '../errors';
import { COMPARISON, eveningSteps, type EveningStep } from './evening-steps';

export const STEP_ACTS = ['hold', 'repeat', 'abort'] as const;
export type StepAct = (typeof STEP_ACTS)[number];

/** Steps that people may act on, in their order. */
export const STEPS_BY_HAND: readonly string[] = [COMPARISON, ...eveningSteps.map(({ step }) => step)];

export interface StepAsked {
  readonly date: string;
  readonly step: string;
  readonly act: StepAct;
  readonly isClosed: boolean;
  /** How far the step has come; null: it was not reached. */
  readonly state: 'done' | 'held' | null;
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
  pending,
}: StepAsked): readonly BusinessError[] {
  return [
    ...(isClosed ? [new BusinessError('DAY_CLOSED', { date })] : []),
    ...(STEPS_BY_HAND.includes(step)
      ? []
      : [new BusinessError('STEP_UNKNOWN', { step, steps: STEPS_BY_HAND.join(', '), field: 'step' })]),
    ...(act === 'hold' && state === 'done' && !isClosed ? [new BusinessError('STEP_ALREADY_DONE', { step })] : []),
    ...(act === 'repeat' && state === null && !isClosed ? [new BusinessError('STEP_NOT_RUN', { step })] : []),
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
