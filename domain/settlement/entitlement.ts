/**
 * What a record-date position is entitled to: cash, bonus shares, converted shares.
 *
 * Source    S16, S20, A4 §23-24, facts 3.4 (H01, H08, H09). The position is the settled balance on RQ1; unsettled purchases do not count.
 * Units     Shares; gross amounts in cents of the payment currency; amounts per share in E8.
 * Rounding  Cash once to the cent, half away from zero; bonus shares, rights, shares of a takeover or a scrip dividend down to the whole share.
 */
import { dividedRounded, parseScaled } from '../scaled';

/** Decimals kept of an amount per share: notices bring it as text. */
export const PER_SHARE_DECIMALS = 8;
const PER_SHARE_ONE_E8 = 10n ** 8n;
const CENTS_PER_UNIT = 100n;

/** N: natural person; I: institution. The proprietary side is an institution. */
export type HolderKind = 'N' | 'I';

/** Amount per share before tax (JG1) and after tax (JG2). */
export interface AmountsPerShare {
  readonly beforeTaxE8: bigint;
  readonly afterTaxE8: bigint;
}

/** Decimal text of a notice as an amount per share in E8. */
export const parsePerShare = (text: string): bigint => parseScaled(text, PER_SHARE_DECIMALS);

/**
 * Both sides of a ratio of a notice in one unit: `1` for `0.5` is 10 for 5, whole numbers stay as they are.
 * @throws RangeError where a side is not told
 */
export function ratioOf(left: string | undefined, right: string | undefined): readonly [bigint, bigint] {
  if (left === undefined || right === undefined) throw new RangeError('a ratio has two sides');
  const decimalsOf = (text: string) => text.split('.')[1]?.length ?? 0;
  const decimals = Math.max(decimalsOf(left), decimalsOf(right));
  return [parseScaled(left, decimals), parseScaled(right, decimals)];
}

/** Natural persons get the amount after tax (JG2), institutions and the proprietary side the one before it (JG1). */
export const dividendPerShareE8 = (kind: HolderKind, amounts: AmountsPerShare): bigint =>
  kind === 'N' ? amounts.afterTaxE8 : amounts.beforeTaxE8;

/** Gross = quantity x amount per share in the payment currency; dividends, and takeover money at JG1 of the newest notice. */
export function grossCents(quantity: bigint, perShareE8: bigint): bigint {
  return dividedRounded(quantity * perShareE8 * CENTS_PER_UNIT, PER_SHARE_ONE_E8);
}

/**
 * Bonus shares, or what rights and open offers let a holder subscribe for = floor(record quantity x received / held), BL2 / BL1 of the notice.
 * @throws RangeError for a ratio or quantity that is not positive
 */
export function bonusShares(
  recordQuantity: bigint,
  ratio: { readonly received: bigint; readonly held: bigint },
): bigint {
  if (recordQuantity < 0n || ratio.received < 0n || ratio.held <= 0n) {
    throw new RangeError('a bonus or right has a positive ratio and no negative holding');
  }
  return (recordQuantity * ratio.received) / ratio.held;
}

/**
 * Shares of the paying security that a takeover gives for those taken up = floor(quantity x shares per share), BL1 of the notice.
 * @throws RangeError for a quantity or ratio that is not positive
 */
export function offeredShares(takenUp: bigint, perShareE8: bigint): bigint {
  if (takenUp < 0n || perShareE8 <= 0n)
    throw new RangeError('a takeover gives shares at a positive ratio for those taken up');
  return (takenUp * perShareE8) / PER_SHARE_ONE_E8;
}

/**
 * New shares of a scrip dividend for held shares whose dividend is taken in shares = floor(quantity x amount per share / scrip price), BL1 of
 * the notice. The amount is the one that the holder would have in cash; what makes no whole share falls to the issuer (assumed).
 * @throws RangeError for a price that is not positive
 */
export function scripShares(forShares: bigint, perShareE8: bigint, scripPriceE8: bigint): bigint {
  if (forShares < 0n || scripPriceE8 <= 0n) throw new RangeError('a scrip dividend has a positive price of its shares');
  return (forShares * perShareE8) / scripPriceE8;
}

/**
 * Conversion of a split or consolidation: quantity x SL1 / SL2. Works on holdings and, signed, on unsettled net
 * quantities; what is no whole share is returned beside it, because the clearing house says what becomes of it.
 * @throws RangeError for a ratio that is not positive
 */
export function convertedShares(
  quantity: bigint,
  ratio: { readonly newShares: bigint; readonly oldShares: bigint },
): { readonly shares: bigint; readonly fractionNumerator: bigint; readonly fractionDenominator: bigint } {
  if (ratio.newShares <= 0n || ratio.oldShares <= 0n) throw new RangeError('a split has a positive ratio');
  const exact = quantity * ratio.newShares;
  return {
    shares: exact / ratio.oldShares,
    fractionNumerator: exact % ratio.oldShares,
    fractionDenominator: ratio.oldShares,
  };
}
