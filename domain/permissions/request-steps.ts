/** The steps of every kind of request about a permission, and what people call them. */
import type { Words } from '../messages/words';
import { OPENING_STEP_WORDS, type OpeningStep } from './opening-steps';

/** At the counter of a branch: paper first, then a second person, then whatever is waited for. */
export type CounterStep = 'documents' | 'review' | 'blockers' | 'operations';

export type RequestStep = OpeningStep | CounterStep;

export const REQUEST_STEP_WORDS: Readonly<Record<RequestStep, Words>> = {
  ...OPENING_STEP_WORDS,
  documents: { zh: '提交材料', en: 'documents' },
  review: { zh: '材料复核', en: 'review of the documents' },
  blockers: { zh: '等待交收', en: 'waiting for settlement' },
  operations: { zh: '运营开通', en: 'opening by operations' },
};
