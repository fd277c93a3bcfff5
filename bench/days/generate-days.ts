/**
 * Writes a folder of clearing days of an invented market, in the layout of samples/days-a: any number of trades and
 * accounts, always the same for the same seed. The days agree with themselves: every check of the product passes.
 * Rows are told one after the other and written at once, so memory does not grow with them.
 */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { PARTICIPANT, writeClearingHouseFiles } from './clearing-house';
import { writeExchangeFiles } from './exchange';
import { decimalPrice, moneyText, writeLines } from './lines';
import { OPENING_EVENING, OPENING_RATIOS, openMarket, SECURITIES, type Market, type MarketSpec } from './market';
import { ACCOUNTS, CUSHION_FEN, moneyOfDays, OPENING_RESERVE_FEN, openingBankFen, SIDES } from './money';
import { writeOwnFiles, type BankBalances } from './own-files';
import { PORTFOLIO_FEE_MINIMUM_FEN, rulesOf } from './rules';
import { scaledText } from '../../domain/scaled';
import { writeFile } from 'node:fs/promises';

/** What was there in the folder is replaced. */
export async function generateDays(spec: MarketSpec, folder: string): Promise<Market> {
  const market = openMarket(spec);
  const rules = rulesOf(market);
  rmSync(folder, { recursive: true, force: true });
  await writeStatic(market, path.join(folder, 'static'));
  const money = moneyOfDays(market, rules);
  let bank: BankBalances = openingBankFen(market);
  for (const day of market.days) {
    const dayFolder = path.join(folder, day.date);
    mkdirSync(dayFolder, { recursive: true });
    const written = { market, rules, day, money: money[day.index]!, folder: dayFolder };
    await writeClearingHouseFiles(written);
    await writeExchangeFiles(written);
    bank = await writeOwnFiles(written, bank);
  }
  return market;
}

async function writeStatic(market: Market, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const file = (name: string) => path.join(folder, name);
  await writeFile(file('params.json'), `${JSON.stringify(parametersOf(market), null, 1)}\n`);
  await writeLines(file('opening_accounts.csv'), openingAccounts(market));
  await writeLines(file('clients.csv'), clientLines(market));
  await writeLines(file('opening_cash.csv'), cashLines(market));
  await writeLines(file('opening_holdings.csv'), holdingLines(market));
  const codes = Array.from({ length: SECURITIES }, (_, index) => index);
  await writeLines(file('securities.csv'), [
    'code,name,lot,currency,previous_close',
    ...codes.map((index) => {
      const { code, lot } = market.security(index);
      return [code, `测试港股${code}`, lot, 'HKD', decimalPrice(market.closeE4(-1, index))].join(',');
    }),
  ]);
  await writeLines(file('risk_rates.csv'), [
    'code,tier,rate,from',
    ...codes.map((index) => {
      const { code, tier, marginRate } = market.security(index);
      return [code, tier, marginRate, '2022-06-13'].join(',');
    }),
  ]);
}

const parametersOf = (market: Market) => ({
  participant: PARTICIPANT,
  market: '05',
  firstDay: market.days[0]?.date,
  days: market.days.map(({ date }) => date),
  previousTradingDay: OPENING_EVENING,
  previousSettlementRatio: {
    buy: scaledText(OPENING_RATIOS.buyRatioE5, 5),
    sell: scaledText(OPENING_RATIOS.sellRatioE5, 5),
  },
  overdraftInterestPerYear: '0.18',
  reserveInterestPerYear: '0.0035',
  interestDayBase: 360,
  penaltyPerDay: '0.001',
  portfolioFeeMinimumCny: moneyText(PORTFOLIO_FEE_MINIMUM_FEN),
  preFundingOnAddedDays: false,
  fundingLateFrom: '10:00:00',
  commissionUnit: 'trade row',
  ratioField: { B: 'BL1', S: 'BL2', portfolioFee: 'BL1 of the previous trading day' },
  marginModel: 'rpf',
  files: { alarm: ['20:00', '21:00'] },
});

function openingAccounts(market: Market): string[] {
  const bank = openingBankFen(market);
  return [
    'account,kind,side,balance',
    ...SIDES.flatMap((side) => {
      const letter = side === 'client' ? 'C' : 'P';
      const { reserve, riskFund, bank: account } = ACCOUNTS[side];
      return [
        `${reserve},reserve,${letter},${moneyText(OPENING_RESERVE_FEN[side])}`,
        `${riskFund},risk_fund,${letter},0.00`,
        `${account},bank,${letter},${moneyText(bank[side])}`,
      ];
    }),
    `CUSHION,cushion,C,${moneyText(CUSHION_FEN)}`,
  ];
}

function* clientLines(market: Market): Generator<string> {
  yield 'fund_account,securities_account,name,branch,seat,side,kind,commission_rate,commission_min';
  for (let index = 0; index < market.spec.clients; index += 1) {
    const account = market.account(index);
    yield [
      account.fundAccount,
      account.securitiesAccount,
      account.side === 'client' ? `测试客户${index + 1}` : '自营账户测试',
      account.branch,
      account.seat,
      account.side === 'client' ? 'C' : 'P',
      account.side === 'client' ? 'N' : 'I',
      account.commissionRate,
      moneyText(account.commissionMinimumFen),
    ].join(',');
  }
}

function* cashLines(market: Market): Generator<string> {
  yield 'fund_account,balance';
  for (let index = 0; index < market.spec.clients; index += 1) {
    const { fundAccount, openingFen } = market.account(index);
    yield `${fundAccount},${moneyText(openingFen)}`;
  }
}

function* holdingLines(market: Market): Generator<string> {
  yield 'securities_account,code,quantity';
  for (let index = 0; index < market.spec.clients; index += 1) {
    const { securitiesAccount } = market.account(index);
    for (const [security, quantity] of market.openingHoldings(index)) {
      yield `${securitiesAccount},${market.security(security).code},${quantity}`;
    }
  }
}
