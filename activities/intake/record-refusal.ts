/**
 * A refused attempt leaves an audit row like a change does (A1 §27), with the process it was about, so that who watches over the process
 * sees it there. It stands alone where there is no change to join.
 */
import type { Pool } from 'pg';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Sql } from '../people/standing';

export interface RefusedAttempt {
  readonly actor: string;
  readonly onBehalfOf?: string | undefined;
  readonly role: string | null;
  /** The route or the update that was called, e.g. `completeTask`. */
  readonly action: string;
  readonly objectType: string;
  readonly objectId: string;
  /** Codes of domain/errors.ts, no texts: they hold no personal data. */
  readonly codes: readonly string[];
  readonly requestId: string;
  /** Process that it was about, if any. */
  readonly workflowId?: string | undefined;
}

export const recordRefusal = (pool: Pool, refused: RefusedAttempt): Promise<void> =>
  inTransaction(pool, (sql) => recordRefusalIn(sql, refused));

/**
 * Of an update that the process refused: one row an attempt, whichever of the process and the API tells first. Two rows of one request
 * are two attempts only where each names a task of its own, as those of a bulk do; nor does the process tell twice where its validator was
 * asked again because the first answer did not arrive.
 */
export const recordUnlessTold = (pool: Pool, refused: RefusedAttempt): Promise<void> =>
  inTransaction(pool, async (sql) => {
    const { requestId, actor, objectType, objectId, workflowId } = refused;
    // A process that was asked twice at once, or one and the API: the second sees what the first told.
    await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `refusal:${shown(requestId)}:${shown(actor)}`,
    ]);
    const told = await sql.query(
      `select from audit where outcome = 'refused' and request_id = $1 and actor = $2
         and (object_id = $3 or workflow_id = $4 and not (object_type = 'tasks' and $5 = 'tasks')) limit 1`,
      [shown(requestId), shown(actor), shown(objectId), workflowId ?? null, objectType],
    );
    if (told.rowCount === 0) await recordRefusalIn(sql, refused);
  });

export function recordRefusalIn(sql: Sql, { codes, role, ...refused }: RefusedAttempt): Promise<void> {
  return recordAudit(sql, {
    ...refused,
    actor: shown(refused.actor),
    objectId: shown(refused.objectId),
    ...(role === null ? {} : { role: shown(role) }),
    outcome: 'refused',
    reason: codes.join(', '),
    requestId: shown(refused.requestId),
  });
}

/** What was sent to no purpose must not keep its own row out of the trail. */
const shown = (text: string): string => text.replaceAll(/\p{C}/gu, '\uFFFD').slice(0, 100);
