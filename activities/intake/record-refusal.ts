/** A refused attempt leaves an audit row like a change does (A1 §27). It stands alone: there is no change to join. */
import type { Pool } from 'pg';
import { inTransaction } from '../database/transaction';
import { recordAudit } from '../audit/record-audit';

export interface RefusedAttempt {
  readonly actor: string;
  readonly role: string | null;
  /** The route that was called, e.g. `completeTask`. */
  readonly action: string;
  readonly objectType: string;
  readonly objectId: string;
  /** Codes of domain/errors.ts, no texts: they hold no personal data. */
  readonly codes: readonly string[];
  readonly requestId: string;
}

export async function recordRefusal(pool: Pool, refused: RefusedAttempt): Promise<void> {
  const { actor, role, action, objectType, objectId, codes, requestId } = refused;
  await inTransaction(pool, (sql) =>
    recordAudit(sql, {
      actor,
      ...(role === null ? {} : { role }),
      action,
      outcome: 'refused',
      objectType,
      objectId,
      reason: codes.join(', '),
      requestId,
    }),
  );
}
