/**
 * Between what the holders of an event choose, what is filed for each choice, and what silence means.
 *
 * Source    corporate-actions page, steps 4 and "Voting"; facts 3.6, 4.2.
 */
import type { EventTerms } from './event-notice';
import type { EventKind } from './served-kinds';

export type FilingBusiness = 'H62' | 'H63' | 'H64' | 'H65' | 'H66';

export interface EventOption {
  /** Number of the resolution; empty where an event has one choice. */
  readonly ballot: string;
  readonly option: string;
  readonly zh: string;
  readonly en: string;
  /** Undefined: nothing is filed for it. */
  readonly filedAs: FilingBusiness | undefined;
  /** What those who stay silent get. */
  readonly isDefault: boolean;
}

const option = (
  code: string,
  [zh, en]: readonly [string, string],
  filedAs?: FilingBusiness,
  isDefault = false,
): EventOption => ({ ballot: '', option: code, zh, en, filedAs, isDefault });

const CHOICES: Readonly<Partial<Record<EventKind, readonly EventOption[]>>> = {
  TAKEOVER: [
    option('ACCEPT', ['接受要约', 'accept the offer'], 'H63'),
    option('DECLINE', ['不接受', 'keep the shares'], undefined, true),
  ],
  SCRIP_DIVIDEND: [
    option('CASH', ['现金', 'cash'], undefined, true),
    option('SHARES', ['以股代息', 'shares instead of cash'], 'H66'),
  ],
  RIGHTS_ISSUE: [
    option('EXERCISE', ['认购', 'exercise the rights'], 'H65'),
    option('LAPSE', ['放弃', 'let the rights lapse'], undefined, true),
  ],
  OPEN_OFFER: [
    option('SUBSCRIBE', ['认购', 'subscribe'], 'H64'),
    option('LAPSE', ['放弃', 'do not subscribe'], undefined, true),
  ],
};

const VOTES: readonly (readonly [string, string, string])[] = [
  ['FOR', '赞成', 'for'],
  ['AGAINST', '反对', 'against'],
  ['ABSTAIN', '弃权', 'abstain'],
  ['WITHHOLD', '不投票', 'withhold'],
];

/** In the order in which they are shown; none for an event without a choice. */
export function optionsOf(kind: EventKind, terms: EventTerms): readonly EventOption[] {
  if (kind !== 'VOTING') return CHOICES[kind] ?? [];
  return Object.entries(terms)
    .filter(([term, stands]) => term.startsWith(RESOLUTION) && stands === 'put')
    .map(([term]) => term.slice(RESOLUTION.length))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .flatMap((ballot) =>
      VOTES.map(([vote, zh, en]): EventOption => ({
        ballot,
        option: vote,
        zh: `决议 ${ballot}：${zh}`,
        en: `resolution ${ballot}: ${en}`,
        filedAs: vote === 'WITHHOLD' ? undefined : 'H62',
        isDefault: vote === 'WITHHOLD',
      })),
    );
}

const RESOLUTION = 'resolution ';
