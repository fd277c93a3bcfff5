/**
 * Comparison of the figures of a day with the expected ones, leaf by leaf. Entries of a list are paired by what they are
 * about (side, account, security), not by their place, so that one entry too many is one difference and not a hundred.
 */

/** What an entry of a list is about, in the order in which it is named. */
const ABOUT = [
  'side',
  'fundAccount',
  'securitiesAccount',
  'security',
  'code',
  'event',
  'direction',
  'class',
  'file',
  'row',
  'field',
] as const;

/** A figure that is not as expected; undefined: it is not there. */
export interface FigureDifference {
  /** Where it stands, e.g. `cash[6000000002].available`. */
  readonly path: string;
  readonly section: string;
  /** Accounts, sides and securities that stand on the way to it. */
  readonly about: readonly string[];
  readonly expected: string | undefined;
  readonly found: string | undefined;
}

export interface FigureComparison {
  readonly compared: number;
  readonly differences: readonly FigureDifference[];
}

interface Leaf {
  readonly section: string;
  readonly about: readonly string[];
  readonly text: string;
}

/** An empty list or object: equal to another empty one, and silent where the other side has entries to be told instead. */
const NOTHING = 'none';

/**
 * Compares two days. What the found day names besides figures (`workflowId`, `held`, the page of corporate-action money) is no figure.
 * @param except sections that are not compared, on either side; a dot names a part of one (`rates.reference`)
 */
export function compareFigures(expected: unknown, found: unknown, except: readonly string[] = []): FigureComparison {
  const isCompared = (path: string) => !except.some((part) => isWithin(path, part));
  const wanted = leavesOf(expected);
  const there = leavesOf(found);
  const differences: FigureDifference[] = [];
  let compared = 0;
  for (const path of new Set([...wanted.keys(), ...there.keys()].filter(isCompared))) {
    const [one, other] = [wanted.get(path), there.get(path)];
    if (isToldByEntries(path, one, other, wanted, there)) continue;
    compared += 1;
    if (one?.text === other?.text) continue;
    const { section, about } = (one ?? other) as Leaf;
    differences.push({ path, section, about, expected: one?.text, found: other?.text });
  }
  return { compared, differences };
}

/** Who ran the day, and what finance reads beside the figures that it comes from. */
const NO_FIGURES: readonly string[] = ['workflowId', 'held', 'corporateActionMoney'];

export const isWithin = (path: string, part: string): boolean =>
  path === part || path.startsWith(`${part}.`) || path.startsWith(`${part}[`);

function leavesOf(day: unknown): ReadonlyMap<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  for (const [section, content] of Object.entries((day ?? {}) as Record<string, unknown>)) {
    if (NO_FIGURES.includes(section)) continue;
    walk(content, section, { section, about: [] }, leaves);
  }
  return leaves;
}

function walk(node: unknown, path: string, place: Omit<Leaf, 'text'>, leaves: Map<string, Leaf>): void {
  if (Array.isArray(node)) return walkList(node, path, place, leaves);
  if (node === null || typeof node !== 'object') {
    // A number and the same number as text are not the same figure.
    leaves.set(path, { ...place, text: typeof node === 'string' ? node : `(${JSON.stringify(node) ?? 'undefined'})` });
    return;
  }
  const members = Object.entries(node);
  if (members.length === 0) leaves.set(path, { ...place, text: NOTHING });
  for (const [name, member] of members) {
    walk(member, `${path}.${name}`, { ...place, about: [...place.about, name] }, leaves);
  }
}

function walkList(list: readonly unknown[], path: string, place: Omit<Leaf, 'text'>, leaves: Map<string, Leaf>): void {
  if (list.length === 0) leaves.set(path, { ...place, text: NOTHING });
  const seen = new Map<string, number>();
  for (const [index, entry] of list.entries()) {
    const about = aboutOf(entry);
    const name = about.length === 0 ? String(index) : about.join(' ');
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    const label = times === 1 ? name : `${name} #${times}`;
    walk(entry, `${path}[${label}]`, { ...place, about: [...place.about, ...about] }, leaves);
  }
}

/** Objects by the fields that say what they are about; rows by their texts, e.g. `[account, code, 400]`. */
function aboutOf(entry: unknown): string[] {
  if (Array.isArray(entry)) return entry.filter((part): part is string => typeof part === 'string');
  if (entry === null || typeof entry !== 'object') return [];
  return ABOUT.flatMap((name) => {
    const value: unknown = (entry as Record<string, unknown>)[name];
    return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [];
  });
}

function isToldByEntries(
  path: string,
  one: Leaf | undefined,
  other: Leaf | undefined,
  wanted: ReadonlyMap<string, Leaf>,
  there: ReadonlyMap<string, Leaf>,
): boolean {
  if (one?.text === NOTHING && other === undefined) return hasEntries(path, there);
  if (other?.text === NOTHING && one === undefined) return hasEntries(path, wanted);
  return false;
}

function hasEntries(path: string, leaves: ReadonlyMap<string, Leaf>): boolean {
  for (const name of leaves.keys()) if (name !== path && isWithin(name, path)) return true;
  return false;
}

export const differenceText = ({ path, expected, found }: FigureDifference): string =>
  `${path}: expected ${expected ?? 'nothing'}, found ${found ?? 'nothing'}`;
