/**
 * An invented market for benchmarks: accounts, securities, and the trades of an ordinary week, as functions of a seed.
 *
 * A day's trades stand in the order of their time and jump about over the accounts; the trades of one account can be
 * told by themselves. So files in the order of trades and files in the order of accounts agree, and nothing is kept.
 *
 * Units: prices in HKD x 10^4, ratios x 10^5, money in fen.
 */
import { marketCalendar } from '../../domain/calendar/market-calendar';
import { parseBusinessDate, type BusinessDate } from '../../domain/calendar/business-date';
import type { Side } from '../../domain/channel';
import { drawn, shuffled } from './seeded';

export interface MarketSpec {
  /** Trades of a full day. */
  readonly trades: number;
  /** Accounts; the last one is the broker's own. */
  readonly clients: number;
  readonly seed: number;
  /** How many of the three days: on the third the trades of the first settle. */
  readonly days: 1 | 2 | 3;
}

export interface MarketDay {
  /** 0 is the first; the evening before it is -1. */
  readonly index: number;
  readonly date: BusinessDate;
  readonly previous: BusinessDate;
  readonly trades: number;
  readonly tradesSettle: BusinessDate;
  readonly feeSettles: BusinessDate;
  readonly riskSettles: BusinessDate;
  readonly buyRatioE5: bigint;
  readonly sellRatioE5: bigint;
  readonly referenceBuyE5: bigint;
  readonly referenceSellE5: bigint;
}

export interface Account {
  readonly fundAccount: string;
  readonly securitiesAccount: string;
  readonly side: Side;
  readonly branch: string;
  readonly seat: string;
  readonly commissionRate: string;
  readonly commissionMinimumFen: bigint;
  readonly openingFen: bigint;
}

export interface Security {
  readonly code: string;
  readonly lot: number;
  readonly tier: string;
  readonly marginRate: string;
}

export interface Trade {
  /** From 1, in the order of time. */
  readonly number: number;
  readonly account: number;
  readonly security: number;
  readonly isBuy: boolean;
  readonly quantity: number;
  readonly priceE4: number;
  /** HHMMSS */
  readonly time: string;
}

/** Shares of one account by security, in the order of their codes. */
export type Holdings = ReadonlyMap<number, number>;

export interface Market {
  readonly spec: MarketSpec;
  readonly days: readonly MarketDay[];
  readonly account: (index: number) => Account;
  readonly security: (index: number) => Security;
  /** Close of a security on the evening of a day, -1 for the evening before the first. */
  readonly closeE4: (day: number, security: number) => number;
  readonly trade: (day: number, place: number) => Trade;
  readonly tradesOf: (day: number, account: number) => readonly Trade[];
  readonly openingHoldings: (account: number) => Holdings;
  /** Settled holdings on the evening of a day: only what is not zero. */
  readonly holdings: (day: number, account: number) => Holdings;
  /** What one account paid in on a day, fen. */
  readonly depositFen: (day: number, account: number) => bigint;
}

export const SECURITIES = 600;
export const OPENING_EVENING = parseBusinessDate('2025-06-20');
/** BL1 and BL2 of the evening before the first day. */
export const OPENING_RATIOS = { buyRatioE5: 92_322n, sellRatioE5: 92_298n };

/** A week without holidays. The second day is quiet: a tenth of the trades. */
const DATES = ['2025-06-23', '2025-06-24', '2025-06-25'].map(parseBusinessDate);
const QUIET_PART = 10;
const TIERS = [
  { tier: 'P', marginRate: '0.032' },
  { tier: 'P', marginRate: '0.05' },
  { tier: 'P', marginRate: '0.08' },
  { tier: 'N1', marginRate: '0.12' },
];
const MOST_LOTS_BOUGHT = 8;
const MOST_LOTS_SOLD = 2;
/** Dearest purchase: 8 lots of 40,000 HKD, with fees below 300,000 CNY. */
const DEAREST_PURCHASE_FEN = 30_000_000n;
/** One client in a thousand has too little money: overdrafts and notices are part of an evening. */
const SHORT_OF_MONEY_ONE_IN = 1_000;
const DEPOSITS_ONE_IN = 500;
const OPENS_AT_SECOND = 9 * 3_600 + 30 * 60;
const TRADING_SECONDS = 6 * 3_600;

/** What is drawn for: the last place of a number, so that no two questions share one. */
const DRAW = { base: 1, drift: 2, holding: 3, side: 4, security: 5, lots: 6, price: 7, deposit: 8, money: 9 } as const;

/** @throws RangeError where there are fewer than two accounts or no trades */
export function openMarket(spec: MarketSpec): Market {
  const { clients, seed } = spec;
  if (!(clients >= 2) || !(spec.trades >= 1)) throw new RangeError('a market has two accounts and one trade at least');
  const days = daysOf(spec);
  const order = shuffled(clients);
  const own = clients - 1;
  const perAccount = Math.ceil(spec.trades / clients);
  const draw: Draw = (kind, first, second = 0) => drawn(seed, kind, first, second);

  const { securities, closeE4 } = listOf(draw);
  const lots = securities.map(({ lot }) => lot);

  const held = (account: number): readonly [number, number] => {
    const one = draw(DRAW.holding, account) % SECURITIES;
    const other = (one + 1 + (draw(DRAW.holding, account, 1) % (SECURITIES - 1))) % SECURITIES;
    return one < other ? [one, other] : [other, one];
  };
  // Enough to sell on every day, so that no balance falls below zero.
  const openingLots = 20 + MOST_LOTS_SOLD * (perAccount + 1) * DATES.length;
  const openingHoldings = (account: number): Holdings =>
    new Map(held(account).map((code) => [code, openingLots * lots[code]!]));

  const trade = (day: number, place: number): Trade => {
    const account = order.at(place % clients);
    const drawOf = (kind: number) => draw(kind, day, place);
    // The broker's own account only buys, clients buy more than they sell: both sides pay on the settlement day.
    const isBuy = account === own || drawOf(DRAW.side) % 100 < 60;
    const code = isBuy ? drawOf(DRAW.security) % SECURITIES : held(account)[drawOf(DRAW.security) % 2]!;
    const most = isBuy ? MOST_LOTS_BOUGHT : MOST_LOTS_SOLD;
    const second = OPENS_AT_SECOND + Math.floor((place * TRADING_SECONDS) / days[day]!.trades);
    return {
      number: place + 1,
      account,
      security: code,
      isBuy,
      quantity: lots[code]! * (1 + (drawOf(DRAW.lots) % most)),
      priceE4: Math.floor((closeE4(day, code) * (990 + (drawOf(DRAW.price) % 21))) / 100_000) * 100,
      time: timeText(second),
    };
  };
  const tradesOf = (day: number, account: number): readonly Trade[] => {
    const found: Trade[] = [];
    for (let place = order.placeOf(account); place < days[day]!.trades; place += clients) found.push(trade(day, place));
    return found;
  };
  const holdings = (day: number, account: number): Holdings => {
    const shares = new Map(openingHoldings(account));
    for (const settled of days) {
      if (day < 0 || settled.tradesSettle > days[day]!.date) continue;
      for (const { security: code, isBuy, quantity } of tradesOf(settled.index, account)) {
        shares.set(code, (shares.get(code) ?? 0) + (isBuy ? quantity : -quantity));
      }
    }
    return new Map([...shares].filter(([, quantity]) => quantity !== 0).sort(([one], [other]) => one - other));
  };

  return {
    spec,
    days,
    account: (index) => accountOf(index, own, perAccount, draw(DRAW.money, index)),
    security: (index) => securities[index]!,
    closeE4,
    trade,
    tradesOf,
    openingHoldings,
    holdings,
    depositFen: (day, account) => {
      const drawnFor = draw(DRAW.deposit, day, account);
      if (account === own || drawnFor % DEPOSITS_ONE_IN !== 3) return 0n;
      return BigInt(100_000 + (drawnFor % 9_900_000));
    },
  };
}

type Draw = (kind: number, first: number, second?: number) => number;

/** The few hundred securities and their closes are the only thing that is kept: every trade asks for one. */
function listOf(draw: Draw): {
  readonly securities: readonly Security[];
  readonly closeE4: (day: number, security: number) => number;
} {
  const codes = Array.from({ length: SECURITIES }, (_, index) => index);
  const baseE4 = codes.map((index) => (200 + (draw(DRAW.base, index) % 39_800)) * 100);
  const closes = [-1, ...DATES.keys()].map((day) =>
    codes.map(
      (index) => Math.floor((baseE4[index]! * (980 + (draw(DRAW.drift, day + 1, index) % 41))) / 100_000) * 100,
    ),
  );
  const securities = codes.map((index): Security => {
    const price = baseE4[index]!;
    return {
      code: String(index + 1).padStart(5, '0'),
      lot: price < 50_000 ? 2_000 : price < 200_000 ? 500 : 100,
      ...TIERS[draw(DRAW.base, index, 1) % TIERS.length]!,
    };
  });
  return { securities, closeE4: (day, index) => closes[day + 1]![index]! };
}

function accountOf(index: number, own: number, perAccount: number, drawnFor: number): Account {
  const trades = BigInt(perAccount * 2 + 1);
  const fullFen = DEAREST_PURCHASE_FEN * trades + BigInt(drawnFor % 100_000_000);
  if (index === own) {
    return {
      fundAccount: '8000000001',
      securitiesAccount: 'B990000001',
      side: 'proprietary',
      branch: '0001',
      seat: '29999',
      commissionRate: '0',
      commissionMinimumFen: 0n,
      openingFen: fullFen,
    };
  }
  return {
    fundAccount: String(6_000_000_001 + index),
    securitiesAccount: `A${900_000_001 + index}`,
    side: 'client',
    branch: String(1_001 + (index % 3)),
    seat: String(21_000 + (index % 3)),
    commissionRate: ['0.00025', '0.0003', '0.0008', '0.0005'][index % 4]!,
    commissionMinimumFen: 500n,
    openingFen: index % SHORT_OF_MONEY_ONE_IN === SHORT_OF_MONEY_ONE_IN - 1 ? 100_000n : fullFen,
  };
}

function daysOf(spec: MarketSpec): readonly MarketDay[] {
  const calendar = marketCalendar({
    from: parseBusinessDate('2025-06-16'),
    to: parseBusinessDate('2025-06-30'),
    days: [],
  });
  return DATES.slice(0, spec.days).map((date, index) => {
    const step = BigInt(index + 1);
    return {
      index,
      date,
      previous: calendar.previousTradingDay(date),
      trades: index === 1 ? Math.ceil(spec.trades / QUIET_PART) : spec.trades,
      tradesSettle: calendar.tradeSettlementDate(date),
      feeSettles: calendar.feeSettlementDate(date),
      riskSettles: calendar.riskMoneySettlementDate(date),
      // On the second day sales have the higher ratio: nothing may assume which is larger (S1).
      buyRatioE5: 92_322n + 31n * step - (index === 1 ? 60n : 0n),
      sellRatioE5: 92_298n + 31n * step,
      referenceBuyE5: 95_079n + 12n * step,
      referenceSellE5: 89_541n + 12n * step,
    };
  });
}

function timeText(second: number): string {
  const parts = [Math.floor(second / 3_600), Math.floor((second % 3_600) / 60), second % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join('');
}
