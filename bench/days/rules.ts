/** What the market's trades and holdings cost by the product's own rules: fees, nets, freezes, portfolio fee, risk money. */
import { daysBetween } from '../../domain/calendar/business-date';
import type { Side } from '../../domain/channel';
import { foreignAsFen, netForeignCents } from '../../domain/settlement/clearing-amounts';
import type { CommissionTerms } from '../../domain/settlement/commission';
import { intradayFreezeFen } from '../../domain/settlement/freeze';
import { portfolioFee, portfolioFeeTiersOn, type PortfolioFee } from '../../domain/settlement/portfolio-fee';
import { markToMarketFen, rpfMarginFen, type UnsettledSecurity } from '../../domain/settlement/risk-money';
import { considerationCents, feeTermsOn, tradeFees, type TradeFees } from '../../domain/settlement/trade-fees';
import { parseRate } from '../../domain/scaled';
import { readReference } from '../../prisma/reference';
import { OPENING_RATIOS, SECURITIES, type Holdings, type Market, type Trade } from './market';

/** The smallest portfolio fee of an account that holds anything, as params.json says it. */
export const PORTFOLIO_FEE_MINIMUM_FEN = 1n;
const YEAR_DAYS = 365n;

export interface PricedTrade {
  readonly considerationCents: bigint;
  readonly fees: TradeFees;
  readonly ratioE5: bigint;
  readonly netCents: bigint;
  readonly netFen: bigint;
  /** Frozen by the counter in the day; nothing for a sale. */
  readonly frozenFen: bigint;
}

export interface ChargedFee extends PortfolioFee {
  readonly valueCents: bigint;
  readonly calendarDays: number;
  readonly ratioE5: bigint;
}

export interface RiskMoney {
  readonly markToMarketFen: bigint;
  readonly marginFen: bigint;
}

export interface Rules {
  readonly priced: (day: number, trade: Trade) => PricedTrade;
  /** The portfolio fee that the file of a day charges one account; null where it held nothing. */
  readonly feeOf: (day: number, account: number) => ChargedFee | null;
  /** Risk money of the evening of a day, each side. */
  readonly riskMoney: (day: number) => Readonly<Record<Side, RiskMoney>>;
}

export function rulesOf(market: Market): Rules {
  const reference = readReference();
  const terms = market.days.map(({ date }) => ({
    fees: feeTermsOn(reference.feeRates, date),
    tiers: portfolioFeeTiersOn(reference.portfolioFeeTiers, date),
  }));
  const commissions = new Map<string, CommissionTerms>();
  const commissionOf = (account: number): CommissionTerms => {
    const { commissionRate, commissionMinimumFen } = market.account(account);
    const known = commissions.get(commissionRate) ?? {
      rateE12: parseRate(commissionRate),
      minimumFen: commissionMinimumFen,
    };
    commissions.set(commissionRate, known);
    return known;
  };

  return {
    priced: (day, trade) => {
      const { buyRatioE5, sellRatioE5, referenceBuyE5 } = market.days[day]!;
      const consideration = considerationCents(BigInt(trade.quantity), BigInt(trade.priceE4));
      const fees = tradeFees(consideration, terms[day]!.fees);
      const ratioE5 = trade.isBuy ? buyRatioE5 : sellRatioE5;
      const netCents = netForeignCents(trade.isBuy ? 'B' : 'S', consideration, fees.totalCents);
      return {
        considerationCents: consideration,
        fees,
        ratioE5,
        netCents,
        netFen: foreignAsFen(netCents, ratioE5),
        frozenFen: trade.isBuy
          ? intradayFreezeFen({
              considerationCents: consideration,
              totalFeesCents: fees.totalCents,
              referenceRatioE5: referenceBuyE5,
              commission: commissionOf(trade.account),
            })
          : 0n,
      };
    },
    feeOf: (day, account) => {
      const { date, previous } = market.days[day]!;
      const before = valueE4(market, day - 1, market.holdings(day - 1, account));
      const today = valueE4(market, day, market.holdings(day, account));
      const calendarDays = daysBetween(previous, date);
      const ratioE5 = (market.days[day - 1] ?? OPENING_RATIOS).buyRatioE5;
      const fee = portfolioFee({
        charged: [
          { valueE4: before, days: calendarDays - 1 },
          { valueE4: today, days: 1 },
        ],
        tiers: terms[day]!.tiers,
        ratioE5,
        minimumFen: PORTFOLIO_FEE_MINIMUM_FEN,
        dayBase: YEAR_DAYS,
      });
      return fee && { ...fee, valueCents: today / 100n, calendarDays, ratioE5 };
    },
    riskMoney: (day) => riskMoneyOn(market, day),
  };
}

const valueE4 = (market: Market, day: number, holdings: Holdings): bigint => {
  let value = 0n;
  for (const [security, quantity] of holdings) value += BigInt(quantity) * BigInt(market.closeE4(day, security));
  return value;
};

interface Unsettled {
  net: bigint;
  consideration: bigint;
  long: bigint;
  short: bigint;
  held: bigint;
}

/** One pass over the accounts; what is kept is one line a side and security. */
function riskMoneyOn(market: Market, day: number): Record<Side, RiskMoney> {
  const open = market.days.filter(({ index, tradesSettle }) => index <= day && tradesSettle > market.days[day]!.date);
  const lines: Record<Side, Unsettled[]> = { client: emptyLines(), proprietary: emptyLines() };
  for (let account = 0; account < market.spec.clients; account += 1) {
    const ofSide = lines[market.account(account).side];
    const nets = new Map<number, number>();
    for (const { index } of open) {
      for (const trade of market.tradesOf(index, account)) {
        const sign = trade.isBuy ? 1 : -1;
        nets.set(trade.security, (nets.get(trade.security) ?? 0) + sign * trade.quantity);
        const value = considerationCents(BigInt(trade.quantity), BigInt(trade.priceE4));
        ofSide[trade.security]!.consideration += trade.isBuy ? value : -value;
      }
    }
    const holdings = [...nets.values()].some((net) => net < 0) ? market.holdings(day, account) : undefined;
    for (const [security, net] of nets) {
      const line = ofSide[security]!;
      line.net += BigInt(net);
      if (net > 0) line.long += BigInt(net);
      if (net >= 0) continue;
      line.short -= BigInt(net);
      line.held += BigInt(holdings?.get(security) ?? 0);
    }
  }
  return { client: moneyOf(market, day, lines.client), proprietary: moneyOf(market, day, lines.proprietary) };
}

const emptyLines = (): Unsettled[] =>
  Array.from({ length: SECURITIES }, () => ({ net: 0n, consideration: 0n, long: 0n, short: 0n, held: 0n }));

function moneyOf(market: Market, day: number, lines: readonly Unsettled[]): RiskMoney {
  const { date, buyRatioE5: ratioE5 } = market.days[day]!;
  const securities = lines.map((line, index): UnsettledSecurity => ({
    code: market.security(index).code,
    closeE4: BigInt(market.closeE4(day, index)),
    netQuantity: line.net,
    netConsiderationCents: line.consideration,
    longQuantity: line.long,
    shortQuantity: line.short,
    heldByNetSellers: line.held,
  }));
  const rates = lines.map((_, index) => {
    const { code, marginRate } = market.security(index);
    return { code, rateE12: parseRate(marginRate), from: date };
  });
  return {
    markToMarketFen: markToMarketFen({ securities, ratioE5, nettedOverSecurities: true }),
    marginFen: rpfMarginFen({ securities, rates, date, ratioE5 }),
  };
}
