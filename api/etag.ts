/** A tag of what was answered: equal as long as the answer is. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../domain/canonical-json';

export const etagOf = (body: unknown): string =>
  `"${createHash('sha256').update(canonicalJson(body)).digest('base64url').slice(0, 27)}"`;
