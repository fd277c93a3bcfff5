/** What an inspector answers item by item (complaints page, inspection). The items are dated rows. */

export type Inspected = 'complaints' | 'calls' | 'requests';

export interface ChecklistItem {
  readonly item: string;
  readonly zh: string;
  readonly en: string;
}

export const VERDICTS = ['yes', 'no', 'not applicable'] as const;

export interface InspectionFinding {
  readonly item: string;
  readonly role: string;
  readonly branch?: string;
  /** Working days. */
  readonly dueDays: number;
}

/** Items that are wrong and have no action, and those that have one and are not wrong. */
export function unmatchedFindings(
  answers: Readonly<Record<string, string>>,
  findings: readonly Pick<InspectionFinding, 'item'>[],
): { readonly missing: readonly string[]; readonly idle: readonly string[] } {
  const wrong = Object.keys(answers).filter((item) => answers[item] === 'no');
  const found = new Set(findings.map(({ item }) => item));
  return {
    missing: wrong.filter((item) => !found.has(item)),
    idle: [...found].filter((item) => !wrong.includes(item)),
  };
}
