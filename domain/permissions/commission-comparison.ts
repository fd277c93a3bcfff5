/**
 * The commission of an open permission in three places: our books, which trades are charged by, the CRM, where the branch keeps the net
 * rate, and the counter, which freezes money by it. CRM and counter are compared daily, a difference is a break (permissions page).
 * Rates are fractions as text and compared as numbers: 0.0002 is 0.00020000.
 */
import { parseRate } from '../scaled';

export type CommissionBreakCode = 'CRM_MISSING' | 'CRM_DIFFERENT' | 'COUNTER_MISSING' | 'COUNTER_DIFFERENT';

export interface ComparedCommission {
  readonly ours: string;
  /** Undefined where the place has none. */
  readonly crm: string | undefined;
  readonly counter: string | undefined;
}

export interface CommissionDifference {
  readonly code: CommissionBreakCode;
  readonly theirs: string | null;
}

/** All differences, the CRM's first. */
export function commissionDifferences({ ours, crm, counter }: ComparedCommission): readonly CommissionDifference[] {
  const place = (name: 'CRM' | 'COUNTER', theirs: string | undefined): readonly CommissionDifference[] => {
    if (theirs === undefined) return [{ code: `${name}_MISSING`, theirs: null }];
    return parseRate(theirs) === parseRate(ours) ? [] : [{ code: `${name}_DIFFERENT`, theirs }];
  };
  return [...place('CRM', crm), ...place('COUNTER', counter)];
}
