/**
 * The clearing house's money of the market: what each evening sums up (hk_zjhz), what moves on the accounts on the day
 * after (hk_zjbd, hk_zjye), and the broker's transfers that the bank executes.
 *
 * Units: fen; receivable +, payable -.
 */
import type { Side } from '../../domain/channel';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { fundingAmount } from '../../domain/settlement/funding';
import type { Market } from './market';
import type { RiskMoney, Rules } from './rules';

export const SIDES: readonly Side[] = ['client', 'proprietary'];
export const ACCOUNTS: Readonly<
  Record<Side, { readonly reserve: string; readonly riskFund: string; readonly bank: string }>
> = {
  client: { reserve: 'HKB0000001', riskFund: 'HKF0000001', bank: '6200000000000000001' },
  proprietary: { reserve: 'HKZ0000001', riskFund: 'HKF0000002', bank: '6200000000000000002' },
};
export const CUSHION_FEN = 50_000_000n;
/** In the reserve accounts on the evening before the first day: drawn back on its morning. */
export const OPENING_RESERVE_FEN: Readonly<Record<Side, bigint>> = { client: 350_000_000n, proprietary: 80_000_000n };
const OWN_BANK_FEN = 8_000_000_000n;

/** Sums of rows: how many, what comes, what goes. */
export interface Sums {
  rows: number;
  receivableFen: bigint;
  payableFen: bigint;
}

/** What one evening clears, each side. */
export interface Cleared {
  readonly trades: Record<Side, Sums>;
  readonly fees: Record<Side, Sums>;
  readonly risk: Readonly<Record<Side, RiskMoney>>;
  /** Rows of hk_zqbd and hk_zqye. */
  readonly movements: number;
  readonly balances: number;
}

/** One J row: what settles on the next business day. */
export interface Settling {
  readonly business: 'JY' | 'FK' | 'FKTH' | 'ZF';
  readonly batch: '1' | '2';
  readonly fen: bigint;
}

export interface Movement {
  readonly account: string;
  readonly part: '1' | '2';
  readonly number: number;
  readonly business: string;
  readonly fen: bigint;
  readonly balanceFen: bigint;
  readonly time: string;
  readonly counterAccount: string;
}

/** A day of an account at the clearing house. */
export interface AccountDay {
  readonly account: string;
  readonly isReserve: boolean;
  readonly openingFen: bigint;
  readonly closingFen: bigint;
  readonly movements: readonly Movement[];
}

/** A transfer between bank and reserve account: into the reserve account above zero. */
export interface Transfer {
  readonly side: Side;
  readonly fen: bigint;
  readonly time: string;
}

export interface DayMoney {
  readonly cleared: Cleared;
  readonly settling: Readonly<Record<Side, readonly Settling[]>>;
  readonly settlesOn: BusinessDate;
  readonly accounts: readonly AccountDay[];
  readonly transfers: readonly Transfer[];
}

/** What the bank account of each side holds on the evening before the first day. */
export function openingBankFen(market: Market): Readonly<Record<Side, bigint>> {
  let owed = 0n;
  for (let index = 0; index < market.spec.clients; index += 1) {
    const { side, openingFen } = market.account(index);
    if (side === 'client') owed += openingFen;
  }
  // Client money owed = client money held (S21).
  return { client: owed + CUSHION_FEN - OPENING_RESERVE_FEN.client, proprietary: OWN_BANK_FEN };
}

/** @throws RangeError where a side does not pay on the settlement day: this market is made so that both do */
export function moneyOfDays(market: Market, rules: Rules): readonly DayMoney[] {
  const days: DayMoney[] = [];
  for (const day of market.days) {
    const cleared = clearedOn(market, rules, day.index);
    const before = days.at(-1);
    const settling = Object.fromEntries(
      SIDES.map((side) => [side, settlingAfter(market, [...days.map((earlier) => earlier.cleared), cleared], side)]),
    ) as Record<Side, Settling[]>;
    const books = SIDES.map((side) => accountsOn(side, before));
    days.push({
      cleared,
      settling,
      settlesOn: day.riskSettles,
      accounts: books.flatMap(({ accounts }) => accounts),
      transfers: books.map(({ transfer }) => transfer),
    });
  }
  return days;
}

/** One pass over the trades and one over the accounts. */
function clearedOn(market: Market, rules: Rules, day: number): Cleared {
  const { clients } = market.spec;
  const { trades: count, date } = market.days[day]!;
  const trades = { client: emptySums(), proprietary: emptySums() };
  const fees = { client: emptySums(), proprietary: emptySums() };
  const add = (sums: Sums, fen: bigint) => {
    sums.rows += 1;
    if (fen > 0n) sums.receivableFen += fen;
    else sums.payableFen += fen;
  };
  for (let place = 0; place < count; place += 1) {
    const trade = market.trade(day, place);
    add(trades[market.account(trade.account).side], rules.priced(day, trade).netFen);
  }
  const settledToday = market.days.find(({ tradesSettle }) => tradesSettle === date);
  let [movements, balances] = [0, 0];
  for (let account = 0; account < clients; account += 1) {
    const fee = rules.feeOf(day, account);
    if (fee !== null) add(fees[market.account(account).side], -fee.feeFen);
    balances += market.holdings(day, account).size;
    if (settledToday !== undefined) movements += netsOf(market, settledToday.index, account).size;
  }
  return { trades, fees, risk: rules.riskMoney(day), movements, balances };
}

const emptySums = (): Sums => ({ rows: 0, receivableFen: 0n, payableFen: 0n });

/** Shares that one account receives (+) or delivers (-) for the trades of a day: net, zeros left out, by security. */
export function netsOf(market: Market, day: number, account: number): ReadonlyMap<number, number> {
  const nets = new Map<number, number>();
  for (const { security, isBuy, quantity } of market.tradesOf(day, account)) {
    nets.set(security, (nets.get(security) ?? 0) + (isBuy ? quantity : -quantity));
  }
  return new Map([...nets].filter(([, net]) => net !== 0).sort(([one], [other]) => one - other));
}

const riskFen = ({ markToMarketFen, marginFen }: RiskMoney): bigint => markToMarketFen + marginFen;
const netFen = ({ receivableFen, payableFen }: Sums): bigint => receivableFen + payableFen;

/** J rows of an evening: the trades and the fee that settle next, risk money, and what was payable today comes back. */
function settlingAfter(market: Market, evenings: readonly Cleared[], side: Side): Settling[] {
  const today = evenings.length - 1;
  const next = market.days[today]!.riskSettles;
  const due = market.days.filter(({ index, tradesSettle }) => index <= today && tradesSettle === next);
  const tradesFen = due.reduce((sum, { index }) => sum + netFen(evenings[index]!.trades[side]), 0n);
  if (tradesFen > 0n) throw new RangeError(`the ${side} side receives on ${next}`);
  const before = evenings[today - 1];
  const rows: Settling[] = [
    { business: 'JY', batch: '1', fen: tradesFen },
    { business: 'FK', batch: '1', fen: -riskFen(evenings[today]!.risk[side]) },
    { business: 'FKTH', batch: '1', fen: before === undefined ? 0n : riskFen(before.risk[side]) },
    { business: 'ZF', batch: '2', fen: netFen(evenings[today]!.fees[side]) },
  ];
  return rows.filter(({ fen }) => fen !== 0n);
}

/** The day at the clearing house: funded or drawn back in the morning, then what the evening before announced. */
function accountsOn(
  side: Side,
  before: DayMoney | undefined,
): { readonly accounts: readonly AccountDay[]; readonly transfer: Transfer } {
  const { reserve, riskFund, bank } = ACCOUNTS[side];
  const closing = (account: string, opening: bigint) =>
    before?.accounts.find((day) => day.account === account)?.closingFen ?? opening;
  const reserveBook = openAccount(reserve, closing(reserve, OPENING_RESERVE_FEN[side]));
  const riskBook = openAccount(riskFund, closing(riskFund, 0n));
  const due = (business: Settling['business']) =>
    before?.settling[side].find((row) => row.business === business)?.fen ?? 0n;

  const { amountFen } = fundingAmount({
    reserveBalancePreviousFen: reserveBook.balance(),
    tradeNetFen: due('JY'),
    riskMoneyPayableFen: -due('FK'),
    riskMoneyReturnedFen: due('FKTH'),
    portfolioFeePayableFen: -due('ZF'),
    nonTradePayableFen: 0n,
    crossCoverOwedFen: 0n,
    corporateActionReceivableFen: 0n,
  });
  const isFunded = amountFen < 0n;
  const transfer: Transfer = { side, fen: -amountFen, time: isFunded ? '093200' : '104500' };
  if (isFunded) reserveBook.move('1', 'ZR', transfer.fen, transfer.time, bank);
  reserveBook.move('1', 'FKTH', due('FKTH'), '103000', riskFund);
  riskBook.move('1', 'FKTH', -due('FKTH'), '103000', reserve);
  reserveBook.move('1', 'JY', due('JY'), '103000', '');
  reserveBook.move('1', 'FK', due('FK'), '103000', riskFund);
  riskBook.move('1', 'FK', -due('FK'), '103000', reserve);
  if (!isFunded) reserveBook.move('2', 'ZC', transfer.fen, transfer.time, bank);
  reserveBook.move('2', 'ZF', due('ZF'), '180000', '');
  return { accounts: [reserveBook.day(true), riskBook.day(false)], transfer };
}

function openAccount(account: string, openingFen: bigint) {
  const movements: Movement[] = [];
  let balanceFen = openingFen;
  return {
    balance: () => balanceFen,
    move: (part: '1' | '2', business: string, fen: bigint, time: string, counterAccount: string) => {
      if (fen === 0n) return;
      balanceFen += fen;
      movements.push({ account, part, number: movements.length + 1, business, fen, balanceFen, time, counterAccount });
    },
    day: (isReserve: boolean): AccountDay => ({ account, isReserve, openingFen, closingFen: balanceFen, movements }),
  };
}
