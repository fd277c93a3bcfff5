/** What does not agree, listed once for its key until somebody clears it. */
import type { PoolClient } from 'pg';

export interface FoundBreak {
  readonly eventId: string;
  readonly kind: 'tally' | 'filing' | 'result' | 'entitlement' | 'contradiction';
  /** Of what, within the event; the same key is the same break. */
  readonly key: string;
  /** References and quantities as text; no personal data. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Opens it, or brings its facts up to date; one that was cleared with the same facts stays cleared. */
export async function findBreak(sql: PoolClient, { eventId, kind, key, facts }: FoundBreak): Promise<void> {
  await sql.query(
    `insert into corporate_action_breaks (event_id, kind, break_key, facts) values ($1, $2, $3, $4)
     on conflict (event_id, kind, break_key) do update set facts = excluded.facts, cleared_at = null, cleared_by = null, reason = null
      where corporate_action_breaks.facts <> excluded.facts`,
    [eventId, kind, key, JSON.stringify(facts)],
  );
}
