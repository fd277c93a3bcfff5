/**
 * The morning's funding: what must go into the reserve account before the batch of 10:30, or may leave it afterwards.
 *
 * Source    A4 §27, §42 (the fee of 18:00 is provided for in the morning), S12, S13; destinations A4 §8.
 * Units     Fen. Each side by itself: no netting between sides, no cross-cover.
 *
 *   amount = reserve balance of D-1
 *          - trade money payable on D            (zero if receivable)
 *          - risk money payable on D
 *          + risk money payable on D-1           (it comes back in the same batch)
 *          - portfolio fee payable on D
 *          - non-trade transfer fee and duty payable on D
 *          - what the clearing house covered from the own funds (client side; repaid first)
 *          + dividends and takeover money receivable on D
 */
import type { Side } from '../channel';
import { notBelowZero, smaller } from '../scaled';

/** The terms of the formula, each with its own lines behind it. */
export interface FundingTerms {
  /** YE of hk_zjye of the previous trading day; below zero after a default. */
  readonly reserveBalancePreviousFen: bigint;
  /** Sum of all trade rows with JSRQ = D, receivable +, payable -: one figure even if several trade days fall due. */
  readonly tradeNetFen: bigint;
  readonly riskMoneyPayableFen: bigint;
  /** What was payable on the previous trading day, now the balance of the risk-fund account. */
  readonly riskMoneyReturnedFen: bigint;
  readonly portfolioFeePayableFen: bigint;
  readonly nonTradePayableFen: bigint;
  /** Client side: taken by the clearing house from the proprietary reserve account and not given back. The own side does not count on it before it is back. */
  readonly crossCoverOwedFen: bigint;
  readonly corporateActionReceivableFen: bigint;
}

export interface FundingAmount {
  readonly tradePayableFen: bigint;
  /** Below zero: to be sent in; above zero: may be drawn back. */
  readonly amountFen: bigint;
}

/** Where money stands: the bank account and the reserve account of each side. */
export type MoneyAccount = 'clientDeposit' | 'clientReserve' | 'ownBank' | 'proprietaryReserve';

/** FUND: bank to reserve account before 10:00:00. DRAW_BACK: reserve account to bank after 10:30. */
export type FundingAction = 'FUND' | 'DRAW_BACK' | 'NOTHING';

export interface FundingTransfer {
  readonly action: FundingAction;
  readonly transferFen: bigint;
  readonly from: MoneyAccount | null;
  readonly to: MoneyAccount | null;
}

const ACCOUNTS_OF: Readonly<Record<Side, { readonly bank: MoneyAccount; readonly reserve: MoneyAccount }>> = {
  client: { bank: 'clientDeposit', reserve: 'clientReserve' },
  proprietary: { bank: 'ownBank', reserve: 'proprietaryReserve' },
};

/** The amount of one side. */
export function fundingAmount(terms: FundingTerms): FundingAmount {
  const tradePayableFen = notBelowZero(-terms.tradeNetFen);
  return {
    tradePayableFen,
    amountFen:
      terms.reserveBalancePreviousFen -
      tradePayableFen -
      terms.riskMoneyPayableFen +
      terms.riskMoneyReturnedFen -
      terms.portfolioFeePayableFen -
      terms.nonTradePayableFen -
      terms.crossCoverOwedFen +
      terms.corporateActionReceivableFen,
  };
}

/** On a half day only risk money moves: every other term that falls due is zero (S10, S12). */
export function halfDayTerms(terms: FundingTerms): FundingTerms {
  return {
    ...terms,
    tradeNetFen: 0n,
    portfolioFeePayableFen: 0n,
    nonTradePayableFen: 0n,
    corporateActionReceivableFen: 0n,
  };
}

/**
 * What is done about an amount: exactly -amount is sent in; min(amount, withdrawable) is drawn out; no minimum
 * balance stays (S13). Nothing withdrawable: no order.
 */
export function fundingTransfer(input: {
  readonly side: Side;
  readonly amountFen: bigint;
  /** What the CCNET port shows as withdrawable after 10:30. */
  readonly withdrawableFen: bigint;
}): FundingTransfer {
  const { bank, reserve } = ACCOUNTS_OF[input.side];
  if (input.amountFen < 0n) return { action: 'FUND', transferFen: -input.amountFen, from: bank, to: reserve };
  const transferFen = notBelowZero(smaller(input.amountFen, input.withdrawableFen));
  if (transferFen > 0n) return { action: 'DRAW_BACK', transferFen, from: reserve, to: bank };
  return { action: 'NOTHING', transferFen: 0n, from: null, to: null };
}

/** Whether money of a side may go this way: only between its own reserve account and its own bank account (A4 §8). */
export function isAllowedTransfer(side: Side, from: MoneyAccount, to: MoneyAccount): boolean {
  const { bank, reserve } = ACCOUNTS_OF[side];
  return (from === bank && to === reserve) || (from === reserve && to === bank);
}
