/** Who complains, and about which process, does not show from the audit: it is read with the particulars (decision 0065). */
import type { Pool } from 'pg';
import type { Caller } from '../identity';
import { looksAt } from './complaint-particulars';
import { complaintOf } from '../../activities/intake/complaints/complaint-of-process';

/** SQL: the row of the audit is of a complaint, or of the callback about one. Sealed rows keep what they say. */
const OF_COMPLAINT = `(coalesce(workflow_id, '') like 'complaint:%' or coalesce(workflow_id, '') like 'callback:complaint-answer:%')`;

/** SQL: the complaint that the row is of; null: none. */
export const COMPLAINT_OF_ROW = `case when ${OF_COMPLAINT} then ${complaintOf('process_behind(workflow_id)')} end`;

/** SQL: the object of the row is a client who complains: whoever searches by clients does not find it. */
export const OBJECT_COMPLAINS = `(object_type = 'archive' and ${OF_COMPLAINT})`;

interface AuditRow {
  readonly complaint: string | null;
  readonly object_type: string;
  readonly object_id: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What of an act tells who complains, or about which process; values of the first level. */
const TELLING = ['clientNo', 'fundAccount', 'about', 'run', 'event'];

/**
 * The rows as the caller may read them: what is about one complaint whole to whoever handles it, the look audited before the answer; all
 * else with the number of the complaint for the client, and without what tells of the client.
 */
export async function asShown<Row extends AuditRow>(
  pool: Pool,
  caller: Caller,
  { rows, requestId }: { readonly rows: readonly Row[]; readonly requestId: string },
): Promise<readonly Row[]> {
  const [no, ...others] = new Set(rows.flatMap((row) => (row.complaint !== null && tells(row) ? [row.complaint] : [])));
  if (no === undefined) return rows;
  const look = { no, requestId, shown: { about: 'audit' }, whole: true };
  if (others.length === 0 && (await looksAt(pool, caller, look))) return rows;
  return rows.map((row) => (row.complaint === null ? row : withoutClient(row, row.complaint)));
}

const tells = ({ object_type: type, before, after }: AuditRow): boolean =>
  type === 'archive' || [before, after].some((side) => TELLING.some((name) => name in fieldsOf(side)));

const withoutClient = <Row extends AuditRow>(row: Row, complaint: string): Row => ({
  ...row,
  object_id: row.object_type === 'archive' ? complaint : row.object_id,
  before: withoutTelling(row.before),
  after: withoutTelling(row.after),
});

const withoutTelling = (side: unknown): unknown =>
  side === null ? null : Object.fromEntries(Object.entries(fieldsOf(side)).filter(([name]) => !TELLING.includes(name)));

/** An act writes an object, or nothing. */
const fieldsOf = (side: unknown): object => (typeof side === 'object' && side !== null ? side : {});
