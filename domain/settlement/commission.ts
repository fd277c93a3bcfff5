/**
 * The broker's commission on one trade row; it does not appear in the clearing files.
 *
 * Source    S5.
 * Units     Fen; consideration in HKD cents, ratio in E5, rate in E12 (0.00025 is 0.025 %).
 * Rounding  Once, on consideration x ratio x rate; the consideration in CNY is never rounded by itself.
 */
import { dividedRounded, larger, RATE_ONE_E12, RATIO_ONE_E5 } from '../scaled';

/** A client's commission terms. */
export interface CommissionTerms {
  readonly rateE12: bigint;
  readonly minimumFen: bigint;
}

/** Commission = max(minimum, consideration x ratio x rate); at rate zero there is none, and no minimum either. */
export function commissionFen(considerationCents: bigint, ratioE5: bigint, terms: CommissionTerms): bigint {
  if (terms.rateE12 === 0n) return 0n;
  const exact = considerationCents * ratioE5 * terms.rateE12;
  return larger(terms.minimumFen, dividedRounded(exact, RATIO_ONE_E5 * RATE_ONE_E12));
}
