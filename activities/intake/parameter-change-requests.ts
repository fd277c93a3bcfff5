/** By which request a change, or a revision of one, was asked for: whoever repeats it after an answer was lost gets the same one. */
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

const keyOf = ({ person, requestKey }: KeyedRequest) => `${person}:${requestKey}`;
const digestOf = ({ content }: KeyedRequest) => createHash('sha256').update(canonicalJson(content)).digest('hex');

/** Number of the change that the request asked for before. @throws BusinessError IDEMPOTENCY_MISMATCH where it asked for something else */
export async function knownRequest(sql: Sql, request: KeyedRequest): Promise<string | undefined> {
  const { rows } = await sql.query<{ change_id: string; request_sha256: string }>(
    'select change_id::text, request_sha256 from parameter_change_requests where request_key = $1',
    [keyOf(request)],
  );
  const [known] = rows;
  if (known !== undefined && known.request_sha256 !== digestOf(request))
    throw new BusinessError('IDEMPOTENCY_MISMATCH');
  return known?.change_id;
}

export async function keepRequest(
  sql: Sql,
  request: KeyedRequest,
  { changeId, revision }: { readonly changeId: string; readonly revision: number },
): Promise<void> {
  await sql.query(
    'insert into parameter_change_requests (request_key, change_id, revision, request_sha256) values ($1, $2, $3, $4)',
    [keyOf(request), changeId, revision, digestOf(request)],
  );
}
