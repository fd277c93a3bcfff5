/** A tag of what was answered: equal as long as the answer is. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../domain/canonical-json';

export const etagOf = (body: unknown): string => `"${digestOf(body)}"`;

export const digestOf = (body: unknown): string =>
  createHash('sha256').update(canonicalJson(body)).digest('base64url').slice(0, 27);

/** Whether the caller has the answer already: `If-None-Match` compares weakly (RFC 9110 §13.1.2). */
export const isKnown = (ifNoneMatch: string | undefined, etag: string): boolean =>
  (ifNoneMatch ?? '').split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
