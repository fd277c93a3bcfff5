/**
 * A term of a figure as SQL: which lines count to it, and what a line adds, in fen, cents or pieces. The verb that computes the
 * figure sums the term, whoever explains the figure lists it: there is one formula.
 */
export interface LineTerm {
  readonly counts: string;
  readonly adds: string;
}
export type LineTerms<Name extends string = string> = Readonly<Record<Name, LineTerm>>;

/** The terms as sums over the lines of a query, a column each. */
export const summedTerms = (terms: LineTerms): string =>
  Object.entries(terms)
    .map(([name, { counts, adds }]) => `coalesce(sum(${adds}) filter (where ${counts}), 0)::bigint as ${name}`)
    .join(',\n           ');

/** The terms that a line counts to, a row each: `t.term`, `t.adds`. Stands behind the tables of a query. */
export const listedTerms = (terms: LineTerms): string => {
  const rows = Object.entries(terms).map(
    ([name, { counts, adds }]) => `('${name}', case when ${counts} then ${adds} end)`,
  );
  return `cross join lateral (values ${rows.join(', ')}) as t(term, adds)`;
};
