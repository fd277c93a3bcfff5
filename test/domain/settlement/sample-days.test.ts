/**
 * The rules against the published sample days: inputs from the day's files, golden values from `expected.json`, which an
 * independent oracle made. One row of the file or one figure of the page a time; no database, no process.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { readWhole } from '../../../adapters/clearing-files/read-file';
import type { Layout, RowOf } from '../../../adapters/clearing-files/layouts/layout';
import { hkCkhl, hkJsmx, hkTzxx, hkZqye } from '../../../adapters/clearing-files/layouts/shanghai';
import { counterTrades, hkexclpr04 } from '../../../adapters/clearing-files/layouts/shanghai-text-files';
import { parseBusinessDate, parseCompactDate, type BusinessDate } from '../../../domain/calendar/business-date';
import { calendarOf } from '../../../domain/calendar/calendar-rows';
import type { Side } from '../../../domain/channel';
import { amountText, parseAmount } from '../../../domain/money';
import { parseRate, parseRatio } from '../../../domain/scaled';
import { allocateGross } from '../../../domain/settlement/allocation';
import { amountAgreement, netForeignCents, ratioForTrade } from '../../../domain/settlement/clearing-amounts';
import { clientFigures } from '../../../domain/settlement/client-figures';
import { clientMoneyDifferenceFen } from '../../../domain/settlement/client-money-identity';
import { commissionFen } from '../../../domain/settlement/commission';
import { defaultInterestFen, defaultPenaltyFen } from '../../../domain/settlement/default-charges';
import { bonusShares, convertedShares } from '../../../domain/settlement/entitlement';
import { intradayFreezeFen, preClearingReceivableFen } from '../../../domain/settlement/freeze';
import { fundingAmount, fundingTransfer } from '../../../domain/settlement/funding';
import { overdraftCause } from '../../../domain/settlement/overdraft';
import {
  flatMarginFen,
  flatModelOn,
  markToMarketFen,
  rpfMarginFen,
  unsettledValuesCents,
  type UnsettledSecurity,
} from '../../../domain/settlement/risk-money';
import { considerationCents, feeTermsOn, tradeFees } from '../../../domain/settlement/trade-fees';
import { readReference } from '../../../prisma/reference';

const SAMPLES = join(__dirname, '../../../samples/days-a');
const DAYS = ['2025-06-23', '2025-06-24', '2025-06-25', '2025-06-26', '2025-06-27', '2025-06-30', '2025-07-02'].map(
  parseBusinessDate,
);
const SIDES: readonly Side[] = ['client', 'proprietary'];
const reference = readReference();
const calendar = calendarOf(reference.calendars, 'SH');

type Page = Record<string, string>;
interface Expected {
  funding: Record<Side, Page>;
  trades: Record<Side, Page>;
  riskMoney: Record<Side, Page>;
  defaults: { intraday: string; endOfDay: string; days: number; penalty: string; interest: string }[];
  corporateActions: Record<
    'dividends' | 'takeover',
    { ratio: string; receiptCny: string; allocations: { securitiesAccount: string; amount: string; cny: string }[] }[]
  > & { bonus: { recordQuantity: number; credited: number }[] };
  cash: Page[];
  overdrafts: { amount: string; cause: string; parts: Page }[];
  clientMoneyIdentity: Page;
  calendar: Page;
}

const compact = (date: string) => date.replaceAll('-', '');
const expectedOf = (date: BusinessDate) =>
  JSON.parse(readFileSync(join(SAMPLES, date, 'expected.json'), 'utf8')) as Expected;
const csvOf = (name: string) =>
  // GBK text read as latin1: only ASCII columns are used here.
  parse<Page>(readFileSync(join(SAMPLES, 'static', name), 'latin1'), { columns: true });
const rowsOf = async <L extends Layout>(date: BusinessDate, file: string, layout: L): Promise<readonly RowOf<L>[]> => {
  const { rows, findings } = await readWhole(join(SAMPLES, date, file), layout, { businessDate: date });
  expect(findings).toEqual([]);
  return rows;
};
const detailsOf = (date: BusinessDate) => rowsOf(date, `hk_jsmx${compact(date)}.dbf`, hkJsmx);
const noticesOf = (date: BusinessDate) => rowsOf(date, `hk_tzxx${compact(date)}.dbf`, hkTzxx);

const clients = csvOf('clients.csv');
const sideOf = new Map(clients.map((row) => [row.securities_account, row.side === 'P' ? 'proprietary' : 'client']));

async function ratiosOf(date: BusinessDate) {
  const notice = (await noticesOf(date)).find(({ TZLB }) => TZLB === 'H05');
  if (notice === undefined) throw new Error(`no ratio notice on ${date}`);
  return { buyRatioE5: parseRatio(notice.BL1), sellRatioE5: parseRatio(notice.BL2) };
}

describe.each(DAYS)('sample day %s', (date) => {
  const expected = expectedOf(date);

  it('funds by the formula', () => {
    for (const side of SIDES) {
      const page = expected.funding[side];
      const fen = (key: string) => parseAmount(page[key]);
      const { amountFen } = fundingAmount({
        reserveBalancePreviousFen: fen('reserveBalancePrevious'),
        tradeNetFen: -fen('tradePayable'),
        riskMoneyPayableFen: fen('riskMoneyPayable'),
        riskMoneyReturnedFen: fen('riskMoneyReturned'),
        portfolioFeePayableFen: fen('portfolioFeePayable'),
        nonTradePayableFen: 0n,
        crossCoverOwedFen: 0n,
        corporateActionReceivableFen: fen('corporateActionReceivable'),
      });
      expect(amountText(amountFen)).toBe(page.amount);
      const { action, transferFen } = fundingTransfer({ side, amountFen, withdrawableFen: amountFen });
      expect(amountText(action === 'FUND' ? transferFen : 0n)).toBe(page.fundBefore1000);
      expect(amountText(action === 'DRAW_BACK' ? transferFen : 0n)).toBe(page.drawBackAfter1030);
    }
  });

  it('recomputes every trade row of the clearing house to the cent', async () => {
    const ratios = await ratiosOf(date);
    const terms = feeTermsOn(reference.feeRates, date);
    const trades = (await detailsOf(date)).filter(({ YWLX }) => YWLX === 'H01');
    for (const row of trades) {
      const side = row.MMBZ === 'B' ? 'B' : 'S';
      const consideration = considerationCents(row.SL, row.JG1);
      const fees = tradeFees(consideration, terms);
      expect([consideration, fees.stampDutyCents, fees.sfcLevyCents, fees.tradingFeeCents]).toEqual([
        row.WBJE,
        row.YHS,
        row.JYZF,
        row.JYF,
      ]);
      expect([fees.systemFeeCents, fees.settlementFeeCents, fees.afrcLevyCents]).toEqual([row.SYF, row.JSF, row.QTJE]);
      expect(netForeignCents(side, consideration, fees.totalCents)).toBe(row.WBYSF);
      expect(ratioForTrade(side, ratios)).toBe(parseRatio(row.WBHL));
      expect(amountAgreement(row.YSFJE, row.WBYSF, parseRatio(row.WBHL))).toBe('exact');
      expect(parseCompactDate(row.JSRQ)).toBe(calendar.tradeSettlementDate(date));
    }
    const count = SIDES.reduce((sum, side) => sum + Number(expected.trades[side].count), 0);
    expect(trades).toHaveLength(count);
    expect(expected.calendar.tradesSettle).toBe(calendar.tradeSettlementDate(date));
    expect(expected.calendar.feeAndCorporateActionMoneySettle).toBe(calendar.feeSettlementDate(date));
    expect(expected.calendar.riskMoneySettles).toBe(calendar.riskMoneySettlementDate(date));
  });

  it('freezes every purchase as the counter did', async () => {
    const [rates] = await rowsOf(date, `hk_ckhl${compact(date)}.dbf`, hkCkhl);
    const terms = feeTermsOn(reference.feeRates, date);
    const commissionOf = new Map(
      clients.map((row) => [
        row.fund_account,
        { rateE12: parseRate(row.commission_rate ?? ''), minimumFen: parseAmount(row.commission_min) },
      ]),
    );
    for (const trade of await rowsOf(date, `counter_trades_${compact(date)}.csv`, counterTrades)) {
      const commission = commissionOf.get(trade.fund_account);
      if (rates === undefined || commission === undefined) throw new Error('rate or client is missing');
      const consideration = considerationCents(trade.quantity, trade.price);
      const freeze = intradayFreezeFen({
        considerationCents: consideration,
        totalFeesCents: tradeFees(consideration, terms).totalCents,
        referenceRatioE5: parseRatio(rates.HL1),
        commission,
      });
      expect(trade.frozen_cny).toBe(trade.side === 'B' ? freeze : 0n);
    }
  });

  it('computes the risk money of both models', async () => {
    const { buyRatioE5: ratioE5 } = await ratiosOf(date);
    const rates = await riskRatesOf(date);
    const flat = flatModelOn(reference.marginModels, date);
    for (const side of SIDES) {
      const page = expected.riskMoney[side];
      const securities = await unsettledOf(date, side);
      expect(amountText(markToMarketFen({ securities, ratioE5, nettedOverSecurities: true }))).toBe(page.markToMarket);
      expect(amountText(rpfMarginFen({ securities, rates, date, ratioE5 }))).toBe(page.margin);
      expect(amountText(flatMarginFen({ securities, ...flat, ratioE5 }))).toBe(page.marginIfFlat22);
      const { longCents, shortCents, collateralCents } = unsettledValuesCents(securities);
      const values = [longCents, shortCents, collateralCents].map((cents) => amountText(cents));
      expect(values).toEqual([page.unsettledLongHKD, page.unsettledShortHKD, page.collateralHKD]);
    }
  });

  it('shares dividends and takeover money, counts bonus shares', () => {
    const { dividends, takeover, bonus } = expected.corporateActions;
    for (const event of [...dividends, ...takeover]) {
      const holders = event.allocations.map(({ securitiesAccount, amount }) => ({
        account: securitiesAccount,
        grossCents: parseAmount(amount),
      }));
      const { receiptFen, shares } = allocateGross(holders, parseRatio(event.ratio));
      expect(amountText(receiptFen)).toBe(event.receiptCny);
      expect(shares.map(({ shareFen }) => amountText(shareFen))).toEqual(event.allocations.map(({ cny }) => cny));
    }
    for (const { recordQuantity, credited } of bonus) {
      // The sample event gives one share for ten.
      expect(bonusShares(BigInt(recordQuantity), { received: 1n, held: 10n })).toBe(BigInt(credited));
    }
  });

  it('shows clients their money, and it is all there', async () => {
    const soldToday = await saleMoneyBookedOn(date);
    for (const page of expected.cash) {
      const fen = (key: string) => parseAmount(page[key]);
      const { availableFen, withdrawableFen } = clientFigures({
        balanceFen: fen('balance'),
        frozenTradesFen: fen('frozenTrades'),
        frozenPortfolioFeeFen: fen('frozenPortfolioFee'),
        inTransitFen: fen('inTransit'),
        creditedTodayFen: fen('creditedToday'),
        saleMoneyBookedTodayFen: soldToday.get(page.fundAccount ?? '') ?? 0n,
      });
      expect(amountText(availableFen)).toBe(page.available);
      expect(amountText(withdrawableFen)).toBe(page.withdrawable);
    }
    const total = (key: string) => parseAmount(expected.clientMoneyIdentity[key]);
    const difference = clientMoneyDifferenceFen({
      clientFundAccountsFen: total('clientFundAccounts'),
      cushionNotLentFen: total('cushion'),
      commissionNotYetMovedFen: total('commissionNotYetMoved'),
      crossCoverOwedFen: 0n,
      clientDepositAccountFen: total('clientDepositAccount'),
      clientReserveFen: total('clientReserve'),
      clientRiskFundFen: total('clientRiskFund'),
      onTheWayFen: total('onTheWay'),
    });
    expect(difference).toBe(0n);
  });

  it('tells the causes of overdrafts and charges defaults', () => {
    for (const { amount, cause, parts } of expected.overdrafts) {
      const part = (key: string) => parseAmount(parts[key] ?? '0.00');
      const computed = overdraftCause(parseAmount(amount), {
        fxFen: part('fx'),
        portfolioFeeFen: part('portfolioFee'),
        delayedSettlementFen: part('delayedSettlement'),
      });
      expect(computed).toBe(cause);
    }
    for (const { intraday, endOfDay, days, penalty, interest } of expected.defaults) {
      const [intradayDefaultFen, endOfDayDefaultFen] = [parseAmount(intraday), parseAmount(endOfDay)];
      const penaltyRatePerDayE12 = parseRate('0.001');
      const reserveRatePerYearE12 = parseRate('0.0035');
      expect(
        amountText(defaultPenaltyFen({ intradayDefaultFen, endOfDayDefaultFen, penaltyRatePerDayE12, days })),
      ).toBe(penalty);
      expect(amountText(defaultInterestFen({ endOfDayDefaultFen, reserveRatePerYearE12, days, dayBase: 360n }))).toBe(
        interest,
      );
    }
  });
});

it('earns the published commission on the trades of 2025-06-26', async () => {
  // 6000000001 pays 0.025 %, at least 5.00, on each of its eight rows; expected.json sums them up as 320.90.
  const rows = (await detailsOf(parseBusinessDate('2025-06-26'))).filter(
    ({ YWLX, ZQZH }) => YWLX === 'H01' && ZQZH === 'A900000001',
  );
  const terms = { rateE12: parseRate('0.00025'), minimumFen: 500n };
  const commissions = rows.map((row) => commissionFen(row.WBJE, parseRatio(row.WBHL), terms));
  expect(rows).toHaveLength(8);
  expect(amountText(commissions.reduce((sum, commission) => sum + commission, 0n))).toBe('320.90');
});

/** Receivables less commission of the sales that settle on a date, by fund account. */
async function saleMoneyBookedOn(date: BusinessDate): Promise<Map<string, bigint>> {
  const sales = (await Promise.all(DAYS.filter((day) => day <= date).map(detailsOf)))
    .flat()
    .filter((row) => row.YWLX === 'H01' && row.MMBZ === 'S' && parseCompactDate(row.JSRQ) === date);
  const money = new Map<string, bigint>();
  for (const sale of sales) {
    const client = clients.find((row) => row.securities_account === sale.ZQZH);
    if (client === undefined) throw new Error(`${sale.ZQZH} is no client`);
    const terms = { rateE12: parseRate(client.commission_rate ?? ''), minimumFen: parseAmount(client.commission_min) };
    const receivable = preClearingReceivableFen(sale.YSFJE, commissionFen(sale.WBJE, parseRatio(sale.WBHL), terms));
    const account = client.fund_account ?? '';
    money.set(account, (money.get(account) ?? 0n) + receivable);
  }
  return money;
}

interface Split {
  readonly oldCode: string;
  readonly newCode: string;
  readonly from: BusinessDate;
  readonly newShares: bigint;
  readonly oldShares: bigint;
}

/** Splits announced on or before a date and in force on it. */
async function splitsOf(date: BusinessDate): Promise<Split[]> {
  const notices = (await Promise.all(DAYS.filter((day) => day <= date).map(noticesOf))).flat();
  return notices
    .filter(({ TZLB, RQ1 }) => TZLB === 'H10' && parseCompactDate(RQ1) <= date)
    .map((notice) => ({
      oldCode: notice.ZQDM,
      newCode: notice.FZDM1,
      from: parseCompactDate(notice.RQ1),
      newShares: BigInt(notice.SL1),
      oldShares: BigInt(notice.SL2),
    }));
}

async function riskRatesOf(date: BusinessDate) {
  const rates = csvOf('risk_rates.csv').map((row) => ({
    code: row.code ?? '',
    rateE12: parseRate(row.rate ?? ''),
    from: parseBusinessDate(row.from ?? ''),
  }));
  // The temporary code of a split keeps the rate of the old one.
  const splits = await splitsOf(date);
  return rates.flatMap((rate) => [
    rate,
    ...splits.filter(({ oldCode }) => oldCode === rate.code).map(({ newCode }) => ({ ...rate, code: newCode })),
  ]);
}

/** What the database will sum: unsettled trades by account and security, then by security. */
async function unsettledOf(date: BusinessDate, side: Side): Promise<UnsettledSecurity[]> {
  const splits = await splitsOf(date);
  const closes = new Map(
    (await rowsOf(date, `hkexclpr04_${compact(date)}.txt`, hkexclpr04)).map(({ code, close }) => [code, close]),
  );
  const settled = new Map(
    (await rowsOf(date, `hk_zqye${compact(date)}.dbf`, hkZqye)).map(({ ZQZH, ZQDM, YE }) => [`${ZQZH} ${ZQDM}`, YE]),
  );
  const trades = (await Promise.all(DAYS.filter((day) => day <= date).map(detailsOf)))
    .flat()
    .filter((row) => row.YWLX === 'H01' && parseCompactDate(row.JSRQ) > date && sideOf.get(row.ZQZH) === side);

  const netByAccount = new Map<string, bigint>();
  const considerationByCode = new Map<string, bigint>();
  for (const row of trades) {
    const split = splits.find(({ oldCode, from }) => oldCode === row.ZQDM1 && parseCompactDate(row.JYRQ) < from);
    const code = split?.newCode ?? row.ZQDM1;
    const quantity = split === undefined ? row.SL : convertedShares(row.SL, split).shares;
    const sign = row.MMBZ === 'B' ? 1n : -1n;
    const key = `${row.ZQZH} ${code}`;
    netByAccount.set(key, (netByAccount.get(key) ?? 0n) + sign * quantity);
    considerationByCode.set(code, (considerationByCode.get(code) ?? 0n) + sign * row.WBJE);
  }
  return [...considerationByCode].map(([code, netConsiderationCents]) => {
    const nets = [...netByAccount].filter(([key]) => key.endsWith(` ${code}`));
    const sum = (quantities: bigint[]) => quantities.reduce((total, quantity) => total + quantity, 0n);
    const closeE4 = closes.get(code);
    if (closeE4 === undefined) throw new Error(`no close of ${code} on ${date}`);
    return {
      code,
      closeE4,
      netConsiderationCents,
      netQuantity: sum(nets.map(([, net]) => net)),
      longQuantity: sum(nets.map(([, net]) => (net > 0n ? net : 0n))),
      shortQuantity: sum(nets.map(([, net]) => (net < 0n ? -net : 0n))),
      heldByNetSellers: sum(nets.map(([key, net]) => (net < 0n ? (settled.get(key) ?? 0n) : 0n))),
    };
  });
}
