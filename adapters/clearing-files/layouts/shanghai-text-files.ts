/**
 * Text files of the Shanghai channel: the exchange's (fields between `|`) and the broker's own (CSV with a header line).
 * All layouts are assumed.
 *
 * Units: prices in HKD x 10^4, money in fen (1/100 CNY), quantities and lots in shares.
 */
import { number, text, textLayout, type Arrival } from './layout';
import {
  amount,
  date,
  isoDate,
  LAST_MOMENT,
  lot,
  priceE4,
  shares,
  time,
  unsignedAmount,
  unsignedShares,
} from './shanghai-fields';

const own: readonly Arrival[] = [{ expectedFrom: '18:05:00', awaitedBy: LAST_MOMENT }];

const price = { decimals: 4, fewestDecimals: 0, range: priceE4 };
const moneyFen = { decimals: 2, range: unsignedAmount };
const signedMoneyFen = { decimals: 2, range: amount };
const quantity = { decimals: 0, range: unsignedShares };

/** Most characters of codes and numbers, and of names and free text. */
const CODE = 10;
const ACCOUNT = 32;
const NUMBER = 40;
const FREE_TEXT = 200;

/** Securities that can be traded today, before the opening. */
export const reff04 = textLayout({
  kind: 'reff04',
  source: 'exchange',
  format: 'bars',
  namePattern: 'reff04{monthDay}{version}.txt',
  keyFields: ['code'],
  arrivals: [{ expectedFrom: '08:00:00', awaitedBy: LAST_MOMENT }],
  columns: [
    text('code', 'Y', CODE),
    text('name', 'Y', FREE_TEXT),
    number('lot', 'Y', { decimals: 0, range: lot }),
    text('currency', 'Y', CODE),
    number('previous_close', 'Y', price),
    text('trading', 'Y', CODE, { codes: ['Y', 'S'] }),
  ],
});

/** Closing prices of the day. */
export const hkexclpr04 = textLayout({
  kind: 'hkexclpr04',
  source: 'exchange',
  format: 'bars',
  namePattern: 'hkexclpr04_{date}{version}.txt',
  keyFields: ['code'],
  dateField: 'date',
  arrivals: [{ expectedFrom: '16:00:00', awaitedBy: LAST_MOMENT }],
  columns: [text('date', 'Y', CODE, date), text('code', 'Y', CODE), number('close', 'Y', price)],
});

/** The counter's record of the day's trades; trade_no is the clearing house's CJBH. */
export const counterTrades = textLayout({
  kind: 'counter_trades',
  source: 'broker',
  format: 'csv',
  namePattern: 'counter_trades_{date}{version}.csv',
  keyFields: ['trade_no'],
  arrivals: own,
  columns: [
    text('fund_account', 'Y', ACCOUNT),
    text('securities_account', 'Y', ACCOUNT),
    text('code', 'Y', CODE),
    text('side', 'Y', CODE, { codes: ['B', 'S'] }),
    number('quantity', 'Y', quantity),
    number('price', 'Y', price),
    text('order_no', 'Y', NUMBER),
    text('trade_no', 'Y', NUMBER),
    text('time', 'Y', CODE, time),
    number('frozen_cny', 'Y', moneyFen),
  ],
});

/** Client deposits (+) and withdrawals (-) of the day. */
export const counterCash = textLayout({
  kind: 'counter_cash',
  source: 'broker',
  format: 'csv',
  namePattern: 'counter_cash_{date}{version}.csv',
  keyFields: [],
  arrivals: own,
  columns: [text('fund_account', 'Y', ACCOUNT), text('time', 'Y', CODE, time), number('amount', 'Y', signedMoneyFen)],
});

/** Elections filed with the clearing house that day. */
export const elections = textLayout({
  kind: 'elections',
  source: 'broker',
  format: 'csv',
  namePattern: 'elections_{date}{version}.csv',
  keyFields: ['filing_no'],
  arrivals: own,
  columns: [
    text('filing_no', 'Y', NUMBER),
    text('business', 'Y', CODE, { codes: ['H62', 'H63', 'H64', 'H65', 'H66'] }),
    text('securities_account', 'Y', ACCOUNT),
    text('code', 'Y', CODE),
    text('event', 'Y', NUMBER),
    number('quantity', 'Y', { decimals: 0, range: shares }),
    text('time', 'Y', CODE, time),
  ],
});

const statementColumns = [
  text('account', 'Y', ACCOUNT),
  text('date', 'Y', CODE, isoDate),
  text('time', 'Y', CODE, time),
  text('reference', 'N', FREE_TEXT),
  text('text', 'N', FREE_TEXT),
  number('debit', 'N', moneyFen),
  number('credit', 'N', moneyFen),
  number('balance', 'Y', signedMoneyFen),
  text('counterparty', 'N', ACCOUNT),
] as const;

/** Statement of the client deposit account; the first line is the opening balance. */
export const bankClient = textLayout({
  kind: 'bank_client',
  source: 'broker',
  format: 'csv',
  namePattern: 'bank_client_{date}{version}.csv',
  keyFields: [],
  dateField: 'date',
  emptyInFirstLine: ['debit', 'credit'],
  arrivals: own,
  columns: statementColumns,
});

/** Statement of the broker's own bank account; the first line is the opening balance. */
export const bankOwn = textLayout({
  kind: 'bank_own',
  source: 'broker',
  format: 'csv',
  namePattern: 'bank_own_{date}{version}.csv',
  keyFields: [],
  dateField: 'date',
  emptyInFirstLine: ['debit', 'credit'],
  arrivals: own,
  columns: statementColumns,
});

const POSTPONE = [{ act: ['POSTPONE', 'WITHDRAW'] }];
const CANCEL = [{ act: ['CANCEL'] }];

/**
 * Notices of the clearing house about settlement, on days that have any: no public page gives them a form. `from_date` is the day that is postponed,
 * or the date of the trade that is cancelled.
 */
export const settlementNotices = textLayout({
  kind: 'settlement_notices',
  source: 'clearing house',
  format: 'csv',
  namePattern: 'settlement_notices_{date}{version}.csv',
  keyFields: ['notice_no'],
  dateField: 'date',
  arrivals: [],
  columns: [
    text('date', 'Y', CODE, date),
    text('notice_no', 'Y', NUMBER),
    text('act', 'Y', CODE, { codes: ['POSTPONE', 'WITHDRAW', 'CANCEL'] }),
    text('from_date', 'Y', CODE, date),
    text('to_date', 'N', CODE, { ...date, requiredWhen: POSTPONE }),
    text('cause', 'N', NUMBER, {
      codes: ['typhoon', 'one-sided holiday', 'half day', 'closure'],
      requiredWhen: [{ act: ['POSTPONE'] }],
    }),
    text('trade_no', 'N', NUMBER, { requiredWhen: CANCEL }),
    text('words', 'Y', FREE_TEXT),
  ],
});

export const shanghaiExchangeLayouts = [reff04, hkexclpr04] as const;
export const shanghaiOwnLayouts = [counterTrades, counterCash, elections, bankClient, bankOwn] as const;
