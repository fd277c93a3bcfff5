/**
 * How many shares a margin account may still buy before a limit of concentration binds.
 *
 * Source    MARGIN, margin page; published limits: facts 8.
 * Ratio     (cash + securities) / (margin debt + value of borrowed securities + interest and fees), before the order. Bands
 *           are half-open and compared exactly, without a division.
 * Room      V held value with live orders, A total assets, L limit, p price. Collateral purchase: n = (L x A - V) / p.
 *           Margin purchase, which grows the account: n = (L x A - V) / (p x (1 - L)). The smaller of single and group, down
 *           to whole lots, never below zero; at the limit is allowed. Equal room names the single limit.
 * No limit  An account without debt, and a limit of 100 %.
 * Units     Money in fen, prices in E4, limits and bands in whole percent.
 */
import type { BusinessDate } from '../calendar/business-date';
import { isInForce, type Dated } from '../dated';
import { BusinessError } from '../errors';

/** The limits of a board in a band of the ratio; a null limit is none, a null end of a band is open. */
export interface ConcentrationLimitRow extends Dated {
  readonly table: string;
  readonly board: string;
  readonly fromPercent: number | null;
  readonly toPercent: number | null;
  readonly singlePercent: number | null;
  readonly groupPercent: number | null;
}

export interface MarginAccount {
  readonly cashFen: bigint;
  readonly securitiesFen: bigint;
  /** Value held of the security, and of its group, live buy orders included. */
  readonly heldSingleFen: bigint;
  readonly heldGroupFen: bigint;
  readonly marginDebtFen: bigint;
  readonly borrowedValueFen: bigint;
  readonly interestAndFeesFen: bigint;
}

/** A purchase with own money (collateral) or with borrowed money (margin). */
export interface PurchaseOrder {
  readonly kind: 'COLLATERAL' | 'MARGIN';
  readonly priceE4: bigint;
  readonly lot: bigint;
}

export interface Concentration {
  /** The row of the band; null for an account without debt. */
  readonly limits: ConcentrationLimitRow | null;
  /** Shares, whole lots; null where nothing limits them. */
  readonly maxQuantity: bigint | null;
  readonly binding: 'SINGLE' | 'GROUP' | 'NONE';
}

/** A number of shares before the lots: exact, as a fraction. */
interface Room {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/**
 * The rows of a board in force on a date.
 * @throws BusinessError NO_PARAMETER_FOR_DATE
 */
export function concentrationLimitsOn(
  rows: readonly ConcentrationLimitRow[],
  { table, board }: { readonly table: string; readonly board: string },
  date: BusinessDate,
): ConcentrationLimitRow[] {
  const found = rows.filter((row) => row.table === table && row.board === board && isInForce(row, date));
  if (found.length === 0) throw new BusinessError('NO_PARAMETER_FOR_DATE', { code: `${table} ${board}`, date });
  return found;
}

/**
 * What the account may still buy.
 * @param limits those of the board
 * @throws RangeError where a ratio has not exactly one band, or for a price or lot that is not above zero
 */
export function concentration(
  account: MarginAccount,
  order: PurchaseOrder,
  limits: readonly ConcentrationLimitRow[],
): Concentration {
  if (order.priceE4 <= 0n || order.lot <= 0n) throw new RangeError('price and lot are above zero');
  const assetsFen = account.cashFen + account.securitiesFen;
  const debtFen = account.marginDebtFen + account.borrowedValueFen + account.interestAndFeesFen;
  if (debtFen <= 0n) return { limits: null, maxQuantity: null, binding: 'NONE' };

  const [row, another] = limits.filter((candidate) => isInBand(assetsFen, debtFen, candidate));
  if (row === undefined || another !== undefined) throw new RangeError('the ratio has not exactly one band');
  const single = roomUnder(row.singlePercent, account.heldSingleFen, assetsFen, order);
  const group = roomUnder(row.groupPercent, account.heldGroupFen, assetsFen, order);
  if (single !== null && (group === null || !isLess(group, single))) {
    return { limits: row, maxQuantity: wholeLots(single, order.lot), binding: 'SINGLE' };
  }
  return group === null
    ? { limits: row, maxQuantity: null, binding: 'NONE' }
    : { limits: row, maxQuantity: wholeLots(group, order.lot), binding: 'GROUP' };
}

/** fromPercent <= assets / debt < toPercent. */
function isInBand(assetsFen: bigint, debtFen: bigint, { fromPercent, toPercent }: ConcentrationLimitRow): boolean {
  const ratio = assetsFen * 100n;
  return (
    (fromPercent === null || ratio >= BigInt(fromPercent) * debtFen) &&
    (toPercent === null || ratio < BigInt(toPercent) * debtFen)
  );
}

/** Fen times percent are units of 1/10,000 yuan, as prices are. */
function roomUnder(percent: number | null, heldFen: bigint, assetsFen: bigint, order: PurchaseOrder): Room | null {
  if (percent === null || percent >= 100) return null;
  const limit = BigInt(percent);
  const room = limit * assetsFen - 100n * heldFen;
  return order.kind === 'COLLATERAL'
    ? { numerator: room, denominator: order.priceE4 }
    : { numerator: room * 100n, denominator: order.priceE4 * (100n - limit) };
}

const isLess = (a: Room, b: Room): boolean => a.numerator * b.denominator < b.numerator * a.denominator;

const wholeLots = ({ numerator, denominator }: Room, lot: bigint): bigint =>
  numerator <= 0n ? 0n : (numerator / (denominator * lot)) * lot;
