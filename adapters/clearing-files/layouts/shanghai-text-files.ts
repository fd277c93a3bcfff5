/**
 * Text files of the Shanghai channel: the exchange's (fields between `|`) and the broker's own (CSV with a header line).
 * All layouts are assumed.
 *
 * Units: prices in HKD x 10^4, money in fen (1/100 CNY), quantities and lots in shares.
 */
import { number, text, textLayout, type Arrival } from './layout';
import { LAST_MOMENT } from './shanghai-fields';

const own: readonly Arrival[] = [{ expectedFrom: '18:05:00', awaitedBy: LAST_MOMENT }];

const priceE4 = { decimals: 4, fewestDecimals: 0 };
const moneyFen = { decimals: 2 };
const signedMoneyFen = { decimals: 2, signed: true };
const shares = { decimals: 0 };

/** Securities that can be traded today, before the opening. */
export const reff04 = textLayout({
  kind: 'reff04',
  source: 'exchange',
  format: 'bars',
  namePattern: 'reff04{monthDay}{version}.txt',
  keyFields: ['code'],
  arrivals: [{ expectedFrom: '08:00:00', awaitedBy: LAST_MOMENT }],
  columns: [
    text('code', 'Y'),
    text('name', 'Y'),
    number('lot', 'Y', shares),
    text('currency', 'Y'),
    number('previous_close', 'Y', priceE4),
    text('trading', 'Y', { codes: ['Y', 'S'] }),
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
  columns: [text('date', 'Y', { form: 'date' }), text('code', 'Y'), number('close', 'Y', priceE4)],
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
    text('fund_account', 'Y'),
    text('securities_account', 'Y'),
    text('code', 'Y'),
    text('side', 'Y', { codes: ['B', 'S'] }),
    number('quantity', 'Y', shares),
    number('price', 'Y', priceE4),
    text('order_no', 'Y'),
    text('trade_no', 'Y'),
    text('time', 'Y', { form: 'time' }),
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
  columns: [text('fund_account', 'Y'), text('time', 'Y', { form: 'time' }), number('amount', 'Y', signedMoneyFen)],
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
    text('filing_no', 'Y'),
    text('business', 'Y', { codes: ['H62', 'H63', 'H64', 'H65', 'H66'] }),
    text('securities_account', 'Y'),
    text('code', 'Y'),
    text('event', 'Y'),
    number('quantity', 'Y', { decimals: 0, signed: true }),
    text('time', 'Y', { form: 'time' }),
  ],
});

const statementColumns = [
  text('account', 'Y'),
  text('date', 'Y', { form: 'isoDate' }),
  text('time', 'Y', { form: 'time' }),
  text('reference', 'N'),
  text('text', 'N'),
  number('debit', 'N', moneyFen),
  number('credit', 'N', moneyFen),
  number('balance', 'Y', signedMoneyFen),
  text('counterparty', 'N'),
] as const;

/** Statement of the client deposit account; the first line is the opening balance. */
export const bankClient = textLayout({
  kind: 'bank_client',
  source: 'broker',
  format: 'csv',
  namePattern: 'bank_client_{date}{version}.csv',
  keyFields: [],
  dateField: 'date',
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
  arrivals: own,
  columns: statementColumns,
});

export const shanghaiExchangeLayouts = [reff04, hkexclpr04] as const;
export const shanghaiOwnLayouts = [counterTrades, counterCash, elections, bankClient, bankOwn] as const;
