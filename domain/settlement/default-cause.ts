/**
 * Why a side was short at a checkpoint.
 *
 * Source    A4 §41: was the amount computed wrongly, or did the transfer not arrive?
 * Units     Fen, each not below zero.
 */

/** In the order in which they are looked for: the first that holds is the cause. */
export const DEFAULT_CAUSES = [
  'transfer not arrived',
  'not ordered',
  'amount computed wrongly',
  'settled otherwise',
] as const;
export type DefaultCause = (typeof DEFAULT_CAUSES)[number];

export interface DefaultFacts {
  /** Need by the plan on which people acted. */
  readonly plannedFen: bigint;
  /** Sum of the approved orders of the day into the reserve account. */
  readonly orderedFen: bigint;
  /** What came from the bank until the checkpoint. */
  readonly arrivedFen: bigint;
  /** Need by the same formula on the newest lines. */
  readonly neededFen: bigint;
}

/**
 * - transfer not arrived: less came than was ordered
 * - not ordered: less was ordered than the plan said
 * - amount computed wrongly: the newest lines need more than the plan said
 * - settled otherwise: all of that agrees, the clearing house booked other amounts than it announced
 */
export function defaultCause({ plannedFen, orderedFen, arrivedFen, neededFen }: DefaultFacts): DefaultCause {
  if (arrivedFen < orderedFen) return 'transfer not arrived';
  if (orderedFen < plannedFen) return 'not ordered';
  if (plannedFen < neededFen) return 'amount computed wrongly';
  return 'settled otherwise';
}
