/** A line of the list of what can be wrong with a clearing file. */
export type FindingOutcome = 'refused' | 'break' | 'info' | 'alarm';
type FindingStage = 'structure' | 'values' | 'rows' | 'comparison' | 'arrival';

export interface FindingClassEntry {
  readonly class: string;
  readonly stage: FindingStage;
  readonly outcome: FindingOutcome;
  readonly zh: string;
  readonly en: string;
}
