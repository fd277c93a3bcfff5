/**
 * Sharing one receipt among its holders, exactly: the sum of the shares equals the receipt to the cent.
 *
 * Source    S16, A4 §23, corporate actions step 8.
 * Units     Fen; gross amounts in cents of the payment currency; the ratio in E5.
 * Rounding  Each share down to the cent; the cents that remain go one each to the largest remainders, ties to the
 *           lower securities account in text order. A holder without weight never gets one of them.
 */
import { BusinessError } from '../errors';
import { RATIO_ONE_E5 } from '../scaled';
import { foreignAsFen } from './clearing-amounts';

export interface Share {
  readonly account: string;
  readonly shareFen: bigint;
}

/** Exact share of a holder = numerator / denominator, in fen. */
interface ExactShare {
  readonly account: string;
  readonly numerator: bigint;
}

/**
 * Shares in proportion to weights: receipt x weight / sum of weights. In the order of the holders given.
 * @throws BusinessError ALLOCATION_WITHOUT_HOLDER when money came and all weights are zero
 * @throws RangeError for a negative weight or receipt, or an account named twice
 */
export function allocateProRata(
  receiptFen: bigint,
  holders: readonly { readonly account: string; readonly weight: bigint }[],
): Share[] {
  if (receiptFen < 0n) throw new RangeError(`a receipt is not negative, got ${receiptFen}`);
  requireHolders(holders.map(({ account, weight }) => ({ account, amount: weight })));
  const total = holders.reduce((sum, { weight }) => sum + weight, 0n);
  if (total === 0n) {
    if (receiptFen > 0n) throw new BusinessError('ALLOCATION_WITHOUT_HOLDER');
    return holders.map(({ account }) => ({ account, shareFen: 0n }));
  }
  const exact = holders.map(({ account, weight }) => ({ account, numerator: receiptFen * weight }));
  return largestRemainders(receiptFen, exact, total);
}

/**
 * Shares of a foreign-currency payment that is exchanged in one sum: receipt = round(sum of gross x ratio), and the
 * exact share of a holder is its own gross x ratio.
 * @throws RangeError for a negative gross amount or an account named twice
 */
export function allocateGross(
  holders: readonly { readonly account: string; readonly grossCents: bigint }[],
  ratioE5: bigint,
): { readonly receiptFen: bigint; readonly shares: readonly Share[] } {
  requireHolders(holders.map(({ account, grossCents }) => ({ account, amount: grossCents })));
  const receiptFen = foreignAsFen(
    holders.reduce((sum, { grossCents }) => sum + grossCents, 0n),
    ratioE5,
  );
  const exact = holders.map(({ account, grossCents }) => ({ account, numerator: grossCents * ratioE5 }));
  return { receiptFen, shares: largestRemainders(receiptFen, exact, RATIO_ONE_E5) };
}

function largestRemainders(receiptFen: bigint, exact: readonly ExactShare[], denominator: bigint): Share[] {
  const floored = exact.reduce((sum, { numerator }) => sum + numerator / denominator, 0n);
  let centsLeft = receiptFen - floored;
  const withOddCent = new Set<string>();
  for (const { account } of [...exact].sort((a, b) => byRemainder(a, b, denominator))) {
    if (centsLeft === 0n) break;
    withOddCent.add(account);
    centsLeft -= 1n;
  }
  return exact.map(({ account, numerator }) => ({
    account,
    shareFen: numerator / denominator + (withOddCent.has(account) ? 1n : 0n),
  }));
}

/** Largest remainder first, then the lower account. */
function byRemainder(a: ExactShare, b: ExactShare, denominator: bigint): number {
  const difference = (b.numerator % denominator) - (a.numerator % denominator);
  if (difference !== 0n) return difference > 0n ? 1 : -1;
  return a.account < b.account ? -1 : 1;
}

function requireHolders(holders: readonly { readonly account: string; readonly amount: bigint }[]): void {
  const negative = holders.find(({ amount }) => amount < 0n);
  if (negative !== undefined) throw new RangeError('a holder has no negative share in a receipt');
  if (new Set(holders.map(({ account }) => account)).size !== holders.length) {
    throw new RangeError('a holder is named once in an allocation');
  }
}
