/** Where the fields of each kind of file go: the table of its lines and the column of each field. */
import type { ColumnType, CopiedColumn } from '../bulk/copy-into';

/** A row as the readers give it. Numbers are scaled bigint, an empty number of a text file is null. */
export type FileRow = Readonly<Record<string, bigint | string | number | null>>;

/** Row with what the receiving verb adds. */
export interface ReceivedRow {
  readonly row: FileRow;
  readonly commissionFen: bigint;
}

export interface FileTable {
  readonly table: string;
  readonly columns: readonly CopiedColumn<ReceivedRow>[];
  /** Columns of the key of a live row, in the order of the layout's key fields; empty where rows have none. */
  readonly key: readonly string[];
}

const isoDates = new Map<string, string>();
/** A file names a handful of dates a million times. */
function isoDate(compact: string): string {
  let iso = isoDates.get(compact);
  if (iso === undefined) {
    iso = `${compact.slice(0, 4)}-${compact.slice(4, 6)}-${compact.slice(6, 8)}`;
    if (isoDates.size > 1000) isoDates.clear();
    isoDates.set(compact, iso);
  }
  return iso;
}

const text = (name: string, field: string) => column(name, 'text', (row) => row[field] ?? '');
const int8 = (name: string, field: string) => column(name, 'int8', (row) => row[field] ?? 0n);
const date = (name: string, field: string) =>
  column(name, 'date', (row) => {
    const value = row[field];
    return typeof value === 'string' && value !== '' ? isoDate(value) : null;
  });
/** A ratio is text with five decimals. */
const ratioE5 = (name: string, field: string) => column(name, 'int8', (row) => scaledE5(String(row[field] ?? '0')));
const numeric = (name: string, field: string) =>
  column(name, 'numeric', (row) => {
    const value = row[field];
    return value === '' || value === undefined || value === null ? null : value;
  });

function column(
  name: string,
  type: ColumnType,
  of: (row: FileRow) => bigint | number | string | null,
): CopiedColumn<ReceivedRow> {
  return { name, type, of: ({ row }) => of(row) };
}

const scaledTexts = new Map<string, bigint>();
/** Every row of a day names one of two ratios. */
function scaledE5(value: string): bigint {
  let scaled = scaledTexts.get(value);
  if (scaled === undefined) {
    const [whole = '0', fraction = ''] = value.split('.');
    scaled = BigInt(whole + fraction.padEnd(5, '0').slice(0, 5));
    if (scaledTexts.size > 1000) scaledTexts.clear();
    scaledTexts.set(value, scaled);
  }
  return scaled;
}

const bankStatement: FileTable = {
  table: 'bank_lines',
  key: [],
  columns: [
    text('account', 'account'),
    text('at_time', 'time'),
    text('reference', 'reference'),
    text('description', 'text'),
    int8('debit_fen', 'debit'),
    int8('credit_fen', 'credit'),
    int8('balance_fen', 'balance'),
    text('counterparty', 'counterparty'),
  ],
};

export const fileTables: Readonly<Record<string, FileTable>> = {
  hk_jsmx: {
    table: 'clearing_lines',
    key: ['trade_no'],
    columns: [
      text('business', 'YWLX'),
      text('clearing_mark', 'QSBZ'),
      text('reserve_account', 'ZJZH'),
      date('trade_date', 'JYRQ'),
      date('settle_date', 'JSRQ'),
      text('seat', 'XWH1'),
      text('securities_account', 'ZQZH'),
      text('code', 'ZQDM1'),
      text('buy_sell', 'MMBZ'),
      text('order_no', 'SQBH'),
      text('trade_no', 'CJBH'),
      int8('quantity', 'SL'),
      int8('price_e4', 'JG1'),
      text('currency', 'BZ'),
      int8('consideration_cents', 'WBJE'),
      ratioE5('ratio_e5', 'WBHL'),
      int8('stamp_duty_cents', 'YHS'),
      int8('sfc_levy_cents', 'JYZF'),
      int8('trading_fee_cents', 'JYF'),
      int8('system_fee_cents', 'SYF'),
      int8('settlement_fee_cents', 'JSF'),
      int8('other_cents', 'QTJE'),
      int8('net_cents', 'WBYSF'),
      int8('net_fen', 'YSFJE'),
      { name: 'commission_fen', type: 'int8', of: ({ commissionFen }) => commissionFen },
    ],
  },
  hk_zqbd: {
    table: 'security_movements',
    key: ['securities_account', 'code', 'business', 'trade_date'],
    columns: [
      text('movement', 'BDLX'),
      text('business', 'YWLX'),
      text('securities_account', 'ZQZH'),
      text('code', 'ZQDM'),
      text('security_class', 'ZQLB'),
      text('circulation', 'LTLX'),
      text('entitlement_class', 'QYLB'),
      date('trade_date', 'JYRQ'),
      int8('quantity', 'BDSL'),
      date('sellable_from', 'KYRQ'),
      text('event_code', 'GXDM'),
    ],
  },
  hk_zqye: {
    table: 'security_balances',
    key: ['securities_account', 'code', 'entitlement_class', 'circulation'],
    columns: [
      text('securities_account', 'ZQZH'),
      text('code', 'ZQDM'),
      text('security_class', 'ZQLB'),
      text('circulation', 'LTLX'),
      text('entitlement_class', 'QYLB'),
      int8('quantity', 'YE'),
      int8('locked', 'DJSL'),
    ],
  },
  hk_tzxx: {
    table: 'notices',
    key: ['kind', 'code', 'event_code', 'second_code', 'mark_2'],
    columns: [
      text('kind', 'TZLB'),
      text('code', 'ZQDM'),
      text('entitlement_class', 'QYLB'),
      date('date_1', 'RQ1'),
      date('date_2', 'RQ2'),
      date('date_3', 'RQ3'),
      numeric('price_1', 'JG1'),
      numeric('price_2', 'JG2'),
      numeric('ratio_1', 'BL1'),
      numeric('ratio_2', 'BL2'),
      numeric('quantity_1', 'SL1'),
      numeric('quantity_2', 'SL2'),
      text('mark_1', 'LX1'),
      text('mark_2', 'LX2'),
      text('event_code', 'FZDM1'),
      text('second_code', 'FZDM2'),
      text('reserved', 'BY'),
      text('currency', 'BZ'),
      column('fields', 'text', (row) => JSON.stringify(row)),
    ],
  },
  hk_ckhl: {
    table: 'reference_rates',
    key: ['currency'],
    columns: [text('currency', 'BZ'), ratioE5('buy_e5', 'HL1'), ratioE5('sell_e5', 'HL2')],
  },
  hk_zjhz: {
    table: 'money_summaries',
    key: ['reserve_account', 'category', 'business', 'batch', 'settle_date'],
    columns: [
      text('reserve_account', 'ZJZH'),
      text('category', 'HZLB'),
      text('business', 'YWLB'),
      text('batch', 'PCH'),
      date('settle_date', 'JSRQ'),
      int8('line_count', 'BS'),
      int8('receivable_fen', 'YSJE'),
      int8('payable_fen', 'YFJE'),
      int8('net_fen', 'JSJE'),
    ],
  },
  hk_zjbd: {
    table: 'money_movements',
    key: ['account', 'running_no'],
    columns: [
      text('account', 'ZJZH'),
      text('part', 'PCH'),
      int8('running_no', 'XH'),
      text('business', 'YWLB'),
      int8('amount_fen', 'FSJE'),
      int8('balance_fen', 'YE'),
      text('at_time', 'FSSJ'),
      text('counter_account', 'DFZH'),
    ],
  },
  hk_zjye: {
    table: 'money_balances',
    key: ['account'],
    columns: [
      text('account', 'ZJZH'),
      text('account_kind', 'ZHLB'),
      int8('opening_fen', 'QCYE'),
      int8('received_fen', 'SRJE'),
      int8('paid_fen', 'ZCJE'),
      int8('balance_fen', 'YE'),
      int8('short_1030_fen', 'QKJE1'),
      int8('short_1800_fen', 'QKJE2'),
    ],
  },
  HK_YWHB: {
    table: 'filing_replies',
    key: ['filing_no', 'status'],
    columns: [
      text('filing_no', 'SBBH'),
      text('business', 'YWLX'),
      text('filing_kind', 'SBLX'),
      text('securities_account', 'ZQZH'),
      text('code', 'ZQDM'),
      text('event_code', 'GXDM'),
      int8('quantity', 'SL'),
      int8('confirmed', 'QRSL'),
      text('acceptance_no', 'SLBH'),
      text('status', 'ZT'),
      text('result_code', 'JGDM'),
    ],
  },
  reff04: {
    table: 'listed_securities',
    key: ['code'],
    columns: [
      text('code', 'code'),
      text('name', 'name'),
      int8('lot', 'lot'),
      text('currency', 'currency'),
      int8('previous_close_e4', 'previous_close'),
      text('trading_mark', 'trading'),
    ],
  },
  hkexclpr04: { table: 'closing_prices', key: ['code'], columns: [text('code', 'code'), int8('price_e4', 'close')] },
  counter_trades: {
    table: 'counter_trades',
    key: ['trade_no'],
    columns: [
      text('fund_account', 'fund_account'),
      text('securities_account', 'securities_account'),
      text('code', 'code'),
      text('buy_sell', 'side'),
      int8('quantity', 'quantity'),
      int8('price_e4', 'price'),
      text('order_no', 'order_no'),
      text('trade_no', 'trade_no'),
      text('traded_at', 'time'),
      int8('frozen_fen', 'frozen_cny'),
    ],
  },
  counter_cash: {
    table: 'counter_cash',
    key: [],
    columns: [text('fund_account', 'fund_account'), text('at_time', 'time'), int8('amount_fen', 'amount')],
  },
  elections: {
    table: 'filed_elections',
    key: ['filing_no'],
    columns: [
      text('filing_no', 'filing_no'),
      text('business', 'business'),
      text('securities_account', 'securities_account'),
      text('code', 'code'),
      text('event_code', 'event'),
      int8('quantity', 'quantity'),
      text('at_time', 'time'),
    ],
  },
  settlement_notices: {
    table: 'settlement_notices',
    key: ['notice_no'],
    columns: [
      text('notice_no', 'notice_no'),
      text('act', 'act'),
      date('from_date', 'from_date'),
      date('to_date', 'to_date'),
      text('cause', 'cause'),
      text('trade_no', 'trade_no'),
      text('words', 'words'),
    ],
  },
  bank_client: bankStatement,
  bank_own: bankStatement,
};
