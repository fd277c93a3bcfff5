/**
 * Comparison of a variant's findings and refused files with its `expect.json`: exactly these, and of each exactly the
 * attributes that are named there (samples/README.md). What was found in a version that is no longer in force, or was
 * withdrawn, is no finding of the day's end.
 */
import type { FileLine, Finding } from './api-answers';
import type { ExpectedFinding } from './days-folder';

export interface FindingComparison {
  readonly compared: number;
  /** One line for each thing that is not as expected. */
  readonly differences: readonly string[];
}

type Flat = Readonly<Record<string, unknown>>;

export function compareFindings(
  expected: { readonly refused: readonly string[]; readonly findings: readonly ExpectedFinding[] },
  files: readonly FileLine[],
  found: readonly Finding[],
): FindingComparison {
  const refused = compareRefused(expected.refused, files);
  const left = found.map(flat);
  const differences = [...refused.differences];
  let compared = refused.compared;
  for (const wanted of expected.findings) {
    compared += Object.keys(wanted).length;
    const nearest = takeNearest(left, wanted);
    if (nearest === undefined) differences.push(`finding expected and not there: ${textOf(wanted)}`);
    else differences.push(...attributeDifferences(wanted, nearest));
  }
  for (const extra of left) {
    compared += 1;
    differences.push(`finding not expected: ${textOf(extra)}`);
  }
  return { compared, differences };
}

function compareRefused(expected: readonly string[], files: readonly FileLine[]): FindingComparison {
  const refused = files.filter(({ state }) => state === 'refused').map(({ name }) => name);
  const names = [...new Set([...expected, ...refused])].sort();
  return {
    compared: names.length,
    differences: names.flatMap((name) => {
      if (!refused.includes(name)) return [`file expected to be refused and is not: ${name}`];
      return expected.includes(name) ? [] : [`file refused and not expected to be: ${name}`];
    }),
  };
}

/** One level: attributes of a class stand beside those that every finding has. */
const flat = (finding: Finding): Flat =>
  withoutNothing({
    class: finding.class,
    file: finding.fileName,
    row: finding.row,
    field: finding.field,
    value: finding.value,
    fileValue: finding.fileValue,
    computed: finding.computed,
    ...finding.attributes,
  });

/** Takes the finding of the same class and file that agrees with the most attributes off the list. */
function takeNearest(left: Flat[], wanted: Flat): Flat | undefined {
  let [best, score] = [-1, -1];
  for (const [index, candidate] of left.entries()) {
    if (candidate['class'] !== wanted['class'] || candidate['file'] !== wanted['file']) continue;
    const agreed = Object.keys(wanted).filter((name) => same(wanted[name], candidate[name])).length;
    if (agreed > score) [best, score] = [index, agreed];
  }
  return best < 0 ? undefined : left.splice(best, 1)[0];
}

const attributeDifferences = (wanted: Flat, found: Flat): string[] =>
  Object.keys(wanted).flatMap((name) =>
    same(wanted[name], found[name])
      ? []
      : [`finding ${textOf(wanted)}: ${name} expected ${shown(wanted[name])}, found ${shown(found[name])}`],
  );

/** Row numbers are text in the API and numbers in the file. */
const same = (one: unknown, other: unknown): boolean => shown(one) === shown(other);

const shown = (value: unknown): string => {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.map(shown).join(' ');
  return typeof value === 'string' ? value : JSON.stringify(value);
};

const textOf = (finding: Flat): string =>
  Object.entries(finding)
    .map(([name, value]) => (name === 'class' || name === 'file' ? shown(value) : `${name} ${shown(value)}`))
    .join(' ');

const withoutNothing = (given: Record<string, unknown>): Flat =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined));
