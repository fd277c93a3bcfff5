/** Keeps the rest of a spoiled day in agreement with the spoiled row, so that a test plants one fault and not several. */
import type { DbfRow, FaultyDay } from './faulty-day';

const number = (row: DbfRow | undefined, field: string): bigint => {
  const value = row?.[field];
  if (typeof value !== 'bigint') throw new Error(`${field} is no number`);
  return value;
};

/** Adds to a number field of a row. */
export function add(row: DbfRow, field: string, amount: bigint): void {
  row[field] = number(row, field) + amount;
}

const halfAwayFromZero = (numerator: bigint, denominator: bigint): bigint => {
  const magnitude = ((numerator < 0n ? -numerator : numerator) * 2n + denominator) / (denominator * 2n);
  return numerator < 0n ? -magnitude : magnitude;
};

/** CNY of a row from its foreign amount and its ratio. */
export const asCny = (cents: bigint, ratio: string): bigint =>
  halfAwayFromZero(cents * BigInt(ratio.replace('.', '')), 100_000n);

/** Consideration, net and CNY of a trade row follow from quantity, price, fees and ratio. */
export function followTrade(row: DbfRow): void {
  const fees = ['YHS', 'JYZF', 'JYF', 'SYF', 'JSF', 'QTJE'].reduce((sum, field) => sum + number(row, field), 0n);
  row['WBJE'] = halfAwayFromZero(number(row, 'SL') * number(row, 'JG1'), 100n);
  row['WBYSF'] = row['MMBZ'] === 'B' ? -(row['WBJE'] + fees) : row['WBJE'] - fees;
  row['YSFJE'] = asCny(row['WBYSF'], String(row['WBHL']));
}

const BUSINESS: Readonly<Record<string, string>> = { H01: 'JY', H60: 'ZF', H54: 'GX', H63: 'GX' };

/** hk_zjhz follows from hk_jsmx: its Q rows, the J rows of fee and corporate actions that settle tomorrow, and their totals. */
export function followSummary(day: FaultyDay): void {
  const details = day.rows('hk_jsmx');
  const summary = day.rows('hk_zjhz');
  const sum = (rows: readonly DbfRow[], field: string, keep: (value: bigint) => boolean) =>
    rows.map((row) => number(row, field)).reduce((total, value) => (keep(value) ? total + value : total), 0n);
  for (const row of summary.filter(({ HZLB, YWLB }) => HZLB === 'Q' && ['JY', 'ZF', 'GX'].includes(String(YWLB)))) {
    const own = details.filter(
      (line) =>
        line['ZJZH'] === row['ZJZH'] && BUSINESS[String(line['YWLX'])] === row['YWLB'] && line['JSRQ'] === row['JSRQ'],
    );
    row['BS'] = BigInt(own.length);
    row['YSJE'] = sum(own, 'YSFJE', (value) => value > 0n);
    row['YFJE'] = sum(own, 'YSFJE', (value) => value < 0n);
    row['JSJE'] = row['YSJE'] + row['YFJE'];
  }
  const settling = summary.filter(({ HZLB }) => HZLB === 'J');
  for (const row of settling.filter(({ YWLB }) => YWLB === 'ZF' || YWLB === 'GX')) {
    const cleared = summary.find(
      ({ HZLB, YWLB, ZJZH, JSRQ }) =>
        HZLB === 'Q' && YWLB === row['YWLB'] && ZJZH === row['ZJZH'] && JSRQ === row['JSRQ'],
    );
    for (const field of ['YSJE', 'YFJE', 'JSJE']) row[field] = number(cleared, field);
  }
  for (const total of settling.filter(({ YWLB }) => YWLB === 'HJ')) {
    const own = settling.filter(
      ({ YWLB, ZJZH, PCH }) => YWLB !== 'HJ' && ZJZH === total['ZJZH'] && PCH === total['PCH'],
    );
    for (const field of ['YSJE', 'YFJE', 'JSJE']) total[field] = sum(own, field, () => true);
  }
}

/** A balance of hk_zqye moves with a movement of hk_zqbd. */
export function moveShares(day: FaultyDay, movement: DbfRow, shares: bigint): void {
  add(movement, 'BDSL', shares);
  const balance = day.rows('hk_zqye').find(({ ZQZH, ZQDM }) => ZQZH === movement['ZQZH'] && ZQDM === movement['ZQDM']);
  if (balance === undefined) throw new Error('no balance follows this movement');
  add(balance, 'YE', shares);
}

/** Adds to money text with two decimals. */
export function addMoney(text: string, fen: bigint): string {
  const sum = BigInt(text.replace('.', '')) + fen;
  const digits = (sum < 0n ? -sum : sum).toString().padStart(3, '0');
  return `${sum < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
