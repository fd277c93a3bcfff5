/**
 * Whether entitlements can be computed from the terms of a notice; where they cannot, people are asked when it is taken.
 *
 * Source    facts 3.4: ratios of H01 (QYLB = S), H10 and H14 have two sides above zero, of up to eight decimals; facts 1.8: currencies that are paid.
 */
import type { EventTerms } from './event-notice';
import type { EventKind } from './served-kinds';

/** What the clearing house exchanges, and CNY itself. */
const PAID_CURRENCIES: readonly string[] = ['HKD', 'USD', 'GBP', 'CNY'];

/** Why they cannot, Chinese first; undefined where they can. */
export function uncomputableTerms(kind: EventKind, terms: EventTerms): string | undefined {
  const [left, right] = ratioTermsOf(kind, terms) ?? [];
  if (left !== undefined && right !== undefined && !(isAboveZero(terms[left]) && isAboveZero(terms[right])))
    return '比例缺失或为零，无法计算权益 the ratio is missing or zero: what holders get cannot be computed';
  const { currency } = terms;
  if (currency !== undefined && !PAID_CURRENCIES.includes(currency) && terms['priceBeforeTax'] !== undefined)
    return `币种 ${currency} 不在可兑付之列，无法计算权益 nothing is paid in ${currency}: what holders get cannot be computed`;
  return undefined;
}

function ratioTermsOf(kind: EventKind, terms: EventTerms): readonly [string, string] | undefined {
  switch (kind) {
    case 'BONUS_SHARES':
    case 'DISTRIBUTED_WARRANTS':
      return ['sharesReceived', 'sharesHeld'];
    case 'SPLIT_OR_CONSOLIDATION':
      return ['newShares', 'oldShares'];
    case 'RIGHTS_ISSUE':
      return terms['securityReceived'] === undefined ? undefined : ['sharesReceived', 'sharesHeld'];
    default:
      return undefined;
  }
}

/** `0.00` is zero, whatever its decimals. */
const isAboveZero = (text: string | undefined): boolean => text !== undefined && /[1-9]/.test(text);
