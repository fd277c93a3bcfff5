/** Names of clearing files: from a name to the kind of file, and back. */
import type { BusinessDate } from '../../domain/calendar/business-date';
import { isCalendarDate } from './value-forms';
import type { Layout } from './layouts/layout';

export interface RecognisedFile {
  readonly kind: string;
  readonly layout: Layout;
  /** `1` or `2` for a file that comes in parts. */
  readonly part?: string;
  /** 1 without a version in the name. */
  readonly version: number;
  /** Where the name has a full date. */
  readonly dateInName?: BusinessDate;
  /** MM-DD, where the name has no year. */
  readonly monthDayInName?: string;
}

const tokenPatterns: Readonly<Record<string, string>> = {
  date: '(?<date>\\d{8})',
  monthDay: '(?<monthDay>\\d{4})',
  version: '(?:_v(?<version>[2-9]|[1-9]\\d{1,3}))?',
};

const compiled = new WeakMap<Layout, RegExp>();

function nameRegExp(layout: Layout): RegExp {
  const known = compiled.get(layout);
  if (known !== undefined) return known;
  const body = layout.namePattern.replace(
    /\{(\w+)(?::(\d+))?\}|[^{]+/g,
    (piece, token: string | undefined, size: string) => {
      if (token === undefined) return piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      if (token === 'part') return `(?<part>${(layout.parts ?? []).join('|')})`;
      if (token === 'digits') return `\\d{${size}}`;
      const pattern = tokenPatterns[token];
      if (pattern === undefined) throw new RangeError(`layout ${layout.kind}: unknown token {${token}} in its name`);
      return pattern;
    },
  );
  const expression = new RegExp(`^${body}$`, 'i');
  compiled.set(layout, expression);
  return expression;
}

/**
 * The kind, part, version and date of a file by its name (without folder), or undefined for a name that no layout knows.
 * A name with an impossible date is no name of ours.
 */
export function recogniseFile(name: string, layouts: readonly Layout[]): RecognisedFile | undefined {
  for (const layout of layouts) {
    const match = nameRegExp(layout).exec(name);
    if (match === null) continue;
    const { date, monthDay, part, version } = match.groups ?? {};
    const dateInName = date === undefined ? undefined : `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
    const monthDayInName = monthDay === undefined ? undefined : `${monthDay.slice(0, 2)}-${monthDay.slice(2)}`;
    if (dateInName !== undefined && !isCalendarDate(dateInName)) return undefined;
    // 29 February can stand in a name without a year, and 2000 had one.
    if (monthDayInName !== undefined && !isCalendarDate(`2000-${monthDayInName}`)) return undefined;
    return {
      kind: layout.kind,
      layout,
      version: version === undefined ? 1 : parseInt(version, 10),
      ...(part === undefined ? {} : { part }),
      ...(dateInName === undefined ? {} : { dateInName }),
      ...(monthDayInName === undefined ? {} : { monthDayInName }),
    };
  }
  return undefined;
}

/** The name of a file of a layout: `clearingFileName(hkZjbd, { businessDate: '2025-06-26', part: '1', version: 2 })`. */
export function clearingFileName(
  layout: Layout,
  of: {
    readonly businessDate: BusinessDate;
    readonly part?: string;
    readonly version?: number;
    readonly digits?: string;
  },
): string {
  const compact = of.businessDate.replaceAll('-', '');
  const pieces: Readonly<Record<string, string | undefined>> = {
    date: compact,
    monthDay: compact.slice(4),
    part: of.part,
    digits: of.digits,
    version: (of.version ?? 1) === 1 ? '' : `_v${of.version}`,
  };
  return layout.namePattern.replace(/\{(\w+)(?::\d+)?\}/g, (_, token: string) => {
    const piece = pieces[token];
    if (piece === undefined) throw new RangeError(`the name of ${layout.kind} needs ${token}`);
    return piece;
  });
}
