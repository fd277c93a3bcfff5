/** The clearing house's files for one day of the market, written row by row. */
import path from 'node:path';
import { compactDate } from '../../domain/calendar/business-date';
import { scaledText } from '../../domain/scaled';
import { writeDbf, type WritableRow } from '../../adapters/clearing-files/dbf-writer';
import {
  hkCkhl,
  hkJsmx,
  hkTzxx,
  hkYwhb,
  hkZjbd,
  hkZjhz,
  hkZjye,
  hkZqbd,
  hkZqye,
} from '../../adapters/clearing-files/layouts/shanghai';
import type { Account, Market, MarketDay } from './market';
import { ACCOUNTS, netsOf, SIDES, type DayMoney, type Settling } from './money';
import type { Rules } from './rules';

export const PARTICIPANT = '900001';
const MARKET = '05';
const ratioText = (ratioE5: bigint) => scaledText(ratioE5, 5);

export interface WrittenDay {
  readonly market: Market;
  readonly rules: Rules;
  readonly day: MarketDay;
  readonly money: DayMoney;
  readonly folder: string;
}

export async function writeClearingHouseFiles(written: WrittenDay): Promise<void> {
  const { day, money, folder } = written;
  const date = compactDate(day.date);
  const { cleared } = money;
  const of = (recordCount: number) => ({ recordCount, date: day.date });
  const file = (name: string) => path.join(folder, name);
  const feeRows = cleared.fees.client.rows + cleared.fees.proprietary.rows;

  await writeDbf(file(`hk_jsmx${date}.dbf`), hkJsmx, details(written), of(day.trades + feeRows));
  await writeDbf(file(`hk_zqbd${date}.dbf`), hkZqbd, movements(written), of(cleared.movements));
  await writeDbf(file(`hk_zqye${date}.dbf`), hkZqye, balances(written), of(cleared.balances));
  await writeDbf(file(`hk_tzxx${date}.dbf`), hkTzxx, [ratioNotice(day)], of(1));
  await writeDbf(file(`hk_ckhl${date}.dbf`), hkCkhl, [referenceRate(day)], of(1));
  await writeDbf(file('HK_YWHB.dbf'), hkYwhb, [], of(0));
  const summaries = [...clearedRows(day, money), ...settlingRows(day, money)];
  await writeDbf(file(`hk_zjhz${date}.dbf`), hkZjhz, summaries, of(summaries.length));
  for (const part of ['1', '2'] as const) {
    const rows = accountMovements(day, money, part);
    await writeDbf(file(`hk_zjbd${date}_${part}.dbf`), hkZjbd, rows, of(rows.length));
  }
  const closing = accountBalances(day, money);
  await writeDbf(file(`hk_zjye${date}.dbf`), hkZjye, closing, of(closing.length));
}

function* details(written: WrittenDay): Generator<WritableRow<typeof hkJsmx>> {
  yield* tradeRows(written);
  yield* feeRows(written);
}

const lineOf = (account: Account, date: string) => ({
  SCDM: MARKET,
  JSBH: PARTICIPANT,
  ZJZH: ACCOUNTS[account.side].reserve,
  JYRQ: date,
  QSRQ: date,
  XWH1: account.seat,
  ZQZH: account.securitiesAccount,
  ZQDM2: '',
  BZ: 'HKD',
  FJSM: '',
});

/** Numbers of orders and trades, as the counter knows them too. */
export const orderNumber = (number: number): string => `Q${String(number).padStart(15, '0')}`;
export const tradeNumber = (date: string, number: number): string => `${date}${String(number).padStart(8, '0')}`;

function* tradeRows({ market, rules, day }: WrittenDay): Generator<WritableRow<typeof hkJsmx>> {
  const [date, settles] = [compactDate(day.date), compactDate(day.tradesSettle)];
  for (let place = 0; place < day.trades; place += 1) {
    const trade = market.trade(day.index, place);
    const { considerationCents, fees, ratioE5, netCents, netFen } = rules.priced(day.index, trade);
    yield {
      ...lineOf(market.account(trade.account), date),
      YWLX: 'H01',
      QSBZ: 'H01',
      BDLX: '001',
      JSRQ: settles,
      ZQDM1: market.security(trade.security).code,
      MMBZ: trade.isBuy ? 'B' : 'S',
      SQBH: orderNumber(trade.number),
      CJBH: tradeNumber(date, trade.number),
      CJSJ: trade.time,
      SL: BigInt(trade.quantity),
      CJSL: BigInt(trade.quantity),
      JG1: BigInt(trade.priceE4),
      WBJE: considerationCents,
      WBHL: ratioText(ratioE5),
      YHS: fees.stampDutyCents,
      JYZF: fees.sfcLevyCents,
      JYF: fees.tradingFeeCents,
      SYF: fees.systemFeeCents,
      JSF: fees.settlementFeeCents,
      QTJE: fees.afrcLevyCents,
      WBYSF: netCents,
      YSFJE: netFen,
    };
  }
}

function* feeRows({ market, rules, day }: WrittenDay): Generator<WritableRow<typeof hkJsmx>> {
  const [date, settles] = [compactDate(day.date), compactDate(day.feeSettles)];
  const none = { YHS: 0n, JYZF: 0n, JYF: 0n, SYF: 0n, JSF: 0n, QTJE: 0n };
  let running = 0;
  for (let index = 0; index < market.spec.clients; index += 1) {
    const fee = rules.feeOf(day.index, index);
    if (fee === null) continue;
    running += 1;
    yield {
      ...lineOf(market.account(index), date),
      ...none,
      YWLX: 'H60',
      QSBZ: 'H60',
      BDLX: '002',
      JSRQ: settles,
      ZQDM1: '',
      MMBZ: '',
      SQBH: '',
      CJBH: `${date}F${String(running).padStart(7, '0')}`,
      CJSJ: '',
      SL: BigInt(fee.calendarDays),
      CJSL: 0n,
      JG1: 0n,
      WBJE: fee.valueCents,
      WBHL: ratioText(fee.ratioE5),
      WBYSF: -fee.feeCents,
      YSFJE: -fee.feeFen,
    };
  }
}

function* movements({ market, day }: WrittenDay): Generator<WritableRow<typeof hkZqbd>> {
  const settled = market.days.find(({ tradesSettle }) => tradesSettle === day.date);
  if (settled === undefined) return;
  for (let index = 0; index < market.spec.clients; index += 1) {
    const account = market.account(index);
    for (const [security, net] of netsOf(market, settled.index, index)) {
      yield {
        SCDM: MARKET,
        JSBH: PARTICIPANT,
        BDLX: '001',
        YWLX: 'H01',
        ZQZH: account.securitiesAccount,
        ZQDM: market.security(security).code,
        ZQLB: 'PT',
        LTLX: '0',
        QYLB: '',
        JYRQ: compactDate(settled.date),
        FSRQ: compactDate(day.date),
        XWH: account.seat,
        BDSL: BigInt(net),
        KYRQ: compactDate(day.date),
        GXDM: '',
        FJSM: '',
      };
    }
  }
}

function* balances({ market, day }: WrittenDay): Generator<WritableRow<typeof hkZqye>> {
  for (let index = 0; index < market.spec.clients; index += 1) {
    const account = market.account(index);
    for (const [security, quantity] of market.holdings(day.index, index)) {
      yield {
        SCDM: MARKET,
        JSBH: PARTICIPANT,
        ZQZH: account.securitiesAccount,
        ZQDM: market.security(security).code,
        ZQLB: 'PT',
        LTLX: '0',
        QYLB: '',
        JZRQ: compactDate(day.date),
        XWH: account.seat,
        YE: BigInt(quantity),
        DJSL: 0n,
      };
    }
  }
}

/** H05, the notice of every trading day; all other fields of the layout stay empty. */
function ratioNotice(day: MarketDay): WritableRow<typeof hkTzxx> {
  const empty = Object.fromEntries(hkTzxx.fields.map(({ name }) => [name, '']));
  const date = compactDate(day.date);
  return {
    ...(empty as WritableRow<typeof hkTzxx>),
    SCDM: MARKET,
    QSBH: PARTICIPANT,
    TZLB: 'H05',
    TZRQ: date,
    RQ1: date,
    BL1: ratioText(day.buyRatioE5),
    BL2: ratioText(day.sellRatioE5),
    BZ: 'HKD',
  };
}

const referenceRate = (day: MarketDay): WritableRow<typeof hkCkhl> => ({
  SCDM: MARKET,
  RQ: compactDate(day.date),
  BZ: 'HKD',
  HL1: ratioText(day.referenceBuyE5),
  HL2: ratioText(day.referenceSellE5),
  SXSJ: '083000',
});

type Summary = WritableRow<typeof hkZjhz>;

/** Q rows: what was cleared today. */
function clearedRows(day: MarketDay, { cleared }: DayMoney): Summary[] {
  const date = compactDate(day.date);
  const row = (account: string, business: string, batch: string, settles: string, sums: Summed): Summary => ({
    ...summary(account, day, settles, sums),
    HZLB: 'Q',
    YWLB: business,
    PCH: batch,
    JYRQ: date,
  });
  return SIDES.flatMap((side) => {
    const { reserve } = ACCOUNTS[side];
    const { markToMarketFen, marginFen } = cleared.risk[side];
    return [
      row(reserve, 'JY', '0', day.tradesSettle, cleared.trades[side]),
      row(reserve, 'ZF', '2', day.feeSettles, cleared.fees[side]),
      row(reserve, 'FKCE', '1', day.riskSettles, { rows: 0, receivableFen: 0n, payableFen: -markToMarketFen }),
      row(reserve, 'FKAJ', '1', day.riskSettles, { rows: 0, receivableFen: 0n, payableFen: -marginFen }),
    ].filter(({ YSJE, YFJE }) => YSJE !== 0n || YFJE !== 0n);
  });
}

/** J rows: what settles on the next business day, with a total a batch. */
function settlingRows(day: MarketDay, { settling, settlesOn }: DayMoney): Summary[] {
  return SIDES.flatMap((side) =>
    (['1', '2'] as const).flatMap((batch) => {
      const rows = settling[side].filter((row) => row.batch === batch);
      const { reserve } = ACCOUNTS[side];
      const row = (business: string, sums: Summed): Summary => ({
        ...summary(reserve, day, settlesOn, sums),
        HZLB: 'J',
        YWLB: business,
        PCH: batch,
        JYRQ: '',
      });
      if (rows.length === 0) return [];
      return [...rows.map((one) => row(one.business, summed([one]))), row('HJ', summed(rows))];
    }),
  );
}

interface Summed {
  readonly rows: number;
  readonly receivableFen: bigint;
  readonly payableFen: bigint;
}

const summed = (rows: readonly Settling[]): Summed => ({
  rows: 0,
  receivableFen: rows.reduce((sum, { fen }) => (fen > 0n ? sum + fen : sum), 0n),
  payableFen: rows.reduce((sum, { fen }) => (fen < 0n ? sum + fen : sum), 0n),
});

const summary = (account: string, day: MarketDay, settles: string, { rows, receivableFen, payableFen }: Summed) => ({
  SCDM: MARKET,
  JSBH: PARTICIPANT,
  ZJZH: account,
  QSRQ: compactDate(day.date),
  JSRQ: settles.replaceAll('-', ''),
  BS: BigInt(rows),
  YSJE: receivableFen,
  YFJE: payableFen,
  JSJE: receivableFen + payableFen,
});

function accountMovements(day: MarketDay, { accounts }: DayMoney, part: '1' | '2'): WritableRow<typeof hkZjbd>[] {
  return accounts
    .flatMap(({ movements: all }) => all.filter((movement) => movement.part === part))
    .map((movement) => ({
      SCDM: MARKET,
      JSBH: PARTICIPANT,
      ZJZH: movement.account,
      FSRQ: compactDate(day.date),
      PCH: part,
      XH: BigInt(movement.number),
      YWLB: movement.business,
      FSJE: movement.fen,
      YE: movement.balanceFen,
      FSSJ: movement.time,
      DFZH: movement.counterAccount,
      ZY: '',
    }));
}

function accountBalances(day: MarketDay, { accounts }: DayMoney): WritableRow<typeof hkZjye>[] {
  return accounts.map(({ account, isReserve, openingFen, closingFen, movements: all }) => ({
    SCDM: MARKET,
    JSBH: PARTICIPANT,
    ZJZH: account,
    ZHLB: isReserve ? '1' : '2',
    JZRQ: compactDate(day.date),
    QCYE: openingFen,
    SRJE: all.reduce((sum, { fen }) => (fen > 0n ? sum + fen : sum), 0n),
    ZCJE: all.reduce((sum, { fen }) => (fen < 0n ? sum + fen : sum), 0n),
    YE: closingFen,
    QKJE1: 0n,
    QKJE2: 0n,
  }));
}
