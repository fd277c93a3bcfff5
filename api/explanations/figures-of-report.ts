/**
 * The figures of a day with their names, e.g. `cash.6000000001.available`: every value of the day report, the entries of its lists by
 * what they are about. The same name every run: who asks again tomorrow asks about the same figure.
 */

export interface ReportedFigure {
  readonly figureId: string;
  readonly section: string;
  /** Account, side or security that it is about; empty for figures of the house. */
  readonly subject: string;
  readonly name: string;
  /** As the report tells it; `none` for a list without entries and for what is not known yet. */
  readonly value: string;
}

/** Nothing: it has no lines either. */
export const NONE = 'none';

/** What the report says beside figures. */
const NO_FIGURES: readonly string[] = ['workflowId', 'held'];

export function figuresOfReport(report: Readonly<Record<string, unknown>>): ReportedFigure[] {
  return Object.entries(report).flatMap(([section, content]) =>
    NO_FIGURES.includes(section) ? [] : figuresIn(content, [section]),
  );
}

function figuresIn(content: unknown, place: readonly string[]): ReportedFigure[] {
  const parts = partsOf(content, place);
  if (parts === undefined) return [figureAt(place, content as string | number | boolean | null)];
  if (parts.length === 0) return [figureAt(place, null)];
  return parts.flatMap(([name, part]) => figuresIn(part, [...place, ...name]));
}

/** Members by their names, entries of a list by what they are about, a further one of the same by its number. */
function partsOf(content: unknown, place: readonly string[]): (readonly [readonly string[], unknown])[] | undefined {
  if (content === null || typeof content !== 'object') return undefined;
  if (!Array.isArray(content)) return Object.entries(content).map(([name, part]) => [[name], part] as const);
  const seen = new Map<string, number>();
  return content.map((entry: unknown, at) => {
    if (Array.isArray(entry)) {
      const [account, code, quantity] = entry as [string, string, number];
      return [[account, code], { account, code, quantity }] as const;
    }
    const about = place[0] === 'reconciliation' ? [String(at)] : aboutOf(entry as Readonly<Record<string, unknown>>);
    const key = about.join('.');
    const nth = (seen.get(key) ?? 0) + 1;
    seen.set(key, nth);
    return [nth === 1 ? about : [...about.slice(0, -1), `${about.at(-1) ?? ''}~${nth}`], entry] as const;
  });
}

const aboutOf = (entry: Readonly<Record<string, unknown>>): string[] =>
  [
    entry['side'],
    entry['direction'],
    entry['fundAccount'] ?? entry['securitiesAccount'],
    entry['security'] ?? entry['old'],
  ].filter((part): part is string => typeof part === 'string');

const figureAt = (place: readonly string[], value: string | number | boolean | null): ReportedFigure => ({
  figureId: place.join('.'),
  section: place[0] ?? '',
  subject: place.slice(1, -1).join('.'),
  name: place.at(-1) ?? '',
  value: value === null ? NONE : String(value),
});
