/** The words that stand in every key: channel, side, and the direction of a trade. */

/** SH: 沪港通下港股通, SZ: 深港通下港股通. Nothing of one channel is ever netted with the other. */
export type Channel = 'SH' | 'SZ';

/** Client money and own money: separate accounts, separate figures, never netted (A4 §8-11). */
export type Side = 'client' | 'proprietary';

/** B: purchase, S: sale; the letters of MMBZ in the settlement details. */
export type TradeSide = 'B' | 'S';

/** Both sides, in the order in which people read them. */
export const SIDES: readonly Side[] = ['client', 'proprietary'];
