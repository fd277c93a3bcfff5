/** By which request of whom something was asked for: whoever repeats it after an answer was lost gets what was asked for then. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../domain/canonical-json';
import { BusinessError } from '../../domain/errors';
import type { Sql } from '../people/standing';

/** Who asks, by which key of the own, for what. */
export interface KeyedRequest {
  readonly person: string;
  readonly requestKey: string;
  readonly content: unknown;
}

/** A request as the row that it made keeps it: `request_key`, `request_sha256`. */
export interface KeptRequest {
  readonly key: string;
  readonly sha256: string;
}

export const keptRequest = ({ person, requestKey, content }: KeyedRequest): KeptRequest => ({
  key: `${person}:${requestKey}`,
  sha256: createHash('sha256').update(canonicalJson(content)).digest('hex'),
});

/** The same of an act that ends a row, which keeps person and key beside the reason that was given. */
export interface KeptEnd {
  readonly revoke_key: string | null;
  readonly revoke_reason: string | null;
}

/**
 * Whether a row was ended by this very request, whose answer was lost.
 * @throws BusinessError IDEMPOTENCY_MISMATCH where the request gave another reason then
 */
export function wasEndedBy(row: KeptEnd, asked: { readonly endKey: string; readonly reason: string }): boolean {
  if (row.revoke_key !== asked.endKey) return false;
  if (row.revoke_reason !== asked.reason) throw new BusinessError('IDEMPOTENCY_MISMATCH');
  return true;
}

export const endKeyOf = (person: string, requestKey: string): string => `${person}:${requestKey}`;

/** Where requests are kept, and the column with the number of what each asked for. */
const KEPT = {
  parameter_change_requests: 'change_id',
  delegations: 'delegation_id',
  role_grants: 'role_grant_id',
} as const;

/**
 * Number of what the request asked for before; looked for before anything is judged. Of two equal requests at once one waits for the other.
 * @throws BusinessError IDEMPOTENCY_MISMATCH where it asked for something else
 */
export async function knownRequest(
  sql: Sql,
  table: keyof typeof KEPT,
  { key, sha256 }: KeptRequest,
): Promise<string | undefined> {
  await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`request:${key}`]);
  const { rows } = await sql.query<{ id: string; request_sha256: string }>(
    `select ${KEPT[table]}::text as id, request_sha256 from ${table} where request_key = $1`,
    [key],
  );
  const [known] = rows;
  if (known !== undefined && known.request_sha256 !== sha256) throw new BusinessError('IDEMPOTENCY_MISMATCH');
  return known?.id;
}
