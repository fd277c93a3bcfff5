/**
 * What is filed with the clearing house when an election changes.
 *
 * Source    corporate-actions page, step 5; facts 3.6, 4.2. Quantities add up: the difference is filed, negative where it withdraws. Of
 *           votes the last filing replaces the earlier one of the same resolution, so all three quantities are filed.
 * Units     Whole shares.
 */
import type { Elected } from './election-accept';
import type { EventOption, FilingBusiness } from './election-options';

export interface ElectionFiling {
  readonly option: string;
  readonly business: FilingBusiness;
  /** Signed difference; of a vote the sum that is voted. */
  readonly quantity: bigint;
  readonly votes?: { readonly for: string; readonly against: string; readonly abstain: string };
}

/** Of one ballot, from what stood to what stands; nothing where no filed option moved. */
export function filingsOf(options: readonly EventOption[], before: Elected, after: Elected): readonly ElectionFiling[] {
  const filed = options.filter(({ filedAs }) => filedAs !== undefined);
  const on = (elected: Elected, option: string) => elected.get(option) ?? 0n;
  const moved = filed.filter(({ option }) => on(before, option) !== on(after, option));
  if (moved.length === 0) return [];
  if (filed.some(({ filedAs }) => filedAs === 'H62')) {
    const votes = { for: on(after, 'FOR'), against: on(after, 'AGAINST'), abstain: on(after, 'ABSTAIN') };
    return [
      {
        option: 'VOTES',
        business: 'H62',
        quantity: votes.for + votes.against + votes.abstain,
        votes: { for: `${votes.for}`, against: `${votes.against}`, abstain: `${votes.abstain}` },
      },
    ];
  }
  return moved.flatMap(({ option, filedAs }) =>
    filedAs === undefined ? [] : [{ option, business: filedAs, quantity: on(after, option) - on(before, option) }],
  );
}
