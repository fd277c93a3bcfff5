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

/** A formula that is a sum: each term with its sign. The rule computes by it, the explanation lists by it. */
export type Signs<Terms> = { readonly [Term in keyof Terms]?: 1 | -1 };

export const FROZEN: Signs<ClientMoney> = { frozenTradesFen: 1, frozenPortfolioFeeFen: 1 };
/** available = balance - frozen + in transit - credited today. */
export const AVAILABLE: Signs<ClientMoney> = {
  balanceFen: 1,
  frozenTradesFen: -1,
  frozenPortfolioFeeFen: -1,
  creditedTodayFen: -1,
  inTransitFen: 1,
};
/** withdrawable = balance - frozen - credited today - sale money booked today, not below zero. */
export const WITHDRAWABLE: Signs<ClientMoney> = {
  balanceFen: 1,
  frozenTradesFen: -1,
  frozenPortfolioFeeFen: -1,
  creditedTodayFen: -1,
  saleMoneyBookedTodayFen: -1,
};

export interface ClientFigures {
  readonly frozenFen: bigint;
  /** For Southbound purchases; may be below zero: such a client is listed and told to pay in. */
  readonly availableFen: bigint;
  readonly withdrawableFen: bigint;
}

export const clientFigures = (money: ClientMoney): ClientFigures => ({
  frozenFen: sumOf(money, FROZEN),
  availableFen: sumOf(money, AVAILABLE),
  withdrawableFen: notBelowZero(sumOf(money, WITHDRAWABLE)),
});

/** Money of the evening, and the sales that settle on the next trading day. */
export interface MoneyOvernight {
  readonly balanceFen: bigint;
  /** Purchases not settled and fees not booked. */
  readonly frozenFen: bigint;
  /** Receivables less commission of sales that settle on the next trading day. */
  readonly settlingFen: bigint;
}

/**
 * From the start of the next trading day: money of today's sales and credits may be withdrawn, that of sales that settle then buys A-shares and may be
 * withdrawn a day later. Frozen is frozen for both; neither is below zero.
 */
export const moneyOfNextDay = ({ balanceFen, frozenFen, settlingFen }: MoneyOvernight) => ({
  aSharesFen: notBelowZero(balanceFen - frozenFen + settlingFen),
  withdrawableFen: notBelowZero(balanceFen - frozenFen),
});

const sumOf = (money: ClientMoney, signs: Signs<ClientMoney>): bigint =>
  (Object.entries(signs) as [keyof ClientMoney, 1 | -1][]).reduce(
    (sum, [term, sign]) => sum + BigInt(sign) * money[term],
    0n,
  );
