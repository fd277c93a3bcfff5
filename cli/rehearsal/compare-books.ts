/**
 * Comparison of a day that ran on a variant's files with the clean day, as the variant's `books` says.
 *
 * - `as_base`: every figure equals the clean day's, and nothing is held.
 * - `held`: sections that the day holds back are listed with their cause and not compared; at least one is; all other
 *   figures equal the clean day's.
 * - `differs`: a figure may differ only where its lineage reaches a faulty row. What reaches a row is decided by what
 *   the row is about. Per client: figures of a client whose account stands in the row, faulty or clean (cash,
 *   pre-clearing, fee, overdraft, advance, allocation), and positions of such an account in a security of the row. Per
 *   side: sums over all rows of a side on which the row counts (trades, risk money, forecast) and, for the client side,
 *   the identity of client money. Over everything: the fees of the day and the list of breaks. What was over before the
 *   evening's files came (calendar, ratios, funding, settlement, defaults, transfers), and what others report
 *   (accounts), rests on no row of the evening and may not differ.
 */
import type { Side } from '../../domain/channel';
import { compareFigures, type FigureDifference } from './compare-figures';
import type { Overlay } from './days-folder';
import type { Concerned } from './faulty-rows';

const BY_CLIENT: readonly string[] = [
  'cash',
  'preClearing',
  'preClearingNegative',
  'portfolioFee',
  'overdrafts',
  'advances',
  'corporateActions',
];
const BY_SIDE: readonly string[] = ['trades', 'riskMoney', 'forecastNext'];
const OVER_EVERYTHING: readonly string[] = ['feesHKD', 'reconciliation'];

export interface BookComparison {
  readonly compared: number;
  /** Differences that may not be. */
  readonly differences: readonly FigureDifference[];
  /** Differences that rest on a faulty row. */
  readonly allowed: readonly FigureDifference[];
  /** Sections that are held and were not compared, with the cause. */
  readonly held: Readonly<Record<string, string>>;
  /** What is wrong with the books as a whole. */
  readonly faults: readonly string[];
}

export function compareBooks(
  books: Overlay['books'],
  expected: unknown,
  found: { readonly held: Readonly<Record<string, string>> },
  concerned: Concerned,
): BookComparison {
  const { held } = found;
  const none = Object.keys(held).length === 0;
  switch (books) {
    case 'as_base':
      return { ...compareFigures(expected, found), allowed: [], held, faults: none ? [] : ['sections are held'] };
    case 'held':
      return {
        ...compareFigures(expected, found, Object.keys(held)),
        allowed: [],
        held,
        faults: none ? ['nothing is held'] : [],
      };
    case 'differs': {
      const { compared, differences } = compareFigures(expected, found);
      const mayDiffer = differences.filter((difference) => restsOn(difference, concerned));
      return {
        compared,
        differences: differences.filter((difference) => !mayDiffer.includes(difference)),
        allowed: mayDiffer,
        held,
        faults: [...(none ? [] : ['sections are held']), ...(mayDiffer.length > 0 ? [] : ['no figure differs'])],
      };
    }
  }
}

/** Whether the lineage of a figure reaches a row that concerns these accounts, securities and sides. */
export function restsOn({ section, about }: FigureDifference, { accounts, securities, sides }: Concerned): boolean {
  if (OVER_EVERYTHING.includes(section)) return true;
  if (section === 'clientMoneyIdentity') return sides.has('client');
  if (BY_SIDE.includes(section)) return about.some((word) => sides.has(word as Side));
  const isTheirs = about.some((word) => accounts.has(word));
  if (section === 'positions') return isTheirs && about.some((word) => securities.has(word));
  return BY_CLIENT.includes(section) && isTheirs;
}
