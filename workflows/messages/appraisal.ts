/** Public face of an appraisal. */
export interface AppraisalInput {
  readonly appraisalId: string;
  /** Whose work it is, where it is that of one person: proposes nothing about it. */
  readonly person?: string;
}

export type AppraisalOutcome = 'reward' | 'none' | 'sanction';
