/** Public face of the cancellation of a trade. */

/** `trade-cancellation:SH:2025-06-24:…`, channel, trade date and the request. */
export interface TradeCancellationInput {
  readonly cancellationId: string;
}

export type TradeCancellationEnd = 'cancelled' | 'refused';
