/**
 * What a client sees in the evening: frozen, in transit, available, withdrawable.
 *
 * Source    S17, A4 §34.
 * Units     Fen.
 */
import { notBelowZero } from '../scaled';

/** The entries behind the figures. */
export interface ClientMoney {
  /** Fund account; below zero in overdraft. */
  readonly balanceFen: bigint;
  /** Payables of unsettled purchases, commission included. */
  readonly frozenTradesFen: bigint;
  /** Portfolio fees cleared and not yet booked. */
  readonly frozenPortfolioFeeFen: bigint;
  /** Receivables of unsettled sales less commission. */
  readonly inTransitFen: bigint;
  /** Dividend and takeover money booked today: neither available nor withdrawable until the next day (S16). */
  readonly creditedTodayFen: bigint;
  /** Receivables less commission of sales booked today: available, withdrawable from the next day. */
  readonly saleMoneyBookedTodayFen: bigint;
}

export interface ClientFigures {
  readonly frozenFen: bigint;
  /** For Southbound purchases; may be below zero: such a client is listed and told to pay in. */
  readonly availableFen: bigint;
  readonly withdrawableFen: bigint;
}

/**
 * frozen = payables of unsettled purchases + portfolio fees cleared and not booked;
 * available = balance - frozen + in transit - credited today;
 * withdrawable = max(0, balance - frozen - credited today - sale money booked today).
 */
export function clientFigures(money: ClientMoney): ClientFigures {
  const frozenFen = money.frozenTradesFen + money.frozenPortfolioFeeFen;
  const ownFen = money.balanceFen - frozenFen - money.creditedTodayFen;
  return {
    frozenFen,
    availableFen: ownFen + money.inTransitFen,
    withdrawableFen: notBelowZero(ownFen - money.saleMoneyBookedTodayFen),
  };
}
