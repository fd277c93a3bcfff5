/** How many people check what another made, and who they are: dated terms by kind, amount and class of risk (A1 §27). */
import type { BusinessDate } from '../calendar/business-date';
import { isInForce, type Dated } from '../dated';
import { BusinessError } from '../errors';

/** One checker of one kind of approval, from an amount on. */
export interface ApprovalTerm extends Dated {
  /** Empty: every kind without a term of its own. */
  readonly kind: string;
  /** Class of risk; empty: every class without a term of its own. */
  readonly risk: string;
  /** The term holds from this amount on, itself included; CNY x 100. */
  readonly fromFen: bigint;
  /** First or second checker; 0: nobody needs to check. */
  readonly checker: number;
  /** Role of this checker; none: the one that the process names. */
  readonly role: string | null;
  readonly mark: 'deputy' | 'head' | null;
}

export interface Checker {
  readonly role: string | null;
  readonly mark: 'deputy' | 'head' | null;
}

/**
 * The checkers in their order; none where the terms say that nobody need check.
 * @param amountFen of what has no amount: 0
 * @throws BusinessError NO_PARAMETER_FOR_DATE where no term is in force
 */
export function checkersOf(
  terms: readonly ApprovalTerm[],
  asked: { readonly kind: string; readonly risk: string; readonly amountFen: bigint; readonly date: BusinessDate },
): readonly Checker[] {
  const { kind, risk, amountFen, date } = asked;
  const inForce = terms.filter((term) => isInForce(term, date) && term.fromFen <= amountFen);
  const ofKind = (name: string) => inForce.filter((term) => term.kind === name);
  const ofRisk = (ofOne: readonly ApprovalTerm[]) => {
    const own = ofOne.filter((term) => term.risk === risk);
    return own.length > 0 ? own : ofOne.filter((term) => term.risk === '');
  };
  const own = ofRisk(ofKind(kind));
  const held = own.length > 0 ? own : ofRisk(ofKind(''));
  if (held.length === 0) throw new BusinessError('NO_PARAMETER_FOR_DATE', { code: `approval ${kind}`, date });
  const reached = held.reduce((most, { fromFen }) => (fromFen > most ? fromFen : most), 0n);
  return held
    .filter(({ fromFen, checker }) => fromFen === reached && checker > 0)
    .sort((a, b) => a.checker - b.checker)
    .map(({ role, mark }) => ({ role, mark }));
}
