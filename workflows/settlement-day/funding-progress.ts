/** How far the money of a side has come, for those who order, follow and watch it at the same time. */
import type { DraftedOrder } from '../../activities/orders/draft-order';

/** Orders of a side into its reserve account on the day, whatever each is for: they share their numbers, and what comes carries them out in turn. */
export interface Transfers {
  /** Number of the newest order that was approved. */
  attempts: number;
  /** Approved and not refused, in their order. */
  standing: readonly DraftedOrder[];
  /** Somebody makes or approves one. */
  drafting: boolean;
}

/** How far the funding of a side has come; the ladder looks at it, and whoever follows a default goes on from it. */
export interface Funding {
  planReady: boolean;
  approvedBy: string;
  moneyIn: boolean;
  /** The newest approved order, unless it was refused. */
  order?: DraftedOrder | undefined;
  readonly transfers: Transfers;
}

export const notFunded = (transfers: Transfers = { attempts: 0, standing: [], drafting: false }): Funding => ({
  planReady: false,
  approvedBy: '',
  moneyIn: false,
  transfers,
});
