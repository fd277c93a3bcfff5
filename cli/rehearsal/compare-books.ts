/**
 * Comparison of a day that ran on a variant's files with the clean day, as the variant's `books` says.
 *
 * - `as_base`: every figure equals the clean day's, and nothing is held.
 * - `held`: sections that the day holds back are listed with their cause and not compared; at least one is; all other
 *   figures equal the clean day's.
 * - `differs`: nothing is held; a figure may differ only where its lineage reaches a record that the variant changed
 *   (lineage.ts); at least one does.
 *
 * A variant with several faults may hold one file and change another: then what is not held may differ likewise. The breaks
 * that the variant names stand in the section `reconciliation`, whatever its books. And no batch that stands rests on a file
 * that is not in force.
 */
import type { BatchLine } from './api-answers';
import { compareFigures, type FigureDifference } from './compare-figures';
import type { Overlay } from './days-folder';

export interface BookComparison {
  readonly compared: number;
  /** Differences that may not be. */
  readonly differences: readonly FigureDifference[];
  /** Differences that rest on a changed record, or are breaks that the variant names. */
  readonly allowed: readonly FigureDifference[];
  /** Sections that are held and were not compared, with the cause. */
  readonly held: Readonly<Record<string, string>>;
  /** What is wrong with the books as a whole. */
  readonly faults: readonly string[];
}

export interface ComparedBooks {
  /** The report of the day. */
  readonly found: { readonly held: Readonly<Record<string, string>> };
  readonly batches: readonly BatchLine[];
}

export function compareBooks(
  { books, findings }: Pick<Overlay, 'books' | 'findings'>,
  expected: unknown,
  { found, batches }: ComparedBooks,
  restsOnChange: (figure: FigureDifference) => boolean,
): BookComparison {
  const { held } = found;
  const isHeld = Object.keys(held).length > 0;
  const { compared, differences } = compareFigures(expected, found, books === 'held' ? Object.keys(held) : []);
  const allowed = differences.filter(
    (figure) => isNamedBreak(figure, findings) || (books !== 'as_base' && restsOnChange(figure)),
  );
  const standing = batches.filter(({ reverses, reversedBy }) => reverses === null && reversedBy === null);
  return {
    compared: compared + standing.length,
    differences: differences.filter((figure) => !allowed.includes(figure)),
    allowed,
    held,
    faults: [
      ...(isHeld && books !== 'held' ? ['sections are held'] : []),
      ...(!isHeld && books === 'held' ? ['nothing is held'] : []),
      ...(books === 'differs' && allowed.length === 0 ? ['no figure differs'] : []),
      ...standing.flatMap(restingOnNothing),
    ],
  };
}

/** A line of the list of breaks that the variant itself names. */
const isNamedBreak = ({ path, about }: FigureDifference, findings: Overlay['findings']): boolean =>
  path.startsWith('reconciliation.breaks[') &&
  findings.some((named) =>
    [named.class, named.file, named['row'], named['field']].every(
      (word) => word === undefined || about.includes(typeof word === 'string' ? word : JSON.stringify(word)),
    ),
  );

const restingOnNothing = ({ kind, restsOn }: BatchLine): string[] =>
  restsOn
    .filter(({ state }) => state !== 'accepted')
    .map(({ name, state }) => `the batch ${kind} rests on ${name}, which is ${state}`);
