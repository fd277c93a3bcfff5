/** What changed between two states of a thing, as the audit keeps them: JSON, compared field by field. */

export interface Change {
  /** Where, as a JSON pointer (RFC 6901): `/orders/0/state`; empty where the whole is no object. */
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before?: unknown;
  readonly after?: unknown;
}

/**
 * Fields added, removed and changed, nested ones and those of lists by their place, in the order of their names. A state that is
 * not there (null, undefined) has no fields, so that of a thing that was made every field is added.
 */
export function differenceOf(before: unknown, after: unknown): readonly Change[] {
  return compare('', before ?? emptyLike(after), after ?? emptyLike(before));
}

const emptyLike = (other: unknown): unknown => (Array.isArray(other) ? [] : {});

function compare(path: string, before: unknown, after: unknown): readonly Change[] {
  const [had, has] = [membersOf(before), membersOf(after)];
  if (had === undefined || has === undefined || Array.isArray(before) !== Array.isArray(after)) {
    return before === after ? [] : [{ path, kind: 'changed', before, after }];
  }
  const names = [...new Set([...had.keys(), ...has.keys()])];
  return (Array.isArray(before) ? names : names.sort()).flatMap((name): readonly Change[] => {
    const place = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (!had.has(name)) return [{ path: place, kind: 'added', after: has.get(name) }];
    if (!has.has(name)) return [{ path: place, kind: 'removed', before: had.get(name) }];
    return compare(place, had.get(name), has.get(name));
  });
}

/** Members of an object or a list by their names; of anything else there are none. */
function membersOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined;
}
