/** The broker's own files of one day of the market, and the times at which the others' files arrive. */
import path from 'node:path';
import { compactDate } from '../../domain/calendar/business-date';
import type { Side } from '../../domain/channel';
import { orderNumber, tradeNumber, type WrittenDay } from './clearing-house';
import { decimalPrice, moneyText, writeLines } from './lines';
import { ACCOUNTS } from './money';

const DEPOSITS_AT = '091000';

/** Balance of each bank account on the evening before. */
export type BankBalances = Readonly<Record<Side, bigint>>;

/** @returns balance of each bank account on the evening of the day */
export async function writeOwnFiles(written: WrittenDay, bank: BankBalances): Promise<BankBalances> {
  const { day, folder } = written;
  const date = compactDate(day.date);
  const file = (name: string) => path.join(folder, name);
  await writeLines(file(`counter_trades_${date}.csv`), counterTrades(written));
  const deposits = depositsOf(written);
  await writeLines(file(`counter_cash_${date}.csv`), [
    'fund_account,time,amount',
    ...deposits.map(({ fundAccount, fen }) => [fundAccount, DEPOSITS_AT, moneyText(fen)].join(',')),
  ]);
  await writeLines(file(`elections_${date}.csv`), ['filing_no,business,securities_account,code,event,quantity,time']);
  const client = statementOf(written, 'client', bank.client, deposits);
  const own = statementOf(written, 'proprietary', bank.proprietary, []);
  await writeLines(file(`bank_client_${date}.csv`), client.lines);
  await writeLines(file(`bank_own_${date}.csv`), own.lines);
  await writeLines(file('arrivals.csv'), arrivals(written));
  return { client: client.closingFen, proprietary: own.closingFen };
}

function* counterTrades({ market, rules, day }: WrittenDay): Generator<string> {
  const date = compactDate(day.date);
  yield 'fund_account,securities_account,code,side,quantity,price,order_no,trade_no,time,frozen_cny';
  for (let place = 0; place < day.trades; place += 1) {
    const trade = market.trade(day.index, place);
    const { fundAccount, securitiesAccount } = market.account(trade.account);
    yield [
      fundAccount,
      securitiesAccount,
      market.security(trade.security).code,
      trade.isBuy ? 'B' : 'S',
      trade.quantity,
      decimalPrice(trade.priceE4),
      orderNumber(trade.number),
      tradeNumber(date, trade.number),
      trade.time,
      moneyText(rules.priced(day.index, trade).frozenFen),
    ].join(',');
  }
}

interface Deposit {
  readonly fundAccount: string;
  readonly fen: bigint;
}

function depositsOf({ market, day }: WrittenDay): Deposit[] {
  const found: Deposit[] = [];
  for (let index = 0; index < market.spec.clients; index += 1) {
    const fen = market.depositFen(day.index, index);
    if (fen > 0n) found.push({ fundAccount: market.account(index).fundAccount, fen });
  }
  return found;
}

/** Opening balance, the clients' deposits at ten past nine, then the transfer with the reserve account. */
function statementOf({ day, money }: WrittenDay, side: Side, openingFen: bigint, deposits: readonly Deposit[]) {
  const { bank, reserve } = ACCOUNTS[side];
  let balanceFen = openingFen;
  let running = 0;
  const line = (time: string, text: string, fen: bigint, counterparty: string) => {
    balanceFen += fen;
    running += 1;
    const reference = `${side === 'client' ? 'C' : 'O'}${compactDate(day.date)}${String(running).padStart(6, '0')}`;
    const [debit, credit] = fen < 0n ? [moneyText(-fen), ''] : ['', moneyText(fen)];
    return [bank, day.date, time, reference, text, debit, credit, moneyText(balanceFen), counterparty].join(',');
  };
  const lines = [
    'account,date,time,reference,text,debit,credit,balance,counterparty',
    [bank, day.date, '000000', '', '期初余额', '', '', moneyText(openingFen), ''].join(','),
    ...deposits.map(({ fen }) => line(DEPOSITS_AT, '银证转账转入', fen, '')),
    ...money.transfers
      .filter((transfer) => transfer.side === side && transfer.fen !== 0n)
      .map(({ fen, time }) => line(time, fen > 0n ? '划入备付金' : '备付金划回', -fen, reserve)),
  ];
  return { lines, closingFen: balanceFen };
}

function arrivals({ day }: WrittenDay): string[] {
  const date = compactDate(day.date);
  const times: readonly [string, string][] = [
    ['HK_YWHB.dbf', '18:30:00'],
    [`hk_ckhl${date}.dbf`, '08:31:10'],
    [`hk_jsmx${date}.dbf`, '18:42:31'],
    [`hk_tzxx${date}.dbf`, '18:40:05'],
    [`hk_zjbd${date}_1.dbf`, '10:36:20'],
    [`hk_zjbd${date}_2.dbf`, '18:21:44'],
    [`hk_zjhz${date}.dbf`, '18:43:00'],
    [`hk_zjye${date}.dbf`, '18:22:02'],
    [`hk_zqbd${date}.dbf`, '18:44:15'],
    [`hk_zqye${date}.dbf`, '18:45:40'],
    [`hkexclpr04_${date}.txt`, '16:40:00'],
    [`reff04${date.slice(4)}.txt`, '08:20:00'],
  ];
  return ['file,arrived_at,version', ...times.map(([name, time]) => `${name},${day.date} ${time},1`)];
}
