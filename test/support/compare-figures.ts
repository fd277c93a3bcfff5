/** Every difference between a report and what is expected of it, each with its path, so that a failed test names the figure. */

export interface Difference {
  readonly figure: string;
  readonly expected: unknown;
  readonly found: unknown;
}

/** Compares leaf by leaf; what only one of the two has is a difference too. */
export function differencesOf(expected: unknown, found: unknown, figure = ''): readonly Difference[] {
  if (!isBranch(expected) || !isBranch(found)) {
    return Object.is(expected, found) ? [] : [{ figure, expected, found }];
  }
  const names = new Set([...Object.keys(expected), ...Object.keys(found)]);
  return [...names].flatMap((name) =>
    differencesOf(expected[name], found[name], figure === '' ? name : `${figure}.${name}`),
  );
}

/** How many figures there are to compare. */
export const countFigures = (value: unknown): number =>
  isBranch(value) ? Object.values(value).reduce<number>((sum, part) => sum + countFigures(part), 0) : 1;

const isBranch = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
