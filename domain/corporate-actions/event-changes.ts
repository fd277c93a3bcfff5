/**
 * What a newer notice changes, and whether that touches what holders have elected.
 *
 * Source    corporate-actions page, step 1; facts 4.2 "withdrawn / changed events".
 */
import type { EventChange, EventTerms } from './event-notice';
import type { EventKind } from './served-kinds';

export interface TermDifference {
  readonly term: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Differences by name of the term. */
export function termDifferences(before: EventTerms, after: EventTerms): readonly TermDifference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names
    .map((term) => ({ term, before: before[term] ?? null, after: after[term] ?? null }))
    .filter(({ before: old, after: now }) => old !== now);
}

/** An event as a notice has it: of which security, of which kind, by which terms. */
export interface NoticedEvent {
  readonly kind: EventKind;
  readonly code: string;
  readonly terms: EventTerms;
}

/** Differences of the terms, and of the security and the kind beside them. */
export const noticeDifferences = (before: NoticedEvent, after: NoticedEvent): readonly TermDifference[] => [
  ...termDifferences({ kind: before.kind, security: before.code }, { kind: after.kind, security: after.code }),
  ...termDifferences(before.terms, after.terms),
];

/** A newer notice of a meeting tells the meeting or some resolutions; what it does not tell stands. */
export const mergedTerms = (before: EventTerms, after: EventTerms): EventTerms =>
  'form' in after
    ? { ...Object.fromEntries(Object.entries(before).filter(([term]) => term.startsWith('resolution '))), ...after }
    : { ...before, ...after };

/** Terms that say nothing about what a holder chooses between. */
const BESIDE_THE_CHOICE: readonly string[] = ['form', 'newCodeAgainFrom', 'payOn'];

/** Whether holders who have elected are asked again. */
export const touchesElections = (change: EventChange, differences: readonly TermDifference[]): boolean =>
  change === 'DEL' || differences.some(({ term }) => !BESIDE_THE_CHOICE.includes(term));

/** Terms by which nobody gets more or less money or shares. */
const BESIDE_THE_MONEY: readonly string[] = ['form', 'startsOn', 'payOn', 'newCodeFrom', 'newCodeAgainFrom'];

/** Whether entitlements have to be computed anew. */
export const touchesEntitlements = (differences: readonly TermDifference[]): boolean =>
  differences.some(({ term }) => !BESIDE_THE_MONEY.includes(term) && !term.startsWith('resolution '));

/**
 * Why a notice does not fit what is known, Chinese first; undefined where it does. The notice is kept and taken all the same, because the newest
 * wins; people are asked.
 */
export function contradictionOf(
  change: EventChange | undefined,
  known: { readonly isCancelled: boolean; readonly kind: string; readonly code: string } | undefined,
  told: { readonly kind: string; readonly code: string },
): string | undefined {
  if (known === undefined)
    return change === 'UPD' || change === 'DEL'
      ? `${change} 的事件未曾公告 ${change} of an event that nobody announced`
      : undefined;
  if (known.code !== told.code) return '同一事件编号下证券不同 another security under the same event number';
  if (known.kind !== told.kind) return '同一事件编号下类别不同 another kind of event under the same number';
  if (change === 'ADD' && !known.isCancelled) return 'ADD 的事件已公告过 ADD of an event that is known';
  if (!known.isCancelled || change === 'ADD') return undefined;
  return `已取消的事件又有公告 ${change ?? 'a notice'} of an event that was cancelled`;
}
