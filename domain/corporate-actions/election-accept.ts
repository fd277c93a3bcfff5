/**
 * Whether one request of a holder becomes his election, and what he has elected then.
 *
 * Source    A4 §31-32; corporate-actions page, steps 4 and 5; facts 4.2.
 * Request   Sets the quantity of one option: it replaces what stood there and does not add to it; 0 withdraws.
 * Limit     The sum over all options never exceeds what can be elected. Odd lots may be elected. Withdrawing is always
 *           allowed, also where an event was changed and more is elected than still can be.
 * Time      From the opening, included, to the broker's deadline, excluded: UTC instants with milliseconds.
 * Units     Whole shares.
 */
import type { ErrorCode } from '../errors';
import { parseScaled } from '../scaled';
import type { ElectionRefusal } from './election-refusals';

/** What the holder was offered, as it stands when the request is judged. */
export interface ElectionOffer {
  /** Whether elections of the event's kind are served on the day on which it opens. */
  readonly isServed: boolean;
  readonly isCancelled: boolean;
  readonly newestVersion: number;
  /** In the order of the notice. */
  readonly options: readonly string[];
  readonly opensAt: string;
  readonly deadlineAt: string;
  /** Shares that the holder can elect for: held at the relevant date, adjusted by unsettled trades. */
  readonly electable: bigint;
}

/** What stands elected: shares by option, none of them zero. */
export type Elected = ReadonlyMap<string, bigint>;

export interface ElectionRequest {
  readonly option: string;
  /** Decimal text, as it was sent. */
  readonly quantity: string;
  readonly versionShown: number;
  readonly requestedAt: string;
}

export type ElectionCode = Extract<ErrorCode, ElectionRefusal>;

export interface ElectionDecision {
  /** All that apply, in the order of the list; none: the request is accepted. */
  readonly refusals: readonly ElectionCode[];
  /** What stands afterwards, in the order of the options; unchanged by a request that is refused. */
  readonly elected: Elected;
}

/** A share is whole; digits behind the point are read in order to refuse them by name. */
const QUANTITY_DECIMALS = 8;
const ONE_SHARE = 10n ** 8n;

/** @throws BusinessError INPUT_INVALID for a quantity that is no decimal number of at most eight decimals */
export function electionDecision(offer: ElectionOffer, held: Elected, request: ElectionRequest): ElectionDecision {
  const quantity = parseScaled(request.quantity, QUANTITY_DECIMALS);
  const judged: (ElectionCode | false)[] = [
    !offer.isServed && 'EVENT_KIND_NOT_SERVED',
    eventRefusal(offer, request),
    request.requestedAt < offer.opensAt && 'ELECTION_NOT_OPEN',
    request.requestedAt >= offer.deadlineAt && 'AFTER_DEADLINE',
    !offer.options.includes(request.option) && 'OPTION_UNKNOWN',
    quantityRefusal(quantity, request.option, offer.electable, held),
  ];
  const refusals = judged.filter((refusal) => refusal !== false);
  if (refusals.length > 0) return { refusals, elected: inOrder(held, offer.options) };
  const changed = new Map(held).set(request.option, quantity / ONE_SHARE);
  return { refusals, elected: inOrder(changed, offer.options) };
}

/** Of a cancelled event the version does not matter any more. */
function eventRefusal(offer: ElectionOffer, { versionShown }: ElectionRequest): ElectionCode | false {
  if (offer.isCancelled) return 'EVENT_CANCELLED';
  return versionShown !== offer.newestVersion && 'EVENT_VERSION_OUTDATED';
}

/** The first reason that lies in the quantity, in units of 10^-8 shares. */
function quantityRefusal(quantity: bigint, option: string, electable: bigint, held: Elected): ElectionCode | false {
  if (quantity % ONE_SHARE !== 0n) return 'QUANTITY_NOT_WHOLE';
  if (quantity < 0n) return 'QUANTITY_NEGATIVE';
  if (quantity === 0n) return (held.get(option) ?? 0n) === 0n && 'NOTHING_TO_WITHDRAW';
  if (electable <= 0n) return 'NOTHING_ELECTABLE';
  let others = 0n;
  for (const [other, shares] of held) if (other !== option) others += shares;
  return others + quantity / ONE_SHARE > electable && 'EXCEEDS_ELECTABLE';
}

/** Without zeros, in the order of the options; what stands on an option that is gone comes last. */
function inOrder(elected: Elected, options: readonly string[]): Elected {
  const placeOf = (option: string) => (options.includes(option) ? options.indexOf(option) : options.length);
  const standing = [...elected].filter(([, shares]) => shares !== 0n);
  return new Map(standing.sort(([a], [b]) => placeOf(a) - placeOf(b)));
}
