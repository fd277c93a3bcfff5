/**
 * Client money is all there.
 *
 * Source    S21, A4 §11.
 * Units     Fen.
 */

/** What the broker owes to clients and what it holds for them. */
export interface ClientMoneyTotals {
  /** Sum of the client fund accounts, overdrafts negative. */
  readonly clientFundAccountsFen: bigint;
  /** Cushion that is not lent out as advances. */
  readonly cushionNotLentFen: bigint;
  /** Earned commission that has not yet moved to the own bank account. */
  readonly commissionNotYetMovedFen: bigint;
  /** What the clearing house took from the own funds for a client shortfall and has not given back. */
  readonly crossCoverOwedFen: bigint;
  readonly clientDepositAccountFen: bigint;
  readonly clientReserveFen: bigint;
  readonly clientRiskFundFen: bigint;
  /** Dividend and takeover money booked to clients and not yet settled, client side. */
  readonly onTheWayFen: bigint;
}

/** Fund accounts + cushion + commission + cross-cover less deposit account + reserve + risk fund + money on the way: must be zero. */
export function clientMoneyDifferenceFen(totals: ClientMoneyTotals): bigint {
  const owed =
    totals.clientFundAccountsFen +
    totals.cushionNotLentFen +
    totals.commissionNotYetMovedFen +
    totals.crossCoverOwedFen;
  const held = totals.clientDepositAccountFen + totals.clientReserveFen + totals.clientRiskFundFen + totals.onTheWayFen;
  return owed - held;
}
