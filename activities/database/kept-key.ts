/**
 * A key of business as its row keeps it: what follows from other columns is not written again, and the column `business_key` puts it
 * together (docs/decisions/0102-what-an-open-complaint-is-made-of.md).
 *
 * @param follows what other columns of the row say of it
 * @returns the whole key where it does not begin so, otherwise what comes after; the other one is null
 */
export const keptKey = (businessKey: string, follows: string): readonly [whole: string | null, tail: string | null] =>
  businessKey.startsWith(follows) ? [null, businessKey.slice(follows.length)] : [businessKey, null];

/** The number of a process, as the expressions of such columns have it: `T20250623-000001` of `complaint:T20250623-000001`. */
export const numberOf = (workflowId: string): string => workflowId.slice(workflowId.indexOf(':') + 1);
