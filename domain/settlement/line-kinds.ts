/** Business types of hk_jsmx by what they are to the books (clearing-file layout, YWLX). */

/** Dividends, cash of an optional dividend, takeover money: announced gross, settled the day after (S9, S16). */
export const ENTITLEMENT_MONEY: readonly string[] = ['H54', 'H55', 'H67', 'H63'];

/** Payments for rights, open offers and their like: with the entitlements they move as corporate-action money. */
export const RIGHTS_MONEY: readonly string[] = ['H02', 'H64', 'H65'];

/** What clients pay on the day of its settlement beside their trades: portfolio fee, non-trade transfer fee and duty, rights. */
export const PAID_AT_SETTLEMENT: readonly string[] = ['H60', 'H70', ...RIGHTS_MONEY];

/** Money of the 10:30 batch beside the trades: entitlements, and payments for rights and open offers. */
export const CORPORATE_ACTION_MONEY: readonly string[] = [...ENTITLEMENT_MONEY, ...RIGHTS_MONEY];
