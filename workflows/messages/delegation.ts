/** Public face of a delegation that needs an approval: its input, and how it ends. */
export interface DelegationInput {
  readonly delegationId: string;
  /** Class of risk, by which the terms say who checks it. */
  readonly risk: string;
  readonly madeBy: string;
  /** What is shown: keys of persons, role, days, reason. */
  readonly facts: Readonly<Record<string, string>>;
}

export type DelegationEnd = 'approved' | 'refused' | 'returned' | 'recalled' | 'withdrawn';
